"""Filling the read models from a history that lies in SQLite, as a rebuild does."""

from collections.abc import Callable, Iterator
from functools import partial

from bench import mix
from bench.ground import Ground
from bench.measure import Found, rate, side_by_side
from bench.record import read_chronicle
from cms import history
from cms.follower import collect_less_garbage
from cms.history import History
from cms.reading import open_store
from domain.views import ViewsCounted
from projections.follow import catch_up
from projections.site import project
from projections.sqlite_store import SQLiteStore
from projections.store import Store

ROUNDS = 3
EVENTS = 20_000
LEAST = 20_000


def run(ground: Ground) -> Iterator[Found]:
    collect_less_garbage()  # as every process of Chronicle does
    rounds, count = (1, 1_000) if ground.quick else (ROUNDS, EVENTS)
    events = mix.events(count)
    unviewed = [recorded for recorded in events if not isinstance(recorded.event, ViewsCounted)]
    stores: dict[str, Callable[[], Store]] = {
        "a SQLite file": lambda: open_store(ground.database("SQLite")),
        "memory": lambda: SQLiteStore(":memory:"),
        "Valkey": lambda: open_store(ground.redis),
    }
    for what, some, wheres in (("", events, list(stores)), (" without views", unviewed, ["a SQLite file"])):
        with history.opened(ground.database("SQLite")) as past:
            for start in range(0, len(some), mix.BATCH_EVENTS):
                past.record(some[start : start + mix.BATCH_EVENTS])
            for where in wheres:
                yield side_by_side(
                    f"replayed{what} into {where}",
                    partial(replayed, past, stores[where], len(some)),
                    "read and decoded alone",
                    partial(read_alone, past, len(some)),
                    rounds,
                    least_ours=LEAST if where == "a SQLite file" else None,
                )


def replayed(past: History, new: Callable[[], Store], count: int, round: int) -> float:
    store = new()
    store.clear()
    result = rate(count, lambda: catch_up(past.for_readers, store, project))
    assert store.position() == past.head()
    store.close()
    return result


def read_alone(past: History, count: int, round: int) -> float:
    return rate(count, lambda: read_chronicle(past))
