"""A real news portal's clicks of two days, replayed into a newsroom at their own pace under a fake clock.

The committer's thread is never started: this one does its work, with a commit and a roll-up for every ten seconds of
the clock. Each reader is an address; sections are made up.
"""

import csv
import gzip
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from bench.view import AGENT, SECTIONS, record
from cms.asks import View
from cms.committer import Committer
from cms.history import History
from cms.ids import article_id
from cms.newsroom import Newsroom
from domain.views import BUCKET_SECONDS
from projections import popular, trending
from projections.cards import Site
from projections.follow import catch_up
from projections.popular import HOUR
from projections.site import project
from projections.sqlite_store import SQLiteStore

CLICKS = Path(__file__).parents[2] / "shared" / "corpus" / "clicks-48h.csv.gz"
SHOWN = 10
NEWS = Site("Bench", "https://news.example", UTC)

Lists = dict[int, tuple[list[str], list[str]]]
"""By the hour's first bucket: what trended, and what was most read in the hour before."""


class Click(NamedTuple):
    """`at_ms`: Unix time."""

    at_ms: int
    article: str
    section: str
    reader: str

    @property
    def bucket(self) -> int:
        return self.at_ms // (1000 * BUCKET_SECONDS)


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def read(hours: int | None = None) -> list[Click]:
    """In order of time; the first hours only, if so many are said."""
    found = list[Click]()
    with gzip.open(CLICKS, "rt") as lines:
        for row in csv.DictReader(lines):
            at_ms, section = int(row["timestamp_ms"]), f"section-{crc32(row['article'].encode()) % SECTIONS}"
            if hours and found and at_ms >= found[0].at_ms + hours * 3_600_000:
                break
            found.append(Click(at_ms, article_id(f"clicks:{row['article']}"), section, row["user"]))
    return found


def publish(past: History, clicks: Sequence[Click]) -> None:
    """Every article, a minute before it is first read."""
    first = {click.article: click for click in reversed(clicks)}
    moments = sorted((moment(click.bucket) - timedelta(minutes=1), click) for click in first.values())
    record(past, ((click.article, click.section, at) for at, click in moments))


def replay(past: History, clicks: Sequence[Click], store: SQLiteStore) -> Lists:
    clock, lists = Clock(moment(clicks[0].bucket)), Lists()
    committer = Committer(past, clock)
    room = Newsroom(past, committer)
    for bucket, some in groupby(clicks, lambda click: click.bucket):
        # An hour begins when all of the one before is counted; there may be buckets without a click between.
        for hour in range(-(-int(clock.now.timestamp()) // BUCKET_SECONDS // HOUR) * HOUR, bucket + 1, HOUR):
            clock.now = moment(hour)
            lists.setdefault(hour, lists_shown(past, store, clock.now - timedelta(seconds=1)))
        for click in some:
            clock.now = datetime.fromtimestamp(click.at_ms / 1000, UTC)
            room.count_later(View(click.article, click.section, client=click.reader, agent=AGENT))
        while batch := committer.take():
            committer.commit(batch)
        clock.now = moment(bucket + 1)
        committer.roll_up()
    catch_up(past.for_readers, store, project)
    return lists


def lists_shown(past: History, store: SQLiteStore, as_of: datetime) -> tuple[list[str], list[str]]:
    catch_up(past.for_readers, store, project)
    trend = trending.read(store, NEWS, as_of, limit=SHOWN)
    hour = popular.read(store, NEWS, as_of, window="1h", limit=SHOWN)
    assert trend is not None
    assert hour is not None
    return [card.id for card in trend.items], [card.id for card in hour.items]


def moment(bucket: int) -> datetime:
    return datetime.fromtimestamp(bucket * BUCKET_SECONDS, UTC)


def day(bucket: int) -> str:
    return moment(bucket).date().isoformat()
