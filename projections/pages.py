"""The fixed pages, and the menu of them."""

from datetime import datetime

import msgspec
from msgspec import Struct

from domain.body import Block
from domain.page import PagePublished, PageTakenDown
from domain.recorded import Recorded
from projections.cards import Site
from projections.store import Drop, Put, Reads, Write


class PageLine(Struct, frozen=True):
    slug: str
    title: str
    position: int


class Page(Struct, frozen=True, kw_only=True):
    """`html` is filled in by whoever answers."""

    slug: str
    title: str
    body: tuple[Block, ...]
    html: str = ""
    updated_at: datetime


class PageDocument(Struct, frozen=True):
    title: str
    body: tuple[Block, ...]
    position: int
    updated_at: datetime


decoder = msgspec.json.Decoder(PageDocument)


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case PagePublished(title, body, position):
            document = PageDocument(title, body, position, recorded.at)
            return [Put("page", recorded.id, msgspec.json.encode(document))]
        case PageTakenDown():
            return [Drop("page", recorded.id)]
        case _:
            return []


def menu(reads: Reads) -> list[PageLine]:
    found = ((slug, decoder.decode(document)) for slug, document in reads.all("page"))
    lines = [PageLine(slug, page.title, page.position) for slug, page in found]
    return sorted(lines, key=lambda line: (line.position, line.slug))


def read(reads: Reads, slug: str, site: Site) -> Page | None:
    (found,) = reads.get("page", [slug])
    if found is None:
        return None
    page = decoder.decode(found)
    return Page(slug=slug, title=page.title, body=page.body, updated_at=page.updated_at.astimezone(site.zone))
