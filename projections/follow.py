"""Bring a group of read models up to date with the history, batch by batch."""

from collections.abc import Callable, Sequence

from domain.recorded import Recorded
from projections.store import Moved, Store, Touched, Write

BATCH_EVENTS = 500

History = Callable[[int, int], Sequence[Recorded]]
"""The events after a position, oldest first, at most so many."""


def catch_up(
    history: History,
    store: Store,
    project: Callable[[Recorded], list[Write]],
    *,
    until: int | None = None,
    batch: int = BATCH_EVENTS,
    applied: Callable[[Touched], None] = lambda touched: None,
) -> int:
    """Follow to the end, or to `until`; return the position. Others may follow beside: one of them wins each batch."""
    while True:
        position = store.position()
        events = [recorded for recorded in history(position, batch) if until is None or recorded.position <= until]
        if not events:
            return position
        writes = [write for recorded in events for write in project(recorded)]
        try:
            applied(store.apply(writes, position, events[-1].position))
        except Moved:
            continue
