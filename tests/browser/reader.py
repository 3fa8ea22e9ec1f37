"""Readers in front of a browser: each window is somebody's own, and what goes wrong in it is noted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests.agents import BROWSER

WAIT_SECONDS = 30
PHONE, DESKTOP = 360, 1280
HEIGHT = 800
Scheme = Literal["light", "dark"]


class Window:
    """Of one reader, with storage of its own. `errors`: of scripts, and what a policy kept from running."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.host = urlsplit(address).netloc
        self.asked: list[str] = []
        self.refused: set[str] = set()
        self.logged: list[tuple[str, str]] = []
        context.set_default_timeout(WAIT_SECONDS * 1000)
        context.on("request", self.note_request)
        context.on("response", self.note_response)
        context.on("console", self.note_console)
        context.on("weberror", lambda error: self.logged.append((str(error.error), "")))

    def look(self, path: str) -> Page:
        """A page in a tab of its own."""
        page = self.context.new_page()
        page.goto(path)
        return page

    @property
    def asked_elsewhere(self) -> list[str]:
        return [url for url in self.asked if urlsplit(url).scheme != "data" and urlsplit(url).netloc != self.host]

    @property
    def errors(self) -> list[str]:
        # A browser finds an error in each page that says that there is none.
        return [text for text, url in self.logged if url not in self.refused]

    def note_request(self, request: Request) -> None:
        self.asked.append(request.url)

    def note_response(self, response: Response) -> None:
        if response.status >= 400 and response.request.is_navigation_request():
            self.refused.add(response.url)

    def note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.logged.append((message.text, message.location["url"]))


Open = Callable[..., Window]
Look = Callable[..., Page]


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[Window]:
    context = browser.new_context(base_url=address, user_agent=BROWSER, **options)
    try:
        yield Window(context, address)
    finally:
        context.close()
