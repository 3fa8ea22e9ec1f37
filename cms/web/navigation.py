"""Finding one's way: sections, tags, writers, sources, fixed pages. Open to everybody."""

from http import HTTPStatus

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from msgspec import Struct, structs

from cms import markup
from cms.reading import Reading
from cms.web.access import OPEN
from cms.web.asker import AnotherAddress, Asker
from cms.web.occasions import also
from projections import pages, sections, sources, tags, writers
from projections.pages import Page, PageLine
from projections.sections import Section
from projections.sources import CountedSource
from projections.store import Reads
from projections.tags import CountedTag
from projections.writers import Writer


class Sections(Struct, frozen=True):
    items: tuple[Section, ...]


class Tags(Struct, frozen=True):
    items: list[CountedTag]


class Writers(Struct, frozen=True):
    items: list[Writer]


class Sources(Struct, frozen=True):
    items: list[CountedSource]


class Pages(Struct, frozen=True):
    items: list[PageLine]


@get("/sections", opt=OPEN)
async def get_sections(asker: NamedDependency[Asker]) -> Response[Sections]:
    """The menu: the sections that are open, each with those that are part of it."""
    return await asker.answer(lambda reads: Sections(sections.read(reads)))


@get("/tags", opt=OPEN)
async def get_tags(asker: NamedDependency[Asker]) -> Response[Tags]:
    """Tags in use, with how many articles carry each."""
    # There may be tens of thousands.
    return await asker.answer(lambda reads: Tags(tags.read(reads)), ask=Reading.ask_long)


@get("/tags/{slug:str}", opt=OPEN, responses=also(HTTPStatus.MOVED_PERMANENTLY))
async def get_tag(asker: NamedDependency[Asker], slug: FromPath[str]) -> Response[CountedTag]:
    """A tag, with how many articles carry it; one that gave way leads on to the other."""

    def question(reads: Reads) -> CountedTag | None:
        current = tags.current(reads, slug)
        if current != slug:
            raise AnotherAddress(f"/v1/tags/{current}", "alias")
        return tags.one(reads, slug)

    return await asker.answer(question)


@get("/writers", opt=OPEN)
async def get_writers(asker: NamedDependency[Asker]) -> Response[Writers]:
    """The people in the bylines, by name."""
    return await asker.answer(lambda reads: Writers(writers.read(reads)))


@get("/writers/{slug:str}", opt=OPEN)
async def get_writer(asker: NamedDependency[Asker], slug: FromPath[str]) -> Response[Writer]:
    """A writer, with a few lines about the person."""
    return await asker.answer(lambda reads: next(iter(writers.some(reads, [slug])), None))


@get("/sources", opt=OPEN)
async def get_sources(asker: NamedDependency[Asker]) -> Response[Sources]:
    """Agencies and papers, by name, with how many articles give each; `/v1/latest?source=` takes the name."""
    return await asker.answer(lambda reads: Sources(sources.read(reads)))


@get("/pages", opt=OPEN)
async def get_pages(asker: NamedDependency[Asker]) -> Response[Pages]:
    """The fixed pages, in their order."""
    return await asker.answer(lambda reads: Pages(pages.menu(reads)))


@get("/pages/{slug:str}", opt=OPEN)
async def get_page(asker: NamedDependency[Asker], slug: FromPath[str]) -> Response[Page]:
    """A fixed page."""

    def question(reads: Reads) -> Page | None:
        page = pages.read(reads, slug, asker.site)
        return page and structs.replace(page, html=markup.html(page.body))

    return await asker.answer(question)


routes = Router(
    "/v1",
    tags=["Reading"],
    dependencies={"asker": Provide(Asker, sync_to_thread=False)},
    route_handlers=[
        get_sections,
        get_tags,
        get_tag,
        get_writers,
        get_writer,
        get_sources,
        get_pages,
        get_page,
    ],
)
