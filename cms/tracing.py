"""Questions to the read models, with the surrogate keys of what they asked for: what an answer is kept under."""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from projections.store import FIGURES, Bucket, Reads, Store, kind_of, surrogate, unnoted, views_key

# An answer that shows the sizes of more lists is kept under their kinds: headers end somewhere.
LISTS_NAMED_MOST = 50
# Editors name drafts too, and what they took away: answers that would show these are dropped when they are published.
OF_ARTICLES = ("article", "card")

Result = TypeVar("Result")


class Traced(NamedTuple, Generic[Result]):
    """`position`: of the state that was asked. `keys`: the surrogate keys of what the result shows.

    `unsaid`: those of them that are of articles which readers do not get, and whose ids nobody is told.
    """

    result: Result
    position: int
    keys: frozenset[str]
    unsaid: frozenset[str] = frozenset()


def traced(store: Store, question: Callable[[Reads], Result]) -> Traced[Result]:
    def asked(reads: Reads) -> tuple[Result, Tracing]:
        tracing = Tracing(reads)
        return question(tracing), tracing

    (result, tracing), position = store.read(asked)
    return Traced(result, position, frozenset(tracing.keys), frozenset(tracing.unsaid))


def under(reads: Reads, *keys: str) -> Reads:
    """For answers of thousands of documents: what is asked is noted under these keys, and no longer one by one.

    They have to be touched by whatever changes one of those documents, as a list is by an edition of what stands in it.
    """
    if isinstance(reads, Tracing):
        reads.keys.update(keys)
    return unnoted(reads)


class Tracing:
    """Passes questions on, and notes under which surrogate keys their answers stand."""

    def __init__(self, reads: Reads) -> None:
        self.reads = reads
        self.keys: set[str] = set()
        self.unsaid: set[str] = set()

    def position(self) -> int:
        return self.reads.position()

    def get(self, kind: str, ids: Sequence[str]) -> list[bytes | None]:
        self.keys.update(surrogate(kind, id) for id in ids)
        found = self.reads.get(kind, ids)
        if kind in OF_ARTICLES:
            self.unsaid.update(surrogate(kind, id) for id, one in zip(ids, found, strict=True) if one is None)
        return found

    def all(self, kind: str) -> list[tuple[str, bytes]]:
        self.keys.add(kind)
        return self.reads.all(kind)

    def page(
        self, filters: Sequence[Sequence[str]], after: str | None, limit: int, until: str | None = None
    ) -> list[str]:
        self.keys.update(name for names in filters for name in names)
        return self.reads.page(filters, after, limit, until)

    def between(self, name: str, bounds: Sequence[str]) -> list[int]:
        self.keys.add(name)
        return self.reads.between(name, bounds)

    def oldest(self, name: str, since: str = "", *, skip: int = 0, limit: int = 1) -> list[str]:
        self.keys.add(name)
        return self.reads.oldest(name, since, skip=skip, limit=limit)

    def size(self, lists: Sequence[str]) -> list[int]:
        self.keys.update(lists if len(lists) <= LISTS_NAMED_MOST else map(kind_of, lists))
        return self.reads.size(lists)

    def together(self, lists: Sequence[str]) -> int:
        self.keys.update(lists)
        return self.reads.together(lists)

    def in_most(self, groups: Sequence[Sequence[str]], limit: int) -> list[str]:
        self.keys.update(name for names in groups for name in names)
        return self.reads.in_most(groups, limit)

    def top(self, weights: Mapping[Bucket, int] | None, within: Sequence[str], limit: int) -> list[tuple[str, int]]:
        self.keys.update(("popular", *within))
        return self.reads.top(weights, within, limit)

    def totals(self, ids: Sequence[str]) -> list[int]:
        self.keys.update(map(views_key, ids))
        return self.reads.totals(ids)

    def sums(self, groups: Sequence[Sequence[Bucket]], ids: Sequence[str]) -> list[list[int]]:
        self.keys.update(map(views_key, ids))
        return self.reads.sums(groups, ids)

    def sums_within(self, groups: Sequence[Sequence[Bucket]], within: Sequence[str], prefix: str = "") -> list[int]:
        self.keys.update((FIGURES if prefix else "popular", *within))
        return self.reads.sums_within(groups, within, prefix)
