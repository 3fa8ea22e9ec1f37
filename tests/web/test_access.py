"""Every route is open on purpose, or asks for a privilege; nobody passes without it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from litestar.routes import HTTPRoute

from domain.staff import PRIVILEGES, Privilege, Role
from tests.web.house import House

Route = tuple[str, str]
OPEN_STARTS = ("/v1/", "/schema", "/static/", "/health", "/ready")
PASSED = "passed"


def routes(house: House) -> Iterator[tuple[Route, dict[str, Any]]]:
    """Every method and path that the application has, with what its handler says of access."""
    for route in house.door.app.routes:
        assert isinstance(route, HTTPRoute), f"{route.path} is of a kind that this test does not walk"
        for handler in route.route_handlers:
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                yield (str(method), route.path_format), handler.opt


def asked(house: House, route: Route, token: str | bytes | None) -> int | str:
    """401, 403, or passed: whatever came then, it was not the door."""
    method, path = route
    path = "/".join("1" if part.startswith("{") else part for part in path.split("/"))
    said = [] if token is None else [(b"Authorization", token if isinstance(token, bytes) else token.encode())]
    status = house.client.request(method, path, headers=said).status_code
    return status if status in (401, 403) else PASSED


def test_every_route_says_that_it_is_open_or_what_it_asks_for(house: House) -> None:
    for route, says in routes(house):
        assert says.get("open") is True or isinstance(says.get("privilege"), Privilege), route


def test_only_reading_and_running_are_open(house: House) -> None:
    for (_, path), says in routes(house):
        assert bool(says.get("open")) == path.startswith(OPEN_STARTS), path


def test_only_auditors_read_the_audit(house: House) -> None:
    asks = {says.get("privilege") for (_, path), says in routes(house) if path.startswith("/audit")}
    assert asks == {Privilege.AUDIT}
    assert {role for role in Role if Privilege.AUDIT in PRIVILEGES[role]} == {Role.AUDITOR, Role.ADMIN}


def test_each_act_asks_for_its_own_privilege(house: House) -> None:
    start = "/editorial/articles/{article_id}/"
    asks = {path.removeprefix(start): str(says["privilege"]) for (_, path), says in routes(house) if start in path}
    assert asks == {
        **{act: act for act in ("submit", "return", "approve", "discard", "publish", "correct", "withdraw")},
        **dict.fromkeys(["update", "unpublish"], "publish"),
        "restore": "withdraw",
        **dict.fromkeys(["versions", "versions/{version}", "diff"], "read drafts"),
        "versions/{version}/restore": "revise",
    }


def test_nothing_is_changed_in_the_newsroom_without_a_privilege_to_change(house: House) -> None:
    reading = {Privilege.READ_DRAFTS, Privilege.AUDIT}
    for (method, path), says in routes(house):
        if method != "GET" and not says.get("open"):
            assert says.get("privilege") not in reading, (method, path)


def test_open_routes_ask_for_nothing(house: House) -> None:
    for route, says in routes(house):
        if says.get("open"):
            assert asked(house, route, None) == PASSED, route


def test_each_role_passes_where_its_privileges_say_and_nowhere_else(house: House) -> None:
    closed = [(route, says["privilege"]) for route, says in routes(house) if not says.get("open")]
    should = [
        f"{role}: {' '.join(route)}: {PASSED if privilege in PRIVILEGES[role] else 403}"
        for route, privilege in closed
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


def test_a_token_ends_after_a_year(house: House) -> None:
    house.clock.now += timedelta(days=365)
    assert house.ask("GET", "/audit/events", role=Role.AUDITOR).status_code == 200
    house.clock.now += timedelta(seconds=1)
    assert house.ask("GET", "/audit/events", role=Role.AUDITOR).status_code == 401


def test_open_routes_say_which_methods_they_have(house: House) -> None:
    response = house.client.options("/v1/latest")
    assert response.status_code == 204
    assert "GET" in response.headers["allow"]
