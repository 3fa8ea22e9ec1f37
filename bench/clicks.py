"""Two days of a real news portal's clicks: what is counted of them, in how many bytes, and what is shown next."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import groupby, pairwise
from math import sqrt

from datasketches import hll_sketch

from bench.ground import Ground
from bench.measure import Fact
from bench.portal import CLICKS, SHOWN, Click, Lists, day, publish, read, replay
from cms import history, readership
from cms.history import History
from cms.settings import sqlite_path
from cms.tally import SITE, SKETCH_LG_K
from domain.recorded import Recorded
from domain.views import BUCKET_SECONDS, ViewsCounted
from projections.popular import HOUR
from projections.sqlite_store import SQLiteStore

QUICK_HOURS = 2
BYTES_MOST = 35
SHARE_LEAST = 0.585
STANDARD_ERROR = 1.04 / sqrt(2**SKETCH_LG_K)
# Of errors as stated, this part lies within two standard errors, and one in fifteen thousand beyond four.
WITHIN_TWO_LEAST = 0.95


def run(ground: Ground) -> Iterator[Fact]:
    if not CLICKS.exists():
        yield Fact(what="clicks replayed", value="skipped", said=f"there is no ../shared/corpus/{CLICKS.name}")
        return
    clicks = read(QUICK_HOURS if ground.quick else None)
    url = ground.database("SQLite")
    with history.opened(url) as past, closing(SQLiteStore(":memory:")) as store:
        publish(past, clicks)
        empty, start = pages(url), past.head()
        lists = replay(past, clicks, store)
        events = [recorded for recorded in past.after(start, 1_000_000) if isinstance(recorded.event, ViewsCounted)]
        yield from exact(clicks, events, store)
        yield pace(events)
        yield from size(url, len(clicks), pages(url) - empty)
        yield from readers(past, clicks)
    yield from shares(clicks, lists)


def exact(clicks: Sequence[Click], events: Sequence[Recorded], store: SQLiteStore) -> Iterator[Fact]:
    true, told = Counter(click.article for click in clicks), Counter[str]()
    for recorded in events:
        assert isinstance(recorded.event, ViewsCounted)
        for articles in recorded.event.counts.values():
            told.update(articles)
    readers_see = Counter(dict(zip(true, store.totals(list(true)), strict=True)))
    yield Fact(
        what="views in the history",
        value=f"{told.total():,}",
        said=f"of {len(clicks):,} clicks",
        target="all",
        reached=told.total() == len(clicks),
    )
    for what, counted in (
        ("articles counted exactly, history", told),
        ("articles counted exactly, lists", readers_see),
    ):
        right = sum(counted[id] == count for id, count in true.items())
        yield Fact(
            what=what,
            value=f"{right:,}",
            said=f"of {len(true):,}",
            target="all",
            reached=right == len(true) == len(counted),
        )


def pace(events: Sequence[Recorded]) -> Fact:
    """One process, and so one stream."""
    apart = [(after.at - before.at).total_seconds() for before, after in pairwise(events)]
    return Fact(
        what="seconds between two events, least",
        value=f"{min(apart):.0f}",
        said=f"{len(events):,} events",
        target=f"{BUCKET_SECONDS}",
        reached=min(apart) >= BUCKET_SECONDS and len({recorded.stream for recorded in events}) == 1,
    )


def size(url: str, views: int, grown: int) -> Iterator[Fact]:
    (stored,) = asked(
        url,
        "select sum(length(originator_id) + length(cast(originator_version as text)) + length(topic) + length(state))"
        " from stored_events where topic = 'ViewsCounted'",
    )
    for what, total in (("state and columns", stored), ("pages of table and index", grown)):
        each = total / views
        yield Fact(
            what=f"bytes a view, {what}",
            value=f"{each:.1f}",
            said=f"{total / 1e6:.1f} MB",
            target=f"{BYTES_MOST} at most",
            reached=each <= BYTES_MOST,
        )


def pages(url: str) -> int:
    """Bytes that the events and their index take in the file."""
    names = "select name from sqlite_schema where tbl_name = 'stored_events'"
    (found,) = asked(url, f"select sum(pgsize) from dbstat where name in ({names})")
    return found


def asked(url: str, sql: str) -> tuple[int, ...]:
    with closing(sqlite3.connect(sqlite_path(url))) as connection:
        row: tuple[int, ...] = connection.execute(sql).fetchone()
    return row


def readers(past: History, clicks: Sequence[Click]) -> Iterator[Fact]:
    """Estimated by day, of the site and of each section, beside how many there were."""
    true, told = defaultdict[tuple[str, str], set[str]](set), defaultdict[tuple[str, str], list[hll_sketch]](list)
    for click in clicks:
        for subject in (SITE, f"section:{click.section}"):
            true[day(click.bucket), subject].add(click.reader)
    for row in past.select("select hour, subject, sketch from readers"):
        if (key := (day(row["hour"] // BUCKET_SECONDS), row["subject"])) in true:
            told[key].append(hll_sketch.deserialize(bytes(row["sketch"])))
    errors = {key: readership.union(told[key]).get_estimate() / len(some) - 1 for key, some in true.items()}
    for what in (SITE, "section"):
        some = [abs(error) for (_, subject), error in errors.items() if subject.startswith(what)]
        most = max(len(true[key]) for key in errors if key[1].startswith(what))
        within = sum(error <= 2 * STANDARD_ERROR for error in some) / len(some)
        yield Fact(
            what=f"readers a day, {what}: mean error",
            value=f"{sqrt(sum(error**2 for error in some) / len(some)):.2%}",
            said=f"of {len(some)}, to {most:,}; worst {max(some):.2%}",
            target=f"{STANDARD_ERROR:.2%} standard error",
            reached=within >= WITHIN_TWO_LEAST - 1 / len(some) and max(some) <= 4 * STANDARD_ERROR,
        )


def shares(clicks: Sequence[Click], lists: Lists) -> Iterator[Fact]:
    """Of the clicks of an hour, those on the ten that were shown when it began."""
    hours: dict[int, Counter[str]] = {
        hour: Counter(click.article for click in some)
        for hour, some in groupby(clicks, lambda click: click.bucket // HOUR * HOUR)
    }
    starts = [hour for hour in sorted(lists) if any(lists[hour]) and hour in hours]
    half = len(starts) // 2
    parts = {"": starts, ", first half": starts[:half], ", second half": starts[half:]}
    for part, some in parts.items():
        if not some:
            continue
        share = partial(share_of, hours, some)
        trend, hour = share([lists[start][0] for start in some]), share([lists[start][1] for start in some])
        best = share([[id for id, _ in hours[start].most_common(SHOWN)] for start in some])
        yield Fact(
            what=f"next hour's clicks on trending{part}",
            value=f"{trend:.4f}",
            said=f"last hour {hour:.4f}, best {best:.4f}",
            target=f"{SHARE_LEAST}" if not part else "more than last hour",
            reached=trend >= SHARE_LEAST if not part else trend > hour,
        )


def share_of(hours: dict[int, Counter[str]], starts: Sequence[int], lists: Sequence[Sequence[str]]) -> float:
    found = sum(hours[start][id] for start, ids in zip(starts, lists, strict=True) for id in ids)
    return found / sum(hours[start].total() for start in starts)
