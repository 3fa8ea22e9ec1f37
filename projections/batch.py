"""A batch of writes, sorted out before a store applies it: of several that say the same thing, the last one counts."""

from collections import Counter
from collections.abc import Sequence

from projections.store import LEVELS, Add, Bucket, Drop, Place, Put, Write


class Batch:
    """`documents`: None for one to drop. `counts`: what to add, at every level; None for the total."""

    def __init__(self, writes: Sequence[Write]) -> None:
        self.documents: dict[tuple[str, str], bytes | None] = {}
        self.places: dict[str, Place] = {}
        self.counts: Counter[tuple[Bucket | None, str]] = Counter()
        for write in writes:
            match write:
                case Put(kind, id, document):
                    self.documents[kind, id] = document
                case Drop(kind, id):
                    self.documents[kind, id] = None
                case Place(id):
                    self.places[id] = write
                case Add(id, bucket, count):
                    self.counts[None, id] += count
                    if bucket is not None:
                        for level in LEVELS:
                            self.counts[(level, bucket - bucket % level), id] += count
