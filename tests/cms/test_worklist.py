"""The rows of the desk are what the history gives, whoever wrote them and whenever."""

from functools import partial

import pytest

from cms import audit, worklist
from cms import newsroom as rooms
from cms.newsroom import Newsroom
from cms.recorders import Statement
from domain.drafting import SubmitArticle
from domain.rules import Refused
from tests.cms.desk import NOON, Clock, draft, furnish, publish, recorded, revise, together, unpublish
from tests.domain.newsday import opened as newsday


def rows(newsroom: Newsroom) -> list[tuple[object, ...]]:
    found = newsroom.history.select("select * from desk order by id")
    return [tuple(row[name] for name in ("id", *worklist.ARTICLE_COLUMNS, *worklist.TASK_COLUMNS)) for row in found]


def lose(newsroom: Newsroom, sql: str = "delete from desk") -> None:
    newsroom.history.record([], [Statement(sql, [()])])


@pytest.mark.parametrize("seed", range(4))
def test_after_any_day_the_rows_are_what_the_history_gives(newsroom: Newsroom, seed: int) -> None:
    day = newsday(seed)
    for _ in range(150):
        try:
            newsroom.execute(day.command(), "ann")
        except Refused:
            continue
    assert rows(newsroom)
    audit.require_desk(newsroom.history)
    kept = rows(newsroom)
    worklist.rebuild(newsroom.history)
    assert rows(newsroom) == kept


def test_two_newsrooms_at_once_leave_the_rows_of_what_came_last(newsroom: Newsroom, other_newsroom: Newsroom) -> None:
    furnish(newsroom)
    articles = [f"a{n}" for n in range(20)]

    def work(room: Newsroom, order: list[str]) -> None:
        for article in order:
            for command in (draft(article), SubmitArticle(article_id=article), publish(article, article)):
                try:
                    room.execute(command, "ann")
                except Refused:
                    continue

    together(partial(work, newsroom, articles), partial(work, other_newsroom, articles[::-1]))
    assert len(rows(newsroom)) == 20
    audit.require_desk(newsroom.history)


def test_a_history_without_rows_gets_them_when_it_is_opened(events_url: str) -> None:
    with rooms.opened(events_url, Clock(NOON)) as newsroom:
        furnish(newsroom)
        for command in (draft("a1"), draft("a2"), publish("a2"), revise({"headline": "Rain, and more"}, "a2")):
            newsroom.execute(command, "ann")
        kept = rows(newsroom)
        lose(newsroom)
        assert rows(newsroom) == []
    with rooms.opened(events_url, Clock(NOON)) as newsroom:
        assert rows(newsroom) == kept


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("update desk set status = 'draft' where id = 'a1'", "has status 'draft'"),
        ("delete from desk where id = 'a1'", "a1"),
        ("insert into desk (id, changed_at) values ('a3', 1)", "no event tells of"),
    ],
)
def test_a_row_that_somebody_changed_is_found(newsroom: Newsroom, sql: str, says: str) -> None:
    furnish(newsroom)
    for command in (draft("a1"), publish("a1"), unpublish("a1"), draft("a2")):
        newsroom.execute(command, "ann")
    lose(newsroom, sql)
    with pytest.raises(audit.Finding, match=says):
        audit.require_desk(newsroom.history)
    worklist.rebuild(newsroom.history)
    audit.require_desk(newsroom.history)


def test_a_refusal_changes_no_row(newsroom: Newsroom) -> None:
    furnish(newsroom)
    newsroom.execute(draft(), "ann")
    kept, history = rows(newsroom), recorded(newsroom.history)
    with pytest.raises(Refused):
        newsroom.execute(unpublish(), "ann")
    assert (rows(newsroom), recorded(newsroom.history)) == (kept, history)
