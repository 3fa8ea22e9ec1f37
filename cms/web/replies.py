"""How what was rendered goes out: in the coding that the client likes best, or as a 304."""

import asyncio
from http import HTTPStatus
from typing import Any

from litestar import Response
from litestar.types import ASGIApp, Receive, Send

from cms import codings
from cms.answers import Answer, Form

# A larger body is coded in a thread.
CODED_HERE_BYTES_MOST = 64 * 1024


class Reply(Response[Any]):
    """For a route: what was rendered from the read models as they stood at a position."""

    def __init__(self, answer: Answer, position: int) -> None:
        super().__init__(None)
        self.answer = answer
        self.position = position

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:  # type: ignore[override] # The library awaits any.
        async def respond(scope: Any, receive: Receive, send: Send) -> None:
            await reply(self.answer, scope, self.position, send)

        return respond


async def reply(answer: Answer, scope: Any, position: int, send: Send) -> None:
    if_none_match, coding = None, codings.IDENTITY
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            coding = codings.wanted(value.decode("latin-1"))
        elif name == b"if-none-match":
            if_none_match = value.decode("latin-1")
    form = answer.forms.get(coding) or await formed(answer, coding)
    if if_none_match is not None and form.matches(if_none_match):
        headers, status, body = form.unchanged, HTTPStatus.NOT_MODIFIED, b""
    else:
        headers, status, body = form.headers, HTTPStatus.OK, form.body
    await send(
        {"type": "http.response.start", "status": int(status), "headers": [*headers, (b"position", b"%d" % position)]}
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def formed(answer: Answer, coding: str) -> Form:
    if len(answer.body) > CODED_HERE_BYTES_MOST:
        return await asyncio.to_thread(answer.form, coding)
    return answer.form(coding)
