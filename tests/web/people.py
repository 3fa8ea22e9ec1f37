"""People of the house who come in by a password."""

from datetime import timedelta
from typing import Any

from httpx import Response
from pyotp import TOTP

from domain.role import Role
from tests.web.house import Answer, House

PASSWORD = "a heron on the quay"
OTHER_PASSWORD = "two herons on the quay"
STEP = timedelta(seconds=30)


def address(role: Role) -> str:
    return f"{role}@chronicle.example"


def id_of(house: House, role: Role) -> str:
    everybody = house.ask("GET", "/editorial/staff", role=Role.ADMIN).json()["items"]
    (id,) = [one["id"] for one in everybody if one["email"] == address(role)]
    return str(id)


def reset_token(house: House, role: Role) -> str:
    """What stands in a link that an admin makes."""
    response = house.ask("POST", f"/editorial/staff/{id_of(house, role)}/reset", role=Role.ADMIN)
    assert response.status_code == 201, response.text
    return str(response.json()["link"].partition("#")[2])


def give_password(house: House, role: Role = Role.EDITOR, password: str = PASSWORD) -> None:
    body = {"token": reset_token(house, role), "password": password}
    response = house.client.post("/editorial/password", json=body)
    assert response.status_code == 204, response.text


def log_in(house: House, role: Role = Role.EDITOR, password: str = PASSWORD, **more: Any) -> Response:
    return try_to(house, address(role), password, **more)


def try_to(house: House, email: str, password: str, headers: Answer | None = None, **more: Any) -> Response:
    return house.client.post("/editorial/session", json={"email": email, "password": password, **more}, headers=headers)


def token(response: Response) -> str:
    assert response.status_code == 201, response.text
    return str(response.json()["token"])


def session(house: House, role: Role = Role.EDITOR, password: str = PASSWORD) -> str:
    """The token of a new one."""
    return token(log_in(house, role, password))


def by(house: House, token: str, method: str, path: str, body: Any = None) -> Response:
    return house.client.request(method, path, json=body, headers={"Authorization": f"Bearer {token}"})


def comes_in(house: House, token: str) -> bool:
    status = by(house, token, "GET", "/editorial/me").status_code
    assert status in (200, 401)
    return status == 200


def code(house: House, secret: str) -> str:
    """What the app shows now."""
    return TOTP(secret).at(house.clock.now)


def with_second_factor(house: House, token: str) -> tuple[str, list[str]]:
    """The secret in the app, and the recovery codes. The clock moves on, so that the app shows another code."""
    offer = by(house, token, "POST", "/editorial/me/second-factor", {"password": PASSWORD})
    assert offer.status_code == 201, offer.text
    secret = offer.json()["secret"]
    confirmed = by(house, token, "POST", "/editorial/me/second-factor/confirm", {"code": code(house, secret)})
    assert confirmed.status_code == 200, confirmed.text
    house.clock.now += STEP
    return secret, confirmed.json()["recovery_codes"]
