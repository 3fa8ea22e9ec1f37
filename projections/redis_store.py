"""Read models in Redis or Valkey, shared by many processes.

All keys of a group begin with `{group}:`, so that a cluster keeps them together. The members of a list have one score,
so that they lie in the order of their keys; the score is 1, so that a union of lists counts in how many each stands.
The set `fine` holds which buckets of ten seconds there are, so that old ones are found when they are to be dropped.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import methodcaller
from typing import Any

import msgspec
from redis import Redis
from redis.cluster import RedisCluster
from redis.exceptions import WatchError

from projections.batch import Batch
from projections.redis_lists import AT_ONCE_MOST, RedisLists, pieces
from projections.redis_scripts import TOP
from projections.store import SHAPE, Bucket, Moved, Reads, Result, Row, Touched, Write, touched

TOUCHED_BATCHES_KEPT = 1_000
QUIET_TRIES = 10
CLUSTER = "?cluster=true"


class RedisStore(RedisLists):
    """`url`: redis:// or rediss://, with `?cluster=true` for a cluster. Safe to use from several threads."""

    # Others wait for a server while it applies a batch.
    batch_events = 500

    def __init__(self, url: str, group: str) -> None:
        client = RedisCluster if url.endswith(CLUSTER) else Redis
        # Both speak the same commands; the types of the cluster's do not say so.
        self.redis: Any = client.from_url(url.removesuffix(CLUSTER), socket_timeout=5, socket_connect_timeout=2)
        self.prefix = f"{{{group}}}:"
        self.register()
        self.top_script = self.redis.register_script(TOP)

    def read(self, question: Callable[[Reads], Result]) -> tuple[Result, int]:
        """Asked again while batches come between its trips; `Moved` if they never stop."""
        position = self.position()
        for _ in range(QUIET_TRIES):
            answer = question(self)
            asked_at, position = position, self.position()
            if position == asked_at:
                return answer, position
        raise Moved

    # Questions. Those about lists stand apart.

    def position(self) -> int:
        return int(self.redis.get(self.key("position")) or 0)

    def get(self, kind: str, ids: Sequence[str]) -> list[bytes | None]:
        found: list[bytes | None] = self.redis.hmget(self.key("document", kind), ids) if ids else []
        return found

    def all(self, kind: str) -> list[tuple[str, bytes]]:
        return sorted(
            (id.decode(), document) for id, document in self.redis.hgetall(self.key("document", kind)).items()
        )

    def top(self, weights: Mapping[Bucket, int] | None, within: Sequence[str], limit: int) -> list[tuple[str, int]]:
        lists = [self.key("list", name) for name in within]
        if weights is None:
            summed = {self.key("total"): 1}
        else:
            summed = {self.key("bucket", *bucket): weight for bucket, weight in weights.items()}
        keys = [self.key("scratch"), self.key("place"), *lists, *summed]
        found = self.top_script(keys, [limit, len(lists), *summed.values()])
        return [(id.decode(), int(float(count))) for id, count in zip(found[::2], found[1::2], strict=True)]

    def totals(self, ids: Sequence[str]) -> list[int]:
        return [int(count or 0) for count in self.redis.zmscore(self.key("total"), ids)] if ids else []

    def sums(self, groups: Sequence[Sequence[Bucket]], ids: Sequence[str]) -> list[list[int]]:
        asked = [(bucket, piece) for bucket in distinct(groups) for piece in pieces(ids)]
        found = self.ask(methodcaller("zmscore", self.key("bucket", *bucket), piece) for bucket, piece in asked)
        counts: dict[Bucket, dict[str, int]] = defaultdict(dict)
        for (bucket, piece), scores in zip(asked, found, strict=True):
            counts[bucket] |= {id: int(score) for id, score in zip(piece, scores, strict=True) if score}
        return [[sum(counts[bucket].get(id, 0) for bucket in group) for id in ids] for group in groups]

    def sums_within(self, groups: Sequence[Sequence[Bucket]], within: Sequence[str], prefix: str = "") -> list[int]:
        """Summed up here: a script would keep others waiting."""
        buckets, start = distinct(groups), prefix.encode()
        keys = [self.key("bucket", *bucket) for bucket in buckets]
        found = self.ask(methodcaller("zrange", key, 0, -1, withscores=True) for key in keys)
        counts = {
            bucket: {id.removeprefix(start): int(count) for id, count in ranked if id.startswith(start)}
            for bucket, ranked in zip(buckets, found, strict=True)
        }
        standing = self.standing({id for ids in counts.values() for id in ids}, within)
        sums = {bucket: sum(counts[bucket][id] for id in counts[bucket].keys() & standing) for bucket in buckets}
        return [sum(sums[bucket] for bucket in group) for group in groups]

    def standing(self, ids: set[bytes], within: Sequence[str]) -> set[bytes]:
        """Those of the ids that have a place in one of these lists."""
        asked, lists = list(ids), frozenset(within)
        found = self.ask(methodcaller("hmget", self.key("place"), piece) for piece in pieces(asked))
        places = zip(asked, (place for piece in found for place in piece), strict=True)
        return {id for id, place in places if place and not lists.isdisjoint(msgspec.json.decode(place)[1:])}

    # Writing.

    def apply(self, writes: Sequence[Write], previous: int, position: int) -> Touched:
        batch = Batch(writes)
        with self.redis.pipeline(transaction=True) as trip:
            trip.watch(self.key("position"))
            if int(trip.get(self.key("position")) or 0) != previous:
                raise Moved
            ids = list(batch.places)
            stood = [msgspec.json.decode(place) for place in trip.hmget(self.key("place"), ids) if place] if ids else []
            change = Touched(previous, position, touched(writes, [name for _, *lists in stood for name in lists]))
            forgotten = self.forgotten(trip, batch.forgotten)
            trip.multi()
            self.put_documents(trip, batch)
            self.put_places(trip, batch, stood)
            self.drop_buckets(trip, forgotten)
            self.put_counts(trip, batch)
            trip.set(self.key("position"), position)
            trip.set(self.key("shape"), SHAPE)
            trip.xadd(
                self.key("touched"),
                {"previous": previous, "keys": msgspec.json.encode(sorted(change.keys))},
                id=f"{position}-0",
                maxlen=TOUCHED_BATCHES_KEPT,
                approximate=False,
            )
            try:
                trip.execute()
            except WatchError:
                raise Moved from None
        return change

    def put_documents(self, trip: Any, batch: Batch) -> None:
        put: dict[str, dict[str, bytes]] = defaultdict(dict)
        dropped: dict[str, list[str]] = defaultdict(list)
        for (kind, id), document in batch.documents.items():
            if document is None:
                dropped[kind].append(id)
            else:
                put[kind][id] = document
        for kind, ids in dropped.items():
            trip.hdel(self.key("document", kind), *ids)
        for kind, documents in put.items():
            trip.hset(self.key("document", kind), mapping=documents)

    def put_counts(self, trip: Any, batch: Batch) -> None:
        for key, counts in (
            (self.key("total"), batch.totals),
            *((self.key("bucket", *bucket), counts) for bucket, counts in batch.buckets.items()),
        ):
            for id, count in counts.items():
                trip.zincrby(key, count, id)
        if fine := {start: start for level, start in batch.buckets if level == 1}:
            trip.zadd(self.key("fine"), fine)

    def forgotten(self, trip: Any, before: int | None) -> list[bytes]:
        """The buckets of ten seconds that go with this batch. Of very many, most go at once: nobody asks for them."""
        found: list[bytes] = []
        while before is not None:
            found = trip.zrangebyscore(self.key("fine"), "-inf", f"({before}", start=0, num=AT_ONCE_MOST)
            if len(found) < AT_ONCE_MOST:
                break
            self.drop_buckets(trip, found)
        return found

    def drop_buckets(self, trip: Any, starts: Sequence[bytes]) -> None:
        if starts:
            trip.unlink(*(self.key("bucket", 1, start.decode()) for start in starts))
            trip.zrem(self.key("fine"), *starts)

    def fits(self) -> bool:
        return not self.position() or int(self.redis.get(self.key("shape")) or 0) == SHAPE

    def touched_since(self, position: int) -> list[Touched] | None:
        rows = self.redis.xrange(self.key("touched"), min=f"({position}-0")
        batches = [
            Touched(int(row[b"previous"]), int(id.partition(b"-")[0]), frozenset(msgspec.json.decode(row[b"keys"])))
            for id, row in rows
        ]
        if not batches:
            return [] if self.position() == position else None
        return batches if batches[0].previous == position else None

    def wait(self, position: int, seconds: float) -> None:
        """Until a batch after the position is applied, or so long."""
        self.redis.xread({self.key("touched"): f"{position}-0"}, count=1, block=max(1, int(seconds * 1000)))

    def clear(self) -> None:
        for _ in range(QUIET_TRIES):
            with self.redis.pipeline(transaction=True) as trip:
                trip.watch(self.key("position"))
                found = self.redis.scan_iter(match=self.prefix + "*", count=1_000)
                keys = [key for key in found if key != self.key("follower").encode()]
                trip.multi()
                if keys:
                    trip.unlink(*keys)
                try:
                    trip.execute()
                except WatchError:  # A batch came between: its keys may not be among those found.
                    continue
                return
        raise Moved

    def dump(self) -> Iterator[Row]:
        yield ("position", str(self.position()))
        for kind in self.names("document"):
            for id, document in self.all(kind):
                yield ("document", kind, id, document.decode())
        lists = self.names("list")
        for name in lists:
            for key in self.redis.zrangebylex(self.key("list", name), "-", "+"):
                yield ("member", name, key.decode())
        for name, size in zip(lists, self.size(lists), strict=True):
            yield ("size", name, str(size))
        for bucket in sorted(tuple(map(int, name.split(":"))) for name in self.names("bucket")):
            for id, count in self.counts("bucket", *bucket):
                yield ("bucket", *map(str, bucket), id, count)
        for id, count in self.counts("total"):
            yield ("total", id, count)

    def names(self, shape: str) -> list[str]:
        start = self.key(shape, "")
        return sorted(key.decode()[len(start) :] for key in self.redis.scan_iter(match=start + "*", count=1_000))

    def counts(self, *parts: object) -> list[tuple[str, str]]:
        return sorted(
            (id.decode(), str(int(count))) for id, count in self.redis.zrange(self.key(*parts), 0, -1, withscores=True)
        )

    def close(self) -> None:
        self.redis.close()


def distinct(groups: Sequence[Sequence[Bucket]]) -> list[Bucket]:
    return list(dict.fromkeys(bucket for group in groups for bucket in group))
