"""What an editor plans: steps, embargoes, and the list of all that is ahead."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import structs

from cms.scheduler import Scheduler
from cms.settings import Settings
from domain.role import Role
from tests.web.house import Answer, Clock, House, Tokens, article, hired, opened, problem

# Of the house: four hours before UTC, without any change of clocks.
IN_AN_HOUR, IN_TWO, IN_THREE = ("2024-05-14T17:00:00+04:00", "2024-05-14T18:00:00+04:00", "2024-05-14T19:00:00+04:00")


def path(id: str, act: str) -> str:
    return f"/editorial/articles/{id}/{act}"


def planned(house: House, id: str, at: str = IN_AN_HOUR, act: str = "publish") -> str:
    step: str = house.done("POST", path(id, "schedule"), {"act": act, "at": at})["step"]
    return step


def copy(house: House, id: str) -> Answer:
    response = house.ask("GET", f"/editorial/articles/{id}")
    assert response.status_code == 200, response.text
    body: Answer = response.json()
    return body


def take_due(house: House, **time: float) -> None:
    """The clock goes on, and the newsroom looks at it."""
    house.clock.forward(**time)
    Scheduler(house.newsroom).take_due()


def plan(house: House, query: str = "", role: Role = Role.EDITOR) -> Answer:
    response = house.ask("GET", f"/editorial/schedule{query}", role=role)
    assert response.status_code == 200, response.text
    body: Answer = response.json()
    return body


# Steps.


def test_a_scheduled_article_says_so_and_is_published_at_its_moment(house: House) -> None:
    id = house.draft()["id"]
    step = planned(house, id)
    shown = copy(house, id)
    assert shown["status"] == "scheduled"
    assert shown["steps"] == [{"id": step, "act": "publish", "due_at": IN_AN_HOUR}]
    assert house.get(f"/v1/articles/{id}").status_code == 404
    take_due(house, minutes=59)
    assert copy(house, id)["status"] == "scheduled"
    take_due(house, minutes=1)
    assert (copy(house, id)["status"], copy(house, id)["steps"]) == ("published", [])
    read = house.read(f"/v1/articles/{id}?min_position={house.head()}")
    assert datetime.fromisoformat(read["published_at"]) == house.clock()


def test_publishing_is_what_is_scheduled_if_nothing_else_is_said(house: House) -> None:
    id = house.draft()["id"]
    house.done("POST", path(id, "schedule"), {"at": IN_AN_HOUR})
    assert [step["act"] for step in copy(house, id)["steps"]] == ["publish"]


def test_an_article_is_published_updated_and_unpublished_by_itself(house: House) -> None:
    id = house.draft()["id"]
    for at, act in ((IN_THREE, "publish"), (IN_AN_HOUR, "publish")):
        planned(house, id, at, act)
    planned(house, id, "2024-05-14T17:30:00+04:00", "update")
    planned(house, id, IN_TWO, "unpublish")
    take_due(house, hours=1)
    house.revise(id, 2, headline="Ferries return, and stay")
    take_due(house, minutes=30)
    assert house.read(f"/v1/articles/{id}?min_position={house.head()}")["headline"] == "Ferries return, and stay"
    take_due(house, minutes=30)
    assert copy(house, id)["status"] == "scheduled"
    assert house.get(f"/v1/articles/{id}?min_position={house.head()}").status_code == 404
    take_due(house, hours=1)
    assert copy(house, id)["status"] == "published"


def test_what_is_published_is_the_working_copy_of_that_moment(house: House) -> None:
    id = house.draft()["id"]
    planned(house, id)
    house.revise(id, 1, headline="Ferries return, at last")
    take_due(house, hours=1)
    shown = house.read(f"/v1/articles/{id}?min_position={house.head()}")
    assert (shown["headline"], shown["slug"]) == ("Ferries return, at last", "ferries-return-at-last")


def test_a_step_that_the_newsroom_takes_outdates_no_change_of_an_editor(house: House) -> None:
    id = house.draft()["id"]
    planned(house, id)
    version = copy(house, id)["version"]
    take_due(house, hours=1)
    assert copy(house, id)["version"] > version
    saved = house.revise(id, version, standfirst="Written while it was published.")
    assert copy(house, id)["version"] == saved["version"]


def test_a_step_that_fails_does_not_outdate_a_change_either(house: House) -> None:
    id = house.published()
    planned(house, id, act="update")
    house.unpublish(id)
    version = copy(house, id)["version"]
    take_due(house, hours=1)
    assert copy(house, id)["version"] == version + 1
    house.revise(id, version, standfirst="Written while it failed.")


def test_a_step_that_fails_says_why_until_somebody_has_seen_it(house: House) -> None:
    id = house.published()
    step = planned(house, id, act="update")
    house.unpublish(id)
    take_due(house, hours=1)
    (failed,) = copy(house, id)["failed_steps"]
    reason = "To update an article, it must be published; this one is unpublished."
    assert failed == {"id": step, "act": "update", "due_at": IN_AN_HOUR, "reason": reason}
    house.done("POST", path(id, "unschedule"), {"step": step})
    assert copy(house, id)["failed_steps"] == []


def test_a_step_is_unscheduled_or_all_of_them(house: House) -> None:
    id = house.draft()["id"]
    first, second, third = (planned(house, id, at) for at in (IN_AN_HOUR, IN_TWO, IN_THREE))
    house.done("POST", path(id, "unschedule"), {"step": second})
    assert [step["id"] for step in copy(house, id)["steps"]] == [first, third]
    house.done("POST", path(id, "unschedule"), {})
    assert (copy(house, id)["steps"], copy(house, id)["status"]) == ([], "draft")
    problem(house.ask("POST", path(id, "unschedule"), {"step": first}), 404)
    take_due(house, hours=4)
    assert copy(house, id)["status"] == "draft"


def test_a_schedule_that_comes_again_under_its_key_is_answered_with_the_same_step(house: House) -> None:
    id = house.draft()["id"]
    answers = [
        house.ask("POST", path(id, "schedule"), {"at": IN_AN_HOUR}, headers={"Idempotency-Key": "k"}).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert [step["id"] for step in copy(house, id)["steps"]] == [answers[0]["step"]]


@pytest.mark.parametrize(
    ("method", "act", "body"),
    [
        ("POST", "schedule", {"at": IN_AN_HOUR}),
        ("POST", "unschedule", {}),
        ("PUT", "embargo", {"until": IN_AN_HOUR}),
        ("DELETE", "embargo", None),
    ],
)
def test_a_plan_heeds_the_version_that_it_was_made_on(house: House, method: str, act: str, body: Any) -> None:
    id = house.draft()["id"]
    house.revise(id, 1, standfirst="Theirs.")
    assert house.ask(method, path(id, act), body, headers={"If-Match": '"1"'}).status_code == 412
    assert house.ask(method, f"{path(id, act)}?base=1", body).status_code == 409
    assert house.ask(method, path(id, act), body, headers={"If-Match": '"2"'}).status_code == 200
    missing = house.ask(method, path("nobody-has-this-one", act), body)
    assert missing.status_code == 404


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.REPORTER, Role.AUDITOR])
def test_who_may_not_schedule_does_not(house: House, role: Role) -> None:
    id, head = house.draft()["id"], house.head()
    for method, act, body in (
        ("POST", "schedule", {"at": IN_AN_HOUR}),
        ("POST", "unschedule", {}),
        ("PUT", "embargo", {"until": IN_AN_HOUR}),
        ("DELETE", "embargo", None),
    ):
        problem(house.ask(method, path(id, act), body, role=role), 403)
    assert house.head() == head


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"at": 5},
        {"at": ""},
        {"at": "2024-05-15"},
        {"at": "tomorrow"},
        {"at": "2024-02-30T10:00"},
        {"at": "2024-05-15T24:30"},
        {"at": "2024-05-15T10:00+4"},
        {"at": "0001-01-01T00:00:00+04:00"},
        {"at": "9999-12-31T23:59:59-04:00"},
        {"at": "٢٠٢٤-05-15T10:00"},
        {"at": f"2024-05-15T10:00:00.{'1' * 50}"},
        {"at": IN_AN_HOUR, "act": "withdraw"},
        {"at": IN_AN_HOUR, "when": "soon"},
    ],
)
def test_a_schedule_that_nobody_can_mean_is_a_bad_request(house: House, body: Answer) -> None:
    id = house.draft()["id"]
    assert problem(house.ask("POST", path(id, "schedule"), body), 400)["errors"]
    assert copy(house, id)["steps"] == []


def test_what_is_past_is_refused_in_words(house: House) -> None:
    id = house.draft()["id"]
    refused = problem(house.ask("POST", path(id, "schedule"), {"at": "2024-05-14T15:59"}), 409)
    assert refused["detail"] == "This moment is not in the future."


# Embargoes.


def test_before_its_embargo_ends_nobody_publishes_an_article(house: House) -> None:
    id = house.draft()["id"]
    house.done("PUT", path(id, "embargo"), {"until": "2024-05-14T18:00"})
    assert copy(house, id)["embargo"] == IN_TWO
    for role in (Role.EDITOR, Role.PUBLISHER, Role.ADMIN):
        refused = house.ask("POST", path(id, "publish"), role=role, headers={"If-Match": '"1"'})
        assert problem(refused, 409)["detail"] == f"There is an embargo until {IN_TWO}."
    problem(house.ask("POST", path(id, "schedule"), {"at": IN_AN_HOUR}), 409)
    planned(house, id, IN_TWO)
    take_due(house, hours=2)
    assert copy(house, id)["status"] == "published"


def test_an_embargo_is_lifted_before_its_time(house: House) -> None:
    id = house.draft()["id"]
    house.done("PUT", path(id, "embargo"), {"until": IN_TWO})
    house.done("DELETE", path(id, "embargo"))
    head = house.head()
    house.done("DELETE", path(id, "embargo"))
    assert (copy(house, id)["embargo"], house.head()) == (None, head)
    house.publish(id)


def test_an_embargo_that_a_step_would_break_names_the_step(house: House) -> None:
    id = house.draft()["id"]
    planned(house, id)
    detail = problem(house.ask("PUT", path(id, "embargo"), {"until": IN_TWO}), 409)["detail"]
    assert f"to publish at {IN_AN_HOUR}" in detail


# The newsroom's clocks.


@pytest.fixture
def berlin(embedded: Settings, clock: Clock) -> Iterator[House]:
    """A house where clocks are put forward and back, in the summer of 2025."""
    settings = structs.replace(embedded, timezone="Europe/Berlin")
    clock.now = datetime(2025, 6, 1, tzinfo=UTC)
    tokens: Tokens = hired(settings, clock)
    with opened(settings, tokens, clock) as house:
        yield house


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-01-15T06:00", "2026-01-15T06:00:00+01:00"),
        ("2026-07-15T06:00:30.5", "2026-07-15T06:00:30.500000+02:00"),
        ("2026-07-15T04:00:00Z", "2026-07-15T06:00:00+02:00"),
        ("2026-07-15t04:00:00z", "2026-07-15T06:00:00+02:00"),
        ("2026-07-14T23:00:00-05:00", "2026-07-15T06:00:00+02:00"),
        ("2028-02-29T12:00", "2028-02-29T12:00:00+01:00"),
        ("2026-03-29T01:59", "2026-03-29T01:59:00+01:00"),
        ("2026-03-29T03:00", "2026-03-29T03:00:00+02:00"),
        ("2026-03-29T02:30+01:00", "2026-03-29T03:30:00+02:00"),
        ("2025-10-26T02:30+02:00", "2025-10-26T02:30:00+02:00"),
        ("2025-10-26T02:30+01:00", "2025-10-26T02:30:00+01:00"),
        ("2025-10-26T03:00", "2025-10-26T03:00:00+01:00"),
    ],
)
def test_a_time_without_an_offset_is_that_of_the_newsrooms_clocks(berlin: House, said: str, meant: str) -> None:
    id = berlin.draft()["id"]
    planned(berlin, id, said)
    (step,) = copy(berlin, id)["steps"]
    assert step["due_at"] == meant


@pytest.mark.parametrize(
    ("said", "happens", "choices"),
    [
        ("2025-10-26T02:30", "comes twice", "2025-10-26T02:30:00+02:00 or 2025-10-26T02:30:00+01:00"),
        ("2026-03-29T02:30", "does not exist", "2026-03-29T01:30:00+01:00 or 2026-03-29T03:30:00+02:00"),
    ],
)
def test_a_time_that_comes_twice_or_never_is_asked_back(berlin: House, said: str, happens: str, choices: str) -> None:
    id = berlin.draft()["id"]
    bad = problem(berlin.ask("POST", path(id, "schedule"), {"at": said}), 400)
    detail = f"{said}:00 {happens} in the newsroom's zone, Europe/Berlin: say {choices}."
    assert (bad["detail"], bad["errors"]) == (detail, [{"path": "at", "message": detail}])
    bad = problem(berlin.ask("PUT", path(id, "embargo"), {"until": said}), 400)
    assert bad["errors"] == [{"path": "until", "message": detail}]
    bad = problem(berlin.ask("GET", f"/editorial/schedule?from={said}"), 400)
    assert bad["errors"] == [{"path": "from", "message": detail}]
    planned(berlin, id, choices.partition(" ")[0])


# The plan.


def test_the_plan_lists_what_is_ahead_over_all_articles_the_earliest_first(house: House) -> None:
    ferry, power = house.draft()["id"], house.draft(headline="Power is dear", section="energy")["id"]
    last, first = planned(house, ferry, IN_TWO), planned(house, power, IN_AN_HOUR)
    gone = planned(house, power, IN_THREE, "unpublish")
    house.draft()
    shown = plan(house)
    assert shown["complete"]
    assert [item["step"] for item in shown["items"]] == [first, last, gone]
    assert shown["items"][0] == {
        "article": power,
        "headline": "Power is dear",
        "section": "energy",
        "status": "scheduled",
        "step": first,
        "act": "publish",
        "due_at": IN_AN_HOUR,
        "failed": None,
    }


def test_the_plan_is_narrowed_by_time_and_by_section(house: House) -> None:
    ferry, power = house.draft()["id"], house.draft(section="energy")["id"]
    first, second, third = (
        planned(house, ferry, IN_AN_HOUR),
        planned(house, power, IN_TWO),
        planned(house, ferry, IN_THREE),
    )
    for query, steps in {
        "?from=2024-05-14T18:00": [second, third],
        "?to=2024-05-14T18:00": [first],
        "?from=2024-05-14T17:00:00%2B04:00&to=2024-05-14T14:00:01Z": [first, second],
        "?section=nation": [first, third],
        "?section=energy": [second],
        "?section=economy": [second],
        "?section=sport": [],
    }.items():
        assert [item["step"] for item in plan(house, query)["items"]] == steps, query


def test_the_plan_of_a_section_that_is_not_there_is_not_found(house: House) -> None:
    assert problem(house.ask("GET", "/editorial/schedule?section=weather"), 404)["detail"].startswith("There is no")


def test_the_plan_shows_what_failed_until_somebody_has_seen_it(house: House) -> None:
    id = house.published()
    step = planned(house, id, act="update")
    house.unpublish(id)
    take_due(house, hours=1)
    (item,) = plan(house)["items"]
    assert (item["step"], item["status"]) == (step, "unpublished")
    assert "must be published" in item["failed"]
    house.done("POST", path(id, "unschedule"), {"step": step})
    assert plan(house)["items"] == []


def test_the_plan_shows_the_articles_that_the_asker_may_read(house: House) -> None:
    theirs = house.draft()["id"]
    own = house.ask("POST", "/editorial/articles", article(), role=Role.CONTRIBUTOR).json()["id"]
    for id in (theirs, own):
        planned(house, id)
    assert {item["article"] for item in plan(house, role=Role.REPORTER)["items"]} == {theirs, own}
    assert {item["article"] for item in plan(house, role=Role.CONTRIBUTOR)["items"]} == {own}
    assert house.get("/editorial/schedule").status_code == 401


def test_what_is_asked_of_the_plan_is_bounded(house: House) -> None:
    for query in ("?from=yesterday", "?to=2024-05-14", f"?section={'a' * 101}", f"?from={'2' * 60}"):
        problem(house.ask("GET", f"/editorial/schedule{query}"), 400)
