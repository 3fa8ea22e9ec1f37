"""The article as readers get it, by id and by every address that it ever had."""

from datetime import datetime

import msgspec
from msgspec import Struct, structs

from domain.article import ArticleTaken, ArticleWithdrawn, EditionGiven
from domain.body import Block
from domain.content import Correction, Edition
from domain.recorded import Recorded
from projections import cards, tags
from projections.cards import Card, Site
from projections.store import Drop, Put, Reads, Write
from projections.tags import Tag


class Notice(Struct, frozen=True):
    """What readers are told in place of an article that was withdrawn."""

    at: datetime
    notice: str


class Article(Card, frozen=True, kw_only=True):
    """`version` is the stream's at this edition; `html` is filled in by whoever answers."""

    body: tuple[Block, ...]
    html: str = ""
    tags: tuple[Tag, ...]
    views: int
    corrections: tuple[Correction, ...] = ()
    version: int


class ArticleDocument(Struct, frozen=True):
    edition: Edition
    version: int


class Shown(Struct, frozen=True):
    """What a view of it is counted under. `edition`: the version of the one that stands; 0 is the first."""

    section: str
    edition: int


class ShownContent(Struct, frozen=True):
    section: str


class ShownEdition(Struct, frozen=True):
    content: ShownContent
    published_at: datetime
    updated_at: datetime


class ShownDocument(Struct, frozen=True):
    """Of an article's document, no more than `Shown` needs."""

    edition: ShownEdition
    version: int


decoder = msgspec.json.Decoder(ArticleDocument)
shown_decoder = msgspec.json.Decoder(ShownDocument)
notices = msgspec.json.Decoder(Notice)


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case EditionGiven(edition):
            document = ArticleDocument(edition, recorded.version)
            return [
                Put("article", recorded.id, msgspec.json.encode(document)),
                Put("address", edition.slug, recorded.id.encode()),
                Drop("notice", recorded.id),
            ]
        case ArticleWithdrawn(notice):
            told = Notice(recorded.at, notice)
            return [Drop("article", recorded.id), Put("notice", recorded.id, msgspec.json.encode(told))]
        case ArticleTaken():
            return [Drop("article", recorded.id)]
        case _:
            return []


def read(reads: Reads, id: str, site: Site) -> Article | None:
    """None: unknown, or not public."""
    article = uncounted(reads, id, site)
    return article and structs.replace(article, views=reads.totals([id])[0])


def uncounted(reads: Reads, id: str, site: Site) -> Article | None:
    """As `read`, with no views: for an answer that shows none, so that none of them touches it."""
    (found,) = reads.get("article", [id])
    if found is None:
        return None
    document = decoder.decode(found)
    content = document.edition.content
    (card,) = cards.filled(reads, [cards.document(id, document.edition)], site)
    return Article(
        **structs.asdict(card),
        body=content.body,
        tags=tuple(tags.some(reads, content.tags)),
        views=0,
        corrections=tuple(
            structs.replace(correction, at=correction.at.astimezone(site.zone))
            for correction in document.edition.corrections
        ),
        version=document.version,
    )


def shown(reads: Reads, id: str) -> Shown | None:
    """None: unknown, or not public."""
    (found,) = reads.get("article", [id])
    if found is None:
        return None
    document = shown_decoder.decode(found)
    edition = document.edition
    first = edition.updated_at == edition.published_at
    return Shown(edition.content.section, 0 if first else document.version)


def notice(reads: Reads, id: str) -> Notice | None:
    """What readers are told of an article that was withdrawn."""
    (found,) = reads.get("notice", [id])
    return notices.decode(found) if found else None


def at_address(reads: Reads, slug: str) -> tuple[str, str | None]:
    """The id of the article that has or had this address, and its address now; ("", None) if there is none."""
    (found,) = reads.get("address", [slug])
    id = found.decode() if found else ""
    (document,) = reads.get("article", [id])
    return id, decoder.decode(document).edition.slug if document else None
