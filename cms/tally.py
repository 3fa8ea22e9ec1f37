"""Hits summed up: what one event tells of them, and sketches of who made them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from datasketches import hll_sketch, tgt_hll_type

from cms.agents import RULES, Kind
from domain.views import Counts, ViewsCounted

# An agent may call itself anything: what comes after so many names in one event goes by one of them.
NAMES_MOST = 200
OTHERS = "others"
# The standard error of a count of readers is 1.04 / sqrt(2 ** 14), 0.8 %.
SKETCH_LG_K = 14
SITE = "site"


class Counted(NamedTuple):
    """Hits that nothing tells apart. `hour`: Unix time at which it began; `visitor`: a number that `Visitors` gave."""

    bucket: int
    hour: int
    article: str
    section: str
    edition: int
    kind: Kind
    agent: str
    visitor: int
    hits: int = 1


encode = msgspec.msgpack.encode
decode = msgspec.msgpack.Decoder(list[Counted]).decode

ByBucket = defaultdict[int, dict[str, int]]


class Tally:
    """`readers`: sketches by hour and by whose readers they are: `site`, `section:SLUG`, an article's id."""

    def __init__(self) -> None:
        self.by_agent: dict[Kind, defaultdict[str, ByBucket]] = {
            kind: defaultdict(lambda: defaultdict(dict)) for kind in Kind
        }
        self.editions: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self.readers: dict[tuple[int, str], hll_sketch] = {}

    def add(self, counted: Iterable[Counted]) -> None:
        for bucket, hour, article, section, edition, kind, agent, visitor, hits in counted:
            by_name = self.by_agent[kind]
            name = agent if agent in by_name or len(by_name) < NAMES_MOST else OTHERS
            counts = by_name[name][bucket]
            counts[article] = counts.get(article, 0) + hits
            if kind is Kind.BOT:
                continue
            if edition:
                versions = self.editions[article]
                versions[edition] = versions.get(edition, 0) + hits
            for subject in (SITE, f"section:{section}", article):
                self.sketch(hour, subject).update(visitor)

    def sketch(self, hour: int, subject: str) -> hll_sketch:
        found = self.readers.get((hour, subject))
        if found is None:
            found = self.readers[hour, subject] = hll_sketch(SKETCH_LG_K, tgt_hll_type.HLL_4)
        return found

    def event(self) -> ViewsCounted:
        counts: Counts = self.by_agent[Kind.READER].get("", {})
        bots, unsure = self.by_agent[Kind.BOT], self.by_agent[Kind.UNSURE]
        return ViewsCounted(counts, bots, unsure, self.editions, RULES)
