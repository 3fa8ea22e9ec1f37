"""The latest articles: all, of a section with its sub-sections, of a tag, of a writer, of a source."""

from msgspec import Struct

from domain.article import ArticleTaken, EditionGiven
from domain.content import Content
from domain.recorded import Recorded
from projections import cards, sections, sitemap, tags
from projections.cards import Card, Site
from projections.store import Place, Reads, Write, id_of, key

EVERYTHING = "latest"


class Latest(Struct, frozen=True):
    items: list[Card]
    next: str | None


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case EditionGiven(edition):
            place = key(edition.published_at, recorded.id)
            return [Place(recorded.id, place, (*lists(edition.content), sitemap.list_of(edition.published_at)))]
        case ArticleTaken():
            return [Place(recorded.id)]
        case _:
            return []


def lists(content: Content) -> tuple[str, ...]:
    """The lists that an article stands in; its own section only, for sections are merged when read."""
    return (
        EVERYTHING,
        f"section:{content.section}",
        *(f"tag:{slug}" for slug in content.tags),
        *(f"writer:{slug}" for slug in content.writers),
        *([f"source:{content.source}"] if content.source else []),
    )


def lists_within(reads: Reads, section: str | None) -> list[str] | None:
    """The lists of a section, or that of everything. None: no such section."""
    return sections.lists_of(reads, section) if section else [EVERYTHING]


def read(
    reads: Reads,
    site: Site,
    *,
    section: str | None = None,
    tag: str | None = None,
    writer: str | None = None,
    source: str | None = None,
    limit: int = 20,
    after: str | None = None,
) -> Latest | None:
    """The newest that match all that is asked for. `after`: the cursor of the page before. None: no such section."""
    filters = [[f"{kind}:{name}"] for kind, name in (("writer", writer), ("source", source)) if name]
    if tag:
        filters += tags.lists_of(reads, tag)
    if section:
        within = sections.lists_of(reads, section)
        if within is None:
            return None
        filters.append(within)
    keys = reads.page(filters or [[EVERYTHING]], after, limit + 1)
    items = cards.read(reads, [id_of(key) for key in keys[:limit]], site)
    return Latest(items, keys[limit - 1] if len(keys) > limit else None)
