"""Read models are kept up to date by one process at a time, and by another when that one is gone."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cms import newsroom as rooms
from cms.audit import require_replayed
from cms.follower import Follower
from cms.history import History, opened
from cms.newsroom import Newsroom
from cms.reading import open_store
from domain.writer import SetWriter
from projections import articles
from projections.redis_store import RedisStore
from projections.sqlite_store import SQLiteStore
from projections.store import SHAPE, Place, Store, Touched
from tests.cms.desk import DEADLINE_SECONDS, draft, furnish, publish, read, revise, until, update

ARTICLES = 30


@pytest.fixture(params=["sqlite", "redis"])
def reads_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'reads.db'}"
    url: str = request.getfixturevalue("redis")
    return url


@pytest.fixture
def store(reads_url: str) -> Iterator[Store]:
    """As somebody who reads sees it."""
    with closing(open_store(reads_url)) as store:
        yield store


@contextmanager
def following(
    history: History, reads_url: str, applied: Callable[[Touched], None] = lambda touched: None
) -> Iterator[Follower]:
    """A process that follows, or waits for its turn."""
    with closing(open_store(reads_url)) as store:
        follower = Follower(history, store, reads_url, applied)
        follower.start()
        try:
            yield follower
        finally:
            follower.close()


def publish_some(newsroom: Newsroom) -> None:
    for n in range(ARTICLES):
        newsroom.execute(draft(f"a{n}", f"Rain, day {n}"), "ann")
        newsroom.execute(publish(f"a{n}", f"rain-{n}"), "ann")
        newsroom.execute(revise({"standfirst": "It pours."}, f"a{n}"), "ann")
        newsroom.execute(update(f"a{n}"), "ann")
    asyncio.run(read(newsroom, *(f"a{n}" for n in range(ARTICLES))))


def test_a_follower_catches_up_with_all_that_was_recorded_before(
    newsroom: Newsroom, reads_url: str, store: Store
) -> None:
    publish_some(newsroom)
    with following(newsroom.history, reads_url):
        until(lambda: store.position() == newsroom.history.head())
    assert require_replayed(newsroom.history, store) == newsroom.history.head()


def test_what_another_process_records_is_applied(
    events_url: str, newsroom: Newsroom, reads_url: str, store: Store
) -> None:
    with opened(events_url) as history, following(history, reads_url):
        until(lambda: store.position() == newsroom.history.head())
        publish_some(newsroom)
        until(lambda: store.position() == newsroom.history.head())
    assert require_replayed(newsroom.history, store) == newsroom.history.head()


def test_of_two_followers_one_is_active_and_the_other_takes_over(
    newsroom: Newsroom, reads_url: str, store: Store
) -> None:
    with following(newsroom.history, reads_url) as first:
        assert first.active.wait(DEADLINE_SECONDS)
        with following(newsroom.history, reads_url) as second:
            publish_some(newsroom)
            until(lambda: store.position() == newsroom.history.head())
            assert first.active.is_set()
            assert not second.active.is_set()
            first.close()
            newsroom.execute(SetWriter(slug="bo-rune", name="Bo Rune"), "admin")
            assert second.active.wait(DEADLINE_SECONDS)
            until(lambda: store.position() == newsroom.history.head())
            assert not first.active.is_set()
    assert require_replayed(newsroom.history, store) == newsroom.history.head()


def test_whoever_is_told_hears_of_each_batch_once_and_in_order(
    newsroom: Newsroom, reads_url: str, store: Store
) -> None:
    heard: list[Touched] = []
    with following(newsroom.history, reads_url, heard.append), following(newsroom.history, reads_url, heard.append):
        publish_some(newsroom)
        until(lambda: store.position() == newsroom.history.head())
    assert heard[0].previous == 0
    assert [batch.previous for batch in heard[1:]] == [batch.position for batch in heard[:-1]]
    assert "latest" in heard[-1].keys | heard[0].keys


def test_read_models_of_another_shape_are_made_anew(newsroom: Newsroom, reads_url: str) -> None:
    newsroom.execute(draft(), "ann")
    newsroom.execute(publish(), "ann")
    head = newsroom.history.head()
    with closing(open_store(reads_url)) as other_version:
        other_version.apply([Place("a9", "1:a9", ("latest",))], 0, head)
        if isinstance(other_version, RedisStore):
            other_version.redis.set(other_version.key("shape"), SHAPE - 1)
        elif isinstance(other_version, SQLiteStore):
            other_version.db.execute(f"pragma user_version = {SHAPE - 1}")
    with following(newsroom.history, reads_url), closing(open_store(reads_url)) as store:
        until(lambda: store.position() == head and store.size(["latest"]) == [1] and bool(articles.shown(store, "a1")))
    with closing(open_store(reads_url)) as store:
        assert require_replayed(newsroom.history, store) == head


def test_a_newsroom_wakes_its_own_follower(events_url: str, reads_url: str, store: Store) -> None:
    with opened(events_url) as history, following(history, reads_url) as follower:
        assert follower.active.wait(DEADLINE_SECONDS)
        with rooms.opened(events_url, committed=follower.committed) as newsroom:
            furnish(newsroom)
            newsroom.execute(draft(), "ann")
            newsroom.execute(publish(), "ann")
            until(lambda: store.position() == newsroom.history.head())
    assert articles.at_address(store, "rain-at-last") == ("a1", "rain-at-last")


def test_a_stop_between_two_batches_leaves_nothing_behind(
    newsroom: Newsroom, reads_url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.execute(draft(), "ann")
    newsroom.execute(publish(), "ann")
    head = newsroom.history.head()
    with closing(open_store(reads_url)) as own:
        monkeypatch.setattr(own, "batch_events", head - 1)
        follower = Follower(newsroom.history, own, reads_url, lambda touched: follower.stopping.set())
        follower.start()
        follower.join()
    assert store.position() == head
