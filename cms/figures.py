"""Figures for the newsroom: views and readers by the hour or the day, of whatever the desk asks for."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import groupby, pairwise
from math import sqrt

from msgspec import Struct, field

from cms import readership
from cms.history import History
from cms.moments import offset
from cms.periods import By, Period, local
from cms.tally import SITE, SKETCH_LG_K
from domain.rules import Unknown
from domain.views import BUCKET_SECONDS
from projections import popular, sections, tags, writers
from projections.popular import BOTS, UNSURE
from projections.store import LEVELS, Bucket, Reads, cover, id_of

# Of sketches that are put together.
READERS_ERROR = round(1.04 / sqrt(2**SKETCH_LG_K), 4)
# Of a writer or a tag: the newest articles whose readers are told apart.
ARTICLES_MOST = 1_000
# Others wait for a server that sums up.
BUCKETS_AT_ONCE = 500
DAY_BUCKETS = LEVELS[0]


class Point(Struct, frozen=True, kw_only=True):
    """An hour or a day. `views`: what readers see, `unsure` of them by agents that do not tell; `bots`: views by bots,
    which readers do not see. `readers`: different ones, estimated; null where they are no longer known by the hour.
    """

    at: datetime
    views: int
    readers: int | None
    bots: int
    unsure: int


class Totals(Struct, frozen=True, kw_only=True):
    """`daily_readers`: the sum of each day's different readers. They are told apart within a day only: somebody who
    came on three days counts three times. Null where one of the hours no longer tells.
    """

    views: int
    daily_readers: int | None
    bots: int
    unsure: int


class Figures(Struct, frozen=True, kw_only=True):
    """From the beginning of the first hour or day to the end of the last one, which may still be running.

    `readers_error`: the relative standard error of all numbers of readers.
    """

    name: str
    by: By
    since: datetime = field(name="from")
    until: datetime = field(name="to")
    as_of: datetime
    readers_error: float = READERS_ERROR
    totals: Totals
    items: list[Point]


class Subject(Struct, frozen=True):
    """`ids` names what is counted of it: views, unsure, bots; otherwise, what stands in `lists` is. `readers`: the
    subjects of its sketches.
    """

    name: str
    readers: Sequence[str]
    ids: tuple[str, str, str] | None = None
    lists: Sequence[str] = ()


Find = Callable[[Reads], Subject]


def site(reads: Reads) -> Subject:
    return Subject("The whole site", [SITE], companions(popular.ALL_ARTICLES))


def article(id: str, headline: str) -> Subject:
    return Subject(headline, [id], companions(id))


def companions(id: str) -> tuple[str, str, str]:
    return id, UNSURE + id, BOTS + id


def section(reads: Reads, slug: str) -> Subject:
    """With all that are part of it."""
    lists = sections.lists_of(reads, slug)
    if lists is None:
        raise Unknown(f"There is no section '{slug}'.")
    (name,) = (one.name for one in sections.flat(reads) if one.slug == slug)
    return Subject(name, lists, lists=lists)


def writer(reads: Reads, slug: str) -> Subject:
    found = writers.some(reads, [slug])
    if not found:
        raise Unknown(f"There is no writer '{slug}'.")
    return of_lists(reads, found[0].name, [f"writer:{slug}"])


def tag(reads: Reads, slug: str) -> Subject:
    """With all whose articles it has; a slug that gave way means the tag that it leads to."""
    found = tags.some(reads, [slug])
    if not found:
        raise Unknown(f"There is no tag '{slug}'.")
    (lists,) = tags.lists_of(reads, slug)
    return of_lists(reads, found[0].name, lists)


def of_lists(reads: Reads, name: str, lists: Sequence[str]) -> Subject:
    return Subject(name, [id_of(key) for key in reads.page([lists], None, ARTICLES_MOST)], lists=lists)


# Counting.


def read(reads: Reads, history: History, find: Find, by: By, periods: Sequence[Period], as_of: datetime) -> Figures:
    """`as_of`: with the clocks of the zone that the periods were made in."""
    zone = as_of.tzinfo
    assert zone is not None
    subject = find(reads)
    counted = views(reads, subject, by, periods)
    days = list(readers(history, subject.readers, by, periods, as_of))
    told = [count for each, _ in days for count in each]
    items = [
        Point(at=on_the_clocks(period.start, zone), views=viewed, readers=different, bots=bots, unsure=unsure)
        for period, (viewed, unsure, bots), different in zip(periods, counted, told, strict=True)
    ]
    return Figures(
        name=subject.name,
        by=by,
        since=on_the_clocks(periods[0].start, zone),
        until=on_the_clocks(periods[-1].end, zone),
        as_of=on_the_clocks(int(as_of.timestamp()) // BUCKET_SECONDS * BUCKET_SECONDS, zone),
        totals=total(items, [together for _, together in days]),
        items=items,
    )


def total(items: Sequence[Point], daily: Sequence[int | None]) -> Totals:
    known = [count for count in daily if count is not None]
    return Totals(
        views=sum(item.views for item in items),
        daily_readers=sum(known) if len(known) == len(daily) else None,
        bots=sum(item.bots for item in items),
        unsure=sum(item.unsure for item in items),
    )


def on_the_clocks(at: int, zone: tzinfo) -> datetime:
    return offset(datetime.fromtimestamp(at, UTC), zone)


def readers(
    history: History, subjects: Sequence[str], by: By, periods: Sequence[Period], as_of: datetime
) -> Iterator[tuple[Sequence[int | None], int | None]]:
    """For each day of which something is asked for: readers in each period of it, and in all of these together."""
    zone = as_of.tzinfo
    assert zone is not None
    known_since = readership.told_apart_since(int(as_of.timestamp()), zone)
    for _, day in groupby(periods, lambda period: local(period.start, zone).date()):
        of_day = list(day)
        if by is By.HOUR and of_day[0].start < known_since:
            yield [None] * len(of_day), None
        else:
            yield readership.different(history, subjects, of_day)


def views(reads: Reads, subject: Subject, by: By, periods: Sequence[Period]) -> list[list[int]]:
    """For each period: views, those of unsure agents, those of bots.

    Days are summed up from days of UTC; what lies between their edges and the newsroom's is added or taken away.
    """
    edges = [*(period.start // BUCKET_SECONDS for period in periods), periods[-1].end // BUCKET_SECONDS]
    anchors = [round(edge / DAY_BUCKETS) * DAY_BUCKETS for edge in edges] if by is By.DAY else edges
    runs = [cover(start, end) for start, end in pairwise(anchors)]
    gaps = [cover(*sorted(ends)) for ends in zip(edges, anchors, strict=True)]
    found = list(sums(reads, subject, [*runs, *gaps]))
    signs = [1 if edge <= anchor else -1 for edge, anchor in zip(edges, anchors, strict=True)]
    up_to_anchors = [[sign * count for count in gap] for sign, gap in zip(signs, found[len(runs) :], strict=True)]
    # Of a server that learned of more meanwhile the parts are of two moments.
    return [
        [max(0, before + count - after) for before, count, after in zip(first, run, last, strict=True)]
        for run, (first, last) in zip(found, pairwise(up_to_anchors), strict=False)
    ]


def sums(reads: Reads, subject: Subject, groups: Sequence[Sequence[Bucket]]) -> Iterator[Sequence[int]]:
    for some in at_once(groups):
        if subject.ids is not None:
            yield from reads.sums(some, subject.ids)
        else:
            kinds = [reads.sums_within(some, subject.lists, prefix) for prefix in ("", UNSURE, BOTS)]
            yield from zip(*kinds, strict=True)


def at_once(groups: Sequence[Sequence[Bucket]]) -> Iterator[list[Sequence[Bucket]]]:
    some: list[Sequence[Bucket]] = []
    for group in groups:
        if some and sum(map(len, some)) + len(group) > BUCKETS_AT_ONCE:
            yield some
            some = []
        some.append(group)
    yield some
