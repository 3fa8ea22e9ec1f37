"""Figures for the newsroom: who looks at what, by the hour and by the day, as JSON and as a picture."""

from functools import partial
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter
from msgspec import structs

from cms import chart, editions, figures, periods
from cms.editions import ArticleFigures
from cms.figures import Figures, Find, Subject
from cms.newsroom import Newsroom
from cms.periods import By
from cms.reading import Reading
from cms.web.access import READS_ARTICLE, READS_DESK
from cms.web.desk import MOMENT_CHARACTERS, ArticleId, SlugInPath
from domain.article import ARTICLE
from projections.store import Reads

SAID = "A day, or a moment; without an offset, on the clocks of the newsroom's zone."
Since = Annotated[str | None, QueryParameter(name="from", max_length=MOMENT_CHARACTERS, description=SAID)]
Until = Annotated[str | None, QueryParameter(name="to", max_length=MOMENT_CHARACTERS, description=SAID)]
Step = Annotated[By, QueryParameter(description="By the hour, or by the day.")]

PICTURE = "image/svg+xml"
# Opened by itself, a picture neither runs nor fetches anything.
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
}


class Counting:
    """What a request asks for, and how it is counted."""

    def __init__(self, state: State, by: By, since: str | None, until: str | None) -> None:
        self.reading: Reading = state.reading
        self.newsroom: Newsroom = state.newsroom
        self.by = by
        zone = state.site.zone
        self.as_of = self.newsroom.clock().astimezone(zone)
        self.periods = periods.asked(by, since, until, int(self.as_of.timestamp()), zone)

    async def figures(self, find: Find) -> Figures:
        return await self.reading.ask_aside(lambda reads: self.read(reads, find))

    async def picture(self, find: Find) -> Response[str]:
        drawn = await self.reading.ask_aside(lambda reads: chart.svg(self.read(reads, find)))
        return Response(drawn, media_type=PICTURE, headers=HEADERS)

    async def of_article(self, article_id: str) -> ArticleFigures:
        def question(reads: Reads) -> ArticleFigures:
            found = self.read(reads, self.article(article_id))
            told = self.newsroom.history.stream(ARTICLE.stream(article_id))
            return ArticleFigures(**structs.asdict(found), editions=editions.read(reads, article_id, told, self.as_of))

        return await self.reading.ask_aside(question)

    def read(self, reads: Reads, find: Find) -> Figures:
        return figures.read(reads, self.newsroom.history, find, self.by, self.periods, self.as_of)

    def article(self, article_id: str) -> Find:
        def find(reads: Reads) -> Subject:
            content = self.newsroom.article(article_id).content
            return figures.article(article_id, content.headline if content else "")

        return find


def counting(
    request: Request[Any, Any, State], by: Step = By.HOUR, since: Since = None, until: Until = None
) -> Counting:
    return Counting(request.app.state, by, since, until)


Asked = NamedDependency[Counting]


@get("/figures", opt=READS_DESK)
async def get_site(counting: Asked) -> Figures:
    """Views and readers of the whole site."""
    return await counting.figures(figures.site)


@get("/figures.svg", opt=READS_DESK, media_type=PICTURE)
async def draw_site(counting: Asked) -> Response[str]:
    """The same as a chart."""
    return await counting.picture(figures.site)


@get("/articles/{article_id:str}/figures", opt=READS_ARTICLE)
async def get_article(counting: Asked, article_id: ArticleId) -> ArticleFigures:
    """Views and readers of an article, and the views of each of its editions."""
    return await counting.of_article(article_id)


@get("/articles/{article_id:str}/figures.svg", opt=READS_ARTICLE, media_type=PICTURE)
async def draw_article(counting: Asked, article_id: ArticleId) -> Response[str]:
    """Views and readers of an article as a chart."""
    return await counting.picture(counting.article(article_id))


@get("/sections/{slug:str}/figures", opt=READS_DESK)
async def get_section(counting: Asked, slug: SlugInPath) -> Figures:
    """Views and readers of a section with all that are part of it."""
    return await counting.figures(partial(figures.section, slug=slug))


@get("/sections/{slug:str}/figures.svg", opt=READS_DESK, media_type=PICTURE)
async def draw_section(counting: Asked, slug: SlugInPath) -> Response[str]:
    """Views and readers of a section as a chart."""
    return await counting.picture(partial(figures.section, slug=slug))


@get("/writers/{slug:str}/figures", opt=READS_DESK)
async def get_writer(counting: Asked, slug: SlugInPath) -> Figures:
    """Views and readers of a writer's articles."""
    return await counting.figures(partial(figures.writer, slug=slug))


@get("/writers/{slug:str}/figures.svg", opt=READS_DESK, media_type=PICTURE)
async def draw_writer(counting: Asked, slug: SlugInPath) -> Response[str]:
    """Views and readers of a writer's articles as a chart."""
    return await counting.picture(partial(figures.writer, slug=slug))


@get("/tags/{slug:str}/figures", opt=READS_DESK)
async def get_tag(counting: Asked, slug: SlugInPath) -> Figures:
    """Views and readers of a tag's articles, with those of all slugs that lead to it."""
    return await counting.figures(partial(figures.tag, slug=slug))


@get("/tags/{slug:str}/figures.svg", opt=READS_DESK, media_type=PICTURE)
async def draw_tag(counting: Asked, slug: SlugInPath) -> Response[str]:
    """Views and readers of a tag's articles as a chart."""
    return await counting.picture(partial(figures.tag, slug=slug))


handlers = [
    get_site,
    draw_site,
    get_article,
    draw_article,
    get_section,
    draw_section,
    get_writer,
    draw_writer,
    get_tag,
    draw_tag,
]
dependencies = {"counting": Provide(counting, sync_to_thread=False)}
