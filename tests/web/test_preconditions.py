"""A change names the version that it was made on, and may be repeated under its own key."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from domain.role import Role
from tests.web.house import House, article

ACTS = [
    ("PATCH", "", {"standfirst": "New."}),
    ("POST", "/publish", None),
    ("POST", "/update", None),
    ("POST", "/correct", {"note": "It left at seven."}),
    ("POST", "/versions/1/restore", None),
]


@pytest.mark.parametrize(("method", "act", "body"), ACTS)
def test_a_change_that_names_no_version_is_not_made(house: House, method: str, act: str, body: Any) -> None:
    path = f"/editorial/articles/{house.draft()['id']}{act}"
    head = house.head()
    assert house.ask(method, path, body).status_code == 428
    assert house.head() == head


@pytest.mark.parametrize(("method", "act", "body"), ACTS)
def test_a_change_names_its_version_one_way(house: House, method: str, act: str, body: Any) -> None:
    path = f"/editorial/articles/{house.draft()['id']}{act}?base=1"
    assert house.ask(method, path, body, headers={"If-Match": '"1"'}).status_code == 400


@pytest.mark.parametrize(("method", "act", "body"), ACTS)
def test_a_change_made_on_an_older_working_copy_is_refused(house: House, method: str, act: str, body: Any) -> None:
    id = house.published()
    house.revise(id, 1, standfirst="Theirs.")
    path, head = f"/editorial/articles/{id}{act}", house.head()
    assert house.ask(method, path, body, headers={"If-Match": '"2"'}).status_code == 412
    assert house.head() == head


@pytest.mark.parametrize(("method", "act", "body"), ACTS[1:4])
def test_an_edition_is_never_merged(house: House, method: str, act: str, body: Any) -> None:
    """Readers get the working copy that the editor saw, or nothing new: a base that is older is a conflict."""
    id = house.published()
    house.revise(id, 1, standfirst="Theirs.")
    path, head = f"/editorial/articles/{id}{act}", house.head()
    assert house.ask(method, f"{path}?base=2", body).status_code == 409
    assert house.head() == head


def test_base_reports_a_clash_as_a_conflict(house: House) -> None:
    id = house.draft()["id"]
    house.revise(id, 1, standfirst="Theirs.")
    head = house.head()
    assert house.ask("PATCH", f"/editorial/articles/{id}?base=1", {"standfirst": "Yours."}).status_code == 409
    assert house.head() == head
    answer = house.ask("PATCH", f"/editorial/articles/{id}?base=2", {"standfirst": "Yours."})
    assert (answer.status_code, answer.json()["version"]) == (200, 3)


def test_an_act_that_asks_for_no_version_still_heeds_one(house: House) -> None:
    id = house.published()
    house.revise(id, 1, standfirst="Theirs.")
    path = f"/editorial/articles/{id}/unpublish"
    assert house.ask("POST", path, headers={"If-Match": '"2"'}).status_code == 412
    assert house.ask("POST", f"{path}?base=2").status_code == 409
    assert house.ask("POST", path, headers={"If-Match": '"3"'}).status_code == 200


def test_a_publication_outdates_no_change_of_the_working_copy(house: House) -> None:
    id = house.published()
    assert house.revise(id, 1, standfirst="Made on what was published since.")["version"] == 3


def test_a_version_that_the_article_has_not_come_to_is_none_to_change(house: House) -> None:
    path = f"/editorial/articles/{house.draft()['id']}"
    assert house.ask("PATCH", path, {"standfirst": "New."}, headers={"If-Match": '"7"'}).status_code == 412
    assert house.ask("PATCH", f"{path}?base=7", {"standfirst": "New."}).status_code == 404
    assert house.ask("PATCH", f"{path}?base={10**30}", {"standfirst": "New."}).status_code == 400


@pytest.mark.parametrize("said", ["seven", '"-1"', '"1", "2"', "*", '""', "9" * 30])
def test_what_is_no_version_is_not_taken_for_one(house: House, said: str) -> None:
    path = f"/editorial/articles/{house.draft()['id']}"
    assert house.ask("PATCH", path, {"standfirst": "New."}, headers={"If-Match": said}).status_code == 400


def test_a_base_below_the_first_version_is_named(house: House) -> None:
    answer = house.ask("PATCH", f"/editorial/articles/{house.draft()['id']}?base=0", {})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "base")


def test_a_revision_that_changes_nothing_records_nothing(house: House) -> None:
    id, head = house.draft()["id"], house.head()
    assert house.revise(id, 1, headline="Ferries return to the river")["version"] == 1
    assert house.head() == head


def test_publishing_what_is_published_records_nothing(house: House) -> None:
    id = house.published()
    head = house.head()
    assert house.publish(id)["version"] == 2
    assert house.update(id, 1)["version"] == 2
    assert house.head() == head


def test_publishing_over_changes_is_refused(house: House) -> None:
    id = house.published()
    house.revise(id, 1, standfirst="New.")
    path = f"/editorial/articles/{id}/publish"
    assert house.ask("POST", path, headers={"If-Match": '"3"'}).status_code == 409


# Repeating.


def repeated(house: House, method: str, path: str, body: Any, **headers: str) -> None:
    """Asked again under its key, the answer is the same, and nothing more is recorded."""
    said = {"Idempotency-Key": "once", **{name.replace("_", "-"): value for name, value in headers.items()}}
    first = house.ask(method, path, body, headers=said)
    assert first.status_code in (200, 201), first.text
    head = house.head()
    again = house.ask(method, path, body, headers=said)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert house.head() == head


def test_every_change_may_be_repeated_under_its_key(house: House) -> None:
    repeated(house, "POST", "/editorial/articles", article())
    id = house.draft()["id"]
    path = f"/editorial/articles/{id}"
    repeated(house, "PATCH", path, {"standfirst": "New."}, If_Match='"1"', Idempotency_Key="a")
    repeated(house, "POST", f"{path}/publish", None, If_Match='"2"', Idempotency_Key="b")
    house.revise(id, 2, standfirst="Newer.")
    repeated(house, "POST", f"{path}/update", None, If_Match='"4"', Idempotency_Key="c")
    repeated(house, "POST", f"{path}/correct", {"note": "It left at seven."}, If_Match='"5"', Idempotency_Key="d")
    repeated(house, "POST", f"{path}/versions/2/restore", None, If_Match='"6"', Idempotency_Key="e")
    repeated(house, "POST", f"{path}/unpublish", None, Idempotency_Key="f")


def test_every_step_of_the_review_may_be_repeated_under_its_key(house: House) -> None:
    path = f"/editorial/articles/{house.draft()['id']}"
    steps: list[tuple[str, Any]] = [
        ("submit", None),
        ("return", {"note": "Who says so?"}),
        ("submit", None),
        ("approve", None),
        ("discard", None),
    ]
    for order, (act, body) in enumerate(steps):
        repeated(house, "POST", f"{path}/{act}", body, Idempotency_Key=f"step {order}")


def test_a_repetition_is_answered_as_it_was_whatever_came_since(house: House) -> None:
    path = f"/editorial/articles/{house.draft()['id']}"
    said = {"If-Match": '"1"', "Idempotency-Key": "once"}
    first = house.ask("PATCH", path, {"standfirst": "New."}, headers=said).json()
    house.done("PATCH", path, {"standfirst": "Newer."}, made_on=2)
    assert house.ask("PATCH", path, {"standfirst": "New."}, headers=said).json() == first
    assert house.ask("GET", path).json()["standfirst"] == "Newer."


def test_one_key_for_two_requests_is_an_error(house: House) -> None:
    said = {"Idempotency-Key": "once"}
    id = house.ask("POST", "/editorial/articles", article(), headers=said).json()["id"]
    head = house.head()
    assert house.ask("POST", "/editorial/articles", article(headline="Other"), headers=said).status_code == 422
    assert house.ask("POST", f"/editorial/articles/{id}/publish?base=1", headers=said).status_code == 422
    assert house.head() == head


def test_a_key_is_its_own_staff_member_s(house: House) -> None:
    said = {"Idempotency-Key": "once"}
    ids = {
        house.ask("POST", "/editorial/articles", article(), role=role, headers=said).json()["id"]
        for role in (Role.EDITOR, Role.REPORTER)
    }
    assert len(ids) == 2


def test_a_refused_request_may_be_asked_again_under_its_key(house: House) -> None:
    id, said = house.draft()["id"], {"Idempotency-Key": "once"}
    assert house.ask("POST", f"/editorial/articles/{id}/unpublish", headers=said).status_code == 409
    house.publish(id)
    assert house.ask("POST", f"/editorial/articles/{id}/unpublish", headers=said).status_code == 200


def test_a_key_that_is_too_long_is_named(house: House) -> None:
    answer = house.ask("POST", "/editorial/articles", article(), headers={"Idempotency-Key": "x" * 256})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "Idempotency-Key")


def test_the_same_key_from_many_at_once_is_one_article(house: House) -> None:
    def draft(_: int) -> str:
        answer = house.ask("POST", "/editorial/articles", article(), headers={"Idempotency-Key": "once"})
        return str(answer.json()["id"])

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(draft, range(24)))) == 1
    drafted = house.audit("/audit/events?type=ArticleDrafted").json()["items"]
    assert len(drafted) == 1


def test_of_many_who_change_one_version_one_succeeds(house: House) -> None:
    path = f"/editorial/articles/{house.draft()['id']}"

    def revise(order: int) -> int:
        said = {"If-Match": '"1"'}
        return house.ask("PATCH", path, {"standfirst": f"From {order}."}, headers=said).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(revise, range(16))) == [200, *[412] * 15]
