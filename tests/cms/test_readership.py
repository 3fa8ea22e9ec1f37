"""How many different readers there were: put together by hour and by day, and bounded for ever."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from datasketches import hll_sketch, tgt_hll_type
from eventsourcing.persistence import PersistenceError

from cms import newsroom as rooms
from cms import readership
from cms.asks import View
from cms.figures import READERS_ERROR
from cms.history import History, opened
from cms.newsroom import Newsroom
from cms.periods import Period
from cms.readership import FOLDED_SUBJECTS, HOURS_KEPT_DAYS
from cms.recorders import RowsMoved
from cms.tally import SITE, SKETCH_LG_K
from tests.agents import BROWSER
from tests.cms.database import rows
from tests.cms.desk import NEVER_SECONDS, NOON, Clock, together, until

HOUR = 3600
DAY = 24 * HOUR
TODAY = int(NOON.replace(hour=0).timestamp())
MANY = 20_000
AT_ONCE = 5_000


@pytest.fixture
def history(events_url: str) -> Iterator[History]:
    with opened(events_url) as history:
        yield history


def sketch(*visitors: int) -> hll_sketch:
    found = hll_sketch(SKETCH_LG_K, tgt_hll_type.HLL_4)
    for visitor in visitors:
        found.update(visitor)
    return found


def came(history: History, hour: int, subject: str, *visitors: int, owner: str = "one") -> None:
    """As a roll-up of that owner notes it."""
    history.record([], readership.rows(history, owner, {(hour, subject): sketch(*visitors)}))


def hours(start: int = TODAY, count: int = 24) -> list[Period]:
    return [Period(start + n * HOUR, start + (n + 1) * HOUR) for n in range(count)]


def of_day(history: History, start: int, *subjects: str) -> int:
    ((count,), together) = readership.different(history, subjects, [Period(start, start + DAY)])
    assert count == together
    return count


def left(events_url: str) -> list[tuple[int, str]]:
    return [(hour, subject) for hour, subject in rows(events_url, "select hour, subject from readers order by 1, 2")]


def days(events_url: str) -> list[tuple[int, str]]:
    return [(day, subject) for day, subject in rows(events_url, "select day, subject from day_readers order by 1, 2")]


def test_a_reader_who_comes_again_counts_once_whichever_process_saw_it(history: History) -> None:
    came(history, TODAY, "a1", 1, 2)
    came(history, TODAY, "a1", 2, 3, owner="other")
    came(history, TODAY + HOUR, "a1", 3, 4)
    by_hour, together = readership.different(history, ["a1"], hours(count=3))
    assert (by_hour, together) == ([3, 2, 0], 4)


def test_what_a_process_adds_to_an_hour_stands_with_what_it_counted_before(history: History) -> None:
    came(history, TODAY, "a1", 1, 2)
    came(history, TODAY, "a1", 2, 3)
    assert of_day(history, TODAY, "a1") == 3


def test_a_reader_of_several_sections_or_articles_counts_once(history: History) -> None:
    came(history, TODAY, "section:economy", 1, 2)
    came(history, TODAY, "section:energy", 2, 3)
    assert of_day(history, TODAY, "section:economy", "section:energy") == 3
    assert of_day(history, TODAY, "section:energy") == 2
    assert of_day(history, TODAY, "section:sport") == 0


def test_readers_of_a_thousand_articles_are_put_together(history: History) -> None:
    articles = [f"a{n}" for n in range(1_000)]
    new = {(TODAY, article): sketch(n, n + 1) for n, article in enumerate(articles)}
    history.record([], readership.rows(history, "one", new))
    assert of_day(history, TODAY, *articles) == pytest.approx(1_001, rel=3 * READERS_ERROR)


def test_an_hour_of_an_odd_length_holds_all_that_begin_in_it(history: History) -> None:
    """Where clocks are put back by half an hour."""
    came(history, TODAY, "a1", 1)
    came(history, TODAY + HOUR // 2, "a1", 2)
    came(history, TODAY + HOUR + HOUR // 2, "a1", 3)
    periods = [Period(TODAY, TODAY + HOUR + HOUR // 2), Period(TODAY + HOUR + HOUR // 2, TODAY + 3 * HOUR)]
    assert readership.different(history, ["a1"], periods) == ([2, 1], 3)


@pytest.mark.parametrize("seed", range(3))
def test_the_estimate_is_as_good_as_is_said(history: History, seed: int) -> None:
    numbers = random.Random(seed)
    visitors = [numbers.getrandbits(64) for _ in range(MANY)]
    for n in range(4):
        # Half of the readers of each hour were there in the hour before.
        came(history, TODAY + n * HOUR, SITE, *visitors[n * MANY // 5 : (n + 2) * MANY // 5])
    by_hour, together = readership.different(history, [SITE], hours(count=4))
    assert by_hour == pytest.approx([MANY * 2 / 5] * 4, rel=3 * READERS_ERROR)
    assert together == pytest.approx(MANY, rel=3 * READERS_ERROR)


def test_twenty_thousand_visitors_are_told_apart_by_their_addresses(events_url: str) -> None:
    with rooms.opened(events_url, Clock(NOON), roll_up_seconds=NEVER_SECONDS) as newsroom:
        for start in range(0, MANY, AT_ONCE):
            look(newsroom, *(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(start, start + AT_ONCE)))
            look(newsroom, *(f"10.0.{n >> 8 & 255}.{n & 255}" for n in range(1_000)))
    with opened(events_url) as history:
        for subject in (SITE, "section:world", "a1"):
            assert of_day(history, TODAY, subject) == pytest.approx(MANY, rel=3 * READERS_ERROR)


def look(newsroom: Newsroom, *addresses: str) -> None:
    async def all_of_them() -> None:
        await asyncio.gather(*(newsroom.count(View("a1", "world", 0, address, BROWSER)) for address in addresses))

    asyncio.run(all_of_them())


# What is old.


def kept_since(now: datetime = NOON) -> int:
    return readership.told_apart_since(int(now.timestamp()), UTC)


def fold(history: History, now: datetime = NOON) -> None:
    readership.fold(history, int(now.timestamp()), UTC)


def fold_all(history: History) -> int:
    """How often it was folded until there was nothing more."""
    times = 0
    while history.select("select 1 as one from readers where hour < ? limit 1", kept_since()):
        fold(history)
        times += 1
    return times


def test_hours_of_more_than_a_month_ago_become_one_row_of_their_day(history: History, events_url: str) -> None:
    old, kept = kept_since() - DAY, kept_since()
    for owner in ("one", "other"):
        came(history, old + 2 * HOUR, "a1", 1, 2, owner=owner)
        came(history, old + 5 * HOUR, "a1", 2, 3, owner=owner)
    came(history, old + 5 * HOUR, "a2", 7)
    came(history, kept, "a1", 9)
    assert fold_all(history) == 2
    assert days(events_url) == [(old, "a1"), (old, "a2")]
    assert left(events_url) == [(kept, "a1")]
    assert (of_day(history, old, "a1"), of_day(history, old, "a1", "a2"), of_day(history, kept, "a1")) == (3, 4, 1)
    assert kept == TODAY - HOURS_KEPT_DAYS * DAY


def test_nothing_is_folded_before_its_time(history: History, events_url: str) -> None:
    came(history, kept_since(), "a1", 1)
    fold(history)
    fold(history, NOON.replace(hour=23, minute=59))
    assert days(events_url) == []
    fold(history, NOON + timedelta(days=1))
    assert left(events_url) == []


def test_what_comes_late_joins_its_day(history: History, events_url: str) -> None:
    old = kept_since() - DAY
    came(history, old, "a1", 1, 2)
    fold_all(history)
    came(history, old + 3 * HOUR, "a1", 2, 3)
    assert of_day(history, old, "a1") == 3
    fold_all(history)
    assert (of_day(history, old, "a1"), days(events_url), left(events_url)) == (3, [(old, "a1")], [])


def test_no_more_is_folded_at_once_than_others_can_wait_for(history: History, events_url: str) -> None:
    old = kept_since() - DAY
    many = {(old, f"a{n}"): sketch(n) for n in range(2 * FOLDED_SUBJECTS + 1)}
    history.record([], readership.rows(history, "one", many))
    fold(history)
    assert len(days(events_url)) == FOLDED_SUBJECTS
    assert fold_all(history) == 2
    assert len(days(events_url)) == len(many)


def test_a_day_is_folded_from_midnight_to_midnight_where_the_newsroom_is(history: History, events_url: str) -> None:
    baku = ZoneInfo("Asia/Baku")
    midnight = int(datetime(2025, 1, 10, tzinfo=baku).timestamp())
    for visitor, hour in enumerate((midnight - HOUR, midnight, midnight + 23 * HOUR, midnight + DAY)):
        came(history, hour, "a1", visitor)
    for _ in range(3):
        readership.fold(history, int(NOON.timestamp()), baku)
    assert days(events_url) == [(midnight - DAY, "a1"), (midnight, "a1"), (midnight + DAY, "a1")]
    assert [of_day(history, midnight + n * DAY, "a1") for n in (-1, 0, 1)] == [1, 2, 1]


def test_several_that_fold_at_once_fold_once(events_url: str) -> None:
    old = kept_since() - DAY
    with opened(events_url) as one, opened(events_url) as two, opened(events_url) as three:
        for n in range(300):
            came(one, old + n % 24 * HOUR, f"a{n % 5}", n)

        def keep_folding(history: History) -> None:
            for _ in range(6):
                with suppress(PersistenceError, RowsMoved):
                    fold(history)

        together(*(lambda history=history: keep_folding(history) for history in (one, two, three)))
        fold_all(one)
        assert left(events_url) == []
        assert [of_day(one, old, f"a{n}") for n in range(5)] == [60] * 5


def test_what_changed_between_reading_and_folding_is_not_lost(history: History, events_url: str) -> None:
    old = kept_since() - DAY
    came(history, old, "a1", 1)
    statements = readership.folded(history, ["a1"], old, old + DAY)
    came(history, old + HOUR, "a1", 2)
    with pytest.raises(RowsMoved):
        history.record([], statements)
    assert (days(events_url), len(left(events_url))) == ([], 2)
    fold_all(history)
    assert of_day(history, old, "a1") == 2


def test_a_newsroom_at_work_folds_what_has_become_old(events_url: str) -> None:
    clock = Clock(NOON)
    with rooms.opened(events_url, clock, roll_up_seconds=0.02) as newsroom:
        look(newsroom, "192.0.2.1", "192.0.2.2")
        until(lambda: len(left(events_url)) == 3)
        clock.now += timedelta(days=HOURS_KEPT_DAYS + 1)
        until(lambda: not left(events_url))
        assert of_day(newsroom.history, TODAY, SITE) == 2
        assert days(events_url) == [(TODAY, "a1"), (TODAY, "section:world"), (TODAY, "site")]
