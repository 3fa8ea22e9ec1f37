"""Running: is the process alive, and do its parts answer?"""

import asyncio
from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct

from cms.newsroom import Newsroom
from cms.reading import Reading
from cms.web.access import OPEN
from cms.web.problems import NOT_ANSWERING
from projections import search
from projections.site import NAME

# How it stands is asked now, not what it was.
NOT_KEPT = {"cache-control": "no-store"}


class Health(Struct, frozen=True):
    status: str


class Group(Struct, frozen=True):
    """`lag`: how far the read models are behind the history, in positions."""

    name: str
    position: int
    lag: int


class Ready(Struct, frozen=True):
    status: str
    position: int
    groups: tuple[Group, ...]


@get("/health", opt=OPEN, tags=["Running"], response_headers=NOT_KEPT)
async def health() -> Health:
    """The process lives."""
    return Health("alive")


@get(
    "/ready",
    opt=OPEN,
    tags=["Running"],
    response_headers=NOT_KEPT,
    responses={503: ResponseSpec(Ready, False, "A part does not answer.")},
)
async def ready(request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom]) -> Response[Ready]:
    """The history and the read models answer; 503 if one does not."""
    reading: Reading = request.app.state.reading
    try:
        head = await asyncio.to_thread(newsroom.history.head)
        _, position, *_ = await reading.ask(lambda reads: None)
    except NOT_ANSWERING:
        return Response(Ready("a part does not answer", 0, ()), status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    if not newsroom.committer.is_alive():
        return Response(Ready("nothing is recorded", head, ()), status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    if position > head:
        return Response(Ready("read models of another history", head, ()), status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    # Search may be behind: readers get all else.
    searched = request.app.state.searching.folder.position()
    groups = [Group(name, at, max(0, head - at)) for name, at in ((NAME, position), (search.NAME, searched))]
    return Response(Ready("ready", head, tuple(groups)))
