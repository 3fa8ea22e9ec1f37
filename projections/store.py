"""The writes that projections ask for, and what a store of read models must do.

A store holds one group of read models and the position up to which it holds them. Three shapes are all there is:

- documents, by kind and id;
- lists, in each of which an id stands at most once; all lists have one order, by key, newest first;
- counts of articles in ten-second buckets.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol, TypeVar

from msgspec import Struct


class Put(Struct, frozen=True):
    kind: str
    id: str
    document: bytes


class Drop(Struct, frozen=True):
    kind: str
    id: str


class Place(Struct, frozen=True):
    """From now on the id stands in these lists, at this key, and in no others."""

    id: str
    key: str = ""
    lists: tuple[str, ...] = ()


class Add(Struct, frozen=True):
    """So many more for the id, in this bucket; None: at a moment that nobody knows, which counts in the total alone."""

    id: str
    bucket: int | None
    count: int


Write = Put | Drop | Place | Add

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """Since 1970; exact, as a float would not be."""
    return (at - EPOCH) // timedelta(microseconds=1)


def key(at: datetime, id: str) -> str:
    """Where an id stands in every list: by microseconds, then by id. Offset so that years before 1970 sort too."""
    return f"{microseconds(at) + 2**62:016x}:{id}"


def id_of(key: str) -> str:
    return key[17:]


class Moved(Exception):
    """The store is not where the writer thought: somebody else has applied this batch."""


class Touched(NamedTuple):
    """What one batch changed, so that answers kept elsewhere can be dropped: surrogate keys."""

    previous: int
    position: int
    keys: frozenset[str]


def surrogate(kind: str, id: str) -> str:
    """The key under which an answer that shows this document is kept. A card is a part of its article."""
    return f"{'article' if kind == 'card' else kind}:{id}"


def touched(writes: Sequence[Write], left: Sequence[str]) -> frozenset[str]:
    """`left`: the lists that the placed ids stood in before."""
    keys = set(left)
    for write in writes:
        match write:
            case Put(kind, id) | Drop(kind, id):
                keys |= {kind, surrogate(kind, id)}
            case Place(lists=lists):
                keys.update(lists)
            case Add(id):
                keys |= {"popular", f"views:{id}"}
    return frozenset(keys)


# Buckets of counts are summed up in coarser ones, so that a month is a few dozen sums.
LEVELS = (8640, 360, 1)
Bucket = tuple[int, int]


def cover(first: int, end: int) -> list[Bucket]:
    """The fewest `(level, start)` that together are exactly the ten-second buckets from `first` up to before `end`."""
    parts = []
    while first < end:
        level = next(level for level in LEVELS if first % level == 0 and first + level <= end)
        parts.append((level, first))
        first += level
    return parts


Row = tuple[str, ...]
Result = TypeVar("Result")


class Reads(Protocol):
    """Questions to one state of a store."""

    def position(self) -> int: ...

    def get(self, kind: str, ids: Sequence[str]) -> list[bytes | None]:
        """The documents of these ids, in their order."""

    def all(self, kind: str) -> list[tuple[str, bytes]]:
        """Every document of a kind that is known to be few, by id."""

    def page(self, filters: Sequence[Sequence[str]], after: str | None, limit: int) -> list[str]:
        """Keys that stand in at least one list of each filter, newest first, those after `after` only."""

    def size(self, lists: Sequence[str]) -> list[int]:
        """How many ids stand in each."""

    def together(self, lists: Sequence[str]) -> int:
        """How many ids stand in at least one of these."""

    def in_most(self, groups: Sequence[Sequence[str]], limit: int) -> list[str]:
        """Keys that stand in a list of most of these groups (and of one at least), newest first among equals."""

    def top(self, buckets: Sequence[Bucket] | None, within: Sequence[str], limit: int) -> list[tuple[str, int]]:
        """Those with the highest sums of these buckets (None: totals), of any in `within`; if equal, by id downward."""

    def totals(self, ids: Sequence[str]) -> list[int]: ...


class Store(Reads, Protocol):
    @property
    def batch_events(self) -> int:
        """How many events are best applied at once when there are many."""

    def read(self, question: Callable[[Reads], Result]) -> tuple[Result, int]:
        """Answer from one state of the store, and say the position of that state."""

    def apply(self, writes: Sequence[Write], previous: int, position: int) -> Touched:
        """All the writes and the new position, or nothing: `Moved` if the store does not stand at `previous`."""

    def touched_since(self, position: int) -> list[Touched] | None:
        """The batches after `position`, oldest first; None if the store no longer knows them all."""

    def clear(self) -> None:
        """Forget everything: position 0."""

    def dump(self) -> Iterator[Row]:
        """All that the store holds, in one order that every store shares."""

    def close(self) -> None: ...
