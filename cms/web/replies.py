"""How what was rendered goes out: in the coding that the client likes best, or as a 304."""

import asyncio
from http import HTTPStatus
from typing import Any

from litestar import Response
from litestar.types import ASGIApp, Receive, Send

from cms import codings
from cms.answers import NO_BODY, Answer, Form, Headers

Messages = tuple[Any, Any]
"""Start and body of an answer, as an ASGI server is sent them."""

# A larger body is coded in a thread.
CODED_HERE_BYTES_MOST = 64 * 1024

# By the answer's identity, which is its own as long as its task is here.
being_formed: dict[tuple[int, str], asyncio.Task[Form]] = {}


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
    accepted, if_none_match = asked(scope)
    form = answer.forms.get(accepted) or await formed(answer, accepted)
    start, body = messages(form, if_none_match, position)
    await send(start)
    await send(body)


def asked(scope: Any) -> tuple[str, str | None]:
    """The coding that the client likes best, and which answers it has."""
    coding, if_none_match = codings.IDENTITY, None
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            coding = codings.wanted(value.decode("latin-1"))
        elif name == b"if-none-match":
            if_none_match = value.decode("latin-1")
    return coding, if_none_match


def messages(form: Form, if_none_match: str | None, position: int) -> Messages:
    if if_none_match is not None and form.matches(if_none_match):
        return started(HTTPStatus.NOT_MODIFIED, form.unchanged, position), NO_BODY
    return started(HTTPStatus.OK, form.headers, position), form.message


def started(status: HTTPStatus, headers: Headers, position: int) -> Any:
    headers = [*headers, (b"position", b"%d" % position)]
    return {"type": "http.response.start", "status": status.value, "headers": headers}


async def formed(answer: Answer, coding: str) -> Form:
    """Of those who ask together for a large one, one has it coded."""
    if len(answer.body) <= CODED_HERE_BYTES_MOST:
        return answer.form(coding)
    key = (id(answer), coding)
    task = being_formed.get(key)
    if task is None:
        task = being_formed[key] = asyncio.create_task(asyncio.to_thread(answer.form, coding))
        task.add_done_callback(lambda done: being_formed.pop(key, None))
    # Whoever goes away does not take it from the others.
    return await asyncio.shield(task)
