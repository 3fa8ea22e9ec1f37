"""The tags, each with the number of public articles that carry it. Lists hold own members: aliases are merged here."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from domain.recorded import Recorded
from domain.tag import TagAdded, TagMerged, TagParted, TagRenamed
from projections.store import Drop, Put, Reads, Write


class Tag(Struct, frozen=True):
    slug: str
    name: str


class CountedTag(Tag, frozen=True):
    articles: int


decoder = msgspec.json.Decoder(Tag)


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case TagAdded(name) | TagRenamed(name):
            return [Put("tag", recorded.id, msgspec.json.encode(Tag(recorded.id, name)))]
        case TagMerged(into):
            return [Put("alias", recorded.id, into.encode())]
        case TagParted():
            return [Drop("alias", recorded.id)]
        case _:
            return []


def aliases(reads: Reads) -> dict[str, str]:
    """By slug: the tag that it has given way to, which may have given way itself."""
    return {slug: into.decode() for slug, into in reads.all("alias")}


def canonical(slug: str, into: Mapping[str, str]) -> str:
    while slug in into:
        slug = into[slug]
    return slug


def current(reads: Reads, slug: str) -> str:
    """Where an address leads: the tag itself, or the one that it has given way to."""
    return canonical(slug, aliases(reads))


def leading(into: Mapping[str, str]) -> dict[str, list[str]]:
    """By tag: the slugs that lead to it."""
    found: dict[str, list[str]] = {}
    for slug in into:
        found.setdefault(canonical(slug, into), []).append(slug)
    return found


def lists_of(reads: Reads, *slugs: str) -> list[list[str]]:
    """For each tag, once: the lists that hold its articles."""
    into = aliases(reads)
    others = leading(into)
    return [lists(tag, others) for tag in dict.fromkeys(canonical(slug, into) for slug in slugs)]


def lists(tag: str, others: Mapping[str, list[str]]) -> list[str]:
    return [f"tag:{slug}" for slug in (tag, *others.get(tag, ()))]


def some(reads: Reads, slugs: Sequence[str]) -> list[Tag]:
    """Each tag that these lead to, once."""
    into = aliases(reads)
    tags = list(dict.fromkeys(canonical(slug, into) for slug in slugs))
    return [decoder.decode(found) for found in reads.get("tag", tags) if found]


def by_slug(reads: Reads, slugs: Sequence[str]) -> dict[str, Tag]:
    """Which tag each of these leads to."""
    into = aliases(reads)
    tags = {tag.slug: tag for tag in some(reads, slugs)}
    return {slug: tags[leads_to] for slug in slugs if (leads_to := canonical(slug, into)) in tags}


def one(reads: Reads, slug: str) -> CountedTag | None:
    """`slug`: of a tag that stands for itself."""
    return next(
        (CountedTag(tag.slug, tag.name, reads.together(*lists_of(reads, slug))) for tag in some(reads, [slug])), None
    )


def standing(reads: Reads, into: Mapping[str, str]) -> list[Tag]:
    """Those that stand for themselves, by slug."""
    return [decoder.decode(document) for slug, document in reads.all("tag") if slug not in into]


def counted(reads: Reads, tags: Sequence[Tag], others: Mapping[str, list[str]]) -> list[CountedTag]:
    """`others`: the slugs that lead to each."""
    sizes = reads.size([f"tag:{tag.slug}" for tag in tags])
    return [
        # One that carries a tag twice, by two of its slugs, counts once.
        CountedTag(tag.slug, tag.name, reads.together(lists(tag.slug, others)) if tag.slug in others else size)
        for tag, size in zip(tags, sizes, strict=True)
    ]


def read(reads: Reads) -> list[CountedTag]:
    """Those in use, the most used first."""
    into = aliases(reads)
    used = [tag for tag in counted(reads, standing(reads, into), leading(into)) if tag.articles]
    return sorted(used, key=lambda tag: (-tag.articles, tag.slug))
