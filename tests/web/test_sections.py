"""The desk arranges the menu, and readers see it."""

from typing import Any

import pytest
from httpx import Response

from domain.role import Role
from tests.web.house import House, article, problem


def arrange(house: House, method: str, path: str, body: Any = None) -> Response:
    return house.ask(method, f"/editorial/sections{path}", body, role=Role.PUBLISHER)


def menu(house: House) -> list[tuple[str, list[str]]]:
    items = house.read("/v1/sections")["items"]
    return [(item["slug"], [one["slug"] for one in item["sections"]]) for item in items]


def close(house: House, slug: str) -> None:
    assert arrange(house, "POST", f"/{slug}/close").status_code == 200


def test_a_section_is_added_renamed_and_moved(house: House) -> None:
    added = arrange(house, "PUT", "/culture", {"name": "  Culture ", "position": 5})
    assert (added.status_code, added.json()["id"], added.json()["version"]) == (200, "culture", 1)
    assert menu(house)[-1] == ("culture", [])
    assert arrange(house, "PUT", "/culture", {"name": "The arts", "parent": "nation"}).status_code == 200
    assert menu(house)[0] == ("nation", ["culture"])
    shown = house.read("/v1/sections")["items"][0]["sections"][0]
    assert shown == {"slug": "culture", "name": "The arts", "position": 5, "parent": "nation", "sections": []}
    assert arrange(house, "PUT", "/culture", {"name": "The arts", "parent": None}).status_code == 200
    assert menu(house)[-1] == ("culture", [])


def test_what_cannot_be_a_section_is_refused(house: House) -> None:
    assert "first word" in problem(arrange(house, "PUT", "/search", {"name": "Search"}), 409)["detail"]
    assert (
        "part of itself" in problem(arrange(house, "PUT", "/nation", {"name": "N", "parent": "nation"}), 409)["detail"]
    )
    assert "no section 'none'" in problem(arrange(house, "PUT", "/x", {"name": "X", "parent": "none"}), 409)["detail"]
    for path, body in [
        ("/x", {"name": "\u200b "}),
        ("/x", {"name": "a\x00b"}),
        ("/x", {"name": "n" * 101}),
        ("/x", {"name": "X", "position": -1}),
        ("/x", {"name": "X", "colour": "red"}),
        ("/x", {}),
        ("/X", {"name": "X"}),
        ("/x%0A", {"name": "X"}),
        (f"/{'x' * 101}", {"name": "X"}),
    ]:
        problem(arrange(house, "PUT", path, body), 400)
    for act in ("close", "reopen"):
        assert problem(arrange(house, "POST", f"/none/{act}"), 404)["detail"] == "There is no section 'none'."


def test_a_closed_section_leaves_the_menu_and_those_within_it_take_its_place(house: House) -> None:
    close(house, "economy")
    assert menu(house) == [("nation", []), ("energy", []), ("sport", [])]
    assert house.read("/v1/sections")["items"][1]["parent"] is None
    assert arrange(house, "POST", "/economy/reopen").status_code == 200
    assert menu(house) == [("nation", []), ("economy", ["energy"]), ("sport", [])]


def test_what_a_closed_section_holds_stays_readable(house: House) -> None:
    ids = [house.published(headline=f"Report {slug}", section=slug) for slug in ("economy", "energy")]
    close(house, "economy")
    assert set(house.ids("/v1/latest?section=economy")) == set(ids)
    assert house.read(f"/v1/articles/{ids[0]}")["section"] == "economy"
    house.revise(ids[0], 2, standfirst="Still here.")
    house.update(ids[0], 3)
    assert house.read(f"/v1/articles/{ids[0]}")["standfirst"] == "Still here."


def test_a_closed_section_takes_no_new_articles(house: House) -> None:
    waiting, elsewhere = house.draft(section="sport")["id"], house.draft()["id"]
    close(house, "sport")
    refusal = "The section 'sport' is closed: it takes no new articles."
    drafted = house.ask("POST", "/editorial/articles", article(section="sport"))
    assert problem(drafted, 409)["detail"] == refusal
    strict = {"If-Match": '"1"'}
    moved = house.ask("PATCH", f"/editorial/articles/{elsewhere}", {"section": "sport"}, headers=strict)
    assert problem(moved, 409)["detail"] == refusal
    published = house.ask("POST", f"/editorial/articles/{waiting}/publish", headers=strict)
    assert problem(published, 409)["detail"] == refusal


def test_the_desk_sees_every_section_with_its_rules(house: House) -> None:
    close(house, "economy")
    assert arrange(house, "PUT", "/sport/four-eyes", {"required": True}).status_code == 200
    response = house.ask("GET", "/editorial/sections", role=Role.CONTRIBUTOR)
    items = response.json()["items"]
    assert items[1] == {
        "slug": "economy",
        "name": "Economy",
        "position": 2,
        "parent": None,
        "closed": True,
        "four_eyes": False,
    }
    assert [(item["slug"], item["parent"]) for item in items] == [
        ("nation", None),
        ("economy", None),
        ("energy", "economy"),
        ("sport", None),
    ]
    assert [item["slug"] for item in items if item["four_eyes"]] == ["sport"]


def test_where_four_eyes_are_asked_for_nobody_publishes_words_of_their_own(house: House) -> None:
    arrange(house, "PUT", "/sport/four-eyes", {"required": True})
    id = house.draft(section="sport")["id"]
    problem(house.ask("POST", f"/editorial/articles/{id}/publish", headers={"If-Match": '"1"'}), 409)
    arrange(house, "PUT", "/sport/four-eyes", {"required": False})
    house.publish(id)


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.REPORTER, Role.EDITOR, Role.AUDITOR])
def test_only_who_may_manage_sections_arranges_them(house: House, role: Role) -> None:
    acts: list[tuple[str, str, Any]] = [
        ("PUT", "sport", {"name": "Games"}),
        ("POST", "sport/close", None),
        ("POST", "sport/reopen", None),
        ("PUT", "sport/four-eyes", {"required": True}),
    ]
    for method, path, body in acts:
        problem(house.ask(method, f"/editorial/sections/{path}", body, role=role), 403)


def test_a_change_of_the_menu_drops_the_kept_menu_and_a_closure_drops_nothing_of_the_lists(house: House) -> None:
    house.published(section="sport")
    house.read("/v1/latest?section=sport")
    assert ("sport", []) in menu(house)
    position = house.reading.position
    close(house, "sport")
    assert house.reading.kept.get(("/v1/sections", b""), house.newsroom.now) is None
    assert house.reading.kept.get(("/v1/latest", b"section=sport"), house.newsroom.now) is not None
    assert ("sport", []) not in menu(house)
    assert house.reading.position > position


def test_an_act_that_comes_again_under_its_key_is_answered_as_the_first_time(house: House) -> None:
    key = {"Idempotency-Key": "close-1"}
    path = "/editorial/sections/sport/close"
    first = house.ask("POST", path, role=Role.PUBLISHER, headers=key)
    arrange(house, "POST", "/sport/reopen")
    assert house.ask("POST", path, role=Role.PUBLISHER, headers=key).json() == first.json()
    assert ("sport", []) in menu(house)
