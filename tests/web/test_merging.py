"""Two editors on one version: both get in where they do not touch, and both sides are shown where they do."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from httpx import Response

from domain.role import Role
from tests.web.house import Answer, House, problem

SIDES = ("base", "theirs", "yours", "events")


def block(id: str, text: str) -> Answer:
    return {"kind": "paragraph", "id": id, "text": text}


A, B, C = block("a", "At six."), block("b", "At seven."), block("c", "At eight.")
BODY = [A, B, C]


@pytest.fixture
def id(house: House) -> str:
    """An article of three paragraphs, at version 1."""
    id: str = house.draft(body=BODY)["id"]
    return id


def merge(house: House, id: str, base: int, fields: Answer, role: Role = Role.EDITOR) -> Response:
    return house.ask("PATCH", f"/editorial/articles/{id}?base={base}", fields, role=role)


def merged(house: House, id: str, base: int, **fields: Any) -> Answer:
    """What stands then."""
    response = merge(house, id, base, fields)
    assert response.status_code == 200, response.text
    return copy(house, id)


def copy(house: House, id: str) -> Answer:
    answer: Answer = house.ask("GET", f"/editorial/articles/{id}").json()
    return answer


def words(house: House, id: str) -> list[str]:
    return [block["text"] for block in copy(house, id)["body"]]


def clash(house: House, id: str, base: int, **fields: Any) -> Answer:
    """The problem that a change made on `base` meets; nothing is recorded."""
    head = house.head()
    body = problem(merge(house, id, base, fields), 409, *SIDES)
    assert set(SIDES) < set(body)
    assert house.head() == head
    return body


def paths(problem: Answer) -> list[str]:
    return [error["path"] for error in problem["errors"]]


def test_two_who_change_different_fields_both_get_in(house: House, id: str) -> None:
    merged(house, id, 1, headline="Ferries stay")
    assert merge(house, id, 1, {"standfirst": "After all.", "tags": ["River"]}, Role.PUBLISHER).json()["version"] == 3
    answer = copy(house, id)
    assert (answer["headline"], answer["standfirst"], answer["tags"]) == ("Ferries stay", "After all.", ["river"])


def test_two_who_change_different_blocks_both_get_in(house: House, id: str) -> None:
    merged(house, id, 1, body=[block("a", "At five."), B, C])
    merged(house, id, 1, body=[A, B, block("c", "At nine.")])
    assert words(house, id) == ["At five.", "At seven.", "At nine."]


def test_what_one_adds_and_another_removes_is_added_and_removed(house: House, id: str) -> None:
    merged(house, id, 1, body=[A, B, block("new", "At half past."), C])
    merged(house, id, 1, body=[B, C])
    assert words(house, id) == ["At seven.", "At half past.", "At eight."]


def test_a_block_that_one_moves_keeps_what_another_writes_in_it(house: House, id: str) -> None:
    merged(house, id, 1, body=[C, A, B])
    merged(house, id, 1, body=[A, B, block("c", "At nine.")])
    assert words(house, id) == ["At nine.", "At six.", "At seven."]


def test_a_clash_shows_both_sides_and_what_came_between(house: House, id: str) -> None:
    house.publish(id)
    theirs, yours = [A, block("b", "At noon."), C], [A, block("b", "At midnight."), C]
    assert merge(house, id, 1, {"body": theirs}, Role.PUBLISHER).status_code == 200
    found = clash(house, id, 1, body=yours, standfirst="New.")
    assert found["detail"] == "Somebody else changed this too: body.b."
    assert paths(found) == ["body.b"]
    assert [found[side]["body"] for side in ("base", "theirs", "yours")] == [BODY, theirs, yours]
    assert found["yours"]["standfirst"] == "New."
    assert [(event["version"], event["event"]["type"]) for event in found["events"]] == [
        (2, "ArticlePublished"),
        (3, "ArticleRevised"),
    ]
    by = {event["version"]: event["by"] for event in found["events"]}
    assert by[2] != by[3]
    # Whoever resolved it names the version that they saw.
    merged(house, id, 3, body=yours, standfirst="New.")
    assert words(house, id) == ["At six.", "At midnight.", "At eight."]


def test_all_that_clashes_is_named(house: House, id: str) -> None:
    merged(house, id, 1, headline="Theirs", tags=["River"], body=[block("a", "Theirs."), block("b", "Theirs."), C])
    found = clash(house, id, 1, headline="Yours", tags=["Sea"], source="Wire", body=[block("a", "Y."), B, C])
    assert sorted(paths(found)) == ["body.a", "headline", "tags"]


def test_a_block_that_one_removes_and_another_changes_is_a_clash(house: House, id: str) -> None:
    merged(house, id, 1, body=[A, C])
    assert paths(clash(house, id, 1, body=[A, block("b", "At noon."), C])) == ["body.b"]


def test_a_block_that_one_changes_and_another_removes_is_a_clash(house: House, id: str) -> None:
    merged(house, id, 1, body=[A, block("b", "At noon."), C])
    assert paths(clash(house, id, 1, body=[A, C])) == ["body.b"]


def test_two_orders_are_a_clash(house: House, id: str) -> None:
    merged(house, id, 1, body=[C, A, B])
    assert paths(clash(house, id, 1, body=[B, A, C])) == ["body"]


@pytest.mark.parametrize("fields", [{"standfirst": "New."}, {"body": [block("a", "At five."), B, C]}])
def test_what_would_merge_is_refused_to_those_who_are_strict(house: House, id: str, fields: Answer) -> None:
    merged(house, id, 1, headline="Theirs")
    path, head = f"/editorial/articles/{id}", house.head()
    problem(house.ask("PATCH", path, fields, headers={"If-Match": '"1"'}), 412)
    assert house.head() == head
    merged(house, id, 1, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"headline": "Both"},
        {"body": [A, block("b", "Both."), C]},
        {"headline": "Both", "body": [A, block("b", "Both."), C]},
        {"standfirst": ""},
        {"body": BODY},
        {},
    ],
)
def test_a_merge_that_changes_nothing_records_nothing(house: House, id: str, fields: Answer) -> None:
    merged(house, id, 1, headline="Both", body=[A, block("b", "Both."), C])
    before, head = copy(house, id), house.head()
    assert merged(house, id, 1, **fields) == before
    assert house.head() == head


def test_a_base_that_the_article_has_not_come_to_is_not_found(house: House, id: str) -> None:
    head = house.head()
    problem(merge(house, id, 2, {"headline": "New"}), 404)
    problem(house.ask("POST", f"/editorial/articles/{id}/versions/1/restore?base=2"), 404)
    assert house.head() == head


def test_what_a_merge_leads_to_must_be_sound(house: House, id: str) -> None:
    merged(house, id, 1, headline="Theirs")
    says = problem(merge(house, id, 1, {"section": "nowhere"}), 409)["detail"]
    assert says == "There is no section 'nowhere'."


def test_two_blocks_with_one_id_are_refused_before_a_merge_could_lose_one(house: House, id: str) -> None:
    says = problem(merge(house, id, 1, {"body": [*BODY, block("new", "One."), block("new", "Two.")]}), 409)["detail"]
    assert says == "Two blocks have the same id."
    assert copy(house, id)["body"] == BODY


@pytest.mark.parametrize(("act", "body"), [("publish", None), ("update", None), ("correct", {"note": "At five."})])
def test_nobody_publishes_words_that_they_have_not_seen(house: House, id: str, act: str, body: Any) -> None:
    if act != "publish":
        house.publish(id)
    seen = copy(house, id)["version"]
    merged(house, id, seen, standfirst="Theirs.")
    path, head = f"/editorial/articles/{id}/{act}", house.head()
    problem(house.ask("POST", f"{path}?base={seen}", body), 409)
    problem(house.ask("POST", path, body, headers={"If-Match": f'"{seen}"'}), 412)
    assert house.head() == head
    assert house.ask("POST", f"{path}?base={seen + 1}", body).status_code == 200


def test_a_merge_may_be_repeated_under_its_key(house: House, id: str) -> None:
    merged(house, id, 1, headline="Theirs")
    path, said = f"/editorial/articles/{id}", {"Idempotency-Key": "once"}
    first = house.ask("PATCH", f"{path}?base=1", {"standfirst": "Yours."}, headers=said)
    house.revise(id, 3, standfirst="Newer.")
    head = house.head()
    again = house.ask("PATCH", f"{path}?base=1", {"standfirst": "Yours."}, headers=said)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert house.head() == head
    assert copy(house, id)["standfirst"] == "Newer."
    for query, fields in (("?base=2", {"standfirst": "Yours."}), ("?base=1", {"standfirst": "Other."})):
        problem(house.ask("PATCH", f"{path}{query}", fields, headers=said), 422)


def test_a_clash_may_be_asked_again_under_its_key(house: House, id: str) -> None:
    merged(house, id, 1, headline="Theirs")
    path, said = f"/editorial/articles/{id}?base=1", {"Idempotency-Key": "once"}
    for _ in range(2):
        problem(house.ask("PATCH", path, {"headline": "Yours"}, headers=said), 409, *SIDES)
    house.revise(id, 2, headline="Ferries return to the river")
    assert house.ask("PATCH", path, {"headline": "Yours"}, headers=said).status_code == 200
    assert copy(house, id)["headline"] == "Yours"


def test_of_many_at_work_on_one_version_none_loses_a_word(house: House) -> None:
    """Each edits a paragraph of their own and adds two after it, one request at a time, all made on version 1."""
    people = range(12)
    stood = [block(f"p{person}", f"Of {person}.") for person in people]
    id: str = house.draft(body=stood)["id"]

    def write(person: int) -> list[int]:
        own = [
            block(f"p{person}", f"Of {person}, edited."),
            block(f"p{person}-1", f"Of {person}, added."),
            block(f"p{person}-2", f"Of {person}, added again."),
        ]
        bodies = [[*stood[:person], *own[:count], *stood[person + 1 :]] for count in (1, 2, 3)]
        return [merge(house, id, 1, {"body": body}).status_code for body in bodies]

    with ThreadPoolExecutor(len(people)) as pool:
        assert list(pool.map(write, people)) == [[200, 200, 200]] * len(people)
    assert words(house, id) == [
        f"Of {person}, {what}." for person in people for what in ("edited", "added", "added again")
    ]
    assert copy(house, id)["version"] == 1 + 3 * len(people)
