"""Recording and reading back: Chronicle's history beside the eventsourcing library with its own mapper and events."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent
from psycopg.conninfo import conninfo_to_dict

from bench import mix
from bench.ground import DATABASES, Ground
from bench.measure import Found, rate, side_by_side
from cms import history
from cms.history import History
from cms.settings import sqlite_path
from domain.recorded import Recorded

ROUNDS = 5
BATCHES = {1: 400, 100: 4_000}
BESIDE = "the library's JSON mapper"


@dataclass(frozen=True)
class Kept(DomainEvent):
    """One of the library's own events with the same facts, as the dictionaries and strings that its mapper takes."""

    by: str
    command: str
    kind: str
    event: dict[str, Any]


def kept(recorded: Recorded) -> Kept:
    return Kept(
        originator_id=uuid5(NAMESPACE_URL, recorded.stream),
        originator_version=recorded.version,
        timestamp=recorded.at,
        by=recorded.by,
        command=recorded.command,
        kind=type(recorded.event).__name__,
        event=msgspec.to_builtins(recorded.event, str_keys=True),
    )


def library(url: str) -> Application[UUID]:
    if url.startswith("sqlite:"):
        return Application({"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": sqlite_path(url)})
    parts = conninfo_to_dict(url)
    return Application(
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(parts["dbname"]),
            "POSTGRES_HOST": str(parts["host"]),
            "POSTGRES_PORT": str(parts["port"]),
            "POSTGRES_USER": str(parts["user"]),
            "POSTGRES_PASSWORD": str(parts.get("password", "")),
        }
    )


def run(ground: Ground) -> Iterator[Found]:
    rounds = 1 if ground.quick else ROUNDS
    sizes = {batch: count // 10 if ground.quick else count for batch, count in BATCHES.items()}
    ours = mix.events(rounds * sum(sizes.values()))
    theirs = [kept(recorded) for recorded in ours]
    for kind in DATABASES:
        with ExitStack() as stack:
            chronicle = stack.enter_context(history.opened(ground.database(kind)))
            plain = library(ground.database(kind))
            stack.callback(plain.close)
            done = 0
            for batch, count in sizes.items():
                yield side_by_side(
                    f"recorded, {batch} a transaction, {kind}",
                    partial(recorded, chronicle.record, ours[done:], batch, count),
                    BESIDE,
                    partial(recorded, plain.events.put, theirs[done:], batch, count),
                    rounds,
                )
                done += rounds * count
            yield side_by_side(
                f"replayed, {kind}",
                partial(replayed, read_chronicle, chronicle, done),
                BESIDE,
                partial(replayed, read_library, plain, done),
                rounds,
            )


def recorded(put: Callable[[Any], object], events: Sequence[Any], batch: int, count: int, round: int) -> float:
    """Each round records events of its own."""
    start = round * count
    batches = [events[first : first + batch] for first in range(start, start + count, batch)]
    return rate(count, lambda: [put(some) for some in batches])


def replayed(read: Callable[[Any], int], application: object, count: int, round: int) -> float:
    found = 0

    def work() -> None:
        nonlocal found
        found = read(application)

    result = rate(count, work)
    assert found == count, f"{found} of {count} events were read"
    return result


def read_chronicle(chronicle: History) -> int:
    position = count = 0
    while events := chronicle.after(position, mix.BATCH_EVENTS):
        position, count = events[-1].position, count + len(events)
    return count


def read_library(plain: Application[UUID]) -> int:
    position = count = 0
    while found := plain.recorder.select_notifications(position, mix.BATCH_EVENTS, inclusive_of_start=False):
        events = [plain.mapper.to_domain_event(one) for one in found]
        position, count = found[-1].id, count + len(events)
    return count
