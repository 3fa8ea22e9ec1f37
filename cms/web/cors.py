"""Lets pages of other origins read what is public, and count views. Around the door, for what lies below `/v1/` alone.

Whoever asks without an `Origin` is told `Vary: Origin` too: a cache that many share would hand that answer to a page
that sends one.
"""

from http import HTTPStatus
from typing import Any

from litestar.types import Receive, Send

from cms.answers import NO_BODY
from cms.web.door import Door, header
from cms.web.replies import Messages

ANY = "*"
PREFLIGHT_SECONDS = 600

Headers = list[tuple[bytes, bytes]]
EXPOSED: Headers = [(b"access-control-expose-headers", b"ETag, Position, Retry-After, Location")]
PREFLIGHT: Headers = [
    (b"access-control-allow-methods", b"GET, HEAD, POST"),
    (b"access-control-allow-headers", b"If-None-Match, Idempotency-Key, Content-Type, Last-Event-ID"),
    (b"access-control-max-age", b"%d" % PREFLIGHT_SECONDS),
]


def around(door: Door, origins: frozenset[str]) -> "Door | Cors":
    """The door itself, if no other origin may."""
    return Cors(door, origins) if origins else door


class Cors:
    """An ASGI application. `origins`: those that may, or `*` alone."""

    def __init__(self, door: Door, origins: frozenset[str]) -> None:
        self.door = door
        self.origins = origins

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            return await self.door(scope, receive, send)
        if scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method") is not None:
            headers = self.told([], scope, PREFLIGHT)
            await send({"type": "http.response.start", "status": int(HTTPStatus.NO_CONTENT), "headers": headers})
            return await send(NO_BODY)

        async def send_told(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self.told(message["headers"], scope, EXPOSED)}
            await send(message)

        return await self.door(scope, receive, send_told)

    def at_once(self, scope: Any) -> Messages | None:
        """As the door does."""
        kept = self.door.at_once(scope)
        if kept is None or not scope["path"].startswith("/v1/"):
            return kept
        start, body = kept
        return {**start, "headers": self.told(start["headers"], scope, EXPOSED)}, body

    def told(self, headers: Headers, scope: Any, beside: Headers) -> Headers:
        """The headers of an answer, and whether a page may read it."""
        if ANY in self.origins:
            return [*headers, (b"access-control-allow-origin", b"*"), *beside]
        origin, told = header(scope, b"origin"), varying(headers)
        if origin not in self.origins:
            return told
        return [*told, (b"access-control-allow-origin", origin.encode("latin-1")), *beside]


def varying(headers: Headers) -> Headers:
    """By `Origin` too, beside what the answer varies by already."""
    by = [value for name, value in headers if name.lower() == b"vary"]
    return [*(one for one in headers if one[0].lower() != b"vary"), (b"vary", b", ".join([*by, b"Origin"]))]
