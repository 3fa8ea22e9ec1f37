"""Pages that stand: the fixed ones, the log of corrections, and the one that sets a password by a link."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from cms.web.access import OPEN
from cms.web.corrections import Cursor
from cms.web.site.pages import SHOWN, PageAsker
from projections import corrections, pages
from projections.corrections import Corrections
from projections.store import Reads


@get("/page/{slug:str}", opt=OPEN)
async def get_fixed_page(asker: NamedDependency[PageAsker], slug: FromPath[str]) -> Response[str]:
    """A fixed page."""
    return await asker.page("page.html", lambda reads: pages.read(reads, slug, asker.site))


@get("/corrections", opt=OPEN)
async def get_corrections_page(asker: NamedDependency[PageAsker], after: Cursor = None) -> Response[str]:
    """Every correction and every withdrawal, newest first."""

    def question(reads: Reads) -> Corrections | None:
        return corrections.read(reads, asker.site, limit=SHOWN, after=after)

    return await asker.page("corrections.html", question)


@get("/reset", opt=OPEN)
async def get_reset_page(asker: NamedDependency[PageAsker]) -> Response[str]:
    """Where staff set a password by a link. What stands behind the hash of the address never leaves the browser."""
    return await asker.page("reset.html", lambda _: True)


handlers = [get_fixed_page, get_corrections_page, get_reset_page]
