"""Hours and days on the newsroom's clocks: a day may have 23 hours or 25, and an hour begin where others have half."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from cms.forms import BadField
from cms.moments import moment

POINTS_MOST = 744
HOURS_SHOWN = 24
DAYS_SHOWN = 30
HOUR_SECONDS = 3600
QUARTER_SECONDS = 900
# Nobody counted before; and since then every zone's clocks differ from each other by whole quarters of an hour.
EARLIEST = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
TOO_EARLY = "There are no figures of before 2000."

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class By(StrEnum):
    HOUR = "hour"
    DAY = "day"


class Period(NamedTuple):
    """Unix times; `end` belongs to the next one."""

    start: int
    end: int


def asked(by: By, since: str | None, until: str | None, now: int, zone: tzinfo) -> list[Period]:
    """All hours or days that are touched by what lies from `since` up to before `until`, and have begun.

    A day as `until` is meant whole. Without `until` up to now; without `since` as many as one likes to see.
    """
    last = now + 1 if until is None else min(now + 1, said(until, "to", zone, day_end))
    if last <= EARLIEST:
        raise BadField("to", TOO_EARLY)
    first = shown_from(by, last - 1, zone) if since is None else said(since, "from", zone, day_start)
    if first < EARLIEST:
        raise BadField("from", TOO_EARLY)
    if first > now:
        raise BadField("from", "This lies ahead.")
    if first >= last:
        raise BadField("to", "`to` comes after `from`.")
    return periods(by, first, last, zone)


def said(text: str, path: str, zone: tzinfo, of_day: Callable[[date, tzinfo], int]) -> int:
    if not DAY.fullmatch(text):
        return int(moment(text, zone, path).timestamp())
    try:
        return of_day(date.fromisoformat(text), zone)
    except (ValueError, OverflowError):
        raise BadField(path, "There is no such day.") from None


def shown_from(by: By, last: int, zone: tzinfo) -> int:
    if by is By.HOUR:
        return hour_start(last, zone) - (HOURS_SHOWN - 1) * HOUR_SECONDS
    return day_start(local(last, zone).date() - timedelta(days=DAYS_SHOWN - 1), zone)


def periods(by: By, first: int, last: int, zone: tzinfo) -> list[Period]:
    start = hour_start(first, zone) if by is By.HOUR else day_start(local(first, zone).date(), zone)
    found: list[Period] = []
    while start < last:
        if len(found) == POINTS_MOST:
            raise BadField("from", f"These are more than {POINTS_MOST} {by}s.")
        end = hour_end(start, zone) if by is By.HOUR else day_end(local(start, zone).date(), zone)
        found.append(Period(start, end))
        start = end
    return found


def local(at: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(zone)


def hour_start(at: int, zone: tzinfo) -> int:
    """Where clocks were moved by half an hour, the hour is as long as its readers were told apart by it."""
    start = at - at % QUARTER_SECONDS
    while local(start, zone).minute:
        start -= QUARTER_SECONDS
    return start


def hour_end(start: int, zone: tzinfo) -> int:
    end = start + HOUR_SECONDS
    while local(end, zone).minute:
        end += QUARTER_SECONDS
    return end


def day_start(day: date, zone: tzinfo) -> int:
    """Where clocks are put forward at midnight, the moment at which they are."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def day_end(day: date, zone: tzinfo) -> int:
    """A whole day was left out where a zone changed sides of the date line."""
    start, next_day = day_start(day, zone), day + timedelta(days=1)
    while (end := day_start(next_day, zone)) <= start:
        next_day += timedelta(days=1)
    return end
