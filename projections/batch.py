"""A batch of writes, sorted out before a store applies it: of several that say the same thing, the last one counts."""

from collections.abc import Sequence

from projections.store import LEVELS, Add, Bucket, Drop, Forget, Place, Put, Write


class Batch:
    """`documents`: None for one to drop. `buckets` and `totals`: what to add to an id, in each bucket of each level.

    `forgotten`: the stored buckets of ten seconds that start before it go.
    """

    def __init__(self, writes: Sequence[Write]) -> None:
        self.documents: dict[tuple[str, str], bytes | None] = {}
        self.places: dict[str, Place] = {}
        self.buckets: dict[Bucket, dict[str, int]] = {}
        self.totals: dict[str, int] = {}
        self.forgotten: int | None = None
        self.oldest: int | None = None
        last, counted_in = None, [self.totals]
        for write in writes:
            match write:
                case Put(kind, id, document):
                    self.documents[kind, id] = document
                case Drop(kind, id):
                    self.documents[kind, id] = None
                case Place(id):
                    self.places[id] = write
                case Add(id, bucket, count):
                    # Additions come in runs of one bucket: most of the work is done once a run.
                    if bucket != last:
                        last, counted_in = bucket, [self.totals, *self.levels(bucket)]
                    for counts in counted_in:
                        counts[id] = counts.get(id, 0) + count
                case Forget(before):
                    self.forget(before)
                    last, counted_in = None, [self.totals]

    def levels(self, bucket: int | None) -> list[dict[str, int]]:
        if bucket is None:
            return []
        self.oldest = bucket if self.oldest is None else min(self.oldest, bucket)
        return [self.buckets.setdefault((level, bucket - bucket % level), {}) for level in LEVELS]

    def forget(self, before: int) -> None:
        """Of what this batch has added so far too. Hardly ever is any of it so old: it is seldom looked through."""
        self.forgotten = before if self.forgotten is None else max(self.forgotten, before)
        if self.oldest is None or self.oldest >= before:
            return
        fine = {start for level, start in self.buckets if level == 1}
        for start in fine:
            if start < before:
                del self.buckets[1, start]
        self.oldest = min((start for start in fine if start >= before), default=None)
