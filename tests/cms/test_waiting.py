"""What waits to be recorded is bounded, and a newsroom that closes records all of it."""

import pytest

from cms import newsroom as rooms
from cms.asks import Unavailable
from cms.committer import BATCH_MOST, WAITING_MOST
from cms.newsroom import Newsroom
from domain.writer import SetWriter
from tests.cms.database import standstill
from tests.cms.desk import draft, recorded, until

ANN = SetWriter(slug="ann-lee", name="Ann Lee")


def test_when_too_much_waits_the_next_is_turned_away_and_what_waits_is_answered(
    newsroom: Newsroom, events_url: str
) -> None:
    with standstill(events_url):
        ahead = newsroom.submit(draft(), "ann")
        until(lambda: not newsroom.committer.waiting)
        waiting = [newsroom.submit(ANN, "ann") for _ in range(WAITING_MOST)]
        with pytest.raises(Unavailable, match="waiting"):
            newsroom.submit(ANN, "ann")
    assert ahead.result().events == 1
    assert {answer.result().version for answer in waiting} == {1}
    assert newsroom.execute(draft("a2"), "ann").events == 1


def test_a_newsroom_that_closes_records_all_that_waits_and_takes_no_more(newsroom: Newsroom, events_url: str) -> None:
    with rooms.opened(events_url) as closing:
        waiting = [closing.submit(draft(f"a{n}"), "ann") for n in range(2 * BATCH_MOST)]
    assert [answer.result(timeout=0).events for answer in waiting] == [1] * len(waiting)
    assert len({one.stream for one in recorded(newsroom.history)}) == 2 + len(waiting)
    with pytest.raises(Unavailable, match="closing"):
        closing.submit(ANN, "ann")


def test_a_command_with_a_bug_ends_nothing_but_itself(newsroom: Newsroom) -> None:
    unheard = draft("a1").content
    with pytest.raises(AttributeError):
        newsroom.execute(unheard, "ann")  # type: ignore[arg-type]
    assert newsroom.execute(draft("a2"), "ann").events == 1
