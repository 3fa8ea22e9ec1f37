"""Readers are told apart within a day, and nothing of who they were is kept."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from datasketches import hll_sketch

from cms import newsroom as rooms
from cms.asks import View
from cms.history import History, opened
from cms.journal import Journal
from cms.newsroom import Newsroom
from cms.readership import union
from cms.tally import SITE
from cms.visitors import Visitors
from tests.agents import BROWSER, CRAWLER, OTHER_BROWSER
from tests.cms.database import rows
from tests.cms.desk import NEVER_SECONDS, NOON, Clock

DAY, ADDRESS = "2025-03-01", "203.0.113.77"


@pytest.fixture
def history(events_url: str) -> Iterator[History]:
    with opened(events_url) as history:
        yield history


@pytest.fixture
def visitors(history: History) -> Visitors:
    return Visitors(history, UTC)


def looks(newsroom: Newsroom, *views: View) -> None:
    async def look() -> None:
        await asyncio.gather(*map(newsroom.count, views))

    asyncio.run(look())


def seen(article: str = "a1", client: str = ADDRESS, agent: str = BROWSER) -> View:
    return View(article, "world", 0, client, agent)


def readers(events_url: str, subject: str) -> int:
    """Of all hours together."""
    found = rows(events_url, f"select sketch from readers where subject = '{subject}'")
    estimate: float = union(hll_sketch.deserialize(bytes(sketch)) for (sketch,) in found).get_estimate()
    return round(estimate)


def test_a_visitor_is_the_same_all_day(visitors: Visitors) -> None:
    assert visitors.number(DAY, ADDRESS, BROWSER) == visitors.number(DAY, ADDRESS, BROWSER)


def test_a_visitor_is_another_by_address_by_agent_and_the_next_day(visitors: Visitors) -> None:
    numbers = {
        visitors.number(DAY, ADDRESS, BROWSER),
        visitors.number(DAY, "203.0.113.78", BROWSER),
        visitors.number(DAY, ADDRESS, OTHER_BROWSER),
        visitors.number("2025-03-02", ADDRESS, BROWSER),
    }
    assert len(numbers) == 4


def test_a_visitor_is_the_same_to_every_process(history: History, events_url: str) -> None:
    with opened(events_url) as other:
        number = Visitors(history, UTC).number(DAY, ADDRESS, BROWSER)
        assert Visitors(other, UTC).number(DAY, ADDRESS, BROWSER) == number


def test_the_salt_is_forgotten_when_the_day_is_over_where_the_newsroom_is(history: History, events_url: str) -> None:
    zone = ZoneInfo("Asia/Baku")
    journal = Journal(history, zone)
    before_midnight = datetime(2025, 3, 1, 23, 59, tzinfo=zone)
    number = journal.visitors.number(DAY, ADDRESS, BROWSER)
    journal.forget(before_midnight)
    assert rows(events_url, "select day from day_salt") == [(DAY,)]
    journal.forget(before_midnight + timedelta(minutes=1))
    assert rows(events_url, "select day from day_salt") == []
    assert journal.visitors.number(DAY, ADDRESS, BROWSER) != number


def test_a_reader_who_comes_again_counts_once_and_a_crawler_never(events_url: str) -> None:
    clock = Clock(NOON)
    with rooms.opened(events_url, clock, roll_up_seconds=NEVER_SECONDS) as newsroom:
        looks(newsroom, seen(), seen(), seen("a2"), seen(client="203.0.113.78"), seen(agent=CRAWLER))
    with rooms.opened(events_url, clock, roll_up_seconds=NEVER_SECONDS) as newsroom:
        clock.now += timedelta(hours=1)
        looks(newsroom, seen())
    assert {subject: readers(events_url, subject) for subject in (SITE, "section:world", "a1", "a2")} == {
        SITE: 2,
        "section:world": 2,
        "a1": 2,
        "a2": 1,
    }


def test_no_address_and_no_browser_is_kept(events_url: str) -> None:
    with rooms.opened(events_url, Clock(NOON), roll_up_seconds=NEVER_SECONDS) as newsroom:
        looks(newsroom, seen(), seen(agent=CRAWLER))
        packed = rows(events_url, "select hits from hit_batch")
    with opened(events_url) as history:
        events = [bytes(stored.state) for stored in history.streams_after(0, 10)]
    kept = b"".join([*(bytes(hits) for (hits,) in packed), *events])
    assert b"Googlebot" in kept
    for told in (ADDRESS, "Firefox", "Mozilla"):
        assert told.encode() not in kept


def test_a_salt_that_is_forgotten_stands_nowhere_in_the_files(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'events.db'}"
    with opened(url) as history:
        journal = Journal(history, UTC)
        journal.visitors.number(DAY, ADDRESS, BROWSER)
        salt = bytes(rows(url, "select salt from day_salt")[0][0])
        journal.forget(NOON + timedelta(days=1))
        assert [file.name for file in tmp_path.iterdir() if salt in file.read_bytes()] == []
