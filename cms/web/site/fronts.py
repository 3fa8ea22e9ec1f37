"""The front page, that of a section, and the lists behind "See more"."""

from collections.abc import Sequence
from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from cms.answers import NEVER
from cms.reading import Reading
from cms.search_results import flattened
from cms.web.access import OPEN
from cms.web.front import holds_until
from cms.web.parameters import Cursor, Limit
from cms.web.public import LONG_WINDOWS, Window, next_count
from cms.web.site.pages import SHOWN, PageAsker
from projections import front, latest, popular, sections
from projections.cards import Card, Site
from projections.front import Front
from projections.latest import Latest
from projections.popular import Popular
from projections.sections import Section
from projections.store import Reads

# The lead, what stands beside it, and what follows.
FRONT_SHOWN = 13
# Of each section, on the front page.
BLOCK_SHOWN = 4


class Block(Struct, frozen=True):
    section: Section
    items: list[Card]


class FrontPage(Struct, frozen=True):
    front: Front
    blocks: list[Block]


class SectionPage(Struct, frozen=True):
    """`way`: from the top of the menu down to it. `front`: on the first page alone."""

    way: list[Section]
    below: tuple[Section, ...]
    front: Front | None
    list: Latest


@get("/", opt=OPEN)
async def get_front_page(asker: NamedDependency[PageAsker]) -> Response[str]:
    """What editors put first, then some of each section."""
    now = asker.now
    return await asker.page(
        "front.html", lambda reads: front_page(reads, asker.site, now), lambda found: holds_until(found.front, now)
    )


def front_page(reads: Reads, site: Site, now: datetime) -> FrontPage:
    found = front.read(reads, site, now, limit=FRONT_SHOWN)
    assert found is not None  # Of the whole site.
    shown = {card.id for card in [*found.items, *(card for package in found.packages for card in package.items)]}
    blocks = [block(reads, site, section, shown) for section in sections.read(reads)]
    return FrontPage(found, [one for one in blocks if one.items])


def block(reads: Reads, site: Site, section: Section, shown: set[str]) -> Block:
    """The newest of a section that do not stand above already; one with a picture, if there is any, leads them."""
    found = latest.read(reads, site, section=section.slug, limit=BLOCK_SHOWN + FRONT_SHOWN)
    items = [card for card in found.items if card.id not in shown][:BLOCK_SHOWN] if found else []
    lead = next((card for card in items if card.image), None)
    return Block(section, [lead, *(card for card in items if card is not lead)] if lead else items)


@get("/{section:str}", opt=OPEN)
async def get_section_page(
    asker: NamedDependency[PageAsker],
    section: FromPath[str],
    after: Cursor = None,
) -> Response[str]:
    """The newest of a section and of all that is part of it."""
    now = asker.now

    def question(reads: Reads) -> SectionPage | None:
        way = sections.way_to(reads, section)
        return section_page(reads, asker.site, now, way, after) if way else None

    return await asker.page(
        "section.html", question, lambda found: holds_until(found.front, now) if found.front else NEVER
    )


def section_page(reads: Reads, site: Site, now: datetime, way: list[Section], after: str | None) -> SectionPage | None:
    slug = way[-1].slug
    top = None if after else front.read(reads, site, now, section=slug, limit=1)
    found = latest.read(reads, site, section=slug, limit=SHOWN, after=after)
    return None if found is None else SectionPage(way, below(sections.read(reads), slug), top, found)


def below(menu: Sequence[Section], slug: str) -> tuple[Section, ...]:
    """The open sections that are part of one."""
    return next((section.sections for section in flattened(menu) if section.slug == slug), ())


@get("/latest", opt=OPEN)
async def get_latest_page(asker: NamedDependency[PageAsker], after: Cursor = None) -> Response[str]:
    """The newest of the site."""

    def question(reads: Reads) -> Latest | None:
        return latest.read(reads, asker.site, limit=SHOWN, after=after)

    return await asker.page("latest.html", question)


@get("/popular", opt=OPEN)
async def get_popular_page(
    asker: NamedDependency[PageAsker],
    window: Window = "24h",
    limit: Limit = SHOWN,
) -> Response[str]:
    """What is read most in a window."""
    now = asker.now

    def question(reads: Reads) -> Popular | None:
        return popular.read(reads, asker.site, now, window=window, limit=limit)

    ask = Reading.ask_long if window in LONG_WINDOWS else Reading.ask
    return await asker.page("popular.html", question, next_count(now), ask)


handlers = [get_front_page, get_section_page, get_latest_page, get_popular_page]
