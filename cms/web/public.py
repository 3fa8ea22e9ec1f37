"""Reading: open to everybody, answered from the read models, kept rendered."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request, Response, Router, get
from litestar.datastructures import URL, State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import FromPath, QueryParameter
from msgspec import Struct, structs

from cms import answers, markup
from cms.newsroom import Newsroom
from cms.reading import Reading, Told
from cms.web import views
from cms.web.access import OPEN
from cms.web.occasions import also
from cms.web.problems import there
from domain.views import BUCKET_SECONDS
from projections import articles, latest, popular, related, tags, trending
from projections.articles import Article, Notice
from projections.cards import Card, Site
from projections.latest import Latest
from projections.popular import WINDOWS, Popular
from projections.store import Reads
from projections.trending import Trending

Result = TypeVar("Result")
NEVER = float("inf")
# With thousands of articles and a month of views, they take a fifth of a second.
LONG_WINDOWS = ("7d", "30d")

Limit = Annotated[int, QueryParameter(ge=1, le=100)]
Cursor = Annotated[
    str | None,
    QueryParameter(pattern=r"^[0-9a-f]{16}:[A-Za-z0-9_-]{22}$", description="`next` of the page before."),
]
Window = Annotated[str, QueryParameter(pattern=f"^({'|'.join(WINDOWS)})$")]
Name = Annotated[str | None, QueryParameter(max_length=200)]


class Cards(Struct, frozen=True):
    items: list[Card]


class AnotherAddress(Exception):
    """What is asked for stands elsewhere now. `key`: the surrogate key of what says so."""

    def __init__(self, location: str, key: str) -> None:
        super().__init__(location)
        self.location = location
        self.key = key


class Asker:
    """Answers one request from the read models: asks, renders, and keeps what it rendered."""

    def __init__(self, request: Request[Any, Any, State]) -> None:
        self.request = request
        self.reading: Reading = request.app.state.reading
        self.site: Site = request.app.state.site

    async def answer(
        self,
        question: Callable[[Reads], Result | Notice | None],
        until: float | Callable[[Result], float] = NEVER,
        ask: Callable[[Reading, Any], Awaitable[Told[Any]]] = Reading.ask,
    ) -> Response[Any]:
        """None is not found, a notice is gone. `until`: Unix time to which it holds if nothing is recorded."""
        try:
            result, position, keys = await ask(self.reading, question)
        except AnotherAddress as another:
            raise moved(another) from None
        found = there(result)
        holds_until = until(found) if callable(until) else until
        answer = answers.answer(msgspec.json.encode(found), keys, holds_until)
        if position == self.reading.position:
            self.reading.kept.keep((self.request.scope["path"], self.request.scope["query_string"]), answer)
        headers = {name.decode(): value.decode() for name, value in answer.headers if name not in LENGTH_AND_TYPE}
        headers["position"] = str(position)
        if answer.matches(self.request.headers.get("if-none-match")):
            return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(answer.body, headers=headers, media_type="application/json")


LENGTH_AND_TYPE = (b"content-length", b"content-type")


def moved(another: AnotherAddress) -> HTTPException:
    return HTTPException(
        "This has another address now.",
        status_code=HTTPStatus.MOVED_PERMANENTLY,
        # An old address may be taken up again: a redirect that is kept for ever would go in circles then.
        headers={"location": another.location, "cache-control": "public, no-cache", "surrogate-key": another.key},
    )


@get("/latest", opt=OPEN, responses=also(HTTPStatus.MOVED_PERMANENTLY))
async def get_latest(
    asker: NamedDependency[Asker],
    section: Name = None,
    tag: Name = None,
    writer: Name = None,
    source: Name = None,
    limit: Limit = 20,
    after: Cursor = None,
) -> Response[Latest]:
    """The newest articles, by first publication. Filters narrow each other; a section holds its sub-sections."""

    def question(reads: Reads) -> Latest | None:
        require_own_address(reads, asker.request.url, tag)
        return latest.read(
            reads, asker.site, section=section, tag=tag, writer=writer, source=source, limit=limit, after=after
        )

    return await asker.answer(question)


def require_own_address(reads: Reads, url: URL, tag: str | None) -> None:
    """A tag that gave way leads to the same page of the other."""
    if tag is None or (current := tags.current(reads, tag)) == tag:
        return
    query = [
        (name, current if name == "tag" else value) for name, value in parse_qsl(url.query, keep_blank_values=True)
    ]
    raise AnotherAddress(f"{url.path}?{urlencode(query)}", "alias")


@get("/popular", opt=OPEN)
async def get_popular(
    asker: NamedDependency[Asker],
    newsroom: NamedDependency[Newsroom],
    window: Window = "24h",
    section: Name = None,
    limit: Limit = 20,
) -> Response[Popular]:
    """The most read, by views counted in the window, as of ten seconds."""
    now = newsroom.clock()
    return await asker.answer(
        lambda reads: popular.read(reads, asker.site, now, window=window, section=section, limit=limit),
        next_count(now),
        Reading.ask_long if window in LONG_WINDOWS else Reading.ask,
    )


@get("/trending", opt=OPEN)
async def get_trending(
    asker: NamedDependency[Asker], newsroom: NamedDependency[Newsroom], section: Name = None, limit: Limit = 20
) -> Response[Trending]:
    """What readers will want next: recent views, each weighing the less the older it is, as of ten seconds."""
    now = newsroom.clock()
    return await asker.answer(
        lambda reads: trending.read(reads, asker.site, now, section=section, limit=limit), next_count(now)
    )


def next_count(now: datetime) -> float:
    """When the most read may be others, if no view came."""
    return (popular.bucket(now) + 1) * BUCKET_SECONDS


@get("/articles/{article_id:str}", opt=OPEN)
async def get_article(asker: NamedDependency[Asker], article_id: FromPath[str]) -> Response[Article]:
    """An article as its latest edition has it."""
    return await asker.answer(lambda reads: article_page(reads, article_id, asker.site))


@get("/articles/by-slug/{slug:str}", opt=OPEN, responses=also(HTTPStatus.MOVED_PERMANENTLY))
async def get_article_by_slug(asker: NamedDependency[Asker], slug: FromPath[str]) -> Response[Article]:
    """An article by its address; one that it had before leads on to the present one."""

    def question(reads: Reads) -> Article | Notice | None:
        id, current = articles.at_address(reads, slug)
        if current not in (None, slug):
            raise AnotherAddress(f"/v1/articles/by-slug/{current}", f"article:{id}")
        return article_page(reads, id, asker.site)

    return await asker.answer(question)


def article_page(reads: Reads, article_id: str, site: Site) -> Article | Notice | None:
    article = articles.read(reads, article_id, site)
    if article is None:
        return articles.notice(reads, article_id)
    return structs.replace(article, html=markup.html(article.body))


@get("/articles/{article_id:str}/related", opt=OPEN)
async def get_related(asker: NamedDependency[Asker], article_id: FromPath[str], limit: Limit = 10) -> Response[Cards]:
    """Articles that share most tags with this one, then the newest of its section."""

    def question(reads: Reads) -> Cards | Notice | None:
        found = related.read(reads, article_id, asker.site, limit)
        return articles.notice(reads, article_id) if found is None else Cards(found)

    return await asker.answer(question)


routes = Router(
    "/v1",
    tags=["Reading"],
    dependencies={"asker": Provide(Asker, sync_to_thread=False)},
    route_handlers=[
        get_latest,
        get_popular,
        get_trending,
        get_article,
        get_article_by_slug,
        get_related,
        *views.handlers,
    ],
)
