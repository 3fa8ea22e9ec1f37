"""A filled newsroom behind a real server: what its readers find, and the desk that changes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from cms import staff
from cms.demo.__main__ import fill
from domain.role import Role
from tests.cli.home import STOP_SECONDS, Home, Line, Server, article
from tests.servers import free_port
from tests.web.deadline import until

Answer = dict[str, Any]

EDITOR = "editor@chronicle.example"
REPORTER = "reporter@chronicle.example"
OLDER = 45
NOTICE = "This report rested on a forged letter."
FILM = "https://youtu.be/dQw4w9WgXcQ"
PLAYER = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"
# As long as words get, and addresses that are made of them.
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"
FULL: list[Answer] = [
    {"kind": "paragraph", "text": f"The **first** of *all* [reports](https://example.org/{LONG}) on {LONG}."},
    {"kind": "image", "url": "/static/demo/port.svg", "alt": "A port", "caption": LONG, "credit": "Ilvar Wire"},
    {"kind": "heading", "text": LONG, "level": 2},
    {"kind": "video", "url": FILM, "caption": "The ferry comes in."},
    {"kind": "heading", "text": "What comes next", "level": 3},
    {"kind": "quote", "text": "It came.", "cite": "A pilot"},
    {"kind": "list", "items": ["One", LONG], "ordered": True},
    {"kind": "list", "items": ["One", f"https://example.org/{LONG}/{LONG}"]},
    {"kind": "video", "url": "https://films.example/ferry.mp4", "caption": "From above."},
    {"kind": "embed", "url": "https://maps.example/ferry", "caption": "A map."},
    {"kind": "divider"},
    {"kind": "paragraph", "text": "It left again."},
]
FULL_ARTICLE: Answer = {
    "headline": f"All that an article can have, {LONG} included",
    "slug": "all-that-an-article-can-have",
    "standfirst": f"Pictures, films and {LONG}.",
    "section": "energy",
    "tags": ["Ferries", LONG],
    "writers": ["ilda-morvane", "jorun-halvesk"],
    "source": "Ilvar Wire",
    "body": FULL,
}
# One of each kind, by the path that it has; a preview's holds a token.
PAGES = {
    "front": "/",
    "section": "/nation",
    "section above others": "/economy",
    "section within another": "/energy",
    "article": "/energy/all-that-an-article-can-have",
    "corrected article": "/nation/kesrin-dam-opens-its-spillway-for-the-first-time-in-eleven-years",
    "latest": "/latest",
    "popular": "/popular",
    "tags": "/tag",
    "tag": "/tag/floods",
    "writers": "/writer",
    "writer": "/writer/ilda-morvane",
    "archive": "/archive",
    "search": "/search",
    "found": "/search?q=river",
    "found nothing": "/search?q=zzzzzz",
    "fixed page": "/page/about",
    "corrections": "/corrections",
    "reset": "/reset",
    "not found": "/nation/never-written",
    "withdrawn article": "/nation/a-forged-letter",
}
# Made when the newsroom is.
MADE = ("day", "preview")


class Site:
    def __init__(self, home: Home, server: Server, token: str) -> None:
        self.home = home
        self.server = server
        self.token = token
        self.paths = dict(PAGES)

    @property
    def address(self) -> str:
        return self.home.environment["CHRONICLE_BASE_URL"]

    # Readers.

    def read(self, path: str) -> Any:
        return self.server.read(path)

    def views(self, id: str) -> int:
        views: int = self.read(f"/v1/articles/{id}")["views"]
        return views

    def path(self, id: str) -> str:
        card = self.read(f"/v1/articles/{id}")
        return f"/{card['section']}/{card['slug']}"

    # The desk.

    def done(self, method: str, path: str, body: Any = None, *, made_on: int | None = None) -> Answer:
        """What was accepted, once readers have it."""
        said = {"Authorization": f"Bearer {self.token}"} | ({} if made_on is None else {"If-Match": f'"{made_on}"'})
        response = self.server.client.request(method, f"/editorial{path}", json=body, headers=said)
        assert response.is_success, response.text
        accepted: Answer = response.json()
        until(lambda: self.server.position() >= accepted.get("position", 0))
        return accepted

    def draft(self, **fields: Any) -> str:
        id: str = self.done("POST", "/articles", {"headline": "The ferry is back", "section": "nation", **fields})["id"]
        return id

    def published(self, **fields: Any) -> str:
        id = self.draft(**fields)
        self.done("POST", f"/articles/{id}/publish", made_on=1)
        return id

    def updated(self, id: str, **fields: Any) -> None:
        made_on = self.done("GET", f"/articles/{id}")["version"]
        revised = self.done("PATCH", f"/articles/{id}", fields, made_on=made_on)
        self.done("POST", f"/articles/{id}/update", made_on=revised["version"])

    def withdrawn(self, id: str) -> None:
        self.done("POST", f"/articles/{id}/withdraw", {"notice": NOTICE})

    def breaking(self, id: str) -> None:
        self.done("PUT", f"/articles/{id}/breaking", {"minutes": 60})

    def breaking_no_more(self, id: str) -> None:
        self.done("DELETE", f"/articles/{id}/breaking")

    def pinned(self, section: str, *ids: str) -> None:
        version = self.done("GET", f"/front?section={section}")["version"]
        self.done("PUT", f"/front?section={section}", {"pins": ids}, made_on=version)

    def previewed(self, id: str) -> str:
        """The path of a link."""
        link: str = self.done("POST", f"/articles/{id}/previews")["url"]
        return link.removeprefix(self.address)


@contextmanager
def opened(folder: Path) -> Iterator[Site]:
    """The example newsroom with more behind it, and one page of each kind."""
    port = free_port()
    home = Home(
        folder,
        {
            "EVENTS": f"sqlite:///{folder}/events.db",
            "READS": f"sqlite:///{folder}/reads.db",
            "BASE_URL": f"http://127.0.0.1:{port}",
            "TITLE": "The Ilvar Post",
            "LINKS": "Telegram=https://telegram.example/ilvar",
        },
    )
    with home.newsroom() as room:
        fill(room, UTC)
        staff.hire(room, EDITOR, "Ann Ash", Role.ADMIN, "test")
        staff.hire(room, REPORTER, "Bob Birch", Role.REPORTER, "test")
        token = staff.new_token(room, EDITOR)
    home.imported(*older())
    with served(home, port) as server:
        site = Site(home, server, token)
        add_one_of_each(site)
        yield site


@contextmanager
def served(home: Home, port: int) -> Iterator[Server]:
    with (
        home.started("--port", str(port), module="tests.browser.serving") as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):
        server = Server(process, client, port)
        until(lambda: process.poll() is not None or server.lives())
        assert process.poll() is None, home.output
        until(lambda: client.get("/v1/search", params={"q": "river"}).is_success)
        yield server
        process.terminate()
        process.wait(STOP_SECONDS)


@contextmanager
def translated(site: Site, language: str, folder: Path) -> Iterator[str]:
    """The address of another server on the same history."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    own = {"READS": f"sqlite:///{folder}/reads.db", "BASE_URL": address, "LANGUAGE": language}
    home = Home(folder, own)
    home.environment = site.home.environment | home.environment
    with served(home, port):
        yield address


def older() -> Iterator[Line]:
    """Of a section whose newest fill one page already."""
    begun = datetime.now(UTC) - timedelta(days=40)
    for order in range(OLDER):
        at = (begun + timedelta(hours=order)).isoformat()
        yield article(f"older-{order}", headline=f"Water level {order}", published_at=at, tags=["Gauges"])


def add_one_of_each(site: Site) -> None:
    site.breaking(site.published(**FULL_ARTICLE))
    site.withdrawn(site.published(headline="A forged letter"))
    site.paths["preview"] = site.previewed(site.draft(**{**FULL_ARTICLE, "slug": "", "headline": "Not yet"}))
    site.paths["day"] = f"/archive/{datetime.now(UTC) - timedelta(days=40):%Y/%m/%d}"
