"""Pages about the newspaper: published, changed on the version that was seen, taken down."""

from typing import Any

import pytest
from httpx import Response

from domain.role import Role
from tests.web.house import House, problem

ABOUT = {"title": "About us", "body": "We print the *news*.\n\nEvery day.", "position": 1}


def ask(
    house: House, method: str, path: str, body: Any = None, made_on: int | None = None, query: str = ""
) -> Response:
    headers = {} if made_on is None else {"If-Match": f'"{made_on}"'}
    return house.ask(method, f"/editorial/pages{path}{query}", body, role=Role.PUBLISHER, headers=headers)


def publish(house: House, slug: str = "about", made_on: int | None = None, **fields: Any) -> int:
    response = ask(house, "PUT", f"/{slug}", {**ABOUT, **fields}, made_on)
    assert response.status_code == 200, response.text
    version: int = response.json()["version"]
    return version


def test_readers_get_a_page(house: House) -> None:
    publish(house)
    page = house.read("/v1/pages/about")
    assert [block["text"] for block in page.pop("body")] == ["We print the *news*.", "Every day."]
    assert page == {
        "slug": "about",
        "title": "About us",
        "html": "<p>We print the <em>news</em>.</p>\n<p>Every day.</p>",
        "updated_at": "2024-05-14T16:00:00+04:00",
    }


def test_the_menu_of_pages_lies_in_their_order(house: House) -> None:
    publish(house, "ethics", title="Ethics", position=2)
    publish(house)
    publish(house, "contacts", title="Contacts", position=2)
    assert house.read("/v1/pages")["items"] == [
        {"slug": "about", "title": "About us", "position": 1},
        {"slug": "contacts", "title": "Contacts", "position": 2},
        {"slug": "ethics", "title": "Ethics", "position": 2},
    ]


def test_a_page_that_exists_is_changed_on_the_version_that_was_seen(house: House) -> None:
    assert publish(house) == 1
    problem(ask(house, "PUT", "/about", ABOUT), 428)
    house.clock.forward(hours=1)
    assert publish(house, made_on=1, title="Who we are") == 2
    assert house.read("/v1/pages/about")["title"] == "Who we are"
    assert house.read("/v1/pages/about")["updated_at"] == "2024-05-14T17:00:00+04:00"
    stale = problem(ask(house, "PUT", "/about", ABOUT, made_on=1), 412)
    assert stale["detail"] == "The page changed with version 2; this was made on 1."
    problem(ask(house, "PUT", "/contacts", ABOUT, made_on=1), 412)


def test_pages_are_not_merged(house: House) -> None:
    publish(house)
    problem(ask(house, "PUT", "/about", ABOUT, query="?base=1"), 400)
    problem(ask(house, "POST", "/about/take-down", query="?base=1"), 400)


def test_a_page_that_comes_again_under_its_key_is_published_once(house: House) -> None:
    headers = {"Idempotency-Key": "about-1"}
    answers = [
        house.ask("PUT", "/editorial/pages/about", ABOUT, role=Role.PUBLISHER, headers=headers) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert house.newsroom.history.version_of("page:about") == 1


def test_a_page_is_taken_down_and_comes_back(house: House) -> None:
    publish(house)
    assert house.read("/v1/pages")["items"]
    house.read("/v1/pages/about")
    assert problem(ask(house, "POST", "/about/take-down", made_on=2), 412)
    assert ask(house, "POST", "/about/take-down", made_on=1).json()["version"] == 2
    problem(house.get("/v1/pages/about"), 404)
    assert house.read("/v1/pages") == {"items": []}
    assert ask(house, "POST", "/about/take-down").json()["version"] == 2
    problem(ask(house, "PUT", "/about", ABOUT), 428)
    assert publish(house, made_on=2) == 3
    assert house.read("/v1/pages/about")["title"] == "About us"


def test_the_desk_reads_a_page_and_all_its_versions(house: House) -> None:
    publish(house)
    publish(house, made_on=1, title="Who we are")
    ask(house, "POST", "/about/take-down")
    page = ask(house, "GET", "/about")
    assert page.headers["etag"] == '"3"'
    shown = page.json()
    assert (shown["slug"], shown["title"], shown["public"], shown["version"]) == ("about", "Who we are", False, 3)
    versions = ask(house, "GET", "/about/versions").json()["items"]
    assert [line["event"] for line in versions] == ["PagePublished", "PagePublished", "PageTakenDown"]
    first = ask(house, "GET", "/about/versions/1").json()
    assert (first["title"], first["public"], first["version"]) == ("About us", True, 1)
    problem(ask(house, "GET", "/about/versions/4"), 404)


def test_a_page_that_nobody_wrote_is_not_found(house: House) -> None:
    problem(house.get("/v1/pages/none"), 404)
    for path in ("/none", "/none/versions", "/none/versions/1"):
        problem(ask(house, "GET", path), 404)
    problem(ask(house, "POST", "/none/take-down"), 404)


def test_what_cannot_be_a_page_is_refused(house: House) -> None:
    block = {"kind": "paragraph", "id": "p1", "text": "Twice."}
    for path, body in [
        ("/x", {"body": "No title."}),
        ("/x", {"title": " "}),
        ("/x", {"title": "X", "body": "\x00"}),
        ("/x", {"title": "X", "body": [{"kind": "script", "text": "x"}]}),
        ("/x", {"title": "X", "position": 10_001}),
        ("/x", {"title": "X", "slug": "y"}),
        ("/x_y", {"title": "X"}),
    ]:
        problem(ask(house, "PUT", path, body), 400)
    problem(ask(house, "PUT", "/x", {"title": "X", "body": [block, block]}), 409)


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.REPORTER, Role.EDITOR, Role.AUDITOR])
def test_only_who_may_manage_pages_publishes_them(house: House, role: Role) -> None:
    publish(house)
    problem(house.ask("PUT", "/editorial/pages/about", ABOUT, role=role), 403)
    problem(house.ask("POST", "/editorial/pages/about/take-down", role=role), 403)
    assert house.ask("GET", "/editorial/pages/about", role=role).status_code == 200


def test_a_page_changes_none_of_the_answers_about_others(house: House) -> None:
    publish(house)
    publish(house, "ethics", title="Ethics")
    for path in ("/v1/pages/about", "/v1/pages/ethics", "/v1/latest"):
        house.read(path)
    publish(house, made_on=1, title="Who we are")
    kept = house.reading.kept
    assert [
        path
        for path in ("/v1/pages/about", "/v1/pages/ethics", "/v1/latest")
        if kept.get((path, b""), house.newsroom.now)
    ] == [
        "/v1/pages/ethics",
        "/v1/latest",
    ]
