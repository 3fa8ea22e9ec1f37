"""Bring a group of read models up to date with the history, batch by batch."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from domain.recorded import Recorded
from projections.store import Moved, Store, Touched, Write


class PassedOver(Struct, frozen=True):
    """An event that changes none of the read models, and so was not decoded."""

    position: int


History = Callable[[int, int], Sequence[Recorded | PassedOver]]
"""The events after a position, oldest first, at most so many."""


def catch_up(
    history: History,
    store: Store,
    project: Callable[[Recorded], list[Write]],
    *,
    until: int | None = None,
    batch: int | None = None,
    applied: Callable[[Touched], None] = lambda touched: None,
) -> int:
    """Follow to the end, or to `until`; return the position. Others may follow beside: one of them wins each batch."""
    while True:
        position = store.position()
        found = history(position, batch or store.batch_events)
        events = [event for event in found if until is None or event.position <= until]
        if not events:
            return position
        writes = [write for event in events if isinstance(event, Recorded) for write in project(event)]
        try:
            applied(store.apply(writes, position, events[-1].position))
        except Moved:
            continue
