"""Reading: open to everybody, answered from the read models, kept rendered."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import FromPath, QueryParameter
from msgspec import Struct, structs

from cms import answers, markup
from cms.newsroom import Newsroom
from cms.reading import Reading
from cms.web.access import OPEN
from cms.web.occasions import also
from cms.web.problems import Failed
from domain.views import BUCKET_SECONDS
from projections import articles, latest, popular, related, sections, tags, writers
from projections.articles import Article, Notice
from projections.cards import Card, Site
from projections.latest import Latest
from projections.popular import WINDOWS, Popular
from projections.sections import Section
from projections.store import Reads
from projections.tags import CountedTag
from projections.writers import Writer

Result = TypeVar("Result")
NEVER = float("inf")

Limit = Annotated[int, QueryParameter(ge=1, le=100)]
Cursor = Annotated[
    str | None,
    QueryParameter(pattern=r"^[0-9a-f]{16}:[A-Za-z0-9_-]{22}$", description="`next` of the page before."),
]
Window = Annotated[str, QueryParameter(pattern=f"^({'|'.join(WINDOWS)})$")]
Name = Annotated[str | None, QueryParameter(max_length=200)]


class Cards(Struct, frozen=True):
    items: list[Card]


class Sections(Struct, frozen=True):
    items: tuple[Section, ...]


class Tags(Struct, frozen=True):
    items: list[CountedTag]


class Writers(Struct, frozen=True):
    items: list[Writer]


class Asker:
    """Answers one request from the read models: asks, renders, and keeps what it rendered."""

    def __init__(self, request: Request[Any, Any, State]) -> None:
        self.request = request
        self.reading: Reading = request.app.state.reading
        self.site: Site = request.app.state.site

    async def answer(self, question: Callable[[Reads], Result | Notice | None], until: float = NEVER) -> Response[Any]:
        """None is not found, a notice is gone. `until`: Unix time to which it holds if nothing is recorded."""
        result, position, keys = await self.reading.ask(question)
        if isinstance(result, Notice):
            raise Failed(HTTPStatus.GONE, result.notice)
        if result is None:
            raise Failed(HTTPStatus.NOT_FOUND, "There is nothing here, or it is not public.")
        answer = answers.answer(msgspec.json.encode(result), keys, until)
        if position == self.reading.position:
            self.reading.kept.keep((self.request.scope["path"], self.request.scope["query_string"]), answer)
        headers = {name.decode(): value.decode() for name, value in answer.headers if name not in LENGTH_AND_TYPE}
        headers["position"] = str(position)
        if answer.matches(self.request.headers.get("if-none-match")):
            return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(answer.body, headers=headers, media_type="application/json")


LENGTH_AND_TYPE = (b"content-length", b"content-type")


@get("/latest", opt=OPEN)
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
    return await asker.answer(
        lambda reads: latest.read(
            reads, asker.site, section=section, tag=tag, writer=writer, source=source, limit=limit, after=after
        ),
    )


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
    until = (int(now.timestamp()) // BUCKET_SECONDS + 1) * BUCKET_SECONDS
    return await asker.answer(
        lambda reads: popular.read(reads, asker.site, now, window=window, section=section, limit=limit), until
    )


@get("/articles/{article_id:str}", opt=OPEN)
async def get_article(asker: NamedDependency[Asker], article_id: FromPath[str]) -> Response[Article]:
    """An article as its latest edition has it."""
    return await asker.answer(lambda reads: article_page(reads, article_id, asker.site))


class AnotherAddress(Exception):
    """The article that had this address has another one now."""

    def __init__(self, id: str, slug: str | None) -> None:
        super().__init__(slug)
        self.id = id
        self.slug = slug


@get("/articles/by-slug/{slug:str}", opt=OPEN, responses=also(HTTPStatus.MOVED_PERMANENTLY))
async def get_article_by_slug(asker: NamedDependency[Asker], slug: FromPath[str]) -> Response[Article]:
    """An article by its address; one that it had before leads on to the present one."""

    def question(reads: Reads) -> Article | Notice | None:
        id, current = articles.at_address(reads, slug)
        if current not in (None, slug):
            raise AnotherAddress(id, current)
        return article_page(reads, id, asker.site)

    try:
        return await asker.answer(question)
    except AnotherAddress as another:
        raise HTTPException(
            "The article has another address now.",
            status_code=HTTPStatus.MOVED_PERMANENTLY,
            # An article may take an old address up again: a redirect that is kept for ever would go in circles then.
            headers={
                "location": f"/v1/articles/by-slug/{another.slug}",
                "cache-control": "public, no-cache",
                "surrogate-key": f"article:{another.id}",
            },
        ) from None


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


@post("/articles/{article_id:str}/views", opt=OPEN, status_code=HTTPStatus.NO_CONTENT)
async def count_view(
    asker: NamedDependency[Asker], newsroom: NamedDependency[Newsroom], article_id: FromPath[str]
) -> None:
    """Count a view. Answered once it is on disk."""
    (card,), _, _ = await asker.reading.ask(lambda reads: reads.get("card", [article_id]))
    if card is None:
        await asker.answer(lambda reads: articles.notice(reads, article_id))
    await newsroom.view(article_id)


@get("/sections", opt=OPEN)
async def get_sections(asker: NamedDependency[Asker]) -> Response[Sections]:
    """The menu."""
    return await asker.answer(lambda reads: Sections(sections.read(reads)))


@get("/tags", opt=OPEN)
async def get_tags(asker: NamedDependency[Asker]) -> Response[Tags]:
    """Tags in use, with how many articles carry each."""
    return await asker.answer(lambda reads: Tags(tags.read(reads)))


@get("/writers", opt=OPEN)
async def get_writers(asker: NamedDependency[Asker]) -> Response[Writers]:
    """The people in the bylines, by name."""
    return await asker.answer(lambda reads: Writers(writers.read(reads)))


@get("/writers/{slug:str}", opt=OPEN)
async def get_writer(asker: NamedDependency[Asker], slug: FromPath[str]) -> Response[Writer]:
    """A writer, with a few lines about the person."""
    return await asker.answer(lambda reads: next(iter(writers.some(reads, [slug])), None))


routes = Router(
    "/v1",
    tags=["Reading"],
    dependencies={"asker": Provide(Asker, sync_to_thread=False)},
    route_handlers=[
        get_latest,
        get_popular,
        get_article,
        get_article_by_slug,
        get_related,
        count_view,
        get_sections,
        get_tags,
        get_writers,
        get_writer,
    ],
)
