"""How far a role reaches: their own articles, those of others, the sections that they work for."""

from typing import Any

import pytest
from httpx import Response

from cms import staff
from domain.role import Role
from domain.staff import DismissStaff, GiveRole, MoveToSections
from tests.web.house import Answer, House, article, problem

NEW = {"standfirst": "New."}
NOT_THEIRS = "Your role does not reach the articles of others."
READS = ("", "/versions", "/versions/1", "/diff?from=1")


def drafted(house: House, role: Role, **fields: Any) -> str:
    response = house.ask("POST", "/editorial/articles", article(**fields), role=role)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def read(house: House, id: str, of: str, role: Role) -> Response:
    return house.ask("GET", f"/editorial/articles/{id}{of}", role=role)


def revise(house: House, id: str, role: Role, made_on: int = 1, fields: Answer = NEW) -> Response:
    return house.ask("PATCH", f"/editorial/articles/{id}", fields, role=role, headers={"If-Match": f'"{made_on}"'})


def act(house: House, id: str, name: str, role: Role, made_on: int = 1, body: Any = None) -> Response:
    return house.ask("POST", f"/editorial/articles/{id}/{name}", body, role=role, headers={"If-Match": f'"{made_on}"'})


def staff_id(house: House, role: Role) -> str:
    return str(staff.find(house.newsroom.history, f"{role}@chronicle.example"))


def limited(house: House, role: Role, *sections: str) -> None:
    house.newsroom.execute(MoveToSections(staff_id=staff_id(house, role), sections=sections), "test")


def forbidden(response: Response) -> str:
    return str(problem(response, 403)["detail"])


# Their own, and those of others.


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.REPORTER])
def test_whoever_writes_reads_revises_and_hands_in_their_own(house: House, role: Role) -> None:
    id = drafted(house, role)
    for of in READS:
        assert read(house, id, of, role).status_code == 200, of
    assert revise(house, id, role).json()["version"] == 2
    assert act(house, id, "versions/1/restore", role, 2).json()["version"] == 3
    assert act(house, id, "submit", role, 3).json()["version"] == 4


@pytest.mark.parametrize(("role", "reads"), [(Role.CONTRIBUTOR, 403), (Role.REPORTER, 200)])
def test_those_of_others_a_reporter_reads_and_neither_changes(house: House, role: Role, reads: int) -> None:
    id = drafted(house, Role.EDITOR)
    head = house.head()
    assert [read(house, id, of, role).status_code for of in READS] == [reads] * len(READS)
    assert forbidden(revise(house, id, role)) == NOT_THEIRS
    assert forbidden(act(house, id, "submit", role)) == NOT_THEIRS
    assert forbidden(act(house, id, "versions/1/restore", role)) == NOT_THEIRS
    assert house.head() == head


def test_a_contributor_is_told_nothing_of_what_others_write(house: House) -> None:
    id = drafted(house, Role.REPORTER, headline="A secret")
    for of in READS:
        response = read(house, id, of, Role.CONTRIBUTOR)
        assert forbidden(response) == NOT_THEIRS
        assert "secret" not in response.text
    merging = house.ask("PATCH", f"/editorial/articles/{id}?base=1", NEW, role=Role.CONTRIBUTOR)
    assert forbidden(merging) == NOT_THEIRS


def test_a_contributor_is_not_told_how_many_versions_there_are_of_what_others_write(house: House) -> None:
    id = drafted(house, Role.REPORTER)
    merging = house.ask("PATCH", f"/editorial/articles/{id}?base=9", NEW, role=Role.CONTRIBUTOR)
    assert forbidden(merging) == NOT_THEIRS
    assert forbidden(act(house, id, "versions/9/restore", Role.CONTRIBUTOR)) == NOT_THEIRS


def test_a_contributor_does_not_reach_their_own_after_it_was_handed_to_readers_but_to_revise(house: House) -> None:
    id = drafted(house, Role.CONTRIBUTOR)
    house.publish(id)
    assert revise(house, id, Role.CONTRIBUTOR).status_code == 200
    for name in ("publish", "update", "unpublish", "approve", "discard"):
        assert forbidden(act(house, id, name, Role.CONTRIBUTOR, 3)) == f"Your role does not include: {PRIVILEGE[name]}."


PRIVILEGE = {**dict.fromkeys(("publish", "update", "unpublish"), "publish"), "approve": "approve", "discard": "discard"}


def test_an_article_that_is_not_there_is_not_found_by_any(house: House) -> None:
    for role in (Role.CONTRIBUTOR, Role.REPORTER, Role.EDITOR, Role.AUDITOR):
        problem(read(house, "nothing", "", role), 404)
    problem(revise(house, "nothing", Role.CONTRIBUTOR), 404)


@pytest.mark.parametrize("id", ["%00", "%ff", "a%20b", "x" * 65, "%E2%80%94"])
def test_what_is_no_id_of_an_article_is_said_to_be_none_on_any_database(shared_house: House, id: str) -> None:
    for role in (Role.CONTRIBUTOR, Role.EDITOR):
        problem(shared_house.ask("GET", f"/editorial/articles/{id}", role=role), 400)


def test_a_revision_says_whose_words_it_has(house: House) -> None:
    id = drafted(house, Role.REPORTER)
    assert revise(house, id, Role.EDITOR).status_code == 200
    (event,) = house.audit(f"/audit/events?stream=article:{id}&type=ArticleRevised").json()["items"]
    assert event["event"]["editor"] == event["by"] == staff_id(house, Role.EDITOR)


# Sections.


def test_an_editor_of_a_section_edits_there_and_in_what_is_part_of_it(house: House) -> None:
    limited(house, Role.EDITOR, "economy")
    for section in ("economy", "energy"):
        id = drafted(house, Role.REPORTER, section=section)
        assert revise(house, id, Role.EDITOR).status_code == 200
        assert act(house, id, "publish", Role.EDITOR, 2).status_code == 200


def test_an_editor_of_a_section_does_nothing_elsewhere(house: House) -> None:
    id, head = drafted(house, Role.REPORTER, section="sport"), house.head()
    limited(house, Role.EDITOR, "economy")
    head += 1
    elsewhere = "You do not work for the section 'sport'."
    for of in READS:
        assert forbidden(read(house, id, of, Role.EDITOR)) == elsewhere
    assert forbidden(revise(house, id, Role.EDITOR)) == elsewhere
    for name in ("submit", "approve", "discard", "reopen", "publish", "update", "unpublish"):
        assert forbidden(act(house, id, name, Role.EDITOR)) == elsewhere, name
    draft = house.ask("POST", "/editorial/articles", article(section="sport"))
    assert forbidden(draft) == elsewhere
    assert house.head() == head


def test_an_editor_of_a_section_moves_no_article_out_of_it(house: House) -> None:
    limited(house, Role.EDITOR, "economy")
    id = drafted(house, Role.EDITOR, section="economy")
    assert forbidden(revise(house, id, Role.EDITOR, fields={"section": "sport"})) == (
        "You do not work for the section 'sport'."
    )
    assert revise(house, id, Role.EDITOR, fields={"section": "energy"}).status_code == 200


def test_a_version_from_another_section_is_not_brought_back_by_who_does_not_work_there(house: House) -> None:
    id = drafted(house, Role.REPORTER, section="sport")
    assert revise(house, id, Role.EDITOR, fields={"section": "economy"}).status_code == 200
    limited(house, Role.EDITOR, "economy")
    assert forbidden(act(house, id, "versions/1/restore", Role.EDITOR, 2)) == "You do not work for the section 'sport'."


# At once.


def test_another_role_counts_with_the_next_request(house: House) -> None:
    id = drafted(house, Role.REPORTER)
    assert revise(house, id, Role.EDITOR).status_code == 200
    house.newsroom.execute(GiveRole(staff_id=staff_id(house, Role.EDITOR), role=Role.REPORTER), "test")
    assert forbidden(revise(house, id, Role.EDITOR, 2, {"standfirst": "Newer."})) == NOT_THEIRS


def test_who_left_is_let_in_nowhere(house: House) -> None:
    id = drafted(house, Role.EDITOR)
    house.newsroom.execute(DismissStaff(staff_id=staff_id(house, Role.EDITOR)), "test")
    head = house.head()
    assert read(house, id, "", Role.EDITOR).status_code in (401, 403)
    assert revise(house, id, Role.EDITOR).status_code in (401, 403)
    assert act(house, id, "publish", Role.EDITOR).status_code in (401, 403)
    assert house.head() == head


# Reopened.


def test_what_was_discarded_is_reopened_by_who_may_discard(house: House) -> None:
    id = drafted(house, Role.REPORTER)
    assert act(house, id, "discard", Role.EDITOR).status_code == 200
    problem(revise(house, id, Role.REPORTER), 409)
    assert forbidden(act(house, id, "reopen", Role.REPORTER)) == "Your role does not include: discard."
    assert act(house, id, "reopen", Role.EDITOR).json()["version"] == 3
    assert read(house, id, "", Role.REPORTER).json()["status"] == "draft"
    assert revise(house, id, Role.REPORTER).json()["version"] == 4
