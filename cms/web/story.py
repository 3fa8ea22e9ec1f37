"""What became of an article, and whose word each part of it is."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Annotated, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from cms import blame
from cms.newsroom import Newsroom
from cms.story import TOLD_MOST, Told, called, told
from cms.web.access import READS_ARTICLE
from cms.web.desk import ArticleId
from domain.article import ARTICLE
from domain.recorded import Recorded


class Story(Struct, frozen=True):
    """`next`: ask for what is after it; null where the story ends."""

    items: list[Told]
    next: int | None


class Changed(Struct, frozen=True, kw_only=True):
    """What changed something last."""

    version: int
    at: datetime
    by: str
    name: str


class FieldBlame(Changed, frozen=True, kw_only=True):
    path: str


class BlockBlame(Changed, frozen=True, kw_only=True):
    id: str


class Blame(Struct, frozen=True):
    """`blocks` as they stand. The path `body` is what blocks there are, and in which order."""

    fields: list[FieldBlame]
    blocks: list[BlockBlame]


@get("/articles/{article_id:str}/story", opt=READS_ARTICLE, sync_to_thread=True)
def get_story(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    article_id: ArticleId,
    after: Annotated[int, QueryParameter(ge=0, le=2**62, description="A position.")] = 0,
) -> Story:
    """What was done with the article, and with the work on it, in sentences, oldest first."""
    newsroom.article(article_id)
    items = told(newsroom.history, article_id, after, request.app.state.site.zone)
    return Story(items, items[-1].position if len(items) == TOLD_MOST else None)


@get("/articles/{article_id:str}/blame", opt=READS_ARTICLE, sync_to_thread=True)
def get_blame(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    article_id: ArticleId,
    version: Annotated[int | None, QueryParameter(ge=1, le=2**62, description="Else as it stands.")] = None,
) -> Blame:
    """For each field and block, the version that last changed it, and who made that."""
    newsroom.article(article_id, version)
    found = blame.blame(newsroom.history.stream(ARTICLE.stream(article_id), version))
    named, zone = called(newsroom.history, people(found)), request.app.state.site.zone
    return Blame(
        fields=[FieldBlame(path=path, **changed(one, named, zone)) for path, one in found.fields.items()],
        blocks=[BlockBlame(id=id, **changed(one, named, zone)) for id, one in found.blocks.items()],
    )


def people(found: blame.Blame) -> Iterable[str]:
    return (one.by for one in (*found.fields.values(), *found.blocks.values()))


def changed(recorded: Recorded, named: dict[str, str], zone: tzinfo) -> dict[str, Any]:
    return {
        "version": recorded.version,
        "at": recorded.at.astimezone(zone),
        "by": recorded.by,
        "name": named[recorded.by],
    }


handlers = [get_story, get_blame]
