"""What readers were told was wrong: every correction and every withdrawal, for ever. Nobody types this list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from domain.article import ArticleCorrected, ArticleWithdrawn
from domain.recorded import Recorded
from projections import cards, sections
from projections.cards import Card, Site
from projections.store import Place, Put, Reads, Write, id_of, key

EVERYTHING = "corrections"


class Told(Struct, frozen=True):
    """As it is stored, under the article's id and the version of its stream at which it was said.

    `headline` and `section` are those of that moment; withdrawals from before they were recorded have none.
    """

    kind: Literal["correction", "withdrawal"]
    at: datetime
    note: str
    headline: str
    section: str


class CorrectedArticle(Struct, frozen=True):
    """As readers get it now; if they do not, `url` is null, and the rest as it was when this was said."""

    id: str
    headline: str
    section: str
    url: str | None


class Entry(Struct, frozen=True):
    kind: Literal["correction", "withdrawal"]
    at: datetime
    note: str
    article: CorrectedArticle


class Corrections(Struct, frozen=True):
    items: list[Entry]
    next: str | None


decoder = msgspec.json.Decoder(Told)


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case ArticleCorrected(edition) if edition.corrections:
            last, content = edition.corrections[-1], edition.content
            return said(recorded, Told("correction", last.at, last.note, content.headline, content.section))
        case ArticleWithdrawn(notice, headline, section):
            return said(recorded, Told("withdrawal", recorded.at, notice, headline, section))
        case _:
            return []


def said(recorded: Recorded, told: Told) -> list[Write]:
    id = f"{recorded.id}~{recorded.version}"
    lists = (EVERYTHING, *([f"{EVERYTHING}:{told.section}"] if told.section else []))
    return [Put("correction", id, msgspec.json.encode(told)), Place(id, key(told.at, id), lists)]


def read(
    reads: Reads, site: Site, *, section: str | None = None, limit: int = 20, after: str | None = None
) -> Corrections | None:
    """Newest first. None: no such section."""
    lists = [EVERYTHING]
    if section:
        within = sections.within(reads, section)
        if within is None:
            return None
        lists = [f"{EVERYTHING}:{slug}" for slug in within]
    keys = reads.page([lists], after, limit + 1)
    items = entries(reads, [id_of(key) for key in keys[:limit]], site)
    return Corrections(items, keys[limit - 1] if len(keys) > limit else None)


def entries(reads: Reads, ids: Sequence[str], site: Site) -> list[Entry]:
    articles = [id.rpartition("~")[0] for id in ids]
    public = {card.id: card for card in cards.read(reads, list(dict.fromkeys(articles)), site)}
    told = (decoder.decode(document) for document in reads.get("correction", ids) if document)
    return [entry(one, id, public.get(id), site) for one, id in zip(told, articles, strict=True)]


def entry(told: Told, id: str, card: Card | None, site: Site) -> Entry:
    shown = told if card is None else card
    article = CorrectedArticle(id, shown.headline, shown.section, card.url if card else None)
    return Entry(told.kind, told.at.astimezone(site.zone), told.note, article)
