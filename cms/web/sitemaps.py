"""What search engines ask for: sitemaps and robots.txt. Open to everybody."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from cms import sitemap_xml
from cms.answers import NEVER
from cms.newsroom import Newsroom
from cms.reading import Reading
from cms.sitemap_xml import MEDIA_TYPE
from cms.tracing import under
from cms.web.access import OPEN
from cms.web.asker import Asker
from cms.web.occasions import also
from projections import cards, sitemap
from projections.cards import Card, Site
from projections.latest import EVERYTHING
from projections.sitemap import PART, SITE, Address
from projections.store import Reads, id_of, key

XML, PLAIN = f"{MEDIA_TYPE}; charset=utf-8", "text/plain; charset=utf-8"
# What Google takes for news: no older, and no more.
NEWS_FOR, NEWS_MOST = timedelta(hours=48), 1_000
# Whatever changes one of the addresses that are no articles' touches one of these.
STANDING = (EVERYTHING, "section", "menu", "closed", "tag", "alias", "writer", "page")

PartName = Annotated[
    str | None,
    QueryParameter(pattern=f"^{PART.pattern}$", description="As the index names it."),
]


@get("/sitemap.xml", opt=OPEN, media_type=MEDIA_TYPE, responses=also(HTTPStatus.NOT_FOUND))
async def get_sitemap(asker: NamedDependency[Asker], part: PartName = None) -> Response[str]:
    """Every public address: the index of the parts, or one of them."""
    if part is None:
        return await asker.answer(
            lambda reads: sitemap.parts(under(reads, *STANDING)),
            ask=Reading.ask_long,
            render=asker.aside(lambda parts: sitemap_xml.index(parts, asker.site)),
            media_type=XML,
        )
    return await asker.answer(
        lambda reads: addresses(reads, part),
        ask=Reading.ask_long,
        render=asker.aside(lambda found: sitemap_xml.addresses(found, asker.site)),
        media_type=XML,
    )


def addresses(reads: Reads, part: str) -> list[Address] | None:
    """A month's list is touched by every edition of what stands in it."""
    keys = STANDING if part.startswith(SITE) else (f"month:{part[:7]}",)
    return sitemap.part(under(reads, *keys), part)


@get("/news-sitemap.xml", opt=OPEN, media_type=MEDIA_TYPE)
async def get_news_sitemap(asker: NamedDependency[Asker], newsroom: NamedDependency[Newsroom]) -> Response[str]:
    """What was first published within 48 hours, newest first: a thousand articles at most."""
    oldest = key(newsroom.clock() - NEWS_FOR + timedelta(microseconds=1), "")

    def question(reads: Reads) -> list[Card]:
        asked = under(reads, EVERYTHING)
        keys = [one for one in asked.page([[EVERYTHING]], None, NEWS_MOST) if one > oldest]
        return cards.read(asked, [id_of(one) for one in keys], asker.site)

    return await asker.answer(
        question,
        until=leaves_at,
        ask=Reading.ask_long,
        render=asker.aside(lambda found: sitemap_xml.news(found, asker.site)),
        media_type=XML,
    )


def leaves_at(found: list[Card]) -> float:
    """When the oldest of them is no longer news."""
    return min(((card.published_at + NEWS_FOR).timestamp() for card in found), default=NEVER)


@get("/robots.txt", opt=OPEN, media_type="text/plain")
async def get_robots(asker: NamedDependency[Asker]) -> Response[str]:
    """Which paths are no pages, and where the sitemaps are."""

    def question(reads: Reads) -> Site:
        under(reads, "robots")
        return asker.site

    return await asker.answer(question, render=sitemap_xml.robots, media_type=PLAIN)


routes = Router(
    "/",
    tags=["Feeds"],
    dependencies={"asker": Provide(Asker, sync_to_thread=False)},
    route_handlers=[get_sitemap, get_news_sitemap, get_robots],
)
