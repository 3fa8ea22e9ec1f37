"""What colleagues note on an article, whose work it is, and by when."""

import hashlib
from typing import Any

import pytest

from cms import confidential
from domain.role import Role
from tests.web.house import Answer, House, problem

FIRST = {"kind": "paragraph", "id": "a", "text": "The first one left at six in the morning."}
SECRET = "Our source is the harbour master."


@pytest.fixture
def id(house: House) -> str:
    return draft(house)


def draft(house: House, role: Role = Role.EDITOR) -> str:
    body = {"headline": "Ferries return", "section": "nation", "body": [FIRST]}
    response = house.ask("POST", "/editorial/articles", body, role=role)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def path(id: str, of: str) -> str:
    return f"/editorial/articles/{id}/{of}"


def write(house: House, id: str, text: str, *, role: Role = Role.EDITOR, **fields: Any) -> Answer:
    response = house.ask("POST", path(id, "notes"), {"text": text, **fields}, role=role)
    assert response.status_code == 201, response.text
    written: Answer = response.json()
    return written


def notes(house: House, id: str, role: Role = Role.EDITOR) -> list[Answer]:
    response = house.ask("GET", path(id, "notes"), role=role)
    assert response.status_code == 200, response.text
    items: list[Answer] = response.json()["items"]
    return items


def staff_id(house: House, role: Role) -> str:
    rows = house.newsroom.history.select("select id from vault where email = ?", f"{role}@chronicle.example")
    return str(rows[0]["id"])


def copy(house: House, id: str) -> Answer:
    answer: Answer = house.ask("GET", f"/editorial/articles/{id}").json()
    return answer


# Notes.


def test_notes_are_listed_as_they_were_written(house: House, id: str) -> None:
    first = write(house, id, "How much did it cost?")
    house.clock.forward(hours=1)
    second = write(house, id, "Six or seven?", block="a", role=Role.REPORTER)
    assert set(first) == {"id", "note", "version", "position"}
    assert (first["id"], first["version"], second["version"]) == (id, 1, 2)
    found = notes(house, id)
    assert [(one["note"], one["text"], one["block"]) for one in found] == [
        (first["note"], "How much did it cost?", ""),
        (second["note"], "Six or seven?", "a"),
    ]
    assert [one["by"] for one in found] == [staff_id(house, Role.EDITOR), staff_id(house, Role.REPORTER)]
    assert [one["at"][:16] for one in found] == ["2024-05-14T16:00", "2024-05-14T17:00"]
    assert not any(one["confidential"] or one["resolved"] for one in found)


def test_notes_say_who_the_people_are(house: House, id: str) -> None:
    write(house, id, "How much did it cost?", role=Role.REPORTER)
    answer = house.ask("GET", path(id, "notes")).json()
    assert answer["names"] == {staff_id(house, Role.REPORTER): "Reporter"}


def test_a_note_is_resolved_by_somebody_at_some_moment(house: House, id: str) -> None:
    note = write(house, id, "How much did it cost?")["note"]
    house.clock.forward(minutes=5)
    response = house.ask("POST", path(id, f"notes/{note}/resolve"), role=Role.REPORTER)
    assert response.status_code == 200, response.text
    (found,) = notes(house, id)
    assert (found["resolved"], found["resolved_by"]) == (True, staff_id(house, Role.REPORTER))
    assert found["resolved_at"][:16] == "2024-05-14T16:05"
    head = house.head()
    assert house.ask("POST", path(id, f"notes/{note}/resolve")).status_code == 200
    assert house.head() == head


def test_notes_change_nothing_of_the_working_copy(house: House, id: str) -> None:
    before = copy(house, id)
    write(house, id, "How much did it cost?")
    assert copy(house, id) == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"text": ""}, 400),
        ({"text": " \n"}, 400),
        ({"text": "x" * 5_001}, 400),
        ({"text": "What\x00?"}, 400),
        ({"text": "What?", "block": "no block"}, 400),
        ({"text": "What?", "block": "b"}, 409),
        ({"text": "What?", "colour": "red"}, 400),
        ({"text": "What?", "confidential": "yes"}, 400),
    ],
)
def test_a_note_that_cannot_be_meant_is_refused(house: House, id: str, body: Answer, status: int) -> None:
    head = house.head()
    problem(house.ask("POST", path(id, "notes"), body), status)
    assert house.head() == head


def test_there_are_no_notes_where_there_is_no_article(house: House, id: str) -> None:
    problem(house.ask("GET", path("nothing", "notes")), 404)
    problem(house.ask("POST", path("nothing", "notes"), {"text": "What?"}), 404)
    problem(house.ask("POST", path(id, "notes/nothing/resolve")), 404)


def test_who_may_not_read_an_article_neither_reads_nor_writes_notes(house: House, id: str) -> None:
    problem(house.ask("GET", path(id, "notes"), role=Role.CONTRIBUTOR), 403)
    problem(house.ask("POST", path(id, "notes"), {"text": "What?"}, role=Role.CONTRIBUTOR), 403)
    own = draft(house, Role.CONTRIBUTOR)
    write(house, own, "Is this enough?", role=Role.CONTRIBUTOR)
    assert [one["text"] for one in notes(house, own, Role.CONTRIBUTOR)] == ["Is this enough?"]


def test_auditors_read_notes_and_write_none(house: House, id: str) -> None:
    note = write(house, id, "How much did it cost?")["note"]
    assert [one["text"] for one in notes(house, id, Role.AUDITOR)] == ["How much did it cost?"]
    problem(house.ask("POST", path(id, "notes"), {"text": "What?"}, role=Role.AUDITOR), 403)
    problem(house.ask("POST", path(id, f"notes/{note}/resolve"), role=Role.AUDITOR), 403)


@pytest.mark.parametrize("confidentially", [False, True])
def test_a_note_that_is_sent_again_is_the_same_note(house: House, id: str, confidentially: bool) -> None:
    body, key = {"text": SECRET, "confidential": confidentially}, {"Idempotency-Key": "note-1"}
    first, again = (house.ask("POST", path(id, "notes"), body, headers=key).json() for _ in range(2))
    assert first == again
    assert [(one["note"], one["text"]) for one in notes(house, id)] == [(first["note"], SECRET)]


# Confidential notes.


@pytest.mark.parametrize("kind", ["house", "shared_house"])
def test_a_confidential_note_is_read_by_who_wrote_it_and_by_editors(kind: str, request: pytest.FixtureRequest) -> None:
    house: House = request.getfixturevalue(kind)
    id = draft(house)
    write(house, id, SECRET, confidential=True, role=Role.REPORTER)
    for role in (Role.REPORTER, Role.EDITOR, Role.PUBLISHER, Role.ADMIN):
        assert [one["text"] for one in notes(house, id, role)] == [SECRET], role


@pytest.mark.parametrize("kind", ["house", "shared_house"])
def test_of_a_confidential_note_others_see_that_it_is_there(kind: str, request: pytest.FixtureRequest) -> None:
    house: House = request.getfixturevalue(kind)
    id = draft(house)
    write(house, id, SECRET, confidential=True, block="a")
    for role in (Role.REPORTER, Role.AUDITOR):
        (found,) = notes(house, id, role)
        assert (found["text"], found["confidential"], found["block"]) == (None, True, "a")
        assert found["by"] == staff_id(house, Role.EDITOR)


def test_the_words_of_a_confidential_note_stand_nowhere_else(
    house: House, id: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    note = write(house, id, SECRET, confidential=True)["note"]
    house.ask("POST", path(id, "notes"), {"text": SECRET, "confidential": True, "block": "b"})
    audit = house.audit("/audit/events?limit=1000").text
    assert note in audit
    assert SECRET not in audit
    assert SECRET not in caplog.text
    history = house.newsroom.history
    assert all(SECRET.encode() not in stored.state for stored in history.streams_after(0, 1_000))
    assert len(history.select("select * from confidential")) == 1


def test_the_words_of_a_confidential_note_cannot_be_guessed_from_the_key_that_they_were_sent_with(
    house: House, id: str
) -> None:
    body, key = {"text": SECRET, "confidential": True}, {"Idempotency-Key": "note-1"}
    sent = house.ask("POST", path(id, "notes"), body, headers=key).request
    (row,) = house.newsroom.history.select("select body from command where id = 'note-1'")
    guess = hashlib.sha256(f"POST {path(id, 'notes')}?\n\n".encode() + sent.content).hexdigest()
    assert row["body"] != guess


@pytest.mark.parametrize("kind", ["house", "shared_house"])
def test_the_words_of_a_confidential_note_can_be_forgotten(kind: str, request: pytest.FixtureRequest) -> None:
    house: House = request.getfixturevalue(kind)
    id = draft(house)
    note = write(house, id, SECRET, confidential=True)["note"]
    write(house, id, "How much did it cost?")
    house.newsroom.note(confidential.forgotten(note))
    assert [(one["text"], one["confidential"]) for one in notes(house, id)] == [
        (None, True),
        ("How much did it cost?", False),
    ]


# Whose work it is, and by when.


def test_an_article_is_given_to_somebody_and_taken_from_them(house: House, id: str) -> None:
    assert (copy(house, id)["assignee"], copy(house, id)["due_at"]) == (None, None)
    reporter = staff_id(house, Role.REPORTER)
    accepted = house.done("PUT", path(id, "assignment"), {"to": reporter})
    assert (accepted["id"], accepted["version"], accepted["position"]) == (id, 1, house.head())
    assert (copy(house, id)["assignee"], copy(house, id)["version"]) == (reporter, 1)
    house.done("PUT", path(id, "assignment"), {"to": None})
    assert copy(house, id)["assignee"] is None


def test_to_assign_what_is_nobody_s_to_nobody_records_nothing(house: House, id: str) -> None:
    head = house.head()
    assert house.done("PUT", path(id, "assignment"), {"to": None}) == {"id": id, "version": 0, "position": 0}
    assert house.head() == head


def test_whose_work_it_is_reads_and_revises_it(house: House, id: str) -> None:
    revise = ("PATCH", f"/editorial/articles/{id}", {"standfirst": "At last."})
    problem(house.ask(*revise, role=Role.CONTRIBUTOR, headers={"If-Match": '"1"'}), 403)
    house.done("PUT", path(id, "assignment"), {"to": staff_id(house, Role.CONTRIBUTOR)})
    assert notes(house, id, Role.CONTRIBUTOR) == []
    assert house.ask(*revise, role=Role.CONTRIBUTOR, headers={"If-Match": '"1"'}).status_code == 200


def test_no_work_is_given_to_who_cannot_do_it(house: House, id: str) -> None:
    for to in ("nobody", staff_id(house, Role.AUDITOR)):
        problem(house.ask("PUT", path(id, "assignment"), {"to": to}), 409)
    for body in ({}, {"to": ""}, {"to": "x" * 65}, {"to": 7}):
        problem(house.ask("PUT", path(id, "assignment"), body), 400)
    problem(house.ask("PUT", path("nothing", "assignment"), {"to": None}), 404)


def test_an_article_is_due_at_a_moment(house: House, id: str) -> None:
    house.done("PUT", path(id, "due"), {"at": "2024-05-14T22:00:00+04:00"})
    assert copy(house, id)["due_at"] == "2024-05-14T22:00:00+04:00"
    house.done("PUT", path(id, "due"), {"at": "2024-05-14T22:30"})
    assert copy(house, id)["due_at"] == "2024-05-14T22:30:00+04:00"
    house.done("PUT", path(id, "due"), {"at": None})
    assert copy(house, id)["due_at"] is None


@pytest.mark.parametrize("at", ["2024-05-14", "tomorrow", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z"])
def test_a_moment_that_cannot_be_meant_is_refused(house: House, id: str, at: str) -> None:
    body = problem(house.ask("PUT", path(id, "due"), {"at": at}), 400)
    assert [error["path"] for error in body["errors"]] == ["at"]


def test_only_editors_say_whose_work_it_is_and_by_when(house: House, id: str) -> None:
    for role in (Role.CONTRIBUTOR, Role.REPORTER, Role.AUDITOR):
        problem(house.ask("PUT", path(id, "assignment"), {"to": None}, role=role), 403)
        problem(house.ask("PUT", path(id, "due"), {"at": None}, role=role), 403)
