"""Reading: open to everybody, answered from the read models, kept rendered."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from litestar import Response, Router, get
from litestar.datastructures import URL
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter
from msgspec import structs

from cms import markup
from cms.newsroom import Newsroom
from cms.reading import Reading
from cms.web import related, views
from cms.web.access import OPEN
from cms.web.asker import AnotherAddress, Asker
from cms.web.occasions import also
from cms.web.parameters import Cursor, Limit, Name
from domain.views import BUCKET_SECONDS
from projections import articles, latest, popular, tags, trending
from projections.articles import Article, Notice
from projections.cards import Site
from projections.latest import Latest
from projections.popular import WINDOWS, Popular
from projections.store import Reads
from projections.trending import Trending

# With thousands of articles and a month of views, they take a fifth of a second.
LONG_WINDOWS = ("7d", "30d")

Window = Annotated[str, QueryParameter(pattern=f"^({'|'.join(WINDOWS)})$")]


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

    # Two that hardly meet are walked through whole: with hundreds of thousands of articles that takes a while.
    narrowed = sum(name is not None for name in (section, tag, writer, source)) > 1
    return await asker.answer(question, ask=Reading.ask_long if narrowed else Reading.ask)


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
        related.get_related,
        *views.handlers,
    ],
)
