"""The change feed: server-sent events. A stream of our own, since the library's knows no `id` without an event."""

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.datastructures import State
from litestar.params import HeaderParameter, QueryParameter
from litestar.types import ASGIApp, Receive, Send

from cms import changes
from cms.answers import NO_BODY
from cms.broadcast import Broadcast, Listener
from cms.history import History
from cms.reading import Reading
from cms.web.access import OPEN
from cms.web.parameters import Name
from cms.web.problems import NOT_ANSWERING, no_section
from projections import sections

MEDIA_TYPE = "text/event-stream"
RETRY_MS = 2_500
POSITION_DIGITS_MOST = 18
STREAMS: dict[str, Any] = {**OPEN, "streams": True}
"""For the `opt` of a route whose answer does not end: nobody keeps it."""

Position = Annotated[
    int | None,
    QueryParameter(ge=0, lt=10**POSITION_DIGITS_MOST, description="Where in the history to go on from."),
]
LastEventId = Annotated[
    str | None,
    HeaderParameter(name="Last-Event-ID", description="The last `id` that the client has: it beats `after`."),
]
HEADERS = [
    (b"content-type", MEDIA_TYPE.encode()),
    (b"cache-control", b"no-store"),
    # A proxy that collected answers would hold events back.
    (b"x-accel-buffering", b"no"),
]


@get("/changes", opt=STREAMS, media_type=MEDIA_TYPE)
async def get_changes(
    request: Request[Any, Any, State], after: Position = None, section: Name = None, last_event_id: LastEventId = None
) -> Response[str]:
    """What changes for readers, as it happens: server-sent events `published`, `updated`, `withdrawn`, `reset`."""
    broadcast: Broadcast = request.app.state.broadcast
    broadcast.require_room()
    if section is not None:
        name = section
        if (await broadcast.reading.ask(lambda reads: sections.within(reads, name))).result is None:
            raise no_section(name)
    start, said = await begun(broadcast.reading, broadcast.history, last_event_id, after)
    return Stream(broadcast, section, start, said)


async def begun(reading: Reading, history: History, last_event_id: str | None, after: int | None) -> tuple[int, bytes]:
    """Where a stream begins, and its first words; an id that this history never gave is beyond its head."""
    here = reading.position
    wanted = position_in(last_event_id) if last_event_id else after
    if wanted is not None and wanted <= here:
        return wanted, changes.beat(wanted)
    if wanted is None and not last_event_id:
        return here, changes.beat(here)
    head = await asyncio.to_thread(history.head)
    if wanted is None or wanted > head:
        return head, changes.reset(head, "position")
    return wanted, changes.beat(wanted)


def position_in(id: str) -> int | None:
    return int(id) if id.isascii() and id.isdigit() and len(id) <= POSITION_DIGITS_MOST else None


class Stream(Response[Any]):
    def __init__(self, broadcast: Broadcast, section: str | None, position: int, said: bytes) -> None:
        super().__init__(None)
        self.broadcast = broadcast
        self.section = section
        self.position = position
        self.said = b"retry: %d\n%s" % (RETRY_MS, said)

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:  # type: ignore[override] # The library awaits any.
        async def respond(scope: Any, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": int(HTTPStatus.OK), "headers": HEADERS})
            if not scope.get("bodiless"):
                # Whoever is cut off because the history does not answer comes back by themselves.
                with self.broadcast.listening() as listener, suppress(*NOT_ANSWERING):
                    await self.tell(listener, receive, send)
            await send(NO_BODY)

        return respond

    async def tell(self, listener: Listener, receive: Receive, send: Send) -> None:
        """Until the client goes, or the server does. The client sets the pace: nothing is made ahead of it."""
        leaving = asyncio.create_task(left(listener, receive))
        try:
            said, position = self.said, self.position
            while not listener.ended:
                if listener.beat_due:
                    listener.beat_due = False
                    said += changes.beat(position)
                if said:
                    await listener.sends(send, said)
                listener.woken.clear()
                said, reached = await self.broadcast.after(position, self.section)
                if reached == position and not (listener.beat_due or listener.ended):
                    await listener.woken.wait()
                position = reached
        finally:
            leaving.cancel()
            with suppress(asyncio.CancelledError):
                await leaving


async def left(listener: Listener, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()


routes = Router("/v1", tags=["Reading"], route_handlers=[get_changes])
