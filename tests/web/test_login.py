"""Staff come in by address and password: for as long as a session holds, and nobody by guessing."""

from pathlib import Path

import pytest
from litestar.routes import HTTPRoute

from cms.entrance import CODE_NEEDED, WRONG
from cms.login_limits import ACCOUNT_ATTEMPTS, CLIENT_ATTEMPTS, QUARTER_HOUR_SECONDS
from cms.sessions import IDLE_SECONDS, SESSION_SECONDS, SESSIONS_EACH
from cms.settings import Settings
from cms.web.reception import WAITING_MOST
from domain.role import PRIVILEGES, Role
from tests.web.house import House, Tokens, opened, problem
from tests.web.people import (
    OTHER_PASSWORD,
    PASSWORD,
    STEP,
    address,
    by,
    code,
    comes_in,
    give_password,
    id_of,
    log_in,
    reset_token,
    session,
    token,
    try_to,
    with_second_factor,
)

QUARTER_HOUR = QUARTER_HOUR_SECONDS


def test_an_editor_logs_in_and_works(house: House) -> None:
    give_password(house)
    response = log_in(house)
    assert response.status_code == 201
    assert response.headers["cache-control"] == "no-store"
    assert response.json()["expires_at"] == "2024-05-15T04:00:00+04:00"
    drafted = by(house, token(response), "POST", "/editorial/articles", {"headline": "Rain", "section": "nation"})
    assert drafted.status_code == 201


def test_an_address_is_known_however_it_is_written(house: House) -> None:
    give_password(house)
    assert try_to(house, f" {address(Role.EDITOR).upper()} ", PASSWORD).status_code == 201


def test_whatever_is_wrong_the_answer_is_the_same(house: House) -> None:
    give_password(house)
    give_password(house, Role.PUBLISHER)
    house.ask("POST", f"/editorial/staff/{id_of(house, Role.PUBLISHER)}/leave", role=Role.ADMIN)
    answers = [
        log_in(house, password="a heron on the key"),
        log_in(house, Role.REPORTER),
        log_in(house, Role.PUBLISHER),
        try_to(house, "nobody@chronicle.example", PASSWORD),
        try_to(house, "no address", PASSWORD),
        try_to(house, "nobody\x00@chronicle.example", PASSWORD),
    ]
    for answer in answers:
        assert problem(answer, 401)["detail"] == WRONG
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.content == answers[0].content


def test_only_logging_in_and_setting_a_password_by_link_are_open(house: House) -> None:
    editorial = [route for route in house.door.app.routes if route.path.startswith("/editorial")]
    found = {
        (route.path, str(method))
        for route in editorial
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS"}
        if handler.opt.get("open")
    }
    assert found == {("/editorial/session", "POST"), ("/editorial/password", "POST")}


def test_a_closed_route_says_both_ways_to_come_in(house: House) -> None:
    for response in (house.get("/editorial/me"), by(house, "session.nonsense", "GET", "/editorial/me")):
        detail = problem(response, 401)["detail"]
        assert "POST /editorial/session" in detail
        assert "chronicle token" in detail


def test_one_sees_who_one_is_and_what_one_may_do(house: House) -> None:
    give_password(house, Role.REPORTER)
    me = by(house, session(house, Role.REPORTER), "GET", "/editorial/me").json()
    assert me == {
        "id": id_of(house, Role.REPORTER),
        "name": "Reporter",
        "email": address(Role.REPORTER),
        "role": "reporter",
        "sections": [],
        "privileges": me["privileges"],
        "second_factor": False,
    }
    assert set(me["privileges"]) == PRIVILEGES[Role.REPORTER]


# Sessions.


def test_a_session_ends_after_twelve_hours(house: House) -> None:
    give_password(house)
    entered = session(house)
    for _ in range(SESSION_SECONDS // IDLE_SECONDS * 2 - 1):
        house.clock.forward(seconds=IDLE_SECONDS // 2)
        assert comes_in(house, entered)
    house.clock.forward(seconds=IDLE_SECONDS // 2)
    assert not comes_in(house, entered)


def test_a_session_that_nobody_uses_ends_after_two_hours(house: House) -> None:
    give_password(house)
    entered = session(house)
    house.clock.forward(seconds=IDLE_SECONDS - 1)
    assert comes_in(house, entered)
    house.clock.forward(seconds=IDLE_SECONDS)
    assert not comes_in(house, entered)


def test_a_session_outlives_a_restart(embedded: Settings, tokens: Tokens, house: House) -> None:
    give_password(house)
    entered = session(house)
    with opened(embedded, tokens, house.clock) as other:
        assert comes_in(other, entered)
        other.ask("POST", f"/editorial/staff/{id_of(house, Role.EDITOR)}/leave", role=Role.ADMIN)
    assert not comes_in(house, entered)


def test_another_secret_ends_all_sessions(embedded: Settings, tokens: Tokens, house: House) -> None:
    give_password(house)
    entered = session(house)
    changed = Settings(events=embedded.events, reads=embedded.reads, timezone=embedded.timezone, secret="s" * 32)
    with opened(changed, tokens, house.clock) as other:
        assert not comes_in(other, entered)


def test_one_lists_ones_sessions_and_ends_another(house: House) -> None:
    give_password(house)
    first = token(log_in(house, headers={"User-Agent": "Ferry/1.0"}))
    house.clock.forward(minutes=1)
    second = session(house)
    items = by(house, second, "GET", "/editorial/sessions").json()["items"]
    assert [(item["kind"], item["current"]) for item in items] == [
        ("session", True),
        ("session", False),
        ("token", False),
    ]
    assert items[1]["user_agent"] == "Ferry/1.0"
    assert items[1]["made_at"] == "2024-05-14T16:00:00+04:00"
    ended = by(house, second, "DELETE", f"/editorial/sessions/{items[1]['id']}")
    assert ended.status_code == 204
    assert [comes_in(house, entered) for entered in (first, second)] == [False, True]


def test_nobody_ends_the_session_of_another(house: House) -> None:
    give_password(house)
    entered = session(house)
    (id, _) = [item["id"] for item in by(house, entered, "GET", "/editorial/sessions").json()["items"]]
    problem(house.ask("DELETE", f"/editorial/sessions/{id}", role=Role.REPORTER), 404)
    assert comes_in(house, entered)


def test_one_logs_out(house: House) -> None:
    give_password(house)
    first, second = session(house), session(house)
    assert by(house, first, "DELETE", "/editorial/session").status_code == 204
    assert [comes_in(house, entered) for entered in (first, second)] == [False, True]


def test_a_token_for_scripts_is_not_logged_out_by_mistake(house: House) -> None:
    problem(house.ask("DELETE", "/editorial/session"), 409)
    (token,) = house.ask("GET", "/editorial/sessions").json()["items"]
    assert house.ask("DELETE", f"/editorial/sessions/{token['id']}").status_code == 204
    assert house.ask("GET", "/editorial/me").status_code == 401


def test_the_oldest_of_many_sessions_ends(house: House) -> None:
    give_password(house)
    entered = []
    for _ in range(SESSIONS_EACH + 1):
        entered.append(session(house))
        house.clock.forward(seconds=1)
    assert [comes_in(house, one) for one in entered] == [False, *[True] * SESSIONS_EACH]


def test_an_admin_sees_and_ends_the_sessions_and_tokens_of_others(house: House) -> None:
    give_password(house)
    entered, path = session(house), f"/editorial/staff/{id_of(house, Role.EDITOR)}/sessions"
    items = house.ask("GET", path, role=Role.ADMIN).json()["items"]
    assert sorted(item["kind"] for item in items) == ["session", "token"]
    for item in items:
        assert house.ask("DELETE", f"{path}/{item['id']}", role=Role.ADMIN).status_code == 204
    assert not comes_in(house, entered)
    assert house.ask("GET", "/editorial/me").status_code == 401
    problem(house.ask("DELETE", f"{path}/{items[0]['id']}", role=Role.ADMIN), 404)


def test_nothing_secret_lies_in_the_database(house: House, embedded: Settings) -> None:
    give_password(house)
    entered = session(house)
    link = reset_token(house, Role.EDITOR)
    _, recovery = with_second_factor(house, entered)
    kept = b"".join(path.read_bytes() for path in path_of(embedded).parent.glob("events.db*"))
    for secret in (PASSWORD, entered, entered.partition(".")[2], link, *recovery):
        assert secret.encode() not in kept


def path_of(settings: Settings) -> Path:
    return Path(settings.events.removeprefix("sqlite:///"))


# Passwords.


def test_one_changes_ones_password_and_other_sessions_end(house: House) -> None:
    give_password(house)
    here, elsewhere = session(house), session(house)
    changed = by(house, here, "PUT", "/editorial/me/password", {"current": PASSWORD, "password": OTHER_PASSWORD})
    assert changed.status_code == 204
    assert [comes_in(house, entered) for entered in (here, elsewhere)] == [True, False]
    assert [log_in(house, password=one).status_code for one in (PASSWORD, OTHER_PASSWORD)] == [401, 201]


def test_who_has_a_session_alone_does_not_change_the_password(house: House) -> None:
    give_password(house)
    entered = session(house)
    body = {"current": OTHER_PASSWORD, "password": "another password"}
    for _ in range(ACCOUNT_ATTEMPTS):
        problem(by(house, entered, "PUT", "/editorial/me/password", body), 403)
    problem(by(house, entered, "PUT", "/editorial/me/password", body), 429)
    assert log_in(house).status_code == 201


@pytest.mark.parametrize("password", ["too short 1", "x" * 257, "EDITOR@chronicle.example"])
def test_a_bad_password_is_refused_without_being_repeated(house: House, password: str) -> None:
    link = reset_token(house, Role.EDITOR)
    refused = problem(house.client.post("/editorial/password", json={"token": link, "password": password}), 400)
    assert refused["errors"][0]["path"] == "password"
    assert password not in str(refused)
    give_password(house)


def test_a_reset_link_works_once_and_ends_all_sessions(house: House) -> None:
    give_password(house)
    entered, link = session(house), reset_token(house, Role.EDITOR)
    body = {"token": link, "password": OTHER_PASSWORD}
    assert house.client.post("/editorial/password", json=body).status_code == 204
    assert not comes_in(house, entered)
    assert log_in(house, password=OTHER_PASSWORD).status_code == 201
    problem(house.client.post("/editorial/password", json=body), 401)


def test_a_reset_link_holds_for_a_day_and_ends_the_one_before(house: House) -> None:
    first, second = reset_token(house, Role.EDITOR), reset_token(house, Role.EDITOR)
    problem(house.client.post("/editorial/password", json={"token": first, "password": PASSWORD}), 401)
    house.clock.forward(hours=24)
    problem(house.client.post("/editorial/password", json={"token": second, "password": PASSWORD}), 401)


def test_a_reset_link_opens_the_page_of_this_site(house: House) -> None:
    made = house.ask("POST", f"/editorial/staff/{id_of(house, Role.EDITOR)}/reset", role=Role.ADMIN)
    assert made.json()["link"].startswith("https://post.example/reset#")
    assert made.json()["expires_at"] == "2024-05-15T16:00:00+04:00"
    assert made.headers["cache-control"] == "no-store"
    problem(house.ask("POST", "/editorial/staff/nobody/reset", role=Role.ADMIN), 404)
    problem(house.ask("POST", f"/editorial/staff/{id_of(house, Role.EDITOR)}/reset"), 403)


# The second factor.


def test_who_has_a_second_factor_is_asked_for_a_code_after_the_right_password_alone(house: House) -> None:
    give_password(house)
    secret, _ = with_second_factor(house, session(house))
    assert problem(log_in(house), 401)["detail"] == CODE_NEEDED
    assert problem(log_in(house, password=OTHER_PASSWORD), 401)["detail"] == WRONG
    assert problem(log_in(house, password=OTHER_PASSWORD, code=code(house, secret)), 401)["detail"] == WRONG
    assert problem(log_in(house, code="000000"), 401)["detail"] == WRONG
    entered = token(log_in(house, code=code(house, secret)))
    assert by(house, entered, "GET", "/editorial/me").json()["second_factor"] is True


def test_a_code_is_good_once_and_drifts_by_one_step(house: House) -> None:
    give_password(house)
    secret, _ = with_second_factor(house, session(house))
    shown = code(house, secret)
    house.clock.now += STEP
    assert log_in(house, code=shown).status_code == 201
    assert log_in(house, code=shown).status_code == 401
    house.clock.now += STEP
    late = code(house, secret)
    house.clock.now += 2 * STEP
    assert log_in(house, code=late).status_code == 401


def test_each_recovery_code_is_good_once(house: House) -> None:
    give_password(house)
    _, recovery = with_second_factor(house, session(house))
    assert len(set(recovery)) == 10
    for written in (recovery[0], recovery[1].upper().replace("-", " ")):
        assert log_in(house, code=written).status_code == 201
        assert log_in(house, code=written).status_code == 401


def test_a_second_factor_counts_once_a_code_is_confirmed(house: House) -> None:
    give_password(house)
    entered = session(house)
    problem(by(house, entered, "POST", "/editorial/me/second-factor/confirm", {"code": "000000"}), 409)
    problem(by(house, entered, "POST", "/editorial/me/second-factor", {"password": OTHER_PASSWORD}), 403)
    offer = by(house, entered, "POST", "/editorial/me/second-factor", {"password": PASSWORD}).json()
    assert offer["uri"].startswith("otpauth://totp/The%20Ferry%20Post:editor%40chronicle.example?secret=")
    problem(by(house, entered, "POST", "/editorial/me/second-factor/confirm", {"code": "000000"}), 403)
    assert log_in(house).status_code == 201


def test_a_second_factor_that_is_on_is_not_replaced_by_another(house: House) -> None:
    give_password(house)
    entered = session(house)
    with_second_factor(house, entered)
    problem(by(house, entered, "POST", "/editorial/me/second-factor", {"password": PASSWORD}), 409)


def test_one_goes_without_a_second_factor_again(house: House) -> None:
    give_password(house)
    entered = session(house)
    with_second_factor(house, entered)
    problem(by(house, entered, "DELETE", "/editorial/me/second-factor", {"password": OTHER_PASSWORD}), 403)
    assert by(house, entered, "DELETE", "/editorial/me/second-factor", {"password": PASSWORD}).status_code == 204
    assert log_in(house).status_code == 201


def test_an_admin_removes_the_second_factor_of_whoever_lost_it(house: House) -> None:
    give_password(house)
    with_second_factor(house, session(house))
    path = f"/editorial/staff/{id_of(house, Role.EDITOR)}"
    assert house.ask("GET", path, role=Role.ADMIN).json()["second_factor"] is True
    assert house.ask("DELETE", f"{path}/second-factor", role=Role.ADMIN).status_code == 204
    assert log_in(house).status_code == 201


# Guessing.


def test_an_account_is_closed_to_guesses_for_a_quarter_of_an_hour(house: House) -> None:
    give_password(house)
    for _ in range(ACCOUNT_ATTEMPTS):
        assert log_in(house, password=OTHER_PASSWORD).status_code == 401
    refused = log_in(house)
    problem(refused, 429)
    assert refused.headers["retry-after"] == str(QUARTER_HOUR)
    house.clock.forward(seconds=QUARTER_HOUR)
    assert log_in(house).status_code == 201


def test_an_address_that_nobody_has_is_closed_just_so(house: House) -> None:
    for _ in range(ACCOUNT_ATTEMPTS):
        assert try_to(house, "nobody@chronicle.example", PASSWORD).status_code == 401
    problem(try_to(house, "NOBODY@chronicle.example", PASSWORD), 429)


def test_who_comes_in_may_err_again(house: House) -> None:
    give_password(house)
    for _ in range(3):
        for _ in range(ACCOUNT_ATTEMPTS - 1):
            assert log_in(house, password=OTHER_PASSWORD).status_code == 401
        assert log_in(house).status_code == 201


def test_the_password_alone_does_not_buy_more_guesses_at_codes(house: House) -> None:
    give_password(house)
    with_second_factor(house, session(house))
    for _ in range(ACCOUNT_ATTEMPTS):
        assert problem(log_in(house), 401)["detail"] == CODE_NEEDED
        assert problem(log_in(house, code="000000"), 401)["detail"] == WRONG
    problem(log_in(house, code="000000"), 429)
    house.clock.forward(seconds=QUARTER_HOUR)
    for _ in range(ACCOUNT_ATTEMPTS):
        assert log_in(house, code="000000").status_code == 401
    house.clock.forward(seconds=QUARTER_HOUR)
    problem(log_in(house, code="000000"), 429)


def test_a_client_is_stopped_whatever_addresses_it_tries(house: House) -> None:
    give_password(house)
    for n in range(CLIENT_ATTEMPTS):
        assert try_to(house, f"nobody-{n}@chronicle.example", PASSWORD).status_code == 401
    problem(log_in(house), 429)
    problem(house.client.post("/editorial/password", json={"token": "guessed", "password": PASSWORD}), 429)


def test_processes_count_together(embedded: Settings, tokens: Tokens, house: House) -> None:
    give_password(house)
    with opened(embedded, tokens, house.clock) as other:
        for n in range(ACCOUNT_ATTEMPTS):
            assert log_in((house, other)[n % 2], password=OTHER_PASSWORD).status_code == 401
        problem(log_in(other), 429)
    problem(log_in(house), 429)


def test_a_reset_link_opens_an_account_that_others_closed(house: House) -> None:
    for _ in range(ACCOUNT_ATTEMPTS):
        assert log_in(house, password=OTHER_PASSWORD).status_code == 401
    give_password(house)
    assert log_in(house).status_code == 201


def test_whoever_finds_too_many_waiting_is_asked_to_come_again(house: House) -> None:
    give_password(house)
    reception = house.door.app.state.reception
    reception.waiting = WAITING_MOST
    assert log_in(house).headers["retry-after"]
    problem(log_in(house), 503)
    assert house.ask("GET", "/editorial/me").status_code == 200
    reception.waiting = 0
    assert log_in(house).status_code == 201


def test_who_came_in_and_who_tried_is_noted_without_what_was_typed(house: House) -> None:
    give_password(house)
    log_in(house, password=OTHER_PASSWORD)
    log_in(house)
    try_to(house, "nobody@chronicle.example", PASSWORD)
    rows = house.newsroom.history.select("select * from login")
    admin, editor = id_of(house, Role.ADMIN), id_of(house, Role.EDITOR)
    assert [(row["staff"], row["actor"], row["act"]) for row in rows] == [
        (editor, admin, "link made"),
        (editor, editor, "password set by link"),
        (editor, "", "log-in refused"),
        (editor, editor, "logged in"),
        ("", "", "log-in refused"),
    ]
    assert {row["client"] for row in rows} == {"testclient"}


# On PostgreSQL.


def test_all_of_it_works_on_shared_databases(shared_house: House) -> None:
    house = shared_house
    give_password(house)
    problem(log_in(house, password=OTHER_PASSWORD), 401)
    problem(try_to(house, "nobody\x00@chronicle.example", PASSWORD), 401)
    entered = session(house)
    house.clock.forward(minutes=2)
    assert comes_in(house, entered)
    secret, recovery = with_second_factor(house, entered)
    assert problem(log_in(house), 401)["detail"] == CODE_NEEDED
    shown = code(house, secret)
    assert [log_in(house, code=shown).status_code for _ in range(2)] == [201, 401]
    assert [log_in(house, code=recovery[3]).status_code for _ in range(2)] == [201, 401]
    body = {"current": PASSWORD, "password": OTHER_PASSWORD}
    assert by(house, entered, "PUT", "/editorial/me/password", body).status_code == 204
    items = by(house, entered, "GET", "/editorial/sessions").json()["items"]
    assert [item["kind"] for item in items] == ["session", "token"]
    assert by(house, entered, "DELETE", "/editorial/session").status_code == 204
    assert not comes_in(house, entered)
    for _ in range(ACCOUNT_ATTEMPTS):
        assert try_to(house, "nobody@chronicle.example", PASSWORD).status_code == 401
    problem(try_to(house, "nobody@chronicle.example", PASSWORD), 429)
