"""Clients of the change feed: connections that are cut at any byte, and what is made of what came."""

import re
import threading
from concurrent.futures import Future
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from tests.web.house import House

WITHIN_SECONDS = 60.0
FACTS = ("slug", "url", "headline", "section", "published_at", "updated_at")
Facts = tuple[Any, ...]


class Event(NamedTuple):
    """`name` is empty where there is nothing but an id; `data` as it was sent."""

    name: str
    id: int
    data: dict[str, Any]


def events(received: bytes) -> list[Event]:
    """All that came whole, as the standard has it: what the end cut off is dropped."""
    found = []
    for block in received.split(b"\n\n")[:-1]:
        fields = dict(line.split(b": ", 1) for line in block.split(b"\n"))
        assert set(fields) <= {b"event", b"data", b"id", b"retry"}
        data = msgspec.json.decode(fields.get(b"data", b"{}"))
        found.append(Event(fields.get(b"event", b"").decode(), int(fields[b"id"]), data))
    return found


class Connection:
    """One request, answered in the application's own loop. It is cut after `most` bytes."""

    def __init__(self, house: House, query: str = "", last_event_id: str | None = None, most: int = 2**40) -> None:
        self.house = house
        self.most = most
        self.came = threading.Condition()
        self.received = bytearray()
        self.status = 0
        self.headers: dict[str, str] = {}
        self.asked = False
        self.taken = True
        portal = house.client.blocking_portal
        self.gone, self.takes = portal.call(new_event), portal.call(new_event)
        portal.call(self.takes.set)
        self.headers_sent = [] if last_event_id is None else [(b"last-event-id", last_event_id.encode())]
        self.answered: Future[Any] = portal.start_task_soon(self.ask, query)

    async def ask(self, query: str) -> None:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/v1/changes",
            "raw_path": b"/v1/changes",
            "query_string": query.encode(),
            "headers": self.headers_sent,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "scheme": "http",
            "http_version": "1.1",
            "root_path": "",
            "state": {},
        }
        await self.house.door(scope, self.receive, self.send)

    async def receive(self) -> Any:
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.takes.wait()
        with self.came:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                self.received += message["body"][: self.most - len(self.received)]
            if len(self.received) >= self.most:
                self.gone.set()
            self.came.notify_all()

    @property
    def events(self) -> list[Event]:
        return events(bytes(self.received))

    def wait(self, enough: Any) -> list[Event]:
        """Until the events that came are enough, or it was cut."""
        with self.came:
            done = lambda: enough(self.events) or len(self.received) >= self.most or self.answered.done()  # noqa: E731
            assert self.came.wait_for(done, WITHIN_SECONDS), self.received
        return self.events

    def named(self, count: int) -> list[Event]:
        """So many events with a name."""
        found = [one for one in self.wait(lambda found: sum(bool(one.name) for one in found) >= count) if one.name]
        assert len(found) >= count, self.received
        return found

    def reached(self, position: int) -> list[Event]:
        return self.wait(lambda found: bool(found) and found[-1].id >= position)

    def close(self) -> list[Event]:
        self.house.client.blocking_portal.call(self.gone.set)
        self.answered.result(WITHIN_SECONDS)
        return self.events


async def new_event() -> Any:
    import asyncio

    return asyncio.Event()


def section_of(query: str) -> str | None:
    found = re.search(r"section=([^&]*)", query)
    return found[1] if found else None


class Client:
    """Keeps what readers see, of everything or of a section, by no more than what it is told."""

    def __init__(self, section: str | None = None) -> None:
        self.section = section
        self.last_id: str | None = None
        self.articles: dict[str, Facts] = {}
        self.resets = 0

    def connect(self, house: House, most: int = 2**40) -> Connection:
        query = "after=0" + (f"&section={quote(self.section)}" if self.section else "")
        return Connection(house, query, self.last_id, most)

    def take(self, house: House, found: list[Event]) -> None:
        for name, id, data in found:
            if name in ("published", "updated"):
                self.articles[data["id"]] = tuple(data[fact] for fact in FACTS)
            elif name == "withdrawn":
                self.articles.pop(data["id"], None)
            elif name == "reset":
                self.resets += 1
                self.articles = read_afresh(house, self.section)
            self.last_id = str(id)

    def catch_up(self, house: House) -> None:
        connection = self.connect(house)
        connection.reached(house.head())
        self.take(house, connection.close())


def read_afresh(house: House, section: str | None) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    after = ""
    narrowed = f"&section={quote(section)}" if section else ""
    while True:
        page = house.read(f"/v1/latest?limit=100{narrowed}{after}")
        found |= {card["id"]: tuple(card[fact] for fact in FACTS) for card in page["items"]}
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"
