"""Schedules on the real clock, by whichever process is there."""

from datetime import UTC, datetime, timedelta

import pytest

from cms.ids import new_id
from cms.newsroom import Newsroom
from domain.article import ArticlePublished, StepAct
from domain.content import Content
from domain.drafting import DraftArticle
from domain.scheduling import ScheduleStep
from tests.cli.home import SECTION, Home
from tests.web.deadline import until

SOON = timedelta(seconds=2)
IN_TIME = timedelta(seconds=1)


def draft(room: Newsroom) -> str:
    id = new_id()
    room.execute(DraftArticle(article_id=id, content=Content(headline="Rain", section="nation"), author="ann"), "ann")
    return id


def schedule(room: Newsroom, id: str) -> datetime:
    now = room.clock()
    command = ScheduleStep(article_id=id, step_id=new_id(), act=StepAct.PUBLISH, due_at=now + SOON, at=now)
    room.execute(command, "ann")
    return now + SOON


def published_at(home: Home, id: str) -> datetime:
    """When it was, once it is."""

    def found() -> datetime | None:
        events = (one for one in home.events() if one.id == id and isinstance(one.event, ArticlePublished))
        return next((one.at for one in events), None)

    return until(lambda: found() or False)


@pytest.mark.parametrize("kind", ["home", "shared_home"])
def test_a_server_publishes_within_a_second_and_readers_see_it(kind: str, request: pytest.FixtureRequest) -> None:
    home: Home = request.getfixturevalue(kind)
    home.imported(SECTION)
    home.done("staff", "add", "ann@post.example", "--name", "Ann", "--role", "editor")
    said = {"Authorization": f"Bearer {home.done('token', 'ann@post.example').stdout.strip()}"}
    with home.started("follow"), home.serving("--workers", "2") as server:
        drafted = server.client.post(
            "/editorial/articles", headers=said, json={"headline": "Rain", "section": "nation"}
        )
        id = drafted.json()["id"]
        due_at = datetime.now(UTC) + SOON
        body = {"at": due_at.isoformat()}
        planned = server.client.post(f"/editorial/articles/{id}/schedule", headers=said, json=body)
        assert planned.status_code == 200, planned.text
        assert due_at <= published_at(home, id) < due_at + IN_TIME
        until(lambda: server.client.get(f"/v1/articles/{id}").is_success)
    assert home.types().count("ArticlePublished") == home.types().count("ArticleStepTaken") == 1


def test_a_follower_alone_publishes_too(shared_home: Home) -> None:
    shared_home.imported(SECTION)
    with shared_home.newsroom() as room:
        late = draft(room)
        schedule(room, late)
        with shared_home.following():
            published_at(shared_home, late)
            on_time = draft(room)
            due_at = schedule(room, on_time)
            assert due_at <= published_at(shared_home, on_time) < due_at + IN_TIME


def test_a_server_that_was_stopped_publishes_what_was_due_meanwhile_when_it_starts(home: Home) -> None:
    home.imported(SECTION)
    with home.newsroom() as room:
        id = draft(room)
        due_at = schedule(room, id)
        until(lambda: room.clock() > due_at)
    with home.serving() as server:
        until(lambda: server.client.get(f"/v1/articles/{id}").is_success)
        assert server.stop() == 0
    assert home.types().count("ArticleStepTaken") == 1
