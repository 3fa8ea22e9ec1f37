"""Feeds: RSS 2.0, Atom and JSON Feed of the site, of a section, a tag, a writer. Open to everybody."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, PathParameter

from cms.feeds import atom, json_feed, rss
from cms.feeds.document import document
from cms.feeds.formats import FORMATS, Format
from cms.feeds.json_feed import JsonFeed
from cms.reading import Reading
from cms.web.access import OPEN
from cms.web.asker import AnotherAddress, Asker
from cms.web.occasions import also
from cms.web.parameters import Cursor, Limit
from cms.web.problems import Failed, no_section
from cms.web.replies import Reply
from projections import feed, tags
from projections.feed import Feed, Subject
from projections.store import Reads

# More whole articles than that are read in a thread.
READ_HERE_MOST = 20
WRITTEN: dict[str, Any] = {
    "opt": {**OPEN, "also_as": (rss.MEDIA_TYPE, atom.MEDIA_TYPE)},
    "media_type": json_feed.MEDIA_TYPE,
}
File = Annotated[
    FromPath[str],
    PathParameter(max_length=200, description="The slug, and the format: `nation.rss`, `.atom`, `.json`."),
]


@get(["/latest.rss", "/latest.atom", "/latest.json"], **WRITTEN)
async def get_latest_feed(asker: NamedDependency[Asker], limit: Limit = 20, after: Cursor = None) -> Response[JsonFeed]:
    """The newest articles of the site, whole."""
    _, format = parted(asker.place[0])
    return await fed(asker, format, "/", lambda reads: feed.SITE, limit, after)


@get("/section/{file:str}", **WRITTEN)
async def get_section_feed(
    asker: NamedDependency[Asker], file: File, limit: Limit = 20, after: Cursor = None
) -> Response[JsonFeed]:
    """The newest articles of a section and of all that is part of it, whole."""
    slug, format = parted(file)

    def subject(reads: Reads) -> Subject:
        found = feed.of_section(reads, slug)
        if found is None:
            raise no_section(slug)
        return found

    return await fed(asker, format, f"/{slug}", subject, limit, after)


@get("/tag/{file:str}", responses=also(HTTPStatus.MOVED_PERMANENTLY), **WRITTEN)
async def get_tag_feed(
    asker: NamedDependency[Asker], file: File, limit: Limit = 20, after: Cursor = None
) -> Response[JsonFeed]:
    """The newest articles that carry a tag, whole; one that gave way leads on to the other."""
    slug, format = parted(file)

    def subject(reads: Reads) -> Subject | None:
        current = tags.current(reads, slug)
        if current != slug:
            query = asker.place[1].decode()
            moved = f"/feeds/tag/{current}{file.removeprefix(slug)}"
            raise AnotherAddress(f"{moved}?{query}" if query else moved, "alias")
        return feed.of_tag(reads, slug)

    return await fed(asker, format, f"/tag/{slug}", subject, limit, after)


@get("/writer/{file:str}", **WRITTEN)
async def get_writer_feed(
    asker: NamedDependency[Asker], file: File, limit: Limit = 20, after: Cursor = None
) -> Response[JsonFeed]:
    """The newest articles of a writer, whole."""
    slug, format = parted(file)
    return await fed(asker, format, f"/writer/{slug}", lambda reads: feed.of_writer(reads, slug), limit, after)


def parted(file: str) -> tuple[str, Format]:
    """What the feed is of, and its format."""
    name, _, extension = file.rpartition(".")
    if extension not in FORMATS:
        raise Failed(HTTPStatus.NOT_FOUND, "The address of a feed ends with .rss, .atom or .json.")
    return name, FORMATS[extension]


async def fed(
    asker: Asker, format: Format, home: str, subject: Callable[[Reads], Subject | None], limit: int, after: str | None
) -> Reply:
    """`home`: the path of the page that shows the same."""
    path, query = asker.place[0], asker.place[1].decode()

    def question(reads: Reads) -> Feed | None:
        found = subject(reads)
        return feed.read(reads, asker.site, found, limit, after) if found else None

    def written(found: Feed) -> bytes:
        next = found.next and urlencode(sorted({**dict(parse_qsl(query)), "after": found.next}.items()))
        return format.write(document(found, asker.site, path=path, query=query, next=next, home=home))

    ask = Reading.ask if limit <= READ_HERE_MOST else Reading.ask_long
    return await asker.answer(question, ask=ask, render=asker.aside(written), media_type=format.media_type)


routes = Router(
    "/feeds",
    tags=["Feeds"],
    dependencies={"asker": Provide(Asker, sync_to_thread=False)},
    route_handlers=[get_latest_feed, get_section_feed, get_tag_feed, get_writer_feed],
)
