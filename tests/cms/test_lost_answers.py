"""PostgreSQL commits, and the connection is lost before it says so: whoever asked is told what was recorded."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC
from urllib.parse import urlsplit

import pytest

from cms import newsroom as rooms
from cms import staff
from cms.asks import Hit, Key, Receipt, Unavailable, View
from cms.history import opened
from cms.journal import Journal
from cms.newsroom import Newsroom
from domain.publishing import PublishArticle
from domain.role import Role
from domain.rules import Command
from domain.section import SetSection
from domain.staff import StaffHired
from domain.views import BUCKET_SECONDS, ViewsCounted
from tests.cms.database import connected, rows, standstill
from tests.cms.desk import NEVER_SECONDS, NOON, draft, furnish, in_journal, publish, read, recorded, until, views
from tests.cms.proxy import Proxy, in_front_of

KEY = Key("key-1", "body-1")
READERS = 20
NOON_BUCKET = int(NOON.timestamp()) // BUCKET_SECONDS

# The library asks a server that does not answer ten times, for so long each.
CONNECT_SECONDS = 1
UNAVAILABLE_WITHIN_SECONDS = 30.0


@pytest.fixture
def proxy(postgres: str) -> Iterator[Proxy]:
    with in_front_of(postgres) as proxy:
        yield proxy


@contextmanager
def opened_behind(proxy: Proxy) -> Iterator[Newsroom]:
    """With an article; nothing is committed any more but what the test asks for."""
    url = urlsplit(proxy.url)._replace(query=f"connect_timeout={CONNECT_SECONDS}").geturl()
    with rooms.opened(url, roll_up_seconds=NEVER_SECONDS) as newsroom:
        furnish(newsroom)
        newsroom.execute(draft(), "ann")
        yield newsroom


@pytest.fixture
def newsroom(proxy: Proxy) -> Iterator[Newsroom]:
    with opened_behind(proxy) as newsroom:
        yield newsroom


@pytest.mark.parametrize("key", [None, KEY], ids=["without a key", "with a key"])
def test_a_command_is_answered_as_it_was_recorded(newsroom: Newsroom, proxy: Proxy, key: Key | None) -> None:
    head = newsroom.history.head()
    proxy.cut_commit()
    receipt = newsroom.execute(publish(), "ann", key)
    assert proxy.cut.is_set()
    assert receipt == Receipt("article:a1", version=2, position=head + 2, events=2)
    assert [one.stream for one in newsroom.history.after(head, limit=10)] == ["slug:rain-at-last", "article:a1"]


def test_what_was_recorded_is_seen_by_the_next_command(newsroom: Newsroom, proxy: Proxy) -> None:
    proxy.cut_commit()
    newsroom.execute(publish(), "ann")
    assert newsroom.execute(publish(), "ann").events == 0


@pytest.mark.parametrize(
    ("command", "events"),
    [(publish(), 2), (SetSection(slug="world", name="World"), 0)],
    ids=["and a command", "and a command that changes nothing"],
)
def test_views_committed_together_with_a_command_count_once(
    newsroom: Newsroom, proxy: Proxy, postgres: str, command: Command, events: int
) -> None:
    async def ask() -> int:
        with standstill(postgres):
            ahead = newsroom.submit(draft("a2"), "ann")
            await asyncio.to_thread(until, lambda: not newsroom.committer.waiting)
            seen = [newsroom.count(View("a1")) for _ in range(READERS)]
            answer = newsroom.submit(command, "ann", KEY)
            proxy.cut_commit(after=1)
        await asyncio.wrap_future(ahead)
        await asyncio.gather(*seen)
        return (await asyncio.wrap_future(answer)).events

    head = newsroom.history.head()
    assert asyncio.run(ask()) == events
    assert proxy.cut.is_set()
    assert len(newsroom.history.after(head, limit=10)) == 1 + events
    assert in_journal(postgres) == {"a1": READERS}


def test_views_committed_alone_count_once(newsroom: Newsroom, proxy: Proxy, postgres: str) -> None:
    proxy.cut_insert()
    asyncio.run(read(newsroom, "a1"))
    assert proxy.cut.is_set()
    assert in_journal(postgres) == {"a1": 1}


def test_views_that_are_committed_again_after_another_counted_them_count_once(postgres: str) -> None:
    with opened(postgres) as history:
        batch = Journal(history, UTC).rows([Hit(View("a1"), NOON_BUCKET)])
        history.commit(*batch)
        Journal(history, UTC).roll_up(NOON, NOON, everybody=True)
        history.record([], batch)
        Journal(history, UTC).roll_up(NOON, NOON, everybody=True)
        assert views(history) == {"a1": 1}


def test_views_that_are_committed_again_while_another_counts_them_count_once(postgres: str) -> None:
    with opened(postgres) as history, connected(postgres) as other:
        journal = Journal(history, UTC)
        batch = journal.rows([Hit(View("a1"), NOON_BUCKET)])
        history.commit(*batch)
        other.execute("begin")
        other.execute("delete from hit_batch")
        other.execute("insert into hits_counted values (%s, 1, 0)", (journal.owner,))
        with ThreadPoolExecutor(1) as thread:
            again = thread.submit(history.record, [], batch)
            until(lambda: rows(postgres, "select 1 from pg_locks where not granted"))
            other.execute("commit")
            again.result()
    assert in_journal(postgres) == {}


def test_views_with_ids_committed_together_count_once(newsroom: Newsroom, proxy: Proxy, postgres: str) -> None:
    async def look() -> None:
        await asyncio.gather(*(newsroom.count(View("a1", id=id)) for id in ("one", "two", "one", "")))

    proxy.cut_commit()
    asyncio.run(look())
    assert proxy.cut.is_set()
    assert in_journal(postgres) == {"a1": 3}


def test_views_are_rolled_up_once(proxy: Proxy, postgres: str) -> None:
    with opened_behind(proxy) as newsroom:
        asyncio.run(read(newsroom, *["a1"] * READERS))
        proxy.cut_commit()
    assert proxy.cut.is_set()
    with opened(postgres) as history:
        assert views(history) == {"a1": READERS}
        assert len(recorded(history, ViewsCounted)) == 1
    assert in_journal(postgres) == {}


def test_somebody_is_hired_once(newsroom: Newsroom, proxy: Proxy, postgres: str) -> None:
    proxy.cut_commit()
    id = staff.hire(newsroom, "bo@post.example", "Bo Rune", Role.EDITOR, "admin")
    assert proxy.cut.is_set()
    assert rows(postgres, "select id, email from vault") == [(id, "bo@post.example")]
    assert [one.id for one in recorded(newsroom.history, StaffHired)] == [id]


def test_a_token_is_handed_over_and_good(newsroom: Newsroom, proxy: Proxy, postgres: str) -> None:
    id = staff.hire(newsroom, "bo@post.example", "Bo Rune", Role.EDITOR, "admin")
    proxy.cut_commit()
    user = staff.user_of(newsroom, staff.new_token(newsroom, "bo@post.example"))
    assert proxy.cut.is_set()
    assert user is not None
    assert user.id == id
    assert rows(postgres, "select count(*) from credential") == [(1,)]


def test_what_another_newsroom_recorded_at_that_moment_is_not_taken_for_ones_own(
    newsroom: Newsroom, proxy: Proxy, postgres: str
) -> None:
    command = PublishArticle(article_id="a1", at=NOON, headline_slug="rain-again", made_on=None)
    with rooms.opened(postgres) as other, standstill(postgres):
        mine = newsroom.submit(publish(), "ann")
        until(lambda: not newsroom.committer.waiting)
        theirs = other.submit(command, "bo")
        until(lambda: not other.committer.waiting)
    answers = [mine.result(), theirs.result()]
    assert sorted(receipt.events for receipt in answers) == [0, 2]
    assert {receipt.version for receipt in answers} == {2}


def test_without_its_database_a_newsroom_says_so_in_time_and_works_again_afterwards(
    newsroom: Newsroom, proxy: Proxy
) -> None:
    proxy.disconnect()
    answer = newsroom.submit(publish(), "ann", KEY)
    assert isinstance(answer.exception(UNAVAILABLE_WITHIN_SECONDS), Unavailable)
    proxy.reconnect()

    def answers() -> bool:
        try:
            return newsroom.execute(publish(), "ann", KEY).version == 2
        except Unavailable:
            return False

    until(answers)
    assert newsroom.article("a1").version == 2


def test_a_moment_without_its_database_is_bridged(newsroom: Newsroom, proxy: Proxy) -> None:
    proxy.disconnect()
    answer = newsroom.submit(publish(), "ann")
    until(lambda: not newsroom.committer.waiting)
    proxy.reconnect()
    assert answer.result().events == 2
