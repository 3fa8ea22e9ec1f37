"""A view that is acknowledged is on disk, and counts exactly once, whatever stops when."""

import asyncio
import multiprocessing
from contextlib import suppress
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from threading import Event

import pytest

from cms import newsroom as rooms
from cms import tally
from cms.agents import RULES, Kind
from cms.asks import View
from cms.history import opened
from cms.newsroom import Newsroom
from cms.recorders import Statement
from cms.tally import Counted
from domain.views import BUCKET_SECONDS, ViewsCounted
from tests.cms.desk import (
    DEADLINE_SECONDS,
    NEVER_SECONDS,
    NOON,
    Clock,
    draft,
    in_journal,
    read,
    recorded,
    together,
    until,
    views,
)

NOON_BUCKET = int(NOON.timestamp()) // BUCKET_SECONDS
SOON_SECONDS = 0.02
ROUNDS = 12
READERS = 10
VIEWS_BEFORE_THE_KILL = 300


def leave_behind(events_url: str, owner: str, count: int) -> None:
    """What is on disk of a process that is gone."""
    hit = Counted(NOON_BUCKET, 0, "a1", "world", 0, Kind.READER, "", 1)
    with opened(events_url) as history:
        for seq in range(1, count + 1):
            row = (owner, seq, NOON_BUCKET, tally.encode([hit]))
            history.record([], [Statement("insert into hit_batch values (?, ?, ?, ?)", [row])])


def test_an_acknowledged_view_is_on_disk(newsroom: Newsroom, events_url: str) -> None:
    asyncio.run(read(newsroom, "a1", "a1", "a2"))
    assert in_journal(events_url) == {"a1": 2, "a2": 1}
    assert views(newsroom.history) == {}


def test_a_newsroom_that_closes_counts_its_views_in_one_event(events_url: str) -> None:
    clock = Clock(NOON)
    with rooms.opened(events_url, clock, roll_up_seconds=NEVER_SECONDS) as newsroom:
        asyncio.run(read(newsroom, "a1", "a1", "a2"))
        clock.now += timedelta(seconds=BUCKET_SECONDS)
        asyncio.run(read(newsroom, "a1"))
    with opened(events_url) as history:
        (counted,) = recorded(history)
    assert counted.event == ViewsCounted(
        {}, unsure={"none": {NOON_BUCKET: {"a1": 2, "a2": 1}, NOON_BUCKET + 1: {"a1": 1}}}, rules=RULES
    )
    assert counted.stream.startswith("views:")
    assert in_journal(events_url) == {}


def test_views_are_rolled_up_while_a_newsroom_works(events_url: str) -> None:
    with rooms.opened(events_url, roll_up_seconds=SOON_SECONDS) as newsroom:
        asyncio.run(read(newsroom, "a1"))
        until(lambda: views(newsroom.history) == {"a1": 1})
        asyncio.run(read(newsroom, "a1"))
        until(lambda: views(newsroom.history) == {"a1": 2})
        (first, second) = recorded(newsroom.history)
        assert (first.stream, first.version, second.version) == (second.stream, 1, 2)


def test_a_view_does_not_change_the_version_of_its_article(newsroom: Newsroom, events_url: str) -> None:
    version = newsroom.execute(draft(), "ann").version
    with rooms.opened(events_url) as closing:
        asyncio.run(read(closing, "a1"))
    assert views(newsroom.history) == {"a1": 1}
    assert newsroom.article("a1").version == version


def test_views_of_a_newsroom_that_is_gone_are_counted_by_the_next_start_once(events_url: str) -> None:
    with opened(events_url):
        leave_behind(events_url, "gone", 5)
    for _ in range(2):
        with rooms.opened(events_url, roll_up_seconds=NEVER_SECONDS):
            pass
    with opened(events_url) as history:
        (counted,) = recorded(history)
    assert counted.event == ViewsCounted({NOON_BUCKET: {"a1": 5}}, rules=RULES)
    assert in_journal(events_url) == {}


def test_newsrooms_that_start_at_once_count_what_is_left_once(events_url: str) -> None:
    def start() -> None:
        with rooms.opened(events_url, roll_up_seconds=NEVER_SECONDS):
            pass

    with opened(events_url) as history:
        for n in range(1, ROUNDS + 1):
            leave_behind(events_url, f"gone-{n}", 5)
            together(start, start, start)
            assert views(history) == {"a1": 5 * n}
    assert in_journal(events_url) == {}


def test_a_newsroom_takes_over_the_views_of_one_that_is_gone_after_half_a_minute(events_url: str) -> None:
    clock = Clock(NOON)
    with rooms.opened(events_url, clock, roll_up_seconds=SOON_SECONDS) as newsroom:
        asyncio.run(read(newsroom, "a2"))
        leave_behind(events_url, "gone", 5)
        until(lambda: views(newsroom.history)["a2"] == 1)
        assert in_journal(events_url) == {"a1": 5}
        clock.now += timedelta(seconds=3 * BUCKET_SECONDS)
        until(lambda: views(newsroom.history) == {"a1": 5, "a2": 1})


def test_no_view_is_lost_or_doubled_while_views_are_rolled_up_by_several(events_url: str) -> None:
    readers_left = Event()

    def keep_reading(newsroom: Newsroom) -> None:
        for _ in range(ROUNDS):
            asyncio.run(read(newsroom, *["a1"] * READERS))

    def keep_starting() -> None:
        while not readers_left.is_set():
            with rooms.opened(events_url, roll_up_seconds=NEVER_SECONDS):
                pass

    def read_and_leave(newsroom: Newsroom, other: Newsroom) -> None:
        try:
            together(*(partial(keep_reading, room) for room in (newsroom, other) * 2))
        finally:
            readers_left.set()

    with (
        rooms.opened(events_url, roll_up_seconds=SOON_SECONDS) as newsroom,
        rooms.opened(events_url, roll_up_seconds=SOON_SECONDS) as other,
    ):
        together(partial(read_and_leave, newsroom, other), keep_starting)
    # What two rolled up at the same moment may be left to the next start.
    with rooms.opened(events_url):
        pass
    with opened(events_url) as history:
        assert views(history) == {"a1": 4 * ROUNDS * READERS}
    assert in_journal(events_url) == {}


@pytest.mark.parametrize("roll_up_seconds", [SOON_SECONDS, NEVER_SECONDS], ids=["rolling up", "not rolling up"])
def test_all_that_a_killed_newsroom_acknowledged_counts_once(events_url: str, roll_up_seconds: float) -> None:
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=acknowledge_views, args=(events_url, roll_up_seconds, theirs))
    process.start()
    theirs.close()
    acknowledged = 0
    with suppress(EOFError):
        while ours.poll(DEADLINE_SECONDS):
            acknowledged = ours.recv()
            if acknowledged >= VIEWS_BEFORE_THE_KILL:
                process.kill()
    process.join(DEADLINE_SECONDS)
    assert process.exitcode == -9
    ours.close()
    with rooms.opened(events_url):
        pass
    with opened(events_url) as history:
        # Those that were on disk, but not yet acknowledged, count too.
        assert acknowledged <= views(history)["a1"] <= acknowledged + READERS
    assert in_journal(events_url) == {}
    assert acknowledged >= VIEWS_BEFORE_THE_KILL


def acknowledge_views(events_url: str, roll_up_seconds: float, told: Connection) -> None:
    """Tell how many are acknowledged by now, until killed."""
    with rooms.opened(events_url, roll_up_seconds=roll_up_seconds) as newsroom:
        acknowledged = 0
        while True:
            asyncio.run(read(newsroom, *["a1"] * READERS))
            acknowledged += READERS
            told.send(acknowledged)


def test_a_row_that_cannot_be_read_keeps_nobody_else_from_being_counted(events_url: str) -> None:
    with opened(events_url) as history:
        bad = Statement("insert into hit_batch values (?, ?, ?, ?)", [("0", 1, NOON_BUCKET, b"\xc1")])
        history.record([], [bad])
    with rooms.opened(events_url, Clock(NOON), roll_up_seconds=NEVER_SECONDS) as newsroom:
        asyncio.run(read(newsroom, "a1"))
    with opened(events_url) as history:
        assert views(history) == {"a1": 1}
        assert len(history.select("select 1 from hit_batch")) == 1


def test_a_view_that_is_asked_for_again_counts_once_after_a_clock_was_ahead(events_url: str) -> None:
    clock = Clock(NOON + timedelta(days=2))
    with rooms.opened(events_url, clock, roll_up_seconds=SOON_SECONDS) as newsroom:
        asyncio.run(read(newsroom, "a1"))
        until(lambda: views(newsroom.history)["a1"] == 1)
        clock.now = NOON
        for times in range(2, 5):
            asyncio.run(count(newsroom, View("a1"), View("a2", id="once")))
            until(partial(counted, newsroom, times))
        assert views(newsroom.history)["a2"] == 1


def counted(newsroom: Newsroom, times: int) -> bool:
    return views(newsroom.history)["a1"] == times


async def count(newsroom: Newsroom, *views: View) -> None:
    await asyncio.gather(*map(newsroom.count, views))
