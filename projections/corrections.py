"""What readers were told was wrong: every correction and every withdrawal, for ever. Nobody types this list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from domain.article import ArticleCorrected, ArticleWithdrawn, EditionGiven
from domain.content import Edition
from domain.recorded import Recorded
from projections import cards, sections
from projections.cards import Site
from projections.store import Place, Put, Reads, Write, id_of, key

EVERYTHING = "corrections"
WITHDRAWALS = "withdrawals"
PAGES_LOOKED_THROUGH_MOST = 5


class Told(Struct, frozen=True):
    """As it is stored, under the article's id and the version of its stream at which it was said."""

    kind: Literal["correction", "withdrawal"]
    at: datetime
    note: str


class LastEdition(Struct, frozen=True):
    """What is shown of an article that readers no longer get."""

    headline: str
    section: str


class CorrectedArticle(Struct, frozen=True):
    """As the last edition has it. `url` is null while readers do not get the article."""

    id: str
    headline: str
    section: str
    url: str | None


class Entry(Told, frozen=True):
    article: CorrectedArticle


class Corrections(Struct, frozen=True):
    items: list[Entry]
    next: str | None


tellings = msgspec.json.Decoder(Told)
editions = msgspec.json.Decoder(LastEdition)


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case ArticleCorrected(edition) if edition.corrections:
            last = edition.corrections[-1]
            lists = (EVERYTHING, f"{EVERYTHING}:{edition.content.section}")
            return [kept(recorded, edition), *said(recorded, Told("correction", last.at, last.note), lists)]
        case EditionGiven(edition):
            return [kept(recorded, edition)]
        case ArticleWithdrawn(notice):
            return said(recorded, Told("withdrawal", recorded.at, notice), (EVERYTHING, WITHDRAWALS))
        case _:
            return []


def kept(recorded: Recorded, edition: Edition) -> Write:
    """A withdrawal does not say what the article was called."""
    last = LastEdition(edition.content.headline, edition.content.section)
    return Put("edition", recorded.id, msgspec.json.encode(last))


def said(recorded: Recorded, told: Told, lists: tuple[str, ...]) -> list[Write]:
    id = f"{recorded.id}~{recorded.version}"
    return [Put("correction", id, msgspec.json.encode(told)), Place(id, key(told.at, id), lists)]


def read(
    reads: Reads, site: Site, *, section: str | None = None, limit: int = 20, after: str | None = None
) -> Corrections | None:
    """Newest first. None: no such section.

    A section's withdrawals are found among all: if those of others are many, a page may be short and not the last.
    """
    lists, within = [EVERYTHING], None
    if section:
        within = sections.within(reads, section)
        if within is None:
            return None
        lists = [*(f"{EVERYTHING}:{slug}" for slug in within), WITHDRAWALS]
    found: dict[str, Entry] = {}
    for _ in range(PAGES_LOOKED_THROUGH_MOST):
        keys = reads.page([lists], after, limit + 1)
        found |= {key: entry for key, entry in entries(reads, keys, site).items() if belongs(entry, within)}
        if len(found) > limit:
            return Corrections(list(found.values())[:limit], list(found)[limit - 1])
        if len(keys) <= limit:
            return Corrections(list(found.values()), None)
        after = keys[-1]
    return Corrections(list(found.values()), after)


def belongs(entry: Entry, within: Sequence[str] | None) -> bool:
    """A correction stands in the list of the section that it was said in; of a withdrawal, the article has to tell."""
    return within is None or entry.kind == "correction" or entry.article.section in within


def entries(reads: Reads, keys: Sequence[str], site: Site) -> dict[str, Entry]:
    """By key, in their order."""
    ids = [id_of(key) for key in keys]
    of = articles(reads, list(dict.fromkeys(map(article_of, ids))), site)
    told = zip(keys, ids, reads.get("correction", ids), strict=True)
    known = ((key, article_of(id), tellings.decode(document)) for key, id, document in told if document)
    return {
        key: Entry(one.kind, one.at.astimezone(site.zone), one.note, of[article])
        for key, article, one in known
        if article in of
    }


def article_of(id: str) -> str:
    return id.rpartition("~")[0]


def articles(reads: Reads, ids: Sequence[str], site: Site) -> dict[str, CorrectedArticle]:
    public = {
        card.id: CorrectedArticle(card.id, card.headline, card.section, card.url)
        for card in cards.read(reads, ids, site)
    }
    gone = [id for id in ids if id not in public]
    last = zip(gone, reads.get("edition", gone), strict=True)
    known = ((id, editions.decode(document)) for id, document in last if document)
    return public | {id: CorrectedArticle(id, one.headline, one.section, None) for id, one in known}
