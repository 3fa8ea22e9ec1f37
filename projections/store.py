"""The writes that projections ask for, and what a store of read models must do.

A store holds one group of read models and the position up to which it holds them. Three shapes are all there is:

- documents, by kind and id;
- lists, in each of which an id stands at most once; all lists have one order, by key, newest first;
- counts in ten-second buckets: of articles, and of their companions, `bot:ID` say, which only count.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
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


class Forget(Struct, frozen=True):
    """The buckets of ten seconds that start before this one are dropped; totals and coarser buckets stay."""

    before: int


Write = Put | Drop | Place | Add | Forget

# Of what stores hold. To be raised whenever a store lays it out otherwise, or a projection writes other documents,
# lists or counts for events that were recorded before: whoever follows then makes anew what has another shape.
SHAPE = 3

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """Since 1970; exact, as a float would not be."""
    return (at - EPOCH) // timedelta(microseconds=1)


def key(at: datetime, id: str) -> str:
    """Where an id stands in every list: by microseconds, then by id. Offset so that years before 1970 sort too."""
    return f"{microseconds(at) + 2**62:016x}:{id}"


def id_of(key: str) -> str:
    return key[17:]


def moment(key: str) -> datetime:
    """At which it stands."""
    return EPOCH + timedelta(microseconds=int(key[:16], 16) - 2**62)


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


FIGURES = "figures"


def is_companion(id: str) -> bool:
    """No article's id has a colon in it."""
    return ":" in id


def views_key(id: str) -> str:
    """The key under which an answer that shows this count is kept. Readers are shown nothing of companions."""
    return FIGURES if is_companion(id) else f"views:{id}"


def kind_of(name: str) -> str:
    """The key under which an answer that shows many lists of a kind is kept: `tag:` for `tag:rain`."""
    kind, colon, _ = name.partition(":")
    return kind + colon


def touched(writes: Sequence[Write], left: Sequence[str]) -> frozenset[str]:
    """`left`: the lists that the placed ids stood in before."""
    keys, lists_touched = set[str](), set(left)
    for write in writes:
        match write:
            case Put(kind, id) | Drop(kind, id):
                keys |= {kind, surrogate(kind, id)}
            case Place(lists=lists):
                lists_touched.update(lists)
            case Add(id):
                keys |= {views_key(id)} if is_companion(id) else {"popular", views_key(id)}
            case Forget():
                pass  # Nobody asks for what is so old.
    return frozenset({*keys, *lists_touched, *map(kind_of, lists_touched)})


# Buckets of counts are summed up in coarser ones: a day, and a quarter of an hour, of which the hours and days of every
# time zone are made.
LEVELS = (8640, 90, 1)
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

    def page(
        self, filters: Sequence[Sequence[str]], after: str | None, limit: int, until: str | None = None
    ) -> list[str]:
        """Keys that stand in at least one list of each filter, newest first: those after `after`, none below `until`.

        The work is that of walking through the smallest filter, if the others hold hardly any of it.
        """

    def oldest(self, name: str, since: str = "", *, skip: int = 0, limit: int = 1) -> list[str]:
        """Keys of a list from `since` on, oldest first, without the first `skip`."""

    def between(self, name: str, bounds: Sequence[str]) -> list[int]:
        """How many keys of a list stand from each bound up to before the next one: one number less than bounds."""

    def size(self, lists: Sequence[str]) -> list[int]:
        """How many ids stand in each; nothing is counted for it."""

    def together(self, lists: Sequence[str]) -> int:
        """How many ids stand in at least one of these."""

    def in_most(self, groups: Sequence[Sequence[str]], limit: int) -> list[str]:
        """Keys that stand in a list of most of these groups (and of one at least), newest first among equals."""

    def top(self, weights: Mapping[Bucket, int] | None, within: Sequence[str], limit: int) -> list[tuple[str, int]]:
        """Those in any of `within` with the highest sums, each bucket times its weight; if equal, by id downward.

        None: by totals. Sums stay below 2**53, so that they are exact in every store.
        """

    def totals(self, ids: Sequence[str]) -> list[int]: ...

    def sums(self, groups: Sequence[Sequence[Bucket]], ids: Sequence[str]) -> list[list[int]]:
        """For each group of buckets, the sum of each id."""

    def sums_within(self, groups: Sequence[Sequence[Bucket]], within: Sequence[str], prefix: str = "") -> list[int]:
        """For each group of buckets, the sum of all ids that stand in any of `within`; with a prefix, of `prefix`ID."""


def unnoted(reads: Reads) -> Reads:
    """The same state, by whoever notes what is asked (as `reads` behind it) without a note.

    For documents that change with lists of which it was noted that they were asked.
    """
    behind: Reads = getattr(reads, "reads", reads)
    return behind


class Store(Reads, Protocol):
    @property
    def batch_events(self) -> int:
        """How many events are best applied at once when there are many."""

    def read(self, question: Callable[[Reads], Result]) -> tuple[Result, int]:
        """Answer from one state of the store, and say the position of that state."""

    def apply(self, writes: Sequence[Write], previous: int, position: int) -> Touched:
        """All the writes and the new position, or nothing: `Moved` if the store does not stand at `previous`."""

    def fits(self) -> bool:
        """Whether all that is held has the present `SHAPE`; if not, it is to be cleared."""

    def touched_since(self, position: int) -> list[Touched] | None:
        """The batches after `position`, oldest first; None if the store no longer knows them all."""

    def clear(self) -> None:
        """Forget everything: position 0."""

    def dump(self) -> Iterator[Row]:
        """All that the store holds, in one order that every store shares."""

    def close(self) -> None: ...
