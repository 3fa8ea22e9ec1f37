"""What every list shows of an article. Writers' names are filled in when it is read: a rename changes one document."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

import msgspec
from msgspec import Struct

from domain.article import ArticleTaken, EditionGiven
from domain.body import Image, badges, first_image
from domain.content import Edition
from domain.recorded import Recorded
from projections import writers
from projections.store import Drop, Put, Reads, Write


class Site(Struct, frozen=True):
    """What answers need to know of the site that no event tells."""

    title: str
    base_url: str
    zone: tzinfo
    language: str = "en"


class WriterName(Struct, frozen=True):
    slug: str
    name: str


class Byline(Struct, frozen=True):
    writers: tuple[WriterName, ...]
    source: str


class Picture(Struct, frozen=True):
    url: str
    alt: str
    caption: str
    credit: str


class Card(Struct, frozen=True, kw_only=True):
    """As an answer shows it: names filled in, times in the newsroom's zone, the address absolute."""

    id: str
    slug: str
    url: str
    headline: str
    standfirst: str
    section: str
    badges: tuple[str, ...]
    published_at: datetime
    updated_at: datetime
    byline: Byline
    image: Picture | None


class CardDocument(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """As it is stored."""

    id: str
    slug: str
    headline: str
    section: str
    published_at: datetime
    updated_at: datetime
    standfirst: str = ""
    badges: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    source: str = ""
    image: Picture | None = None


decoder = msgspec.json.Decoder(CardDocument)


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case EditionGiven(edition):
            return [Put("card", recorded.id, msgspec.json.encode(document(recorded.id, edition)))]
        case ArticleTaken():
            return [Drop("card", recorded.id)]
        case _:
            return []


def document(id: str, edition: Edition) -> CardDocument:
    content = edition.content
    return CardDocument(
        id=id,
        slug=edition.slug,
        headline=content.headline,
        section=content.section,
        published_at=edition.published_at,
        updated_at=edition.updated_at,
        standfirst=content.standfirst,
        badges=badges(content.body),
        writers=content.writers,
        source=content.source,
        image=picture(first_image(content.body)),
    )


def picture(image: Image | None) -> Picture | None:
    return Picture(image.url, image.alt, image.caption, image.credit) if image else None


def read(reads: Reads, ids: Sequence[str], site: Site) -> list[Card]:
    """The cards of those ids that are public, in their order."""
    documents = [decoder.decode(found) for found in reads.get("card", ids) if found]
    return filled(reads, documents, site)


def filled(reads: Reads, documents: Sequence[CardDocument], site: Site) -> list[Card]:
    slugs = list(dict.fromkeys(slug for card in documents for slug in card.writers))
    names = {writer.slug: WriterName(writer.slug, writer.name) for writer in writers.some(reads, slugs)}
    return [card_of(card, names, site) for card in documents]


def card_of(card: CardDocument, names: dict[str, WriterName], site: Site) -> Card:
    return Card(
        id=card.id,
        slug=card.slug,
        url=f"{site.base_url}/{card.section}/{card.slug}",
        headline=card.headline,
        standfirst=card.standfirst,
        section=card.section,
        badges=card.badges,
        published_at=card.published_at.astimezone(site.zone),
        updated_at=card.updated_at.astimezone(site.zone),
        byline=Byline(tuple(names[slug] for slug in card.writers if slug in names), card.source),
        image=card.image,
    )
