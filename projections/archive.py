"""The archive: how many articles were first published on which day of the newsroom's zone, and those of a day."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import groupby

from msgspec import Struct

from projections import cards
from projections.cards import Card, Site
from projections.latest import EVERYTHING
from projections.store import Reads, id_of, key, moment

DAY = timedelta(days=1)
# Where a field is called `date`, the type is not.
Date = date
Counts = list[tuple[date, int]]


class ArchiveDay(Struct, frozen=True):
    day: int
    articles: int


class ArchiveMonth(Struct, frozen=True):
    month: int
    articles: int
    days: list[ArchiveDay]


class ArchiveYear(Struct, frozen=True):
    year: int
    articles: int
    months: list[ArchiveMonth]


class Archive(Struct, frozen=True):
    """Newest first; years, months and days without articles are left out."""

    articles: int
    years: list[ArchiveYear]


class DayOfArchive(Struct, frozen=True):
    """`earlier` and `later`: the nearest days that have articles."""

    date: Date
    articles: int
    items: list[Card]
    next: str | None
    earlier: Date | None
    later: Date | None


class Period(Struct, frozen=True):
    """From the first day up to before `end`."""

    first: date
    end: date


def period(year: int, month: int | None = None) -> Period:
    """ValueError, OverflowError: there are no such days."""
    first = date(year, month or 1, 1)
    if month is None:
        return Period(first, date(year + 1, 1, 1))
    return Period(first, date(year + month // 12, month % 12 + 1, 1))


def start_of(day: date, zone: tzinfo) -> str:
    """The key that all of that day and later stand at or behind. A clock that skips midnight begins the day later."""
    return key(datetime.combine(day, time(), zone), "")


def day_of(key: str, zone: tzinfo) -> date:
    return moment(key).astimezone(zone).date()


def read(reads: Reads, site: Site, within: Period | None = None) -> Archive:
    """Everything, or a period. Takes a tenth of a second where there are a million articles."""
    oldest, newest = reads.oldest(EVERYTHING), reads.page([[EVERYTHING]], None, 1)
    if not oldest:
        return Archive(0, [])
    first, last = day_of(oldest[0], site.zone), day_of(newest[0], site.zone)
    if within is not None:
        first, last = max(first, within.first), min(last, within.end - DAY)
    days = [last - n * DAY for n in range((last - first).days + 1)]
    counts = [(day, count) for day, count in zip(days, counted(reads, site, days), strict=True) if count]
    return Archive(sum(count for _, count in counts), list(years(counts)))


def counted(reads: Reads, site: Site, days: list[date]) -> list[int]:
    """`days`: newest first, none left out."""
    if not days:
        return []
    bounds = [start_of(day, site.zone) for day in reversed([days[0] + DAY, *days])]
    return reads.between(EVERYTHING, bounds)[::-1]


def years(counts: Counts) -> Iterator[ArchiveYear]:
    for year, of_year in groupby(counts, lambda one: one[0].year):
        found = list(months(list(of_year)))
        yield ArchiveYear(year, sum(month.articles for month in found), found)


def months(counts: Counts) -> Iterator[ArchiveMonth]:
    for month, of_month in groupby(counts, lambda one: one[0].month):
        days = [ArchiveDay(day.day, count) for day, count in of_month]
        yield ArchiveMonth(month, sum(day.articles for day in days), days)


def read_day(reads: Reads, site: Site, day: date, *, limit: int = 20, after: str | None = None) -> DayOfArchive:
    """Newest first. OverflowError: the calendar ends there."""
    start, end = start_of(day, site.zone), start_of(day + DAY, site.zone)
    keys = reads.page([[EVERYTHING]], min(after or end, end), limit + 1, start)
    (articles,) = reads.between(EVERYTHING, [start, end])
    earlier, later = reads.page([[EVERYTHING]], start, 1), reads.oldest(EVERYTHING, end)
    return DayOfArchive(
        date=day,
        articles=articles,
        items=cards.read(reads, [id_of(key) for key in keys[:limit]], site),
        next=keys[limit - 1] if len(keys) > limit else None,
        earlier=day_of(earlier[0], site.zone) if earlier else None,
        later=day_of(later[0], site.zone) if later else None,
    )
