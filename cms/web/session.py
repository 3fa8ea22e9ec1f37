"""Logging in and out, one's password and second factor, and what one may do."""

from datetime import UTC, datetime, tzinfo
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, Router, delete, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from cms import second_factor, sessions, staff
from cms.newsroom import Newsroom
from cms.passwords import CHARACTERS_MOST
from cms.second_factor import Offer
from cms.web.access import ANYBODY_HERE, ID, OPEN
from cms.web.clients import client_of
from cms.web.occasions import also
from cms.web.reception import reception
from domain.role import Privilege, Role
from domain.rules import Refused

Password = Annotated[str, Meta(min_length=1, max_length=CHARACTERS_MOST)]
NewPassword = Annotated[str, Meta(min_length=12, max_length=CHARACTERS_MOST)]
Email = Annotated[str, Meta(max_length=staff.EMAIL_CHARACTERS)]
Code = Annotated[str, Meta(max_length=64, description="Six digits of an app, or a recovery code.")]
LinkToken = Annotated[str, Meta(min_length=1, max_length=200)]
WayInId = Annotated[str, PathParameter(pattern=ID)]

BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
TRIED = also(HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)
NEVER_KEPT = {"cache-control": "no-store"}


class LogInForm(Struct, frozen=True, forbid_unknown_fields=True):
    """`code`: of the second factor, for whoever has one."""

    email: Email
    password: Password
    code: Code = ""


class LinkForm(Struct, frozen=True, forbid_unknown_fields=True):
    """`token`: what follows `#` in the link."""

    token: LinkToken
    password: NewPassword


class PasswordForm(Struct, frozen=True, forbid_unknown_fields=True):
    current: Password
    password: NewPassword


class ShownForm(Struct, frozen=True, forbid_unknown_fields=True):
    """The password, again."""

    password: Password


class CodeForm(Struct, frozen=True, forbid_unknown_fields=True):
    """Of the app that has taken up the secret."""

    code: Code


class LoggedIn(Struct, frozen=True):
    """`token`: for the header `Authorization: Bearer ...`."""

    token: str
    expires_at: datetime


class WayIn(Struct, frozen=True, kw_only=True):
    """`kind`: `session` or `token`; the latter is a script's, and not noted when it was seen."""

    kind: str
    id: str
    made_at: datetime
    expires_at: datetime
    seen_at: datetime | None
    user_agent: str
    current: bool


class WaysIn(Struct, frozen=True):
    items: list[WayIn]


class RecoveryCodes(Struct, frozen=True):
    """Each is good once, in place of a code of the app. They are shown only now."""

    recovery_codes: tuple[str, ...]


class Me(Struct, frozen=True, kw_only=True):
    """`sections`: none is no limit. `second_factor`: whether there is one."""

    id: str
    name: str
    email: str
    role: Role
    sections: tuple[str, ...]
    privileges: tuple[Privilege, ...]
    second_factor: bool


def local(seconds: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)


def ways_in(request: Request[Any, Any, State], found: list[sessions.WayIn]) -> WaysIn:
    zone = request.app.state.site.zone
    return WaysIn(
        [
            WayIn(
                kind=way.kind,
                id=way.id,
                made_at=local(way.made_at, zone),
                expires_at=local(way.expires_at, zone),
                seen_at=None if way.seen_at is None else local(way.seen_at, zone),
                user_agent=way.agent,
                current=way.current,
            )
            for way in found
        ]
    )


# Open to all, and counted.


@post("/session", opt=OPEN, response_headers=NEVER_KEPT)
async def log_in(request: Request[Any, Any, State], data: JSONBody[LogInForm]) -> LoggedIn:
    """Log in. The session ends after twelve hours, or two without a request."""
    client = client_of(request)
    begun = await reception(request).serve(
        lambda entrance: entrance.log_in(client, data.email, data.password, data.code)
    )
    return LoggedIn(begun.token, local(begun.expires_at, request.app.state.site.zone))


@post("/password", opt=OPEN, status_code=HTTPStatus.NO_CONTENT)
async def set_password(request: Request[Any, Any, State], data: JSONBody[LinkForm]) -> None:
    """Set a password by a link that an admin gave. It works once; all sessions of this person end."""
    client = client_of(request)
    await reception(request).serve(lambda entrance: entrance.set_by_link(client, data.token, data.password))


# For whoever works here.


@delete("/session", opt=ANYBODY_HERE, security=BEARER, responses=also(HTTPStatus.CONFLICT), sync_to_thread=True)
def log_out(request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom]) -> None:
    """Log out: this session ends."""
    if not request.user.session:
        raise Refused("This is a token for scripts, not a session; DELETE /editorial/sessions/{id} ends it.")
    sessions.end(newsroom, request.user.id, request.user.session)


@get("/sessions", opt=ANYBODY_HERE, security=BEARER, sync_to_thread=True)
def list_own(request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom]) -> WaysIn:
    """One's own sessions, then tokens, each the newest first."""
    return ways_in(request, sessions.of(newsroom, request.user.id, request.user.session))


@delete("/sessions/{way_in:str}", opt=ANYBODY_HERE, security=BEARER, sync_to_thread=True)
def end_own(request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom], way_in: WayInId) -> None:
    """End a session or a token of one's own."""
    sessions.end(newsroom, request.user.id, way_in)


@get("/me", opt=ANYBODY_HERE, security=BEARER, sync_to_thread=True)
def me(request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom]) -> Me:
    """Who one is here, and what one may do."""
    user, one = request.user, staff.colleague(newsroom, request.user.id)
    return Me(
        id=user.id,
        name=one.person.name,
        email=one.person.email,
        role=user.member.role,
        sections=user.member.sections,
        privileges=tuple(privilege for privilege in Privilege if user.may(privilege)),
        second_factor=second_factor.is_on(newsroom, user.id),
    )


@put("/me/password", opt=ANYBODY_HERE, security=BEARER, responses=TRIED, status_code=HTTPStatus.NO_CONTENT)
async def change_password(request: Request[Any, Any, State], data: JSONBody[PasswordForm]) -> None:
    """Change one's password. All sessions but this one end; tokens for scripts stay."""
    client, user = client_of(request), request.user
    await reception(request).serve(lambda entrance: entrance.change_password(client, user, data.current, data.password))


@post("/me/second-factor", opt=ANYBODY_HERE, security=BEARER, responses=TRIED, response_headers=NEVER_KEPT)
async def offer_second_factor(request: Request[Any, Any, State], data: JSONBody[ShownForm]) -> Offer:
    """A secret for an app that makes codes. It counts once a code of it is confirmed."""
    client, user, title = client_of(request), request.user, request.app.state.site.title
    return await reception(request).serve(
        lambda entrance: entrance.offer_second_factor(client, user, data.password, title)
    )


@post(
    "/me/second-factor/confirm",
    opt=ANYBODY_HERE,
    security=BEARER,
    responses=TRIED,
    status_code=HTTPStatus.OK,
    response_headers=NEVER_KEPT,
)
async def confirm_second_factor(request: Request[Any, Any, State], data: JSONBody[CodeForm]) -> RecoveryCodes:
    """From now on logging in asks for a code. The answer holds ten for the day when the app is lost."""
    client, user = client_of(request), request.user
    codes = await reception(request).serve(lambda entrance: entrance.confirm_second_factor(client, user, data.code))
    return RecoveryCodes(codes)


@delete("/me/second-factor", opt=ANYBODY_HERE, security=BEARER, responses=TRIED)
async def remove_second_factor(request: Request[Any, Any, State], data: JSONBody[ShownForm]) -> None:
    """Go without a second factor; the password is asked for again."""
    client, user = client_of(request), request.user
    await reception(request).serve(lambda entrance: entrance.remove_second_factor(client, user, data.password))


routes = Router(
    "/editorial",
    tags=["Logging in"],
    route_handlers=[
        log_in,
        set_password,
        log_out,
        list_own,
        end_own,
        me,
        change_password,
        offer_second_factor,
        confirm_second_factor,
        remove_second_factor,
    ],
)
