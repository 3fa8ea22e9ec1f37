"""Moments, as editors say them: with an offset, or on the newsroom's own clocks."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from cms.forms import BadField

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)


def moment(text: str, zone: tzinfo, path: str) -> datetime:
    """RFC 3339, or without an offset in the newsroom's zone. `path`: the field that a `BadField` is to name."""
    if not MOMENT.fullmatch(text):
        raise BadField(path, "A moment has a date and a time, such as 2026-03-29T06:00 or 2026-03-29T06:00:00+02:00.")
    try:
        said = datetime.fromisoformat(text.upper())
        return offset(said if said.tzinfo else on_our_clocks(said, zone, path), zone)
    except (ValueError, OverflowError):
        raise BadField(path, "There is no such moment.") from None


def on_our_clocks(said: datetime, zone: tzinfo, path: str) -> datetime:
    """When clocks are put forward some times are left out, and when they are put back some come twice."""
    before, after = (said.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if before.utcoffset() == after.utcoffset():
        return before
    choices = " or ".join(one.isoformat() for one in sorted((offset(before, zone), offset(after, zone))))
    happens = "comes twice" if offset(before, zone).replace(tzinfo=None) == said else "does not exist"
    raise BadField(path, f"{said.isoformat()} {happens} in the newsroom's zone, {zone}: say {choices}.")


def offset(at: datetime, zone: tzinfo) -> datetime:
    """The moment with the offset that the newsroom's clocks have then.

    The offset is fixed: Python compares two times of one zone as clocks show them, and an hour that comes twice as one.
    """
    local = at.astimezone(UTC).astimezone(zone)
    difference = local.utcoffset()
    assert difference is not None
    return local.replace(tzinfo=timezone(difference), fold=0)


def to_the_minute(at: datetime) -> datetime:
    """Neither RFC 822 nor RFC 3339 can say the seconds of offsets from before there were zones: then it is in UTC."""
    exact = offset(at, at.tzinfo or UTC)
    return exact if (exact.utcoffset() or timedelta()) % timedelta(minutes=1) == timedelta() else at.astimezone(UTC)
