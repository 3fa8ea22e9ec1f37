"""What readers wanted next in two days of a real news portal: how many of an hour's clicks fell on what trended."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path

import pytest

from projections import trending
from projections.popular import HOUR
from projections.sqlite_store import SQLiteStore
from projections.store import Add, Bucket, Place, cover
from projections.trending import FADING_MINUTES, MINUTE

CLICKS = Path(__file__).parents[3] / "shared" / "corpus" / "clicks-48h.csv.gz"
SHOWN = 10

pytestmark = pytest.mark.skipif(not CLICKS.exists(), reason="needs ../shared/corpus/clicks-48h.csv.gz")


def clicks() -> Iterator[tuple[int, str]]:
    """Buckets and articles, in order of time."""
    with gzip.open(CLICKS, "rt") as lines:
        for row in csv.DictReader(lines):
            yield int(row["timestamp_ms"]) // 10_000, row["article"]


@pytest.fixture(scope="module")
def store() -> Iterator[SQLiteStore]:
    """All the clicks, counted; every article is public from the first moment."""
    with closing(SQLiteStore(":memory:")) as store:
        counted = [(bucket, Counter(id for _, id in views)) for bucket, views in groupby(clicks(), lambda one: one[0])]
        ids = sorted({id for _, views in counted for id in views})
        adds = [Add(id, bucket, count) for bucket, views in counted for id, count in views.items()]
        store.apply([*(Place(id, id, ("latest",)) for id in ids), *adds], 0, 1)
        yield store


def hours(store: SQLiteStore) -> list[int]:
    """Their first buckets; nothing was clicked before the first of them."""
    ((first, last),) = store.db.execute("select min(start), max(start) from bucket where level = 1")
    assert first % HOUR == 0
    return list(range(first + HOUR, last + 1, HOUR))


def taken(store: SQLiteStore, hour: int, weights: dict[Bucket, int]) -> tuple[int, int]:
    """Clicks of the hour on the articles with the highest scores, and all."""
    shown = [id for id, _ in store.top(weights, ["latest"], SHOWN)]
    quarters = [(trending.QUARTER, start) for start in range(hour, hour + HOUR, trending.QUARTER)]
    ((total,), (found,)) = store.sums_within([quarters], ["latest"]), map(sum, store.sums([quarters], shown))
    return found, total


def last_hour(hour: int) -> dict[Bucket, int]:
    return dict.fromkeys(cover(hour - HOUR, hour), 1)


def share(counted: list[tuple[int, int]]) -> float:
    return sum(found for found, _ in counted) / sum(total for _, total in counted)


def test_what_trends_is_what_readers_want_next(store: SQLiteStore) -> None:
    starts = hours(store)
    by_trend = [taken(store, hour, trending.weights(hour - 1, FADING_MINUTES * MINUTE)) for hour in starts]
    by_hour = [taken(store, hour, last_hour(hour)) for hour in starts]
    day = len(starts) // 2
    assert len(starts) == 47
    assert share(by_hour) == pytest.approx(0.571, abs=0.001)
    assert share(by_trend) >= 0.585
    assert share(by_trend[:day]) > share(by_hour[:day])
    assert share(by_trend[day:]) > share(by_hour[day:])


@pytest.mark.parametrize("minutes", [6, 7, 9, 10, 12])
def test_the_fading_is_not_fitted_to_these_two_days(store: SQLiteStore, minutes: int) -> None:
    assert share([taken(store, hour, trending.weights(hour - 1, minutes * MINUTE)) for hour in hours(store)]) >= 0.585


@pytest.mark.parametrize("late", [1, 2, 3], ids=lambda late: f"{late}0 seconds")
def test_views_may_come_a_little_late(store: SQLiteStore, late: int) -> None:
    """As they do: they are counted every ten seconds, and read from the history thereafter."""
    starts = hours(store)
    counted = []
    for hour in starts:
        weights = trending.weights(hour, FADING_MINUTES * MINUTE)
        counted.append(taken(store, hour, {b: w for b, w in weights.items() if sum(b) <= hour - late}))
    assert share(counted) >= 0.585
