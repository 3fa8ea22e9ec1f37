"""The index of search as a cache: it follows, goes on after a crash, and is made anew without a gap."""

import logging
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

import pytest
from eventsourcing.persistence import OperationalError

from cms import newsroom as rooms
from cms import search_follower
from cms.alone import NotAlone, Removed
from cms.asks import Unavailable
from cms.history import History, opened
from cms.newsroom import Newsroom
from cms.search_folder import Advance, Generation, SearchFolder
from cms.search_follower import FAILURES_MOST, SearchFollower, bring_up_to_date
from cms.searching import Searching
from projections.search_answers import Filters, Page, SearchAnswers
from projections.search_index import SHAPE
from projections.search_query import parse
from tests.cms.desk import NEVER_SECONDS, draft, furnish, publish, unpublish
from tests.web.deadline import until

# Follows in a process of its own, until it is killed.
CHILD = """
import sys
from pathlib import Path
from cms.history import opened
from cms.search_folder import SearchFolder
from cms.search_follower import SearchFollower
with opened(sys.argv[1]) as history:
    follower = SearchFollower(history, SearchFolder(Path(sys.argv[2]), "en"))
    follower.start()
    follower.join()
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'events.db'}"


@pytest.fixture
def newsroom(url: str) -> Iterator[Newsroom]:
    with rooms.opened(url, roll_up_seconds=NEVER_SECONDS) as newsroom:
        furnish(newsroom)
        yield newsroom


@pytest.fixture
def folder(tmp_path: Path) -> SearchFolder:
    return SearchFolder(tmp_path / "search", "en")


@contextmanager
def following(history: History, folder: SearchFolder) -> Iterator[SearchFollower]:
    with closing(SearchFollower(history, folder)) as follower:
        follower.start()
        yield follower


def give(newsroom: Newsroom, number: int) -> None:
    newsroom.execute(draft(f"a{number}", f"Rain, day n{number}"), "ann")
    newsroom.execute(publish(f"a{number}", f"rain-{number}"), "ann")


def found(folder: SearchFolder, q: str) -> set[str]:
    index, _ = Searching(folder).index()
    return set(SearchAnswers(index).search(parse(q), Filters(), Page(0, 1_000)).ids)


def usable(folder: SearchFolder) -> bool:
    try:
        found(folder, "rain")
    except Unavailable:
        return False
    return True


def caught_up(newsroom: Newsroom, folder: SearchFolder) -> bool:
    return folder.position() == newsroom.history.head()


def test_what_is_published_is_found_and_what_is_taken_back_is_not(newsroom: Newsroom, folder: SearchFolder) -> None:
    give(newsroom, 1)
    with following(newsroom.history, folder):
        until(lambda: caught_up(newsroom, folder))
        assert found(folder, "rain") == {"a1"}
        newsroom.execute(unpublish("a1"), "ann")
        give(newsroom, 2)
        until(lambda: caught_up(newsroom, folder))
        assert found(folder, "rain") == {"a2"}
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_one_process_follows_and_another_takes_over(newsroom: Newsroom, folder: SearchFolder) -> None:
    with following(newsroom.history, folder):
        until(lambda: caught_up(newsroom, folder))
        with pytest.raises(NotAlone), folder.held("writer.lock"):
            pass
        other = SearchFollower(newsroom.history, folder)
        other.start()
    with closing(other):
        give(newsroom, 1)
        until(lambda: caught_up(newsroom, folder))
        assert found(folder, "rain") == {"a1"}


def test_a_process_that_is_killed_at_any_moment_leaves_an_index_that_goes_on(
    url: str, newsroom: Newsroom, folder: SearchFolder
) -> None:
    articles = 0
    for most in (5, 25, 60):
        process = subprocess.Popen([sys.executable, "-c", CHILD, url, str(folder.path)])
        try:
            while articles < most:
                articles += 1
                give(newsroom, articles)
            head = folder.position()
            until(lambda head=head: folder.position() > head)  # type: ignore[misc]
            give(newsroom, articles := articles + 1)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
    with following(newsroom.history, folder):
        until(lambda: caught_up(newsroom, folder))
        assert found(folder, "rain") == {f"a{number}" for number in range(1, articles + 1)}


@pytest.mark.parametrize("harm", ["torn", "gone", "no position", "another shape", "another language", "half made"])
def test_an_index_that_cannot_be_used_is_made_anew(newsroom: Newsroom, folder: SearchFolder, harm: str) -> None:
    give(newsroom, 1)
    made = folder.make(newsroom.history).folder
    match harm:
        case "torn":
            for file in made.glob("*.store"):
                file.write_bytes(file.read_bytes()[:20])
        case "gone":
            (made / "meta.json").unlink()
        case "no position":
            (made / "position").write_text("")
        case "another shape":
            made.rename(folder.path / f"1-{SHAPE + 1}-en")
            (folder.path / "current").write_text(f"1-{SHAPE + 1}-en")
        case "another language":
            folder = SearchFolder(folder.path, "tr")
        case _:
            (folder.path / f"2-{SHAPE}-en").mkdir()
    with following(newsroom.history, folder):
        until(lambda: usable(folder) and caught_up(newsroom, folder))
        assert found(folder, "rain") == {"a1"}
        until(lambda: len(folder.generations()) == 1)


def test_an_index_of_a_longer_history_is_made_anew(newsroom: Newsroom, folder: SearchFolder) -> None:
    folder.make(newsroom.history).note(10_000)
    with following(newsroom.history, folder):
        until(lambda: caught_up(newsroom, folder))


def remove(folder: SearchFolder) -> None:
    """At once: its writer changes it meanwhile."""
    gone = folder.path.rename(folder.path.with_suffix(".gone"))
    shutil.rmtree(gone)


def test_a_folder_that_is_removed_under_its_writer_is_made_anew_quietly(
    newsroom: Newsroom, folder: SearchFolder, caplog: pytest.LogCaptureFixture
) -> None:
    give(newsroom, 1)
    with following(newsroom.history, folder):
        until(lambda: caught_up(newsroom, folder))
        remove(folder)
        give(newsroom, 2)
        until(lambda: usable(folder) and caught_up(newsroom, folder))
        assert found(folder, "rain") == {"a1", "a2"}
        with pytest.raises(NotAlone), folder.held("writer.lock"):
            pass
    assert not any(one.exc_info for one in caplog.records)
    assert [one.levelname for one in caplog.records].count("WARNING") == 1


def test_a_lock_of_a_file_that_was_removed_is_none(folder: SearchFolder) -> None:
    with folder.held("writer.lock") as hold_on:
        hold_on()
        remove(folder)
        with pytest.raises(Removed):
            hold_on()
        with folder.held("writer.lock") as other:
            other()
            with pytest.raises(Removed):
                hold_on()


def test_who_records_and_ends_leaves_an_index_that_another_writes_to_it(
    newsroom: Newsroom, folder: SearchFolder, caplog: pytest.LogCaptureFixture
) -> None:
    opened = folder.make(newsroom.history).opened()
    assert opened.writing.changed == 0
    give(newsroom, 1)
    with caplog.at_level(logging.WARNING):
        bring_up_to_date(folder, newsroom.history)
    (said,) = caplog.records
    assert "left to whoever serves next" in said.getMessage()
    assert said.exc_info is None
    opened.close()
    bring_up_to_date(folder, newsroom.history)
    assert found(folder, "rain") == {"a1"}


def test_what_a_killed_process_was_about_to_put_in_its_place_is_swept(newsroom: Newsroom, folder: SearchFolder) -> None:
    made = folder.make(newsroom.history)
    left = [made.folder / "position.1.new", folder.path / "current.1.new"]
    for file in left:
        file.write_text("7")
    with following(newsroom.history, folder):
        until(lambda: not any(file.exists() for file in left))
    assert caught_up(newsroom, folder)


def made_anew(folder: SearchFolder, history: History) -> Generation:
    """As soon as the follower has swept away what was made before."""

    def made() -> Generation | Literal[False]:
        try:
            return folder.make(history)
        except NotAlone:
            return False

    return until(made)


def test_a_rebuild_is_switched_to_without_a_gap(newsroom: Newsroom, folder: SearchFolder, url: str) -> None:
    for number in range(1, 11):
        give(newsroom, number)
    with following(newsroom.history, folder):
        until(lambda: caught_up(newsroom, folder))
        searching, over, answers = Searching(folder), threading.Event(), []

        def search() -> None:
            while not over.is_set():
                index, _ = searching.index()
                answers.append(SearchAnswers(index).search(parse("rain"), Filters(), Page(0, 10)).total)

        reader = threading.Thread(target=search)
        reader.start()
        with opened(url) as history:
            for _ in range(3):
                before = folder.current
                made = made_anew(folder, history)
                assert before is None or made.folder != before.folder
                until(lambda: len(folder.generations()) == 1)
        give(newsroom, 11)
        until(lambda: caught_up(newsroom, folder))
        over.set()
        reader.join()
    assert set(answers) <= {10, 11}
    assert len(answers) > 10
    assert len(found(folder, "rain")) == 11


def test_two_do_not_make_an_index_at_once(newsroom: Newsroom, folder: SearchFolder) -> None:
    with folder.held("making.lock"), pytest.raises(NotAlone):
        folder.make(newsroom.history)


def test_a_history_that_is_away_harms_no_index(
    newsroom: Newsroom, folder: SearchFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(newsroom, 1)
    made = folder.make(newsroom.history).folder
    tried: list[int] = []

    def away() -> int:
        tried.append(1)
        raise OperationalError("The server closed the connection.")

    monkeypatch.setattr(search_follower, "GATHERED_SECONDS", 0.01)
    monkeypatch.setattr(search_follower, "TAKEN_OVER_SECONDS", 0.001)
    monkeypatch.setattr(newsroom.history, "head", away)
    with following(newsroom.history, folder):
        until(lambda: len(tried) > 2 * FAILURES_MOST)
        monkeypatch.undo()
        give(newsroom, 2)
        until(lambda: caught_up(newsroom, folder))
    assert folder.current is not None
    assert folder.current.folder == made
    assert found(folder, "rain") == {"a1", "a2"}


def test_a_stop_in_the_middle_leaves_nothing_behind(
    newsroom: Newsroom, folder: SearchFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.make(newsroom.history)
    give(newsroom, 1)
    follower = SearchFollower(newsroom.history, folder)
    read = newsroom.history.for_readers

    def read_and_stop(position: int, limit: int) -> object:
        follower.stopping.set()
        return read(position, limit)

    monkeypatch.setattr(newsroom.history, "for_readers", read_and_stop)
    follower.start()
    follower.join()
    assert caught_up(newsroom, folder)
    assert found(folder, "rain") == {"a1"}


def test_what_is_recorded_while_an_index_is_made_does_not_have_it_made_again(
    newsroom: Newsroom, folder: SearchFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, made = newsroom.history.for_readers, folder.make
    makings: list[int] = []

    def read_late(position: int, limit: int) -> object:
        if position == 0:
            give(newsroom, len(makings))
        return read(position, limit)

    def making(history: History, advance: Advance) -> Generation:
        makings.append(1)
        return made(history, advance)

    monkeypatch.setattr(newsroom.history, "for_readers", read_late)
    monkeypatch.setattr(folder, "make", making)
    with following(newsroom.history, folder):
        until(lambda: bool(makings) and caught_up(newsroom, folder))
        give(newsroom, 100)
        until(lambda: caught_up(newsroom, folder))
    assert len(makings) == 1
