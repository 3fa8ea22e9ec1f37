"""Auditors are told of the first thing that is not as it must be."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from redis import Redis

from cms import newsroom as rooms
from cms.audit import Finding, entry, events, replayed, require_intact, require_replayed
from cms.history import History, opened
from cms.reading import open_store
from cms.settings import sqlite_path
from domain.article import ArticleDrafted
from projections.follow import catch_up
from projections.site import project
from projections.store import Store
from tests.cms.database import events_table, rows, run
from tests.cms.desk import draft, furnish, publish, read, recorded, revise, unpublish, update

ARTICLES = 5


@pytest.fixture
def history(events_url: str) -> Iterator[History]:
    with rooms.opened(events_url) as newsroom:
        furnish(newsroom)
        for n in range(ARTICLES):
            newsroom.execute(draft(f"a{n}"), "ann")
            newsroom.execute(publish(f"a{n}"), "ann")
            newsroom.execute(revise({"standfirst": "It pours."}, f"a{n}"), "ann")
            newsroom.execute(update(f"a{n}"), "bo")
        newsroom.execute(unpublish("a0"), "bo")
        asyncio.run(read(newsroom, "a1", "a2", "a1"))
    with opened(events_url) as history:
        yield history


@pytest.fixture(params=["sqlite", "redis"])
def reads_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'reads.db'}"
    url: str = request.getfixturevalue("redis")
    return url


@pytest.fixture
def store(reads_url: str, history: History) -> Iterator[Store]:
    """Up to date."""
    with closing(open_store(reads_url)) as store:
        catch_up(history.after, store, project)
        yield store


def test_a_history_as_it_was_recorded_is_intact(history: History) -> None:
    seen: list[int] = []
    assert require_intact(history, seen.append) == len(recorded(history)) == 2 + 5 * ARTICLES + 1 + 1
    assert seen == [history.head()]


def test_an_empty_history_is_intact(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'events.db'}") as history:
        assert require_intact(history) == 0


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (b"rain", "cannot be read"),
        (b"", "cannot be read"),
        (b'{"at":"2025-03-01T12:00:00Z","by":"ann","command":"c","event":{"type":"Rained"}}', "cannot be read"),
        (b'{"at":"2025-03-01T12:00:00Z","by":"\xff","command":"c","event":{"type":"Rained"}}', "cannot be read"),
        (
            b'{"at":"2025-03-01T12:00:00Z","by":"ann","command":"c","event":{"type":"ArticleRevised","revision":{}}}',
            "cannot go on with ArticleRevised",
        ),
    ],
    ids=["no event", "empty", "an event that nobody knows", "no text", "an event out of its place"],
)
def test_an_event_that_was_altered_is_found(events_url: str, history: History, state: bytes, says: str) -> None:
    drafted = next(one for one in recorded(history, ArticleDrafted) if one.stream == "article:a3")
    byte_string = f"x'{state.hex()}'" if events_url.startswith("sqlite:") else f"'\\x{state.hex()}'"
    run(
        events_url,
        f"update {events_table(events_url)} set state = {byte_string}"
        " where originator_id = 'article:a3' and originator_version = 1",
    )
    with pytest.raises(Finding, match=f"Position {drafted.position}: article:a3 {says}"):
        require_intact(history)


def test_an_event_that_was_taken_away_is_found(events_url: str, history: History) -> None:
    after = next(one for one in events(history, stream="article:a3") if one.version == 3)
    table = events_table(events_url)
    run(events_url, f"delete from {table} where originator_id = 'article:a3' and originator_version = 2")
    with pytest.raises(Finding, match=f"Position {after.position}: article:a3 goes from 1 to 3"):
        require_intact(history)


def test_a_stream_that_no_newsroom_has_is_found(events_url: str, history: History) -> None:
    table = events_table(events_url)
    run(events_url, f"update {table} set originator_id = 'weather:1' where originator_id = 'article:a3'")
    with pytest.raises(Finding, match="'weather:1' is no stream"):
        require_intact(history)


def test_read_models_that_were_followed_equal_their_replay(history: History, store: Store) -> None:
    assert require_replayed(history, store) == history.head()


def test_read_models_that_are_behind_equal_the_replay_to_their_position(history: History, reads_url: str) -> None:
    with closing(open_store(reads_url)) as store:
        middle = history.head() // 2
        assert catch_up(history.after, store, project, until=middle) == middle
        assert require_replayed(history, store) == middle


def test_a_document_that_was_altered_is_named(history: History, store: Store, reads_url: str) -> None:
    alter(reads_url, "article", "a3", b"{}")
    with pytest.raises(Finding, match=r"The store holds document article a3 \{\}; the history gives document article"):
        require_replayed(history, store)


def test_a_document_too_many_is_named(history: History, store: Store, reads_url: str) -> None:
    alter(reads_url, "article", "a33", b"{}")
    with pytest.raises(Finding, match="The store holds document article a33"):
        require_replayed(history, store)


def test_an_empty_store_that_says_it_is_up_to_date_is_found(history: History, store: Store) -> None:
    head = history.head()
    store.clear()
    store.apply([], previous=0, position=head)
    with pytest.raises(Finding, match="The store holds nothing more; the history gives"):
        require_replayed(history, store)


def test_a_replay_to_a_position_knows_nothing_of_what_came_later(history: History) -> None:
    unpublished = next(one for one in recorded(history) if one.stream == "article:a0" and one.version == 5)
    with (
        closing(replayed(history, unpublished.position - 1)) as before,
        closing(replayed(history, unpublished.position)) as then,
    ):
        assert before.size(["latest"]) == [ARTICLES]
        assert then.size(["latest"]) == [ARTICLES - 1]


def test_events_leave_in_the_order_of_the_history_whole_or_by_stream(history: History, events_url: str) -> None:
    positions = [one.position for one in events(history)]
    assert positions == sorted(set(positions))
    middle = positions[len(positions) // 2]
    assert [one.position for one in events(history, after=middle)] == [p for p in positions if p > middle]
    assert [(one.version, one.by) for one in events(history, stream="article:a1")] == [
        (1, "ann"),
        (2, "ann"),
        (3, "ann"),
        (4, "bo"),
    ]
    assert rows(events_url, f"select count(*) from {events_table(events_url)}") == [(len(positions),)]


def test_an_entry_holds_the_event_with_its_envelope(history: History) -> None:
    (first, *_) = events(history, stream="article:a1")
    left = entry(first)
    assert (left.stream, left.version, left.by, left.position) == ("article:a1", 1, "ann", first.position)
    assert left.event["type"] == "ArticleDrafted"


def alter(reads_url: str, kind: str, id: str, document: bytes) -> None:
    if reads_url.startswith("sqlite:"):
        path = f"sqlite:///{sqlite_path(reads_url)}"
        run(
            path, f"insert or replace into document (kind, id, document) values ('{kind}', '{id}', x'{document.hex()}')"
        )
    else:
        with Redis.from_url(reads_url) as redis:
            redis.hset(f"{{site}}:document:{kind}", id, document.decode())
