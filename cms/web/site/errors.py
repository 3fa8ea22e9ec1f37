"""What went wrong, as a page: for whoever asks for a page of the site with a browser. All else gets problems."""

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request
from litestar.types import Send

from cms.answers import body_message
from cms.web.asker import first_word, is_page
from cms.web.problems import MEDIA_TYPE, Problem
from cms.web.site.pages import HEADERS, HTML, PageAsker

# Shown to people too, though nobody keeps them.
ALSO_PAGES = ("preview", "reset")
log = logging.getLogger(__name__)
problems = msgspec.json.Decoder(Problem)


def paged(send: Send, scope: Any) -> Send:
    """Sends a page in a problem's place, and says that it depends on who asks."""
    path = scope["path"]
    if not (is_page(path) or first_word(path) in ALSO_PAGES):
        return send
    wanted, started = accepts_pages(scope), list[Any]()

    async def send_page(message: Any) -> None:
        if message["type"] == "http.response.start" and tells_a_problem(message):
            message = {**message, "headers": [*message["headers"], (b"vary", b"Accept")]}
            started.append(message)
            if wanted:
                return
        if wanted and started:
            for one in await shown(scope, started[0], message):
                await send(one)
        else:
            await send(message)

    return send_page


async def shown(scope: Any, start: Any, message: Any) -> tuple[Any, Any]:
    """The two messages of a problem as those of a page; as they are, if the theme cannot even say that."""
    body = await page(scope, problems.decode(message["body"]))
    if body is None:
        return start, message
    said: dict[bytes, bytes] = dict(HEADERS) | dict(start["headers"])
    said |= {b"content-type": HTML.encode(), b"content-length": b"%d" % len(body)}
    return {**start, "headers": list(said.items())}, body_message(body)


def tells_a_problem(start: Any) -> bool:
    """A redirect has the body of one, but nobody reads it."""
    return start["status"] >= HTTPStatus.BAD_REQUEST and (b"content-type", MEDIA_TYPE.encode()) in start["headers"]


def accepts_pages(scope: Any) -> bool:
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


async def page(scope: Any, problem: Problem) -> bytes | None:
    asker = PageAsker(Request(scope))
    try:
        await asker.prepare_or_do_without()
        return asker.rendered("error.html", problem)
    except Exception:
        log.exception("The theme cannot tell what is wrong.")
        return None
