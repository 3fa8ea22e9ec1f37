"""Lists in Redis: sorted sets of keys, with one score."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import islice, pairwise
from operator import methodcaller
from typing import Any, TypeVar

import msgspec

from projections.batch import Batch
from projections.redis_scripts import IN_MOST, PAGE, TOGETHER

# Others wait meanwhile: that many buckets are dropped at once, and that many questions are asked in one trip.
AT_ONCE_MOST = 1_000
# Others wait as long as one call looks at keys for a page.
LOOKED_AT_MOST = 2_000

Key = TypeVar("Key", str, bytes)


class RedisLists:
    redis: Any
    prefix: str

    def register(self) -> None:
        self.page_script = self.redis.register_script(PAGE)
        self.together_script = self.redis.register_script(TOGETHER)
        self.in_most_script = self.redis.register_script(IN_MOST)

    def key(self, *parts: object) -> str:
        return self.prefix + ":".join(map(str, parts))

    def ask(self, questions: Iterable[Callable[[Any], object]]) -> list[Any]:
        """In as few trips as leave room for what others ask."""
        answers: list[Any] = []
        waiting = iter(questions)
        while some := list(islice(waiting, AT_ONCE_MOST)):
            with self.redis.pipeline(transaction=False) as trip:
                for question in some:
                    question(trip)
                answers += trip.execute()
        return answers

    def page(
        self, filters: Sequence[Sequence[str]], after: str | None, limit: int, until: str | None = None
    ) -> list[str]:
        first, *others = self.smallest_first(filters)
        keys = [self.key("list", name) for names in (first, *others) for name in names]
        end = "-" if until is None else f"[{until}"
        bounds, found = ["+" if after is None else f"({after}"] * len(first), set[str]()
        while any(bounds):
            some, bounds = self.page_script(
                keys, [limit, end, max(LOOKED_AT_MOST, limit), len(first), *bounds, *map(len, others)]
            )
            found.update(key.decode() for key in some)
        return sorted(found, reverse=True)[:limit]

    def smallest_first(self, filters: Sequence[Sequence[str]]) -> list[Sequence[str]]:
        """The members of the first are walked through, and looked up in the others."""
        if len(filters) == 1:
            return list(filters)
        sizes = iter(self.size([name for names in filters for name in names]))
        sized = [(sum(next(sizes) for _ in names), names) for names in filters]
        return [names for _, names in sorted(sized, key=lambda one: one[0])]

    def oldest(self, name: str, since: str = "", *, skip: int = 0, limit: int = 1) -> list[str]:
        found = self.redis.zrangebylex(self.key("list", name), f"[{since}", "+", start=skip, num=limit)
        return [key.decode() for key in found]

    def between(self, name: str, bounds: Sequence[str]) -> list[int]:
        key, pairs = self.key("list", name), pairwise(bounds)
        return self.ask(methodcaller("zlexcount", key, f"[{start}", f"({end}") for start, end in pairs)

    def size(self, lists: Sequence[str]) -> list[int]:
        return self.ask(methodcaller("zcard", self.key("list", name)) for name in lists)

    def together(self, lists: Sequence[str]) -> int:
        return int(self.together_script([self.key("scratch"), *(self.key("list", name) for name in lists)]))

    def in_most(self, groups: Sequence[Sequence[str]], limit: int) -> list[str]:
        scratch = [self.key("scratch"), self.key("scratch", "group")]
        keys = [self.key("list", name) for lists in groups for name in lists]
        found = self.in_most_script([*scratch, *keys], [limit, *map(len, groups)])
        return [key.decode() for key in found]

    # Writing.

    def put_places(self, trip: Any, batch: Batch, stood: list[list[str]]) -> None:
        left: dict[str, list[str]] = defaultdict(list)
        joined: dict[str, dict[str, int]] = defaultdict(dict)
        for key, *lists in stood:
            for name in lists:
                left[name].append(key)
        for place in batch.places.values():
            for name in place.lists:
                joined[name][place.key] = 1
        for name, keys in left.items():
            trip.zrem(self.key("list", name), *keys)
        for name, members in joined.items():
            trip.zadd(self.key("list", name), members)
        if batch.places:
            trip.hdel(self.key("place"), *batch.places)
        if placed := {
            place.id: msgspec.json.encode([place.key, *place.lists]) for place in batch.places.values() if place.lists
        }:
            trip.hset(self.key("place"), mapping=placed)


def pieces(ids: Sequence[Key]) -> list[list[Key]]:
    return [list(ids[start : start + AT_ONCE_MOST]) for start in range(0, len(ids), AT_ONCE_MOST)]
