"""The archive counts by days of the newsroom's zone, whatever its clocks do."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from projections import archive
from projections.archive import Archive, ArchiveDay, ArchiveMonth, ArchiveYear
from projections.redis_store import RedisStore
from projections.store import Reads, key, moment
from tests.projections.told import SITE, edition, follow, published, told, unpublished

SiteOf = Callable[..., Reads]

BAKU = structs.replace(SITE, zone=ZoneInfo("Asia/Baku"))
NEWS = tuple(
    published(f"a{n}", edition(slug=f"s{n}", at=at))
    for n, at in enumerate(
        (
            datetime(1969, 7, 20, 20, 17, tzinfo=UTC),  # The 21st in Baku.
            datetime(2024, 2, 29, 8, tzinfo=UTC),
            datetime(2024, 2, 29, 19, 59, 59, 999_999, tzinfo=UTC),
            datetime(2024, 2, 29, 20, tzinfo=UTC),  # Midnight in Baku: the 1st of March.
            datetime(2024, 12, 31, 20, tzinfo=UTC),  # The new year.
        )
    )
)


def test_counts_stand_by_year_month_and_day_newest_first(site: SiteOf) -> None:
    assert archive.read(site(*NEWS), BAKU) == Archive(
        5,
        [
            ArchiveYear(2025, 1, [ArchiveMonth(1, 1, [ArchiveDay(1, 1)])]),
            ArchiveYear(2024, 3, [ArchiveMonth(3, 1, [ArchiveDay(1, 1)]), ArchiveMonth(2, 2, [ArchiveDay(29, 2)])]),
            ArchiveYear(1969, 1, [ArchiveMonth(7, 1, [ArchiveDay(21, 1)])]),
        ],
    )


def test_a_year_and_a_month_are_parts_of_it(site: SiteOf) -> None:
    reads = site(*NEWS)
    whole = archive.read(reads, BAKU)
    assert archive.read(reads, BAKU, archive.period(2024)) == Archive(3, whole.years[1:2])
    assert archive.read(reads, BAKU, archive.period(2024, 2)).years[0].months == whole.years[1].months[1:]
    assert archive.read(reads, BAKU, archive.period(2025, 12)) == Archive(0, [])
    assert archive.read(reads, BAKU, archive.period(1900)) == Archive(0, [])
    assert archive.period(2024, 12).end == date(2025, 1, 1)


def test_nothing_was_ever_published(site: SiteOf) -> None:
    assert archive.read(site(), BAKU) == Archive(0, [])
    day = archive.read_day(site(), BAKU, date(2024, 1, 1))
    assert (day.articles, day.items, day.earlier, day.later) == (0, [], None, None)


def test_what_readers_do_not_get_is_not_counted(site: SiteOf) -> None:
    assert archive.read(site(*NEWS, unpublished("a0")), BAKU).articles == 4


def test_a_day_shows_its_articles_and_leads_to_the_nearest_days_that_have_any(site: SiteOf) -> None:
    reads = site(*NEWS)
    day = archive.read_day(reads, BAKU, date(2024, 2, 29))
    assert [card.id for card in day.items] == ["a2", "a1"]
    assert (day.articles, day.next, day.earlier, day.later) == (2, None, date(1969, 7, 21), date(2024, 3, 1))
    empty = archive.read_day(reads, BAKU, date(2020, 1, 1))
    assert (empty.items, empty.earlier, empty.later) == ([], date(1969, 7, 21), date(2024, 2, 29))


def test_pages_of_a_day_stay_within_it(site: SiteOf) -> None:
    reads = site(*NEWS)
    first = archive.read_day(reads, BAKU, date(2024, 2, 29), limit=1)
    second = archive.read_day(reads, BAKU, date(2024, 2, 29), limit=1, after=first.next)
    assert ([card.id for card in first.items], [card.id for card in second.items]) == (["a2"], ["a1"])
    assert second.next is None
    of_another_day = key(datetime(2025, 5, 1, tzinfo=UTC), "a9")
    again = archive.read_day(reads, BAKU, date(2024, 2, 29), limit=1, after=of_another_day)
    assert again == first


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2024, 3, 31), 23),
        ("Europe/Berlin", date(2024, 10, 27), 25),
        ("Asia/Beirut", date(2024, 3, 31), 23),  # The clock goes from midnight to one: there is no midnight.
        ("America/Havana", date(2024, 11, 3), 25),  # From one back to midnight: there are two.
        ("Pacific/Apia", date(2011, 12, 30), 0),  # It was left out.
    ],
)
def test_a_day_is_as_long_as_its_clocks_say(site: SiteOf, zone: str, day: date, hours: int) -> None:
    """An article every half hour for three days: each is counted on the day that its clock showed."""
    there = structs.replace(SITE, zone=ZoneInfo(zone))
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
    at = {f"a{n:03}": begin + n * timedelta(minutes=30) for n in range(6 * 24)}
    reads = site(*(published(id, edition(slug=id, at=moment)) for id, moment in at.items()))
    expected = [id for id, moment in at.items() if moment.astimezone(there.zone).date() == day]
    shown = archive.read_day(reads, there, day, limit=100)
    assert [card.id for card in shown.items] == expected[::-1]
    assert shown.articles == 2 * hours == len(expected)
    counted = {
        date(year.year, month.month, one.day): one.articles
        for year in archive.read(reads, there).years
        for month in year.months
        for one in month.days
    }
    assert counted.get(day, 0) == 2 * hours
    assert sum(counted.values()) == len(at)


def test_the_archive_is_the_same_on_redis(site: SiteOf, redis: str) -> None:
    with closing(RedisStore(redis, "site")) as store:
        follow(store, told(*NEWS))
        assert archive.read(store, BAKU) == archive.read(site(*NEWS), BAKU)
        day = date(2024, 2, 29)
        assert archive.read_day(store, BAKU, day, limit=1) == archive.read_day(site(*NEWS), BAKU, day, limit=1)


def test_a_key_tells_its_moment() -> None:
    for at in (datetime(1906, 1, 2, tzinfo=UTC), datetime(2024, 5, 14, 12, 0, 0, 7, tzinfo=UTC)):
        assert moment(key(at, "a1")) == at
