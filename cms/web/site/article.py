"""The page of an article."""

from functools import partial

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup
from msgspec import Struct, structs

from cms import published, structured_data
from cms.published import Published
from cms.reading import Reading
from cms.web.access import OPEN
from cms.web.asker import AnotherAddress
from cms.web.site.pages import PageAsker
from projections import articles, related
from projections.articles import Article, Notice
from projections.cards import Card
from projections.sections import Section
from projections.store import Reads, unnoted

RELATED, RELATED_SHOWN = "related", 10
# What goes with an article depends a little on how often that was read.
RELATED_SECONDS = 600
# More blocks than that are rendered in a thread.
BLOCKS_HERE_MOST = 100


class ArticlePage(Struct, frozen=True):
    """`way`: from the top of the menu down to its section. `data`: as schema.org has it."""

    article: Article
    way: tuple[Section, ...]
    source_url: str | None
    data: str


@get("/{section:str}/{slug:str}", opt=OPEN)
async def get_article_page(
    asker: NamedDependency[PageAsker], section: FromPath[str], slug: FromPath[str]
) -> Response[str]:
    """An article, at the address that it has now; others lead there."""

    def question(reads: Reads) -> ArticlePage | Notice | None:
        id, current = articles.at_address(reads, slug)
        found = published.bare(reads, id, asker.site) if id else None
        if not isinstance(found, Published):
            return found
        if (found.article.section, current) != (section, slug):
            location = asker.theme.address(found.article.section, found.article.slug)
            raise AnotherAddress(location, f"article:{id}")
        return article_page(reads, asker, found)

    async def goes_with() -> None:
        id = (await asker.reading.ask(lambda reads: articles.at_address(unnoted(reads), slug))).result[0]
        question = partial(asked_related, asker, id)
        until = asker.now.timestamp() + RELATED_SECONDS
        await asker.part(f"{RELATED}:{id}", question, until, Reading.ask_long, template="related.html")

    asker.wanted.append(goes_with)
    return await asker.page("article.html", question, is_long=lambda found: len(found.article.body) > BLOCKS_HERE_MOST)


def article_page(reads: Reads, asker: PageAsker, found: Published) -> ArticlePage:
    # As of the minute that a page is kept at most: a hot one is not made anew for each ten seconds of views.
    views = unnoted(reads).totals([found.article.id])[0]
    data = structured_data.rendered(structured_data.structured_data(found, asker.site))
    return ArticlePage(
        structs.replace(found.article, views=views),
        found.sections,
        found.source_url(asker.site),
        Markup(data.decode()),  # noqa: S704 # It ends no script element.
    )


def asked_related(asker: PageAsker, id: str, reads: Reads) -> list[Card]:
    return [one.card for one in related.read(reads, id, asker.site, RELATED_SHOWN) or []]


handlers = [get_article_page]
