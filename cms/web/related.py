"""What goes with an article: for readers, and for editors while they write."""

import asyncio
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import UNSET, Struct, UnsetType, structs

from cms.newsroom import Newsroom
from cms.reading import Reading
from cms.web.access import OPEN, READS_ARTICLE
from cms.web.asker import Asker
from cms.web.desk import ArticleId
from cms.web.parameters import Limit
from projections import articles, related
from projections.articles import Notice
from projections.cards import Card
from projections.related import Related, Why
from projections.store import Reads

Explain = Annotated[bool, QueryParameter(description="Whether each says why it is there.")]


class RelatedCard(Card, frozen=True, kw_only=True):
    """`why`: if `explain=true` asks for it."""

    why: Why | UnsetType = UNSET


class RelatedCards(Struct, frozen=True):
    items: list[RelatedCard]


def plain(found: list[Related]) -> RelatedCards:
    return RelatedCards([RelatedCard(**structs.asdict(one.card)) for one in found])


def explained(found: list[Related]) -> RelatedCards:
    return RelatedCards([RelatedCard(**structs.asdict(one.card), why=one.why) for one in found])


@get("/articles/{article_id:str}/related", opt=OPEN)
async def get_related(
    asker: NamedDependency[Asker], article_id: FromPath[str], limit: Limit = 10, explain: Explain = False
) -> Response[RelatedCards]:
    """What editors chose to go with it, then what says most of the same, then the newest of its section."""
    told = explained if explain else plain

    def question(reads: Reads) -> RelatedCards | Notice | None:
        found = related.read(reads, article_id, asker.site, limit)
        return articles.notice(reads, article_id) if found is None else told(found)

    return await asker.answer(question, ask=Reading.ask_long)


@get("/articles/{article_id:str}/related", opt=READS_ARTICLE)
async def get_suggestions(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    article_id: ArticleId,
    limit: Limit = 10,
    explain: Explain = False,
) -> RelatedCards:
    """What would go with the working copy as it is now, of all that readers have: a headline is enough."""
    article = await asyncio.to_thread(newsroom.article, article_id)
    assert article.content is not None
    content = article.content
    published_at = article.edition.published_at if article.edition else None
    site = request.app.state.site
    reading: Reading = request.app.state.reading
    found = await reading.ask_aside(lambda reads: related.of(reads, article_id, content, published_at, site, limit))
    return (explained if explain else plain)(found)


handlers = [get_suggestions]
