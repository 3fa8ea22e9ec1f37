"""Every route is open on purpose, or asks for a privilege; nobody passes without it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from litestar.routes import HTTPRoute

from cms import staff
from cms.answers import CACHE_CONTROL
from cms.web.access import READS_ARTICLE, needs
from cms.web.asker import is_page
from domain.role import PRIVILEGES, Privilege, Role
from domain.rules import decide
from domain.staff import DismissStaff
from tests.web.house import House, article

Route = tuple[str, str]
ARTICLE = "/editorial/articles/{article_id}"
READING = {Privilege.READ_OWN, Privilege.READ_DRAFTS, Privilege.READ_CONFIDENTIAL, Privilege.AUDIT}
COMING_IN = {("POST", "/editorial/session"), ("POST", "/editorial/password")}
STREAMS = {("GET", "/v1/changes")}
ABOUT_ONESELF = ("/editorial/session", "/editorial/me")
READ_BY_MACHINES = ("/feeds/", "/sitemap.xml", "/news-sitemap.xml", "/robots.txt")
OPEN_STARTS = ("/v1/", *READ_BY_MACHINES, "/preview/", "/schema", "/static/", "/health", "/ready", "/reset")
PASSED = "passed"


def routes(house: House) -> Iterator[tuple[Route, dict[str, Any]]]:
    """Every method and path that the application has, with what its handler says of access."""
    for route in house.door.app.routes:
        assert isinstance(route, HTTPRoute), f"{route.path} is of a kind that this test does not walk"
        for handler in route.route_handlers:
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                yield (str(method), route.path_format), handler.opt


def commands_of_staff() -> list[Any]:
    """All that the newsroom decides on and staff may ask for."""
    return [kind for kind in decide.registry if hasattr(kind, "privilege")]


def asked(house: House, route: Route, token: str | bytes | None) -> int | str:
    """401, 403, or passed: whatever came then, it was not the door."""
    method, path = route
    # An answer that does not end would be waited for.
    method = "HEAD" if route in STREAMS else method
    path = "/".join("1" if part.startswith("{") else part for part in path.split("/"))
    said = [] if token is None else [(b"Authorization", token if isinstance(token, bytes) else token.encode())]
    status = house.client.request(method, path, headers=said).status_code
    return status if status in (401, 403) else PASSED


def test_every_route_says_that_it_is_open_or_what_it_asks_for(house: House) -> None:
    for route, says in routes(house):
        privileges = says.get("privileges", frozenset())
        assert (says.get("open") is True) is not bool(privileges), route
        assert all(isinstance(privilege, Privilege) for privilege in privileges), route


def test_only_reading_previews_running_and_coming_in_are_open(house: House) -> None:
    for route, says in routes(house):
        open = route[1].startswith(OPEN_STARTS) or is_page(route[1]) or route in COMING_IN
        assert bool(says.get("open")) == open, route


def test_only_auditors_read_the_audit(house: House) -> None:
    asks = {says.get("privileges") for (_, path), says in routes(house) if path.startswith("/audit")}
    assert asks == {frozenset({Privilege.AUDIT})}
    assert {role for role in Role if Privilege.AUDIT in PRIVILEGES[role]} == {Role.AUDITOR, Role.ADMIN}


def inside(house: House) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, last words and access of every route on one article that is not published."""
    for (method, path), says in routes(house):
        if path == ARTICLE or path.startswith(f"{ARTICLE}/"):
            yield method, path.removeprefix(ARTICLE).removeprefix("/"), says


def test_who_reads_the_inside_of_an_article_must_reach_it(house: House) -> None:
    reads = [(last, says) for method, last, says in inside(house) if method == "GET"]
    assert {"", "versions", "diff"} <= {last for last, _ in reads}
    for last, says in reads:
        assert {name: says.get(name) for name in READS_ARTICLE} == READS_ARTICLE, last


def test_what_changes_an_article_asks_for_the_privilege_of_a_command(house: House) -> None:
    of_commands = {needs(command.privilege)["privileges"] for command in commands_of_staff()}
    for method, last, says in inside(house):
        if method != "GET" and not last.startswith("presence"):
            assert says["privileges"] in of_commands, (method, last)


def test_each_act_asks_for_its_own_privilege(house: House) -> None:
    """By its command, where one has its name (`submit`: `SubmitArticle`); the acts of old once more by hand."""
    asks = {last: says["privileges"] for method, last, says in inside(house) if method == "POST"}
    named = {type.__name__.removesuffix("Article").lower(): type for type in commands_of_staff()}
    for act in asks.keys() & named.keys():
        assert asks[act] == needs(named[act].privilege)["privileges"], act
    of_old = {
        **{act: act for act in ("submit", "return", "approve", "discard", "publish", "correct", "withdraw")},
        **dict.fromkeys(["update", "unpublish"], "publish"),
        "reopen": "discard",
        "restore": "withdraw",
        "versions/{version}/restore": "revise own",
    }
    assert {act: " or ".join(asks[act]) for act in of_old} == of_old
    assert [says["privileges"] for method, _, says in inside(house) if method == "PATCH"] == [{Privilege.REVISE_OWN}]


def test_a_new_article_asks_for_the_privilege_to_draft(house: House) -> None:
    asks = dict(routes(house))
    assert asks["POST", "/editorial/articles"]["privileges"] == {Privilege.DRAFT}


def test_nothing_is_changed_in_the_newsroom_without_a_privilege_to_change(house: House) -> None:
    """But for how somebody comes in themselves, which is open to whoever works here."""
    for (method, path), says in routes(house):
        if method != "GET" and not says.get("open") and not path.startswith(ABOUT_ONESELF):
            assert says["privileges"].isdisjoint(READING), (method, path)


def test_open_routes_ask_for_nothing(house: House) -> None:
    for route, says in routes(house):
        if says.get("open"):
            assert asked(house, route, None) == PASSED, route


def test_each_role_passes_where_its_privileges_say_and_nowhere_else(house: House) -> None:
    closed = [(route, says["privileges"]) for route, says in routes(house) if not says.get("open")]
    should = [
        f"{role}: {' '.join(route)}: {PASSED if privileges & PRIVILEGES[role] else 403}"
        for route, privileges in closed
        for role in Role
    ]
    found = [
        f"{role}: {' '.join(route)}: {asked(house, route, f'Bearer {house.tokens[role]}')}"
        for route, _ in closed
        for role in Role
    ]
    assert closed
    assert found == should


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Bearer " + "x" * 5_000,
        "Basic ZWRpdG9yOnNlY3JldA==",
        "Digest nonsense",
        b"Bearer \xff\xfe",
    ],
)
def test_without_a_token_that_is_known_every_closed_route_stays_closed(house: House, said: str | bytes | None) -> None:
    for route, says in routes(house):
        if not says.get("open"):
            assert asked(house, route, said) == 401, route


def test_what_somebody_is_answered_who_has_come_in_is_kept_by_nobody_else(house: House) -> None:
    id = house.draft()["id"]
    for path in (f"articles/{id}", f"articles/{id}/versions", "articles", "counts", "articles/none", "staff", "me"):
        answer = house.ask("GET", f"/editorial/{path}", role=Role.ADMIN)
        assert answer.headers.get("cache-control") in ("private, no-store", "private, no-cache"), path
    assert house.audit("/audit/events").headers["cache-control"] == "private, no-store"
    assert house.get("/v1/latest").headers["cache-control"] == CACHE_CONTROL.decode()


def test_a_token_under_another_scheme_does_not_count(house: House) -> None:
    token = house.tokens[Role.ADMIN]
    route = ("GET", "/audit/events")
    assert asked(house, route, f"Basic {token}") == 401
    assert asked(house, route, token) == 401
    assert asked(house, route, f"bearer {token}") == PASSED


def test_a_closed_route_says_how_to_come_in(house: House) -> None:
    response = house.get("/audit/events")
    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    assert response.headers["content-type"] == "application/problem+json"


def test_the_token_of_who_left_opens_nothing_any_more(house: House) -> None:
    editor, closed = house.tokens[Role.EDITOR], [one for one, says in routes(house) if not says.get("open")]
    staff_id = str(staff.find(house.newsroom.history, "editor@chronicle.example"))
    assert house.ask("POST", "/editorial/articles", article()).status_code == 201
    house.newsroom.execute(DismissStaff(staff_id=staff_id), "test")
    for route in closed:
        assert asked(house, route, f"Bearer {editor}") in (401, 403), route
    assert house.ask("POST", "/editorial/articles", article()).status_code in (401, 403)


def test_a_token_ends_after_a_year(house: House) -> None:
    house.clock.now += timedelta(days=365)
    assert house.ask("GET", "/audit/events", role=Role.AUDITOR).status_code == 200
    house.clock.now += timedelta(seconds=1)
    assert house.ask("GET", "/audit/events", role=Role.AUDITOR).status_code == 401


def test_open_routes_say_which_methods_they_have(house: House) -> None:
    response = house.client.options("/v1/latest")
    assert response.status_code == 204
    assert "GET" in response.headers["allow"]
