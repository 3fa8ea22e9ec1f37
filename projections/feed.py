"""The newest articles whole, for feeds: of the site, of a section with its sub-sections, of a tag, of a writer."""

from collections.abc import Sequence

from msgspec import Struct, structs

from domain.body import Block
from domain.content import Correction
from projections import articles, cards, sections, tags, writers
from projections.cards import Card, Site
from projections.latest import EVERYTHING
from projections.store import Reads, id_of
from projections.tags import Tag


class Subject(Struct, frozen=True):
    """What a feed is of. `name`: as readers see it; empty: everything. `lists`: where its articles stand."""

    name: str
    lists: list[str]


class Entry(Card, frozen=True, kw_only=True):
    section_name: str
    tags: tuple[Tag, ...]
    body: tuple[Block, ...]
    corrections: tuple[Correction, ...]


class Feed(Struct, frozen=True):
    name: str
    entries: list[Entry]
    next: str | None


SITE = Subject("", [EVERYTHING])


def of_section(reads: Reads, slug: str) -> Subject | None:
    """None, here and below: there is none."""
    within = sections.lists_of(reads, slug)
    return Subject(section_names(reads)[slug], within) if within else None


def of_tag(reads: Reads, slug: str) -> Subject | None:
    """`slug`: of a tag that stands for itself."""
    return next((Subject(tag.name, *tags.lists_of(reads, slug)) for tag in tags.some(reads, [slug])), None)


def of_writer(reads: Reads, slug: str) -> Subject | None:
    return next((Subject(writer.name, [f"writer:{slug}"]) for writer in writers.some(reads, [slug])), None)


def section_names(reads: Reads) -> dict[str, str]:
    """All of them: under the key of one stand all its articles, and each that is published would change the answer."""
    return {slug: sections.names.decode(document).name for slug, document in reads.all("section")}


def read(reads: Reads, site: Site, subject: Subject, limit: int, after: str | None) -> Feed:
    """`after`: the cursor of the page before."""
    keys = reads.page([subject.lists], after, limit + 1)
    next = keys[limit - 1] if len(keys) > limit else None
    return Feed(subject.name, entries(reads, [id_of(key) for key in keys[:limit]], site), next)


def entries(reads: Reads, ids: Sequence[str], site: Site) -> list[Entry]:
    """Views are not asked for: they would make it another answer each time that somebody reads one of these."""
    found = zip(ids, reads.get("article", ids), strict=True)
    editions = {id: articles.decoder.decode(document).edition for id, document in found if document}
    contents = [edition.content for edition in editions.values()]
    shown = cards.filled(reads, [cards.document(id, edition) for id, edition in editions.items()], site)
    named = section_names(reads)
    tagged = tags.by_slug(reads, [slug for content in contents for slug in content.tags])
    return [
        Entry(
            **structs.asdict(card),
            section_name=named.get(card.section, card.section),
            tags=tuple(dict.fromkeys(tagged[slug] for slug in edition.content.tags if slug in tagged)),
            body=edition.content.body,
            corrections=edition.corrections,
        )
        for card, edition in zip(shown, editions.values(), strict=True)
    ]
