"""Counts of ten seconds are dropped after a month: the same on every store, however the history was followed."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec import structs

from domain.recorded import Recorded
from domain.views import VIEWS, ViewsCounted
from projections import popular
from projections.redis_store import RedisStore
from projections.sqlite_store import SQLiteStore
from projections.store import Store
from tests.domain.any_events import UNHURRIED
from tests.domain.given import NOON
from tests.projections.test_popular import DAY, PUBLIC, views
from tests.projections.told import SITE, follow, rebuilt, told

# Seconds from one count to the next, and buckets that a view came late.
GAPS = st.sampled_from([0, 10, 10, 900, 86_400, 20 * 86_400, 90 * 86_400])
LATE = st.sampled_from([0, 1, 89, 90, DAY, 30 * DAY, 31 * DAY - 1, 31 * DAY, 31 * DAY + 1, 40 * DAY])
Told = list[tuple[int, dict[int, int]]]
histories: st.SearchStrategy[Told] = st.lists(
    st.tuples(GAPS, st.dictionaries(LATE, st.integers(1, 9), max_size=3)), min_size=1, max_size=12
)


def counted_over_months(counts: Told) -> list[Recorded]:
    """An article, then its views: so many seconds after those before, each so many buckets late."""
    events, at = told(*PUBLIC), NOON
    for gap, late in counts:
        at += timedelta(seconds=gap)
        now = popular.bucket(at)
        bots = {"Googlebot": {now - age: {"a1": 1} for age in late}}
        event = ViewsCounted({now - age: {"a1": count} for age, count in late.items()}, bots)
        (recorded,) = told(VIEWS.change(f"counter-{len(events)}", event))
        events.append(structs.replace(recorded, at=at, position=len(events) + 1))
    return events


def viewed_within(events: Sequence[Recorded], buckets: int | None) -> dict[str, int]:
    now, views = popular.bucket(events[-1].at), Counter[str]()
    for recorded in events:
        if isinstance(recorded.event, ViewsCounted):
            for bucket, counts in recorded.event.counts.items():
                if buckets is None or now - buckets < bucket <= now:
                    views.update(counts)
    return views


def check(store: Store, events: Sequence[Recorded], batch: int) -> None:
    """Each batch ends before the next begins, and so anywhere in the history."""
    follow(store, events, batch)
    assert list(store.dump()) == rebuilt(events)
    for window, length in popular.WINDOWS.items():
        answer = popular.read(store, SITE, events[-1].at, window=window)
        assert views(answer) == viewed_within(events, length)


@settings(UNHURRIED, max_examples=60)
@for_all(histories, st.integers(1, 5))
def test_followed_in_any_batches_equals_rebuilt_and_windows_are_exact(counts: Told, batch: int) -> None:
    with closing(SQLiteStore(":memory:")) as store:
        check(store, counted_over_months(counts), batch)


@settings(UNHURRIED, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@for_all(counts=histories, batch=st.integers(1, 5))
def test_redis_forgets_the_same(redis: str, counts: Told, batch: int) -> None:
    with closing(RedisStore(redis, "site")) as store:
        store.clear()
        check(store, counted_over_months(counts), batch)


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_after_months_without_a_view_all_that_was_counted_by_ten_seconds_goes_in_one_step(
    stores: list[Store], batch: int
) -> None:
    often: Told = [(10, {0: 1})] * 50
    events = counted_over_months([*often, (200 * 86_400, {0: 1})])
    for store in stores:
        follow(store, events, batch)
        rows = list(store.dump())
        assert [row[:4] for row in rows if row[:2] == ("bucket", "1")] == [
            ("bucket", "1", str(popular.bucket(events[-1].at)), id) for id in ("a1", "bot:a1")
        ]
        assert store.totals(["a1", "bot:a1"]) == [51, 51]
        assert rows == rebuilt(events)
