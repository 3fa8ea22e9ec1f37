"""The door before the router: kept answers leave here, HEAD is a GET without a body, `min_position` is waited for."""

import asyncio
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.types import Receive, Send

from cms.answers import NO_BODY, body_message
from cms.asks import Unavailable
from cms.newsroom import Newsroom
from cms.reading import Reading
from cms.web import views
from cms.web.asker import OTHERS, first_word
from cms.web.problems import MEDIA_TYPE, NOT_ANSWERING, NOT_ANSWERING_SAID, FieldError, Problem
from cms.web.replies import Messages, asked, messages, reply
from cms.web.site.errors import paged

WAITED_SECONDS = 2.0
NO_POSITION = FieldError("min_position", "A position of the history is a whole number.")
COUNTED = [(b"cache-control", b"no-store")]


class Door:
    """An ASGI application around the router."""

    def __init__(self, app: Litestar) -> None:
        self.app = app

    @cached_property
    def reading(self) -> Reading:
        reading: Reading = self.app.state.reading
        return reading

    @cached_property
    def newsroom(self) -> Newsroom:
        newsroom: Newsroom = self.app.state.newsroom
        return newsroom

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        method = scope["method"]
        if method == "GET":
            kept = self.kept(scope)
            if kept is None:
                return await self.met(scope, receive, send)
            start, body = kept
            await send(start)
            return await send(body)
        if method == "HEAD":
            scope["method"], scope["bodiless"] = "GET", True
            return await self(scope, receive, bodiless(send))
        if method == "POST" and scope["path"].startswith("/v1/articles/"):
            return await self.counted(scope, receive, send)
        return await self.routed(scope, receive, send)

    def at_once(self, scope: Any) -> Messages | None:
        """What is sent if the answer is at hand and nothing has to be looked at before. From any thread."""
        if scope["type"] != "http" or scope["method"] != "GET" or self.reading.must_look():
            return None
        return self.at_hand(scope)

    def kept(self, scope: Any) -> Messages | None:
        if (scope["path"], scope["query_string"]) not in self.reading.kept.answers:
            return None
        try:
            self.reading.look_again()
        except NOT_ANSWERING:
            return None
        return self.at_hand(scope)

    def at_hand(self, scope: Any) -> Messages | None:
        """What is sent if the answer is kept, in the coding that is wanted: most of all that is ever asked."""
        reading = self.reading
        # Before the answer: that may be newer than the position which it bears, never older.
        position = reading.position
        answer = reading.kept.at_hand((scope["path"], scope["query_string"]), self.newsroom.now)
        if answer is None:
            return None
        coding, if_none_match = asked(scope)
        form = answer.forms.get(coding)
        return messages(form, if_none_match, position) if form else None

    async def met(self, scope: Any, receive: Receive, send: Send) -> None:
        """A question that no answer is at hand for."""
        if first_word(scope["path"]) in OTHERS:
            return await self.routed(scope, receive, send)
        scope["query_string"] = without_empty(scope["query_string"])
        reading = self.reading
        try:
            if b"min_position" in scope["query_string"] and not await self.waited(scope, positioned(send, reading)):
                return None
            reading.look_again()
        except NOT_ANSWERING:
            return await refuse(HTTPStatus.SERVICE_UNAVAILABLE, NOT_ANSWERING_SAID, positioned(send, reading))
        kept = reading.kept.get((scope["path"], scope["query_string"]), self.newsroom.now)
        if kept is None:
            return await self.routed(scope, receive, positioned(send, reading))
        return await reply(kept, scope, reading.position, send)

    async def counted(self, scope: Any, receive: Receive, send: Send) -> None:
        found = views.at_the_door(self.app.state, scope)
        if found is None:
            return await self.routed(scope, receive, send)
        view, status = found
        try:
            if status is HTTPStatus.ACCEPTED:
                self.newsroom.count_later(view)
            else:
                await self.newsroom.count(view)
        except Unavailable as error:
            return await refuse(HTTPStatus.SERVICE_UNAVAILABLE, str(error), send)
        await send({"type": "http.response.start", "status": int(status), "headers": COUNTED})
        return await send(NO_BODY)

    async def routed(self, scope: Any, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, private(allowing(paged(send, scope), scope), scope))

    async def waited(self, scope: Any, send: Send) -> bool:
        """Take `min_position` out of the query, and wait for it; or say why not."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        scope["query_string"] = urlencode([pair for pair in query if pair[0] != "min_position"]).encode()
        wanted = [value for name, value in query if name == "min_position"]
        if not wanted:
            return True
        if not (wanted[0].isascii() and wanted[0].isdigit() and len(wanted[0]) < 19):
            await refuse(HTTPStatus.BAD_REQUEST, NO_POSITION.message, send, (NO_POSITION,))
            return False
        position = int(wanted[0])
        if self.reading.position >= position:
            return True
        if position > await asyncio.to_thread(self.newsroom.history.head):
            await refuse(HTTPStatus.SERVICE_UNAVAILABLE, "The history has not come to this position.", send)
            return False
        if not await self.reading.reached(position, WAITED_SECONDS):
            await refuse(HTTPStatus.SERVICE_UNAVAILABLE, "The read models are behind; try again.", send)
            return False
        return True


def without_empty(query: bytes) -> bytes:
    """A parameter that says nothing counts as not given: clients fill in what they have."""
    return b"&".join(pair for pair in query.split(b"&") if pair.partition(b"=")[2])


async def refuse(status: HTTPStatus, detail: str, send: Send, errors: tuple[FieldError, ...] = ()) -> None:
    problem = Problem(type="about:blank", title=status.phrase, status=status, detail=detail, errors=errors)
    body = msgspec.json.encode(problem)
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send(body_message(body))


def header(scope: Any, name: bytes) -> str | None:
    return next((value.decode("latin-1") for found, value in scope["headers"] if found == name), None)


def bodiless(send: Send) -> Send:
    async def send_head(message: Any) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_head


def allowing(send: Send, scope: Any) -> Send:
    """`Allow` names all methods of the path: the router forgets some of those that are handled apart, and HEAD."""

    async def send_allowed(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (name, allowed(value, scope)) if name == b"allow" else (name, value)
                for name, value in message["headers"]
            ]
        await send(message)

    return send_allowed


def allowed(named: bytes, scope: Any) -> bytes:
    methods = set(named.decode().split(", "))
    for route in scope["app"].routes:
        if isinstance(route, HTTPRoute) and route.path_format == scope.get("path_template"):
            methods |= {str(method) for method in route.methods}
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods)).encode()


def private(send: Send, scope: Any) -> Send:
    """What somebody is answered who has come in is kept by nobody, unless the route says how."""

    async def send_private(message: Any) -> None:
        if message["type"] == "http.response.start" and "user" in scope:
            says_how = any(name == b"cache-control" for name, _ in message["headers"])
            kept = [] if says_how else [(b"cache-control", b"private, no-store")]
            message["headers"] = [*message["headers"], *kept]
        await send(message)

    return send_private


def positioned(send: Send, reading: Reading) -> Send:
    """For what the router answers itself: problems, redirects."""

    async def send_position(message: Any) -> None:
        if message["type"] == "http.response.start" and not any(name == b"position" for name, _ in message["headers"]):
            message["headers"] = [*message["headers"], (b"position", b"%d" % reading.position)]
        await send(message)

    return send_position
