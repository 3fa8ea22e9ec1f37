"""A running site, as its readers, its desk and its auditors reach it."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from argon2 import PasswordHasher
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from cms import history, newsroom, purge, staff
from cms.follower import Follower
from cms.newsroom import Newsroom
from cms.reading import Reading, open_store
from cms.settings import Settings
from cms.web import cors
from cms.web.app import router, running_on
from cms.web.door import Door
from domain.role import Role
from domain.rules import Command
from domain.section import SetSection
from domain.views import BUCKET_SECONDS
from domain.writer import SetWriter
from tests.web.declared import declared

# A password costs nothing here.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NOON = datetime(2024, 5, 14, 12, tzinfo=UTC)
ZONE = "Asia/Baku"
Answer = dict[str, Any]
Tokens = dict[Role, str]

NAMED: list[Command] = [
    SetSection(slug="nation", name="Nation", position=1),
    SetSection(slug="economy", name="Economy", position=2),
    SetSection(slug="energy", name="Energy", position=3, parent="economy"),
    SetSection(slug="sport", name="Sport", position=4),
    SetWriter(slug="ann", name="Ann Ash", bio="Rivers."),
    SetWriter(slug="bob", name="Bob Birch"),
]


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


class House:
    def __init__(self, door: Door, client: TestClient[Any], tokens: Tokens, clock: Clock) -> None:
        self.door = door
        self.client = client
        self.tokens = tokens
        self.clock = clock

    @property
    def reading(self) -> Reading:
        return self.door.reading

    @property
    def newsroom(self) -> Newsroom:
        room: Newsroom = self.door.app.state.newsroom
        return room

    # Readers.

    def get(self, path: str, **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers=named, follow_redirects=False)

    def read(self, path: str) -> Answer:
        response = self.get(path)
        assert response.status_code == 200, response.text
        body: Answer = response.json()
        return body

    def ids(self, path: str) -> list[str]:
        return [item["id"] for item in self.read(path)["items"]]

    def view(self, article: str, times: int = 1) -> None:
        for _ in range(times):
            response = self.client.post(f"/v1/articles/{article}/views")
            assert response.status_code == 204, response.text

    # Staff.

    def ask(
        self, method: str, path: str, body: Any = None, *, role: Role = Role.EDITOR, headers: Answer | None = None
    ) -> Response:
        said = {"Authorization": f"Bearer {self.tokens[role]}", **(headers or {})}
        return self.client.request(method, path, json=body, headers=said)

    def done(self, method: str, path: str, body: Any = None, *, made_on: int | None = None) -> Answer:
        response = self.ask(method, path, body, headers={} if made_on is None else {"If-Match": f'"{made_on}"'})
        assert response.status_code in (200, 201), response.text
        accepted: Answer = response.json()
        return accepted

    def draft(self, **fields: Any) -> Answer:
        return self.done("POST", "/editorial/articles", article(**fields))

    def revise(self, id: str, made_on: int, **fields: Any) -> Answer:
        return self.done("PATCH", f"/editorial/articles/{id}", fields, made_on=made_on)

    def publish(self, id: str, made_on: int = 1) -> Answer:
        return self.done("POST", f"/editorial/articles/{id}/publish", made_on=made_on)

    def update(self, id: str, made_on: int) -> Answer:
        return self.done("POST", f"/editorial/articles/{id}/update", made_on=made_on)

    def unpublish(self, id: str) -> Answer:
        return self.done("POST", f"/editorial/articles/{id}/unpublish")

    def published(self, **fields: Any) -> str:
        """The id of a new article that readers see."""
        id: str = self.draft(**fields)["id"]
        self.publish(id)
        return id

    def audit(self, path: str, **headers: str) -> Response:
        return self.ask("GET", path, role=Role.AUDITOR, headers=headers)

    def head(self) -> int:
        return self.newsroom.history.head()


def article(**fields: Any) -> Answer:
    return {"headline": "Ferries return to the river", "section": "nation", **fields}


def problem(response: Response, status: int, *more: str) -> Answer:
    """What a client may rely on, of every error; `more`: what this one has besides."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: Answer = response.json()
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["status"] == status
    assert body["detail"]
    assert set(body) <= {"type", "title", "status", "detail", "errors", *more}
    for error in body.get("errors", []):
        assert set(error) == {"path", "message"}
        assert error["message"]
    return body


def hired(settings: Settings, clock: Clock) -> Tokens:
    """Sections, writers, and a token for one staff member of each role."""
    tokens = {}
    with newsroom.opened(settings.events, clock) as room:
        for command in NAMED:
            room.execute(command, "test")
        for role in Role:
            staff.hire(room, f"{role}@chronicle.example", role.title(), role, "test")
            tokens[role] = staff.new_token(room, f"{role}@chronicle.example")
    return tokens


IDLE: dict[Settings, list[Litestar]] = defaultdict(list)


@contextmanager
def routed(settings: Settings) -> Iterator[Litestar]:
    """A router that ran on something else before: to make one takes longer than most tests."""
    idle = IDLE[msgspec.structs.replace(settings, events="", reads="", search="")]
    app = idle.pop() if idle else router(settings)
    yield app
    idle.append(app)


@contextmanager
def opened(
    settings: Settings, tokens: Tokens, clock: Clock, roll_up_seconds: float = BUCKET_SECONDS
) -> Iterator[House]:
    with routed(settings) as app:
        door = running_on(app, settings, clock, roll_up_seconds, QUICK)
        with TestClient(cors.around(door, settings.origins)) as client:
            known = declared(lambda: client.get("/schema/openapi.json").json())
            client.event_hooks = {"response": [known.holds]}
            yield House(door, client, tokens, clock)


@contextmanager
def followed(settings: Settings) -> Iterator[None]:
    """Shared read models are kept up to date, as `chronicle follow` does it."""
    with history.opened(settings.events) as events:
        store = open_store(settings.reads)
        follower = Follower(events, store, settings.reads, lambda touched: None)
        follower.start()
        try:
            with purge.telling(settings.purge_hook, follower):
                yield
        finally:
            follower.close()
            store.close()
