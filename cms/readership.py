"""How many different readers: sketches by hour and by whose readers they are, beside the history.

Each process and start writes rows of its own, so that none overwrites what another one counted. All rows of an hour, or
of a day's hours, are one union: a reader who came to several, or several times, counts once. After a month all rows of
a day and subject are folded into one.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta, tzinfo
from typing import Any

from datasketches import hll_sketch, hll_union, tgt_hll_type

from cms.history import History
from cms.periods import Period, day_end, day_start, local
from cms.recorders import Statement
from cms.tally import SKETCH_LG_K

ASKED_ROWS = 400
HOURS_KEPT_DAYS = 31
FOLDED_SUBJECTS = 100

Sketches = Mapping[tuple[int, str], hll_sketch]
"""By hour (Unix time of its start) and by subject: `site`, `section:SLUG`, an article's id."""

# Writing.


def rows(history: History, owner: str, new: Sketches) -> list[Statement]:
    """What adds these to the owner's rows."""
    values = []
    for hour, subjects in by_hour(new):
        stand = standing(history, owner, hour, subjects)
        for subject in subjects:
            sketch = new[hour, subject]
            merged = union([sketch, stand[subject]]) if subject in stand else sketch
            values.append((hour, subject, owner, merged.serialize_compact()))
    upsert = (
        "insert into readers values (?, ?, ?, ?)"
        " on conflict (hour, subject, owner) do update set sketch = excluded.sketch"
    )
    return [Statement(upsert, values)] if values else []


def by_hour(sketches: Sketches) -> Iterable[tuple[int, list[str]]]:
    hours: dict[int, list[str]] = {}
    for hour, subject in sorted(sketches):
        hours.setdefault(hour, []).append(subject)
    return hours.items()


def standing(history: History, owner: str, hour: int, subjects: Sequence[str]) -> dict[str, hll_sketch]:
    found = {}
    for start in range(0, len(subjects), ASKED_ROWS):
        asked = subjects[start : start + ASKED_ROWS]
        for row in history.select(
            f"select subject, sketch from readers where hour = ? and owner = ? and subject in ({marks(asked)})",
            *(hour, owner, *asked),
        ):
            found[row["subject"]] = unpacked(row)
    return found


def union(sketches: Iterable[hll_sketch]) -> hll_sketch:
    together = hll_union(SKETCH_LG_K)
    for sketch in sketches:
        together.update(sketch)
    return together.get_result(tgt_hll_type.HLL_4)


def unpacked(row: Any) -> hll_sketch:
    return hll_sketch.deserialize(bytes(row["sketch"]))


def marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


# Reading.


def different(history: History, subjects: Sequence[str], periods: Sequence[Period]) -> tuple[list[int], int]:
    """Readers in each of these periods, which follow one another, and in all of them together: those of one day.

    Of a day that is folded the whole alone is known, and stands in the period with which it begins.
    """
    unions = [hll_union(SKETCH_LG_K) for _ in periods]
    starts = [period.start for period in periods]
    for hour, sketch in sketches(history, subjects, periods[0].start, periods[-1].end):
        unions[bisect_right(starts, hour) - 1].update(sketch)
    results = [one.get_result(tgt_hll_type.HLL_8) for one in unions]
    return [round(one.get_estimate()) for one in results], round(union(results).get_estimate())


def sketches(history: History, subjects: Sequence[str], start: int, end: int) -> Iterator[tuple[int, hll_sketch]]:
    """Those of the hours from `start` up to before `end`, and of folded days that begin there.

    In this order: what is folded meanwhile is met twice rather than never.
    """
    for first in range(0, len(subjects), ASKED_ROWS):
        asked = subjects[first : first + ASKED_ROWS]
        for table, at in (("readers", "hour"), ("day_readers", "day")):
            for row in history.select(
                f"select {at} as at, sketch from {table} where subject in ({marks(asked)}) and {at} >= ? and {at} < ?",
                *(*asked, start, end),
            ):
                yield row["at"], unpacked(row)


def told_apart_since(now: int, zone: tzinfo) -> int:
    """The first hour of which readers are known by the hour."""
    return day_start(local(now, zone).date() - timedelta(days=HOURS_KEPT_DAYS), zone)


# Folding.


def fold(history: History, now: int, zone: tzinfo) -> None:
    """Make one row of a day of the oldest rows of some subjects, if they are old enough.

    The deletion must meet the rows that were read: of several processes that fold the same, one does, and the others
    raise `RowsMoved`.
    """
    (row,) = history.select("select min(hour) as hour from readers where hour < ?", told_apart_since(now, zone))
    if row["hour"] is None:
        return
    oldest, day = row["hour"], local(row["hour"], zone).date()
    found = history.select("select distinct subject from readers where hour = ? limit ?", oldest, FOLDED_SUBJECTS)
    history.record([], folded(history, [row["subject"] for row in found], day_start(day, zone), day_end(day, zone)))


def folded(history: History, subjects: Sequence[str], start: int, end: int) -> list[Statement]:
    of_day = f"from readers where subject in ({marks(subjects)}) and hour >= ? and hour < ?"
    gone = history.select(f"select subject, sketch {of_day}", *subjects, start, end)
    # Read after those: it holds whatever was taken from among them before.
    stand = history.select(
        f"select subject, sketch from day_readers where day = ? and subject in ({marks(subjects)})", start, *subjects
    )
    unions = {subject: hll_union(SKETCH_LG_K) for subject in subjects}
    for row in (*gone, *stand):
        unions[row["subject"]].update(unpacked(row))
    values = [
        (start, subject, one.get_result(tgt_hll_type.HLL_4).serialize_compact()) for subject, one in unions.items()
    ]
    upsert = (
        "insert into day_readers values (?, ?, ?) on conflict (subject, day) do update set sketch = excluded.sketch"
    )
    return [Statement(f"delete {of_day}", [(*subjects, start, end)], rows=len(gone)), Statement(upsert, values)]
