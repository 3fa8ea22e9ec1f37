"""The page of search."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from cms import search_results
from cms.search_results import Found, Wanted
from cms.web.access import OPEN
from cms.web.parameters import Name
from cms.web.search import PageNumber, Seeker, Since, Sort, Until, between
from cms.web.site.pages import HTML, SHOWN, PageAsker
from projections.search_answers import Order, Page, SearchAnswers
from projections.store import Reads

# Nothing is asked yet: the page shows where to type.
Words = Annotated[str, QueryParameter(max_length=200)]


class SearchPage(Struct, frozen=True):
    """`found` is None where nothing was asked, or the section is none."""

    q: str
    section: str | None
    since: str
    until: str
    sort: str
    found: Found | None


@get("/search", opt=OPEN)
async def get_search_page(
    seeker: NamedDependency[Seeker],
    asker: NamedDependency[PageAsker],
    q: Words = "",
    section: Name = None,
    since: Since = None,
    until: Until = None,
    sort: Sort = Order.BEST,
    page: PageNumber = 1,
) -> Response[str]:
    """Articles with these words."""

    def shown(found: Found | None) -> SearchPage:
        return SearchPage(q, section, str(since or ""), str(until or ""), sort, found)

    if not q.strip():
        return await asker.page("search.html", lambda _: shown(None))
    wanted = Wanted(
        q, section, None, between(asker.site.zone, since, until), Page((page - 1) * SHOWN, SHOWN, Order(sort))
    )

    def ask(answers: SearchAnswers, reads: Reads) -> SearchPage | None:
        found = search_results.read(answers, reads, asker.site, wanted)
        return None if found is None else shown(found)

    return await seeker.answer(ask, lambda found: asker.rendered("search.html", found), HTML)


handlers = [get_search_page]
