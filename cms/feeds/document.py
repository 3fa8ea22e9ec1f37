"""What a feed says, whatever its format. Its items keep their ids for ever, whatever becomes of their addresses."""

from datetime import datetime, tzinfo
from html import escape

from msgspec import Struct

from cms import markup
from cms.ids import urn
from cms.moments import to_the_minute
from domain.content import Correction
from projections.cards import Picture, Site
from projections.feed import Entry, Feed
from projections.store import EPOCH

GENERATOR = "Chronicle"
BEGINNING_CHARACTERS = 200


class Named(Struct, frozen=True, omit_defaults=True):
    name: str
    url: str | None = None


class Category(Struct, frozen=True):
    """`scheme`: below which address of the site it has a page."""

    term: str
    label: str
    scheme: str


class Item(Struct, frozen=True, kw_only=True):
    """`title`, `summary` and `beginning` are plain text, `html` has no relative address.

    `beginning`: what stands for a summary where a format wants one, and may be empty too.
    """

    id: str
    url: str
    title: str
    summary: str
    beginning: str
    html: str
    authors: list[Named]
    source: str
    categories: list[Category]
    image: Picture | None
    published_at: datetime
    updated_at: datetime


class Document(Struct, frozen=True, kw_only=True):
    """`address`: its own; `id`: the same for all its pages; `home`: the page of the site that shows the same."""

    id: str
    title: str
    description: str
    publisher: str
    language: str
    home: str
    address: str
    next: str | None
    updated_at: datetime
    items: list[Item]


def document(feed: Feed, site: Site, *, path: str, query: str, next: str | None, home: str) -> Document:
    items = [item(entry, site) for entry in feed.entries]
    return Document(
        id=f"{site.base_url}{path}",
        title=f"{site.title}: {feed.name}" if feed.name else site.title,
        description=described(feed.name, site.title),
        publisher=site.title,
        language=site.language,
        home=f"{site.base_url}{home}",
        address=f"{site.base_url}{path}{query and f'?{query}'}",
        next=next and f"{site.base_url}{path}?{next}",
        # Not the time of asking: the same articles are the same feed.
        updated_at=max((one.updated_at for one in items), default=EPOCH),
        items=items,
    )


def described(name: str, publisher: str) -> str:
    """`name`: of a section, a tag or a writer; empty: it is of everything."""
    return f"{name}: the newest articles in {publisher}" if name else f"The newest articles in {publisher}"


def item(entry: Entry, site: Site) -> Item:
    image = entry.image
    return Item(
        id=urn(entry.id),
        url=entry.url,
        title=entry.headline,
        summary=entry.standfirst,
        beginning=entry.standfirst or markup.beginning(entry.body, BEGINNING_CHARACTERS),
        html=markup.html_elsewhere(entry.body, entry.url)
        + "".join(corrected(one, site.zone) for one in entry.corrections),
        authors=authors(entry, site),
        source=entry.byline.source,
        categories=categories(entry, site),
        image=image and Picture(markup.joined(entry.url, image.url), image.alt, image.caption, image.credit),
        published_at=to_the_minute(entry.published_at),
        updated_at=to_the_minute(entry.updated_at),
    )


def authors(entry: Entry, site: Site) -> list[Named]:
    """The writers; where there are none, whoever it comes from."""
    writers = [Named(writer.name, f"{site.base_url}/writer/{writer.slug}") for writer in entry.byline.writers]
    return writers or [Named(entry.byline.source or site.title)]


def categories(entry: Entry, site: Site) -> list[Category]:
    section = Category(entry.section, entry.section_name, f"{site.base_url}/")
    return [section, *(Category(tag.slug, tag.name, f"{site.base_url}/tag/") for tag in entry.tags)]


def corrected(correction: Correction, zone: tzinfo) -> str:
    return f"\n<p>Correction, {correction.at.astimezone(zone):%Y-%m-%d}: {escape(correction.note)}</p>"
