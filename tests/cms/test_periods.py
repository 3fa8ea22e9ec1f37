"""Hours and days are those of the newsroom's clocks, whatever they do."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from cms.forms import BadField
from cms.periods import POINTS_MOST, By, asked, local
from domain.views import BUCKET_SECONDS

HOUR, DAY = 3600, 86_400
NOW = int(datetime(2025, 11, 3, 9, 20, 7, tzinfo=UTC).timestamp())
ZONES = (
    "UTC Asia/Baku Asia/Kathmandu Asia/Kolkata Australia/Lord_Howe Pacific/Apia Asia/Beirut America/St_Johns".split()
)


def shown(by: By, since: str | None, until: str | None, zone: str, now: int = NOW) -> list[str]:
    return [
        f"{local(period.start, ZoneInfo(zone)):%d %H:%M}" for period in asked(by, since, until, now, ZoneInfo(zone))
    ]


def lengths(by: By, since: str, until: str, zone: str) -> list[int]:
    return [end - start for start, end in asked(by, since, until, NOW, ZoneInfo(zone))]


def test_without_more_the_last_24_hours_are_meant_and_the_current_one_is_among_them() -> None:
    hours = shown(By.HOUR, None, None, "UTC")
    assert (len(hours), hours[0], hours[-1]) == (24, "02 10:00", "03 09:00")


def test_without_more_the_last_30_days_are_meant_and_today_is_among_them() -> None:
    days = shown(By.DAY, None, None, "Asia/Baku")
    assert (len(days), days[0], days[-1]) == (30, "05 00:00", "03 00:00")


def test_an_hour_begins_on_the_newsrooms_own_clocks() -> None:
    assert shown(By.HOUR, "2025-11-01T10:20", "2025-11-01T12:00", "Asia/Kathmandu") == ["01 10:00", "01 11:00"]
    (first, _) = asked(By.HOUR, "2025-11-01T10:20", "2025-11-01T12:00", NOW, ZoneInfo("Asia/Kathmandu"))
    assert datetime.fromtimestamp(first.start, UTC) == datetime(2025, 11, 1, 4, 15, tzinfo=UTC)


def test_a_day_that_ends_is_meant_whole_and_a_moment_is_not() -> None:
    assert shown(By.DAY, "2025-10-30", "2025-11-01", "UTC") == ["30 00:00", "31 00:00", "01 00:00"]
    assert shown(By.DAY, "2025-10-30", "2025-11-01T00:00", "UTC") == ["30 00:00", "31 00:00"]


def test_a_day_has_23_or_25_hours_where_clocks_are_moved() -> None:
    assert lengths(By.DAY, "2025-03-29", "2025-03-31", "Europe/Berlin") == [DAY, DAY - HOUR, DAY]
    assert lengths(By.DAY, "2025-10-25", "2025-10-27", "Europe/Berlin") == [DAY, DAY + HOUR, DAY]
    assert len(lengths(By.HOUR, "2025-03-30", "2025-03-30", "Europe/Berlin")) == 23
    assert len(lengths(By.HOUR, "2025-10-26", "2025-10-26", "Europe/Berlin")) == 25
    # Midnight is left out there.
    assert lengths(By.DAY, "2025-03-29", "2025-03-31", "Asia/Beirut") == [DAY, DAY - HOUR, DAY]


def test_a_day_that_a_zone_left_out_is_none() -> None:
    assert shown(By.DAY, "2011-12-29", "2011-12-31", "Pacific/Apia") == ["29 00:00", "31 00:00"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("by", list(By))
def test_periods_follow_one_another_on_the_edges_of_quarters(zone: str, by: By) -> None:
    for month in ("2025-03-15", "2025-04-01", "2025-09-15", "2025-10-15"):
        found = asked(by, month, f"{month[:8]}{int(month[8:]) + 14:02}", NOW, ZoneInfo(zone))
        assert all(one.end == other.start for one, other in pairwise(found))
        assert all(one.start < one.end for one in found)
        assert all(one.start % (90 * BUCKET_SECONDS) == 0 for one in found)


def test_what_has_not_begun_is_not_shown() -> None:
    assert shown(By.HOUR, "2025-11-03T08:00", "2025-12-01", "UTC") == ["03 08:00", "03 09:00"]


def test_no_more_are_shown_than_fit() -> None:
    assert len(shown(By.HOUR, "2025-10-01", "2025-10-31", "UTC")) == POINTS_MOST
    with pytest.raises(BadField, match="more than 744 hours"):
        asked(By.HOUR, "2025-10-01", "2025-11-01", NOW, UTC)


@pytest.mark.parametrize(
    ("since", "until", "why"),
    [
        ("2025-11-03", "2025-11-02", "`to` comes after `from`"),
        ("2025-11-04", None, "lies ahead"),
        ("1999-12-31", "2000-01-02", "before 2000"),
        ("0001-01-01", None, "before 2000"),
        ("2025-02-30", None, "no such day"),
        ("yesterday", None, "A moment has a date and a time"),
        (None, "9999-12-31", "no such day"),
        ("2025-11-02", "2000-01-02", "`to` comes after `from`"),
        (None, "0001-01-01", "no such day|before 2000"),
        (None, "1999-01-01", "before 2000"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Baku", "America/Los_Angeles"])
@pytest.mark.parametrize("by", list(By))
def test_what_cannot_be_meant_is_refused(since: str | None, until: str | None, why: str, zone: str, by: By) -> None:
    with pytest.raises(BadField, match=why):
        asked(by, since, until, NOW, ZoneInfo(zone))
