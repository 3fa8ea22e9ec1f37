"""Search: articles by words, and what somebody may be about to type. Open to everybody."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter
from msgspec import Struct, structs

from cms import search_results
from cms.answers import JSON
from cms.asks import Unavailable
from cms.forms import BadField
from cms.newsroom import Newsroom
from cms.reading import Reading
from cms.search_results import Found, Suggestions, Wanted
from cms.searching import WAITING_MOST, Searching
from cms.tracing import Traced
from cms.web.access import OPEN
from cms.web.asker import Asker
from cms.web.parameters import Limit, Name
from cms.web.replies import Reply
from projections import tags
from projections.latest import EVERYTHING
from projections.search_answers import PAGES_MOST, Filters, Order, Page, SearchAnswers
from projections.store import Reads

# Whatever is recorded meanwhile, what is kept is not older.
KEPT_SECONDS = 1
HOUR_SECONDS = 3_600

Result = TypeVar("Result")

Words = Annotated[
    str, QueryParameter(min_length=1, max_length=200, description='Words, "phrases in quotes", -without.')
]
PageNumber = Annotated[int, QueryParameter(ge=1, le=PAGES_MOST)]
Since = Annotated[date | None, QueryParameter(name="from", description="The first day, on the newsroom's calendar.")]
Until = Annotated[date | None, QueryParameter(name="to", description="The last day.")]
Sort = Annotated[
    str, QueryParameter(pattern=f"^({'|'.join(Order)})$", description="What fits best first, or the newest.")
]
Few = Annotated[int, QueryParameter(ge=1, le=20)]


class Answered(Struct, frozen=True):
    """`until`: Unix time up to which it may be kept."""

    body: Any
    until: float


class Seeker:
    """Asks the index, and the read models for what is shown of it."""

    def __init__(self, asker: NamedDependency[Asker]) -> None:
        self.asker = asker
        state = asker.request.app.state
        self.searching: Searching = state.searching
        self.newsroom: Newsroom = state.newsroom

    async def answer(
        self,
        ask: Callable[[SearchAnswers, Reads], Any],
        render: Callable[[Any], bytes] = msgspec.json.encode,
        media_type: str = JSON,
    ) -> Reply:
        now = self.newsroom.now()

        def question(reads: Reads) -> Answered | None:
            index, position = self.searching.index()
            aliases = tags.leading(tags.aliases(reads))
            # By the hour, so that the order is the same for all who ask.
            body = ask(SearchAnswers(index, int(now // HOUR_SECONDS) * HOUR_SECONDS, aliases), reads)
            # Whatever is published from now on may belong here.
            reads.page([[EVERYTHING]], None, 1)
            fresh = position >= reads.position()
            return None if body is None else Answered(body, now + KEPT_SECONDS if fresh else now)

        return await self.asker.answer(
            question,
            until=lambda answered: answered.until,
            ask=self.aside,
            render=lambda answered: render(answered.body),
            media_type=media_type,
        )

    async def aside(self, reading: Reading, question: Callable[[Reads], Result]) -> Traced[Result]:
        searching = self.searching
        if searching.waiting >= WAITING_MOST:
            raise Unavailable("Too many search at once; try again.")
        searching.waiting += 1
        try:
            async with searching.turn:
                return await reading.ask_in_thread(question)
        finally:
            searching.waiting -= 1


@get("/search", opt=OPEN)
async def get_search(
    seeker: NamedDependency[Seeker],
    q: Words,
    section: Name = None,
    tag: Name = None,
    writer: Name = None,
    source: Name = None,
    since: Since = None,
    until: Until = None,
    sort: Sort = Order.BEST,
    limit: Limit = 20,
    page: PageNumber = 1,
) -> Response[Found]:
    """Articles with these words, best first. `excerpt` and `headline_html` are HTML: marks, and all else escaped.

    Any text is a query; one without a letter or digit, such as `*`, finds nothing. Words in quotes stand together; what
    follows a minus stands nowhere; the last word may be incomplete. A section holds its sub-sections; days are those of
    the newsroom's zone.
    """
    require_words(q)
    filters = structs.replace(between(seeker.asker.site.zone, since, until), writer=writer, source=source)
    wanted = Wanted(q, section, tag, filters, Page((page - 1) * limit, limit, Order(sort)))
    return await seeker.answer(lambda answers, reads: search_results.read(answers, reads, seeker.asker.site, wanted))


@get("/search/suggestions", opt=OPEN)
async def get_suggestions(seeker: NamedDependency[Seeker], q: Words, limit: Few = 8) -> Response[Suggestions]:
    """What somebody may be about to type: sections, tags, writers and headlines with a word that begins so.

    What has the letters as they were typed comes first, then names that begin so, the most used first.
    """
    require_words(q)
    return await seeker.answer(
        lambda answers, reads: search_results.suggestions(answers, reads, seeker.asker.site, q, limit)
    )


def require_words(q: str) -> None:
    if not q.strip():
        raise BadField("q", "Say what to look for.")


def between(zone: tzinfo, since: date | None, until: date | None) -> Filters:
    if since and until and since > until:
        raise BadField("from", "The first day is after the last.")
    return Filters(since=starts(since, zone, 0), until=starts(until, zone, 1))


def starts(day: date | None, zone: Any, later_days: int) -> int | None:
    """Unix time at which a day starts, or the day after it. Days that no clock reaches bound nothing."""
    if day is None:
        return None
    try:
        return int(datetime.combine(day + timedelta(days=later_days), time(), zone).timestamp())
    except (OverflowError, ValueError):
        return None


routes = Router(
    "/v1",
    tags=["Reading"],
    dependencies={
        "asker": Provide(Asker, sync_to_thread=False),
        "seeker": Provide(Seeker, sync_to_thread=False),
    },
    route_handlers=[get_search, get_suggestions],
)
