"""Replaying the history: events as auditors read them, articles as they stood, read models proven by replay."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

import msgspec
from msgspec import Struct

from cms.history import History
from domain.recorded import AGGREGATES, Recorded
from projections.follow import catch_up
from projections.site import project
from projections.sqlite_store import SQLiteStore
from projections.store import Row, Store

READ_EVENTS = 1_000
QUIET_TRIES = 5


class Entry(Struct, frozen=True, kw_only=True):
    """An event with its envelope, as it leaves."""

    position: int
    stream: str
    version: int
    at: datetime
    by: str
    command: str
    event: dict[str, Any]


def entry(recorded: Recorded) -> Entry:
    return Entry(
        position=recorded.position,
        stream=recorded.stream,
        version=recorded.version,
        at=recorded.at,
        by=recorded.by,
        command=recorded.command,
        event=msgspec.to_builtins(recorded.event, str_keys=True),
    )


def events(history: History, after: int = 0, stream: str | None = None) -> Iterator[Recorded]:
    """Oldest first, read in batches."""
    while batch := (
        history.after(after, READ_EVENTS) if stream is None else history.stream_after(stream, after, READ_EVENTS)
    ):
        yield from batch
        after = batch[-1].position


class Finding(Exception):
    """The history or a read model is not what it must be; the message names the first difference."""


def require_intact(history: History, seen: Callable[[int], None] = lambda position: None) -> int:
    """Every event decodes, folds, and stands in its place. Returns how many there are."""
    folds: dict[str, tuple[int, Any]] = {}
    count = position = 0
    while batch := history.after(position, READ_EVENTS):
        for recorded in batch:
            aggregate = AGGREGATES.get(recorded.stream.partition(":")[0])
            if aggregate is None:
                raise Finding(f"Position {recorded.position}: '{recorded.stream}' is no stream of a newsroom.")
            version, state = folds.get(recorded.stream, (0, aggregate.initial))
            if recorded.version != version + 1:
                raise Finding(
                    f"Position {recorded.position}: {recorded.stream} goes from {version} to {recorded.version}."
                )
            folds[recorded.stream] = (recorded.version, aggregate.evolve(state, recorded.event))
        count, position = count + len(batch), batch[-1].position
        seen(position)
    return count


def replayed(history: History, until: int, seen: Callable[[int], None] = lambda position: None) -> SQLiteStore:
    """The read models as they stood at a position, in memory."""
    store = SQLiteStore(":memory:")
    catch_up(history.after, store, project, until=until, applied=lambda touched: seen(touched.position))
    return store


def require_replayed(history: History, store: Store, seen: Callable[[int], None] = lambda position: None) -> int:
    """What the store holds is what a replay to its position gives, byte for byte. Returns that position."""
    for _ in range(QUIET_TRIES):
        kept = list(store.dump())
        position = store.position()
        if kept[0] == ("position", str(position)):
            break
    else:
        raise Finding("The read models did not hold still long enough to be compared.")
    replay = replayed(history, position, seen)
    difference = first_difference(kept, list(replay.dump()))
    replay.close()
    if difference:
        raise Finding(difference)
    return position


def first_difference(kept: Sequence[Row], replay: Sequence[Row]) -> str | None:
    for stands, should in zip_longest(kept, replay):
        if stands != should:
            return f"The store holds {shown(stands)}; the history gives {shown(should)}."
    return None


def shown(row: Row | None) -> str:
    text = "nothing more" if row is None else " ".join(row)
    return text if len(text) <= 300 else f"{text[:300]}…"
