"""Taking back, as the desk asks for it: one act, or all that an account did."""

import pytest

from domain.role import Role
from domain.staff import MoveToSections
from tests.web.house import Answer, House, problem
from tests.web.people import id_of

HEADLINE = "Ferries return to the river"


@pytest.fixture
def id(house: House) -> str:
    return str(house.draft()["id"])


def undo(house: House, id: str, body: Answer | None = None) -> Answer:
    return house.done("POST", f"/editorial/articles/{id}/undo", body or {})


def copy(house: House, id: str) -> Answer:
    answer: Answer = house.ask("GET", f"/editorial/articles/{id}").json()
    return answer


def account(house: House, role: Role = Role.EDITOR) -> str:
    """The id of whoever has this role."""
    drafted = house.ask("POST", "/editorial/articles", {"headline": "Who", "section": "nation"}, role=role).json()
    author: str = copy(house, drafted["id"])["author"]
    discarded = house.ask("POST", f"/editorial/articles/{drafted['id']}/discard", role=Role.ADMIN)
    assert discarded.status_code == 200
    house.clock.forward(minutes=1)
    return author


def clean(house: House, account: str, **more: object) -> Answer:
    body = {"since": house.clock().isoformat(), **more}
    response = house.ask("POST", f"/editorial/staff/{account}/undo", body, role=Role.PUBLISHER)
    assert response.status_code == 200, response.text
    answer: Answer = response.json()
    return answer


# One act.


def test_the_last_act_is_taken_back_by_default(house: House, id: str) -> None:
    house.revise(id, 1, headline="Ferries stay")
    answer = undo(house, id)
    assert (answer["version"], answer["position"]) == (4, house.head())
    assert copy(house, id)["headline"] == HEADLINE
    sentences = [one["sentence"] for one in house.ask("GET", f"/editorial/articles/{id}/story").json()["items"]]
    assert sentences[-2:] == ["Editor changed the headline.", "Editor took back what version 2 had done."]


def test_readers_get_the_edition_before_again(house: House, id: str) -> None:
    house.publish(id)
    house.revise(id, 2, headline="Ferries stay")
    house.update(id, 3)
    assert house.read(f"/v1/articles/{id}")["headline"] == "Ferries stay"
    undo(house, id, {"version": 4})
    assert house.read(f"/v1/articles/{id}")["headline"] == HEADLINE
    assert copy(house, id)["headline"] == "Ferries stay"


def test_a_clash_shows_both_sides(house: House, id: str) -> None:
    house.revise(id, 1, headline="Ferries stay")
    house.revise(id, 2, headline="Ferries sink")
    response = house.ask("POST", f"/editorial/articles/{id}/undo", {"version": 2})
    says = problem(response, 409, "base", "theirs", "yours", "events")
    assert [error["path"] for error in says["errors"]] == ["headline"]
    headlines = [says[side]["headline"] for side in ("base", "theirs", "yours")]
    assert headlines == ["Ferries stay", "Ferries sink", HEADLINE]
    assert [event["version"] for event in says["events"]] == [3]


def test_what_cannot_be_taken_back_says_why(house: House, id: str) -> None:
    path = f"/editorial/articles/{id}/undo"
    assert problem(house.ask("POST", path, {}), 409)["detail"] == "There is nothing to take back."
    assert problem(house.ask("POST", path, {"version": 1}), 409)["detail"] == "This cannot be taken back."
    problem(house.ask("POST", path, {"version": 2}), 404)
    problem(house.ask("POST", "/editorial/articles/none/undo", {}), 404)
    problem(house.ask("POST", path, {"version": 0}), 400)
    problem(house.ask("POST", path, {"verison": 1}), 400)


def test_whoever_may_not_do_the_act_that_takes_back_is_refused(house: House, id: str) -> None:
    house.done("POST", f"/editorial/articles/{id}/submit")
    path = f"/editorial/articles/{id}/undo"
    problem(house.ask("POST", path, {}, role=Role.REPORTER), 403)
    problem(house.ask("POST", path, {}, role=Role.CONTRIBUTOR), 403)
    problem(house.ask("POST", path, {}, role=Role.AUDITOR), 403)
    assert house.ask("POST", path, {}, role=Role.PUBLISHER).status_code == 200


def test_a_repeated_request_takes_back_one_act(house: House, id: str) -> None:
    house.revise(id, 1, headline="Ferries stay")
    house.revise(id, 2, standfirst="After all.")
    key = {"Idempotency-Key": "k1"}
    answers = [house.ask("POST", f"/editorial/articles/{id}/undo", {}, headers=key).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert (copy(house, id)["headline"], copy(house, id)["version"]) == ("Ferries stay", 5)


def test_a_repeated_request_is_answered_as_the_first_time_even_if_nothing_is_left_to_take_back(
    house: House, id: str
) -> None:
    house.revise(id, 1, headline="Ferries stay")
    key = {"Idempotency-Key": "k1"}
    path = f"/editorial/articles/{id}/undo"
    answers = [house.ask("POST", path, {}, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    problem(house.ask("POST", path, {"version": 2}, headers=key), 422)
    problem(house.ask("POST", path, {}), 409)


# All that one account did.


def test_all_that_an_account_did_is_taken_back_and_said(house: House) -> None:
    editor = account(house)
    id = house.published()
    answer = clean(house, editor)
    assert answer == {
        "undone": [{"article": id, "version": 2, "sentence": "Editor published it."}],
        "left": [
            {
                "article": id,
                "version": 1,
                "why": "To discard an article, it must be approved or draft or in review; this one is unpublished.",
            }
        ],
    }
    assert house.get(f"/v1/articles/{id}").status_code == 404
    head = house.head()
    assert clean(house, editor) == {"undone": [], "left": answer["left"]}
    assert house.head() == head


def test_a_rehearsal_says_the_same_and_records_nothing(house: House) -> None:
    editor = account(house)
    id = house.draft()["id"]
    house.revise(id, 1, headline="Ferries stay")
    head = house.head()
    rehearsed = clean(house, editor, dry_run=True)
    assert house.head() == head
    assert [one["sentence"] for one in rehearsed["undone"]] == ["Editor changed the headline.", "Editor drafted it."]
    assert clean(house, editor) == rehearsed
    assert copy(house, id)["status"] == "discarded"


def test_what_was_not_about_an_article_is_left(house: House) -> None:
    editor = account(house)
    house.draft(tags=["River"])
    (left,) = clean(house, editor)["left"]
    assert left == {"article": None, "version": 1, "why": "This is about the tag 'river', not an article."}


def test_whoever_does_not_reach_an_article_is_not_told_what_happened_to_it(house: House) -> None:
    editor = account(house)
    id = house.draft(section="sport")["id"]
    house.ask("PATCH", f"/editorial/articles/{id}?base=1", {"standfirst": "Later."}, role=Role.ADMIN)
    house.newsroom.execute(MoveToSections(staff_id=id_of(house, Role.PUBLISHER), sections=("nation",)), "test")
    why = "You do not work for the section 'sport'."
    assert clean(house, editor) == {"undone": [], "left": [{"article": id, "version": 1, "why": why}]}


def test_an_account_that_did_nothing_has_nothing_taken_back(house: House) -> None:
    house.draft()
    assert clean(house, id_of(house, Role.PUBLISHER)) == {"undone": [], "left": []}


def test_an_account_that_nobody_ever_had_is_not_found(house: House) -> None:
    body = {"since": "2024-05-14T12:00:00Z"}
    problem(house.ask("POST", "/editorial/staff/nobody/undo", body, role=Role.PUBLISHER), 404)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.AUDITOR])
def test_only_who_may_undo_others_takes_back_all(house: House, role: Role) -> None:
    body = {"since": "2024-05-14T12:00:00Z"}
    problem(house.ask("POST", "/editorial/staff/somebody/undo", body, role=role), 403)


@pytest.mark.parametrize("body", [{}, {"since": "2024-05-14T12:00:00"}, {"since": "yesterday"}])
def test_the_moment_is_needed_with_its_offset(house: House, body: Answer) -> None:
    says = problem(house.ask("POST", "/editorial/staff/somebody/undo", body, role=Role.PUBLISHER), 400)
    assert [error["path"] for error in says["errors"]] == ["since"]
