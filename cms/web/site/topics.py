"""The pages of tags and writers."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from cms.reading import Reading
from cms.web.access import OPEN
from cms.web.asker import AnotherAddress
from cms.web.parameters import Cursor
from cms.web.site.pages import SHOWN, PageAsker
from projections import latest, tags, writers
from projections.latest import Latest
from projections.store import Reads
from projections.tags import CountedTag
from projections.writers import Writer

TAGS_SHOWN = 300


class TagPage(Struct, frozen=True):
    tag: CountedTag
    list: Latest


class WriterPage(Struct, frozen=True):
    writer: Writer
    list: Latest


@get("/tag", opt=OPEN)
async def get_tags_page(asker: NamedDependency[PageAsker]) -> Response[str]:
    """The tags that are used most."""
    return await asker.page("tags.html", lambda reads: tags.read(reads)[:TAGS_SHOWN], ask=Reading.ask_long)


@get("/tag/{slug:str}", opt=OPEN)
async def get_tag_page(asker: NamedDependency[PageAsker], slug: FromPath[str], after: Cursor = None) -> Response[str]:
    """The newest articles that carry a tag; one that gave way leads on to the other."""

    def question(reads: Reads) -> TagPage | None:
        if (current := tags.current(reads, slug)) != slug:
            raise AnotherAddress(asker.theme.address("tag", current), "alias")
        tag = tags.one(reads, slug)
        found = latest.read(reads, asker.site, tag=slug, limit=SHOWN, after=after)
        # One that no public article carries may be a draft's.
        return TagPage(tag, found) if tag and tag.articles and found else None

    return await asker.page("tag.html", question)


@get("/writer", opt=OPEN)
async def get_writers_page(asker: NamedDependency[PageAsker]) -> Response[str]:
    """The people in the bylines, by name."""
    return await asker.page("writers.html", writers.read)


@get("/writer/{slug:str}", opt=OPEN)
async def get_writer_page(
    asker: NamedDependency[PageAsker], slug: FromPath[str], after: Cursor = None
) -> Response[str]:
    """A writer, with what they wrote last."""

    def question(reads: Reads) -> WriterPage | None:
        writer = next(iter(writers.some(reads, [slug])), None)
        found = latest.read(reads, asker.site, writer=slug, limit=SHOWN, after=after)
        return WriterPage(writer, found) if writer and found else None

    return await asker.page("writer.html", question)


handlers = [get_tags_page, get_tag_page, get_writers_page, get_writer_page]
