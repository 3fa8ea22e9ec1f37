"""Replaying the history: events as auditors read them, articles as they stood, read models proven by replay."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

import msgspec
from eventsourcing.persistence import Notification
from msgspec import Struct

from cms import worklist
from cms.history import History
from domain.recorded import AGGREGATES, Recorded
from domain.rules import Aggregate, State
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
    while batch := history.streams_after(position, READ_EVENTS):
        for stored in batch:
            recorded = decoded(history, stored)
            aggregate = AGGREGATES.get(recorded.stream.partition(":")[0])
            if aggregate is None:
                raise Finding(f"Position {recorded.position}: '{recorded.stream}' is no stream of a newsroom.")
            version, state = folds.get(recorded.stream, (0, aggregate.initial))
            if recorded.version != version + 1:
                raise Finding(
                    f"Position {recorded.position}: {recorded.stream} goes from {version} to {recorded.version}."
                )
            folds[recorded.stream] = (recorded.version, evolved(aggregate, state, recorded))
        count, position = count + len(batch), batch[-1].id
        seen(position)
    return count


def require_desk(history: History, seen: Callable[[int], None] = lambda position: None) -> None:
    """Every row of the desk is what the history gives for it."""
    if difference := worklist.first_difference(history, seen):
        raise Finding(difference)


def decoded(history: History, stored: Notification) -> Recorded:
    try:
        recorded: Recorded = history.mapper.to_domain_event(stored)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Finding(f"Position {stored.id}: {stored.originator_id} cannot be read. {error}") from None
    return recorded


def evolved(aggregate: Aggregate[State], state: State, recorded: Recorded) -> State:
    try:
        return aggregate.evolve(state, recorded.event)
    except Exception as error:
        kind = type(recorded.event).__name__
        raise Finding(f"Position {recorded.position}: {recorded.stream} cannot go on with {kind}.") from error


def replayed(history: History, until: int, seen: Callable[[int], None] = lambda position: None) -> SQLiteStore:
    """The read models as they stood at a position, in memory."""
    store = SQLiteStore(":memory:")
    catch_up(history.for_readers, store, project, until=until, applied=lambda touched: seen(touched.position))
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
