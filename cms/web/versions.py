"""Every version of an article: listed, read, compared, brought back."""

from datetime import datetime, tzinfo
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from msgspec import Struct

from cms.compare import Difference, differences
from cms.newsroom import Newsroom
from cms.story import Teller, called, people
from cms.web.access import READS_ARTICLE, REVISES
from cms.web.desk import Accepted, ArticleId, Desk, Precondition, WorkingCopy, working_copy
from cms.web.occasions import also
from cms.web.problems import Failed
from domain.article import ARTICLE
from domain.content import FIELDS, Content

LISTED_MOST = 1_000

Version = Annotated[int, PathParameter(ge=1, le=2**62)]
After = Annotated[int, QueryParameter(ge=0, le=2**62, description="A position.")]


class VersionLine(Struct, frozen=True):
    """What made the version, when, and who did; as a sentence too."""

    version: int
    at: datetime
    by: str
    event: str
    position: int
    sentence: str


class Versions(Struct, frozen=True):
    """`next`: ask for those after it; null where the list ends."""

    items: list[VersionLine]
    next: int | None


class Comparison(Struct, frozen=True, kw_only=True):
    items: list[Difference]


@get("/articles/{article_id:str}/versions", opt=READS_ARTICLE, sync_to_thread=True)
def get_versions(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    article_id: ArticleId,
    after: After = 0,
) -> Versions:
    """The article's versions, oldest first."""
    newsroom.article(article_id)
    return listed(newsroom, ARTICLE.stream(article_id), after, request.app.state.site.zone)


def listed(newsroom: Newsroom, stream: str, after: int, zone: tzinfo) -> Versions:
    """Of an article, or a fixed page."""
    found = newsroom.history.stream_after(stream, after, LISTED_MOST)
    teller = Teller(called(newsroom.history, people(found)), zone)
    items = [
        VersionLine(
            one.version, one.at.astimezone(zone), one.by, type(one.event).__name__, one.position, teller.sentence(one)
        )
        for one in found
    ]
    return Versions(items, items[-1].position if len(items) == LISTED_MOST else None)


@get("/articles/{article_id:str}/versions/{version:int}", opt=READS_ARTICLE, sync_to_thread=True)
def get_version(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    article_id: ArticleId,
    version: Version,
) -> WorkingCopy:
    """The article as it stood at a version."""
    return working_copy(article_id, newsroom.article(article_id, version), request.app.state.site.zone)


@post(
    "/articles/{article_id:str}/versions/{version:int}/restore",
    opt=REVISES,
    status_code=HTTPStatus.OK,
)
async def restore_version(
    desk: NamedDependency[Desk], precondition: NamedDependency[Precondition], article_id: ArticleId, version: Version
) -> Accepted:
    """Revise the working copy to what it was at a version."""
    content = await desk.content(article_id, version)
    patch = {name: getattr(content, name) for name in (*FIELDS, "body")}
    return await desk.revise(article_id, precondition.required(), patch)


@get("/articles/{article_id:str}/diff", opt=READS_ARTICLE, responses=also(HTTPStatus.CONFLICT), sync_to_thread=True)
def get_difference(
    newsroom: NamedDependency[Newsroom],
    article_id: ArticleId,
    since: Annotated[str, QueryParameter(name="from", pattern=r"^([0-9]{1,18}|live)$")] = "live",
    until: Annotated[str | None, QueryParameter(name="to", pattern=r"^([0-9]{1,18}|live)$")] = None,
) -> Comparison:
    """What is different between two versions, or what readers have (`live`); `to` is the working copy by default."""
    old, new = content_at(newsroom, article_id, since), content_at(newsroom, article_id, until)
    return Comparison(items=differences(old, new))


def content_at(newsroom: Newsroom, article_id: str, version: str | None) -> Content:
    if version == "live":
        edition = newsroom.article(article_id).edition
        if edition is None:
            raise Failed(HTTPStatus.CONFLICT, "The article was never published; name a version to compare with.")
        return edition.content
    content = newsroom.article(article_id, None if version is None else int(version)).content
    assert content is not None
    return content


handlers = [get_versions, get_version, restore_version, get_difference]
