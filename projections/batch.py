"""A batch of writes, sorted out before a store applies it: of several that say the same thing, the last one counts."""

from collections.abc import Sequence

from projections.store import LEVELS, Add, Bucket, Drop, Place, Put, Write


class Batch:
    """`documents`: None for one to drop. `buckets` and `totals`: what to add to an id, in each bucket of each level."""

    def __init__(self, writes: Sequence[Write]) -> None:
        self.documents: dict[tuple[str, str], bytes | None] = {}
        self.places: dict[str, Place] = {}
        self.buckets: dict[Bucket, dict[str, int]] = {}
        self.totals: dict[str, int] = {}
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

    def levels(self, bucket: int | None) -> list[dict[str, int]]:
        if bucket is None:
            return []
        return [self.buckets.setdefault((level, bucket - bucket % level), {}) for level in LEVELS]
