"""What waits for the committer, what it answers, and how answers reach those who wait."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from msgspec import Struct

from cms.recorders import Statement


class Unavailable(Exception):
    """Not now: too much is waiting, or the history does not answer. The same may be asked again."""


class KeyReused(Exception):
    """A client gave one id to two different commands."""


class Key(Struct, frozen=True):
    """A client's own id of a command, and a hash of what it asked for."""

    id: str
    body: str


class Receipt(Struct, frozen=True):
    """The stream that a command was about, as it stood then. `events`: how many were recorded just now."""

    stream: str
    version: int
    position: int
    events: int = 0

    @property
    def id(self) -> str:
        return self.stream.partition(":")[2]


class Ask(Struct, frozen=True):
    """A command that waits. `beside`: what is committed with its events."""

    stream: str
    command: Any
    by: str
    key: Key | None
    beside: Sequence[Statement]
    answer: "Future[Receipt]"


class View(Struct, frozen=True):
    """What somebody looked at, and who. `client`, `agent`: an address and a user agent; neither leaves memory.

    `section` and `edition` are the article's when it was seen; 0 is its first edition. `id`: the client's own.
    """

    article: str
    section: str = ""
    edition: int = 0
    client: str = ""
    agent: str = ""
    id: str = ""


class Hit(Struct):
    """A view that waits for the disk; with no `answer`, nobody waits for it.

    `bucket`: its moment, in tens of seconds. `seq`: the number of the batch that it goes to disk with.
    """

    view: View
    bucket: int
    answer: "asyncio.Future[None] | None" = None
    seq: int = 0


class Note(Struct, frozen=True):
    """Something beside the history that waits for the disk: all of it, or nothing."""

    statements: Sequence[Statement]
    answer: "Future[None]"


Item = Ask | Hit | Note
Outcomes = Sequence[tuple[Any, Any]]


def settle(outcomes: Outcomes) -> None:
    """Give each future its result or exception; those of an event loop all at once, on their loop's thread."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Any, Any]]] = defaultdict(list)
    for future, outcome in outcomes:
        if future is None:
            continue
        if isinstance(future, asyncio.Future):
            by_loop[future.get_loop()].append((future, outcome))
        else:
            settle_each([(future, outcome)])
    for loop, settled in by_loop.items():
        try:
            loop.call_soon_threadsafe(settle_each, settled)
        except RuntimeError:  # The loop is closed: nobody waits any more.
            continue


def settle_each(outcomes: Outcomes) -> None:
    for future, outcome in outcomes:
        if future.done():
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
