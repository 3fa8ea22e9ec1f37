"""Auditing: the history as it was recorded, and articles as they stood. Each reading is itself noted."""

from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from itertools import islice
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter
from msgspec import Struct

from cms import audit
from cms.audit import Entry
from cms.forms import BadField
from cms.newsroom import Newsroom
from cms.recorders import Statement
from cms.web.access import needs
from cms.web.desk import ArticleId, WorkingCopy, working_copy
from cms.web.problems import Failed
from domain.article import ARTICLE
from domain.recorded import Recorded
from domain.role import Privilege

LOOKED_THROUGH_MOST = 20_000
NDJSON = "application/x-ndjson"

Position = Annotated[int | None, QueryParameter(ge=0, le=2**62)]
Name = Annotated[str | None, QueryParameter(pattern=r"^[!-~]{0,200}$(?!\n)")]
Time = Annotated[datetime | None, QueryParameter(description="With an offset from UTC.")]


class Events(Struct, frozen=True):
    """`next`: ask for the events after it; null at the end of the history."""

    items: list[Entry]
    next: int | None


class Filter(Struct, frozen=True):
    """Which events an auditor asks for; what is None does not matter."""

    actor: str | None
    type: str | None
    since: datetime | None
    until: datetime | None

    def passes(self, recorded: Recorded) -> bool:
        return (
            self.actor in (None, recorded.by)
            and self.type in (None, type(recorded.event).__name__)
            and (self.since is None or recorded.at >= self.since)
            and (self.until is None or recorded.at < self.until)
        )


@get(
    "/events",
    opt={**needs(Privilege.AUDIT), "also_as": (NDJSON,)},
    responses={HTTPStatus.OK: ResponseSpec(Events, False, "A page of the history, or its lines.")},
    sync_to_thread=True,
)
def get_events(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    after: Position = 0,
    stream: Name = None,
    actor: Name = None,
    type: Name = None,
    since: Annotated[datetime | None, QueryParameter(name="from")] = None,
    until: Annotated[datetime | None, QueryParameter(name="to")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=1_000)] = 100,
) -> Response[Any]:
    """Events, oldest first. `from` and `to` are times of recording; `Accept: application/x-ndjson` gives one a line."""
    for name, time in (("from", since), ("to", until)):
        if time is not None and time.tzinfo is None:
            raise BadField(name, "A time needs an offset from UTC.")
    note(request, newsroom)
    wanted = Filter(actor, type, since, until)
    found = page(audit.events(newsroom.history, after or 0, stream), wanted, limit)
    if NDJSON in request.headers.get("accept", ""):
        lines = b"".join(msgspec.json.encode(item) + b"\n" for item in found.items)
        headers = {} if found.next is None else {"next": str(found.next)}
        return Response(lines, media_type=NDJSON, headers=headers)
    return Response(found)


def page(events: Iterator[Recorded], wanted: Filter, limit: int) -> Events:
    items: list[Entry] = []
    for looked_at, recorded in enumerate(events, start=1):
        if wanted.passes(recorded):
            items.append(audit.entry(recorded))
        if len(items) == limit or looked_at == LOOKED_THROUGH_MOST:
            more = next(islice(events, 1), None) is not None
            return Events(items, recorded.position if more else None)
    return Events(items, None)


@get("/articles/{article_id:str}", opt=needs(Privilege.AUDIT), sync_to_thread=True)
def get_article(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    article_id: ArticleId,
    version: Position = None,
    position: Position = None,
) -> WorkingCopy:
    """An article as it stood at a version of its own, or at a position of the history; else as it stands."""
    if version is not None and position is not None:
        raise Failed(HTTPStatus.BAD_REQUEST, "A version or a position, not both.")
    note(request, newsroom)
    history, stream = newsroom.history, ARTICLE.stream(article_id)
    if version is not None and version > history.version_of(stream):
        raise Failed(HTTPStatus.NOT_FOUND, "The article has not come to this version.")
    if position is not None:
        version = history.version_of(stream, position)
    return working_copy(article_id, newsroom.article(article_id, version), request.app.state.site.zone)


def note(request: Request[Any, Any, State], newsroom: Newsroom) -> None:
    asked = f"{request.url.path}?{request.url.query}"
    row = (newsroom.now_seconds(), request.user.id, asked)
    newsroom.note(Statement("insert into access values (?, ?, ?)", [row]))


routes = Router("/audit", tags=["Auditing"], security=[{"bearer": []}], route_handlers=[get_events, get_article])
