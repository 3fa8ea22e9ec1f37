"""What readers will want next: views of the last two hours, each weighing the less the older it is.

A view weighs 1,000 when it is made, a quarter of that after `FADING_MINUTES`, a ninth after twice as long: a thousand
divided by the square of (1 + age / fading). Weights are whole numbers, so that every store finds the same scores.
"""

from datetime import datetime

from msgspec import Struct, structs

from projections import cards, popular
from projections.cards import Card, Site
from projections.latest import lists_within
from projections.popular import HOUR
from projections.store import Bucket, Reads

FADING_MINUTES = 8
# Older views weigh nothing: it would be less than a two-hundredth.
FADINGS_MOST = 15
WEIGHT_OF_NEW = 1_000
MINUTE = HOUR // 60
QUARTER = 15 * MINUTE


class TrendingCard(Card, frozen=True, kw_only=True):
    """`score`: in thousandths of a view made just now. The views are those of the last 15 minutes and the last hour."""

    score: int
    views_15m: int
    views_1h: int


class Trending(Struct, frozen=True):
    items: list[TrendingCard]
    as_of: datetime


def read(
    reads: Reads,
    site: Site,
    as_of: datetime,
    *,
    section: str | None = None,
    limit: int = 20,
    fading_minutes: int = FADING_MINUTES,
) -> Trending | None:
    """None: no such section."""
    within = lists_within(reads, section)
    if within is None:
        return None
    now = popular.bucket(as_of)
    scores = dict(reads.top(weights(now, fading_minutes * MINUTE), within, limit))
    windows = [popular.ending(now, length) for length in (QUARTER, HOUR)]
    views = dict(zip(scores, zip(*reads.sums(windows, list(scores)), strict=True), strict=True))
    items = [
        TrendingCard(
            **structs.asdict(card), score=scores[card.id], views_15m=views[card.id][0], views_1h=views[card.id][1]
        )
        for card in cards.read(reads, list(scores), site)
    ]
    return Trending(items, popular.moment(now, site.zone))


def weights(now: int, fading: int) -> dict[Bucket, int]:
    """Of the buckets up to `now`: by ten seconds for a quarter of an hour at least, by quarters before."""
    fine = (now // QUARTER - 1) * QUARTER
    oldest = now + 1 - FADINGS_MOST * fading
    by_quarter = range(fine - QUARTER, oldest - 1, -QUARTER)
    return {
        **{(1, start): weight(now - start, fading) for start in range(max(fine, oldest), now + 1)},
        **{(QUARTER, start): weight(now - start - QUARTER // 2, fading) for start in by_quarter},
    }


def weight(age: int, fading: int) -> int:
    return WEIGHT_OF_NEW * fading**2 // (fading + age) ** 2
