"""The first two hours of a real portal's clicks, from the newsroom to the lists: nothing is lost, nothing doubled."""

import asyncio
import csv
import gzip
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from itertools import groupby, takewhile
from pathlib import Path
from typing import NamedTuple

import pytest

from cms import newsroom as rooms
from cms.asks import View
from cms.history import History, opened
from cms.newsroom import Newsroom
from domain.article import ARTICLE, ArticleDrafted
from domain.rules import Change
from domain.views import ViewsCounted
from projections import popular, site
from projections.follow import catch_up
from projections.latest import EVERYTHING
from projections.popular import HOUR
from projections.redis_store import RedisStore
from projections.sqlite_store import SQLiteStore
from projections.store import Reads
from tests.agents import BROWSER
from tests.cms.desk import NEVER_SECONDS, Clock, in_journal, recorded
from tests.projections.told import edition, published, told

CLICKS = Path(__file__).parents[3] / "shared" / "corpus" / "clicks-48h.csv.gz"
HOURS = 2
# So many buckets are counted by one process; then the next one goes on.
SHIFT = HOUR // 4

pytestmark = pytest.mark.skipif(not CLICKS.exists(), reason="needs ../shared/corpus/clicks-48h.csv.gz")


class Click(NamedTuple):
    at: datetime
    article: str
    reader: str


@pytest.fixture(scope="module")
def clicks() -> list[Click]:
    """In order of time."""
    with gzip.open(CLICKS, "rt") as lines:
        rows = (
            Click(datetime.fromtimestamp(int(row["timestamp_ms"]) / 1000, UTC), row["article"], row["user"])
            for row in csv.DictReader(lines)
        )
        first = next(rows)
        return [first, *takewhile(lambda click: bucket(click) < bucket(first) + HOURS * HOUR, rows)]


def bucket(click: Click) -> int:
    return popular.bucket(click.at)


def public(id: str) -> list[Change]:
    shown = edition(slug=f"story-{id}")
    return [ARTICLE.change(id, ArticleDrafted(shown.content, "ann")), published(id, shown)]


async def read_at_their_pace(newsroom: Newsroom, clock: Clock, clicks: list[Click]) -> None:
    for _, some in groupby(clicks, bucket):
        acknowledged = []
        for click in some:
            clock.now = click.at
            acknowledged.append(newsroom.count(View(click.article, "world", client=click.reader, agent=BROWSER)))
        await asyncio.gather(*acknowledged)


def views_by_bucket(history: History) -> Counter[tuple[int, str]]:
    told: Counter[tuple[int, str]] = Counter()
    for one in recorded(history, ViewsCounted):
        assert isinstance(one.event, ViewsCounted)
        for bucket, articles in one.event.counts.items():
            told.update({(bucket, article): views for article, views in articles.items()})
    return told


def most_read(clicks: list[Click]) -> list[tuple[str, int]]:
    found = Counter(click.article for click in clicks)
    return sorted(found.items(), key=lambda one: (one[1], one[0]), reverse=True)


def require_exact(reads: Reads, clicks: list[Click]) -> None:
    end, most = clicks[-1], len(clicks)
    assert popular.top(reads, end.at, "all", [EVERYTHING], most) == most_read(clicks)
    assert popular.top(reads, end.at, "24h", [EVERYTHING], most) == most_read(clicks)
    last_hour = [click for click in clicks if bucket(click) > bucket(end) - HOUR]
    assert popular.top(reads, end.at, "1h", [EVERYTHING], most) == most_read(last_hour)
    assert len(last_hour) < len(clicks)


def test_two_hours_of_real_clicks_are_counted_exactly_from_the_newsroom_to_the_lists(
    events_url: str, redis: str, clicks: list[Click]
) -> None:
    with opened(events_url) as history:
        history.record(told(*(change for id in sorted({click.article for click in clicks}) for change in public(id))))
    for _, some in groupby(clicks, lambda click: bucket(click) // SHIFT):
        clock = Clock(clicks[0].at)
        with rooms.opened(events_url, clock, roll_up_seconds=NEVER_SECONDS) as newsroom:
            asyncio.run(read_at_their_pace(newsroom, clock, list(some)))
    assert in_journal(events_url) == {}
    with opened(events_url) as history:
        assert views_by_bucket(history) == Counter((bucket(click), click.article) for click in clicks)
        for store in (SQLiteStore(":memory:"), RedisStore(redis, site.NAME)):
            with closing(store):
                catch_up(history.for_readers, store, site.project)
                require_exact(store, clicks)
