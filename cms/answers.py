"""Answers kept rendered, under the surrogate keys of what they show, until a batch touches one of those."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from msgspec import Struct

from projections.store import FIGURES, Bucket, Reads, surrogate, views_key

KEPT_BYTES_MOST = 64 * 1024 * 1024
# An entry costs more than its body: its headers, its keys, its places in the indexes.
ENTRY_BYTES = 2_000

Headers = list[tuple[bytes, bytes]]


class Answer(Struct, frozen=True):
    """`until`: Unix time from which it no longer holds, whatever is touched or not."""

    body: bytes
    etag: str
    keys: frozenset[str]
    until: float
    headers: Headers

    def matches(self, if_none_match: str | None) -> bool:
        if if_none_match is None:
            return False
        tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return self.etag in tags or "*" in tags


def answer(body: bytes, keys: frozenset[str], until: float) -> Answer:
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"etag", etag.encode()),
        # Kept by whoever likes, and asked for again each time: a 304 costs next to nothing.
        (b"cache-control", b"public, no-cache"),
        (b"vary", b"Accept-Encoding"),
        (b"surrogate-key", surrogate_keys(keys)),
    ]
    return Answer(body, etag, keys, until, headers)


def surrogate_keys(keys: Iterable[str]) -> bytes:
    """Parted by spaces, so that those within a key are escaped."""
    return " ".join(sorted(quote(key, safe=":") for key in keys)).encode()


class KeptAnswers:
    """By path and query. The oldest make room when there are too many. Only the loop's thread may touch it."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, bytes], Answer] = {}
        self.by_key: dict[str, set[tuple[str, bytes]]] = defaultdict(set)
        self.bytes = 0

    def get(self, place: tuple[str, bytes], now: float) -> Answer | None:
        kept = self.answers.get(place)
        if kept is not None and kept.until <= now:
            self.drop(place)
            return None
        return kept

    def keep(self, place: tuple[str, bytes], kept: Answer) -> None:
        self.drop(place)
        self.answers[place] = kept
        self.bytes += len(kept.body) + ENTRY_BYTES
        for key in kept.keys:
            self.by_key[key].add(place)
        while self.bytes > KEPT_BYTES_MOST:
            self.drop(next(iter(self.answers)))

    def drop(self, place: tuple[str, bytes]) -> None:
        kept = self.answers.pop(place, None)
        if kept is None:
            return
        self.bytes -= len(kept.body) + ENTRY_BYTES
        for key in kept.keys:
            self.by_key[key].discard(place)
            if not self.by_key[key]:
                del self.by_key[key]

    def touch(self, keys: Iterable[str]) -> None:
        for key in keys:
            for place in list(self.by_key.get(key, ())):
                self.drop(place)

    def clear(self) -> None:
        self.answers.clear()
        self.by_key.clear()
        self.bytes = 0


class Traced:
    """Passes questions on, and notes under which surrogate keys their answers stand."""

    def __init__(self, reads: Reads) -> None:
        self.reads = reads
        self.keys: set[str] = set()

    def position(self) -> int:
        return self.reads.position()

    def get(self, kind: str, ids: Sequence[str]) -> list[bytes | None]:
        self.keys.update(surrogate(kind, id) for id in ids)
        return self.reads.get(kind, ids)

    def all(self, kind: str) -> list[tuple[str, bytes]]:
        self.keys.add(kind)
        return self.reads.all(kind)

    def page(self, filters: Sequence[Sequence[str]], after: str | None, limit: int) -> list[str]:
        self.keys.update(name for names in filters for name in names)
        return self.reads.page(filters, after, limit)

    def size(self, lists: Sequence[str]) -> list[int]:
        self.keys.update(lists)
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
