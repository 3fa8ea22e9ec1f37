"""Admins say who works here, and as what; names and addresses lie in the vault alone."""

import pytest

from domain.role import PRIVILEGES, Privilege, Role
from tests.web.house import Answer, House, problem
from tests.web.people import address, by, comes_in, give_password, id_of, log_in, session, try_to

BO: Answer = {"email": "bo@chronicle.example", "name": "Bo Rune", "role": "reporter", "sections": ["nation"]}


def admin(house: House, method: str, path: str = "", body: object = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = house.ask(method, f"/editorial/staff{path}", body, role=Role.ADMIN, headers=named)
    assert response.status_code in (200, 201), response.text
    answer: Answer = response.json()
    return answer


def hire(house: House, **changed: object) -> str:
    return str(admin(house, "POST", "", {**BO, **changed})["id"])


def events(house: House, id: str) -> list[str]:
    return [item["event"]["type"] for item in house.audit(f"/audit/events?stream=staff:{id}").json()["items"]]


def test_somebody_is_hired_and_listed(house: House) -> None:
    id = hire(house)
    expected = {**BO, "id": id, "left": False, "second_factor": False}
    assert admin(house, "GET", f"/{id}") == expected
    listed = admin(house, "GET")["items"]
    assert expected in listed
    assert [one["name"] for one in listed] == sorted(one["name"] for one in listed)
    assert events(house, id) == ["StaffHired"]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"email": "bo"}, "email"),
        ({"email": "bo\x00@chronicle.example"}, "email"),
        ({"name": " "}, "name"),
        ({"name": "Bo\x07"}, "name"),
        ({"name": "B" * 101}, "name"),
        ({"role": "king"}, "role"),
        ({"sections": ["Not a slug"]}, "sections[0]"),
        ({"salary": 1}, "salary"),
    ],
)
def test_nobody_is_hired_under_what_cannot_be_meant(house: House, wrong: Answer, path: str) -> None:
    response = house.ask("POST", "/editorial/staff", {**BO, **wrong}, role=Role.ADMIN)
    assert [error["path"] for error in problem(response, 400)["errors"]] == [path]


def test_nobody_is_hired_twice_nor_for_a_section_that_is_not_there(house: House) -> None:
    hire(house)
    problem(house.ask("POST", "/editorial/staff", BO, role=Role.ADMIN), 409)
    other = {**BO, "email": "other@chronicle.example", "sections": ["moon"]}
    assert "no section 'moon'" in problem(house.ask("POST", "/editorial/staff", other, role=Role.ADMIN), 409)["detail"]
    assert "other@chronicle.example" not in {one["email"] for one in admin(house, "GET")["items"]}


def test_hiring_is_safe_to_ask_again(house: House) -> None:
    first = admin(house, "POST", "", BO, Idempotency_Key="once")
    assert admin(house, "POST", "", BO, Idempotency_Key="once") == first
    change = {"name": "Bo Ray", "role": "editor"}
    changed = admin(house, "PATCH", f"/{first['id']}", change, Idempotency_Key="twice")
    assert admin(house, "PATCH", f"/{first['id']}", change, Idempotency_Key="twice") == changed
    assert events(house, first["id"]) == ["StaffHired", "StaffRoleGiven", "StaffDetailsChanged"]


def test_name_address_role_and_sections_change_at_once(house: House) -> None:
    id = hire(house)
    changed = {"email": "bo.ray@chronicle.example", "name": "Bo Ray", "role": "editor", "sections": ["economy"]}
    admin(house, "PATCH", f"/{id}", changed)
    assert admin(house, "GET", f"/{id}") == {**changed, "id": id, "left": False, "second_factor": False}
    assert events(house, id) == ["StaffHired", "StaffRoleGiven", "StaffMovedToSections", "StaffDetailsChanged"]
    for body in ({}, {"role": "editor"}, {"name": "Bo Ray", "sections": ["economy"]}):
        admin(house, "PATCH", f"/{id}", body)
    assert len(events(house, id)) == 4


def test_nothing_changes_if_a_part_is_refused(house: House) -> None:
    id = hire(house)
    before = admin(house, "GET", f"/{id}")
    for wrong in ({"sections": ["moon"]}, {"email": address(Role.EDITOR)}):
        response = house.ask("PATCH", f"/editorial/staff/{id}", {"name": "Bo Ray", **wrong}, role=Role.ADMIN)
        problem(response, 409)
    problem(house.ask("PATCH", "/editorial/staff/nobody", {"role": "editor"}, role=Role.ADMIN), 404)
    assert admin(house, "GET", f"/{id}") == before


def test_another_address_opens_and_the_one_before_does_not(house: House) -> None:
    give_password(house)
    admin(house, "PATCH", f"/{id_of(house, Role.EDITOR)}", {"email": "new@chronicle.example"})
    assert try_to(house, "new@chronicle.example", "a heron on the quay").status_code == 201
    assert log_in(house).status_code == 401


def test_a_change_holds_from_the_next_request(house: House) -> None:
    give_password(house, Role.AUDITOR)
    entered = session(house, Role.AUDITOR)
    assert by(house, entered, "GET", "/audit/events").status_code == 200
    admin(house, "PATCH", f"/{id_of(house, Role.AUDITOR)}", {"role": "reporter"})
    problem(by(house, entered, "GET", "/audit/events"), 403)


def test_whoever_leaves_is_out_at_once_by_every_way(house: House) -> None:
    give_password(house)
    entered, id = session(house), id_of(house, Role.EDITOR)
    admin(house, "POST", f"/{id}/leave")
    assert not comes_in(house, entered)
    problem(house.ask("GET", "/editorial/me"), 401)
    assert log_in(house).status_code == 401
    left = admin(house, "GET", f"/{id}")
    assert (left["role"], left["left"], left["email"]) == (None, True, address(Role.EDITOR))
    problem(house.ask("POST", f"/editorial/staff/{id}/leave", role=Role.ADMIN), 404)
    problem(house.ask("POST", f"/editorial/staff/{id}/reset", role=Role.ADMIN), 404)


def test_whoever_comes_back_is_the_same_and_brings_no_old_key(house: House) -> None:
    give_password(house)
    entered, id = session(house), id_of(house, Role.EDITOR)
    admin(house, "POST", f"/{id}/leave")
    assert hire(house, email=address(Role.EDITOR), name="Ed Itor") == id
    assert not comes_in(house, entered)
    assert log_in(house).status_code == 401
    problem(house.ask("GET", "/editorial/me"), 401)
    give_password(house)
    assert log_in(house).status_code == 201
    assert admin(house, "GET", f"/{id}")["name"] == "Ed Itor"


def test_the_last_admin_stays(house: House) -> None:
    id, other = id_of(house, Role.ADMIN), id_of(house, Role.EDITOR)
    assert "last admin" in problem(house.ask("POST", f"/editorial/staff/{id}/leave", role=Role.ADMIN), 409)["detail"]
    problem(house.ask("PATCH", f"/editorial/staff/{id}", {"role": "editor"}, role=Role.ADMIN), 409)
    assert house.ask("GET", "/editorial/me", role=Role.ADMIN).status_code == 200
    admin(house, "PATCH", f"/{other}", {"role": "admin"})
    admin(house, "POST", f"/{id}/leave")
    problem(house.ask("PATCH", f"/editorial/staff/{other}", {"role": "editor"}), 409)


def test_colleagues_are_known_by_name_alone(house: House) -> None:
    id = hire(house)
    admin(house, "POST", f"/{id}/leave")
    for role in Role:
        response = house.ask("GET", "/editorial/colleagues", role=role)
        if Privilege.READ_DRAFTS not in PRIVILEGES[role]:
            problem(response, 403)
            continue
        assert {"id": id, "name": "Bo Rune"} in response.json()["items"]
        assert all(set(one) == {"id", "name"} for one in response.json()["items"])


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_admins_manage_staff(house: House, role: Role) -> None:
    id = id_of(house, Role.EDITOR)
    for method, path in [
        ("GET", ""),
        ("POST", ""),
        ("GET", f"/{id}"),
        ("PATCH", f"/{id}"),
        ("POST", f"/{id}/leave"),
        ("POST", f"/{id}/reset"),
        ("GET", f"/{id}/sessions"),
        ("DELETE", f"/{id}/sessions/1"),
        ("DELETE", f"/{id}/second-factor"),
    ]:
        problem(house.ask(method, f"/editorial/staff{path}", BO if method == "POST" else None, role=role), 403)


def test_no_name_and_no_address_stands_in_the_history(house: House) -> None:
    id = hire(house)
    admin(house, "PATCH", f"/{id}", {"name": "Bo Quill", "email": "quill@chronicle.example"})
    table = house.newsroom.history.table
    written = b"".join(bytes(row["state"]) for row in house.newsroom.history.select(f"select state from {table}"))
    assert not any(word in written for word in (b"Rune", b"Quill", b"bo@", b"quill@"))


def test_staff_are_managed_on_shared_databases_too(shared_house: House) -> None:
    house = shared_house
    id = hire(house)
    admin(house, "PATCH", f"/{id}", {"name": "Bo Ray", "email": "ray@chronicle.example", "role": "admin"})
    problem(house.ask("PATCH", f"/editorial/staff/{id}", {"email": address(Role.EDITOR)}, role=Role.ADMIN), 409)
    admin(house, "POST", f"/{id}/leave")
    assert hire(house, email="ray@chronicle.example") == id
    assert admin(house, "GET", f"/{id}")["role"] == "reporter"
    problem(house.ask("POST", f"/editorial/staff/{id_of(house, Role.ADMIN)}/leave", role=Role.ADMIN), 409)
