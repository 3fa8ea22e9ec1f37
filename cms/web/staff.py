"""Staff: who works here, as what, and how they come in. Names are for colleagues; addresses for admins."""

import asyncio
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, delete, get, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter
from msgspec import UNSET, Meta, Struct, UnsetType

from cms import second_factor, sessions, staff
from cms.newsroom import Newsroom
from cms.web.access import ID, asks, needs
from cms.web.clients import client_of
from cms.web.desk import Accepted, Desk
from cms.web.reception import reception
from cms.web.session import NEVER_KEPT, Email, WayInId, WaysIn, local, ways_in
from domain.role import Privilege, Role
from domain.staff import Beats, ChangeStaff, DismissStaff, HireStaff

StaffId = Annotated[str, PathParameter(pattern=ID)]
Name = Annotated[str, Meta(max_length=staff.NAME_CHARACTERS)]
MANAGES = needs(Privilege.MANAGE_STAFF)


class HireForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`sections`: slugs of those that they work for; none is no limit."""

    email: Email
    name: Name
    role: Role
    sections: Beats = ()


class ChangeForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is left out stays."""

    email: Email | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    sections: Beats | UnsetType = UNSET


class Colleague(Struct, frozen=True):
    id: str
    name: str


class Colleagues(Struct, frozen=True):
    """Those who left too, as articles are theirs."""

    items: list[Colleague]


class StaffEntry(Struct, frozen=True, kw_only=True):
    """`role` is null, and `left` true, for whoever works here no more."""

    id: str
    name: str
    email: str
    role: Role | None
    sections: tuple[str, ...]
    left: bool
    second_factor: bool


class StaffList(Struct, frozen=True):
    """By name."""

    items: list[StaffEntry]


class ResetLink(Struct, frozen=True):
    """`link` works once. It is shown only now: hand it to the person in a way that nobody else reads."""

    link: str
    expires_at: datetime


def entry(one: staff.Colleague, with_second_factor: frozenset[str]) -> StaffEntry:
    return StaffEntry(
        id=one.id,
        name=one.person.name,
        email=one.person.email,
        role=one.member.role,
        sections=one.member.sections,
        left=one.member.role is None,
        second_factor=one.id in with_second_factor,
    )


@get("/colleagues", opt=needs(Privilege.READ_DRAFTS), sync_to_thread=True)
def colleagues(newsroom: NamedDependency[Newsroom]) -> Colleagues:
    """The names behind the ids of authors and assignees."""
    people = staff.people(newsroom.history)
    return Colleagues([Colleague(id, person.name) for id, person in people.items()])


@get("/staff", opt=MANAGES, sync_to_thread=True)
def list_staff(newsroom: NamedDependency[Newsroom]) -> StaffList:
    """Everybody who works here, or did."""
    secured = second_factor.those_who_have_one(newsroom)
    return StaffList([entry(one, secured) for one in staff.everybody(newsroom.history)])


@get("/staff/{staff_id:str}", opt=MANAGES, sync_to_thread=True)
def read_staff(newsroom: NamedDependency[Newsroom], staff_id: StaffId) -> StaffEntry:
    """Somebody who works here, or did."""
    return entry(staff.colleague(newsroom, staff_id), second_factor.those_who_have_one(newsroom))


@post("/staff", opt=asks(HireStaff))
async def hire(desk: NamedDependency[Desk], data: JSONBody[HireForm]) -> Accepted:
    """Hire somebody, or take back whoever left. A reset link lets them set their first password."""
    history = desk.newsroom.history
    command, beside = await asyncio.to_thread(staff.hiring, history, data.email, data.name, data.role, data.sections)
    return await desk.execute(command, beside=beside)


@patch("/staff/{staff_id:str}", opt=asks(ChangeStaff))
async def change(desk: NamedDependency[Desk], staff_id: StaffId, data: JSONBody[ChangeForm]) -> Accepted:
    """Change somebody's name, address, role or sections, all at once or nothing. It holds from their next request."""
    changes = {name: value for name in ChangeForm.__struct_fields__ if (value := getattr(data, name)) is not UNSET}
    command, beside = await asyncio.to_thread(partial(staff.changing, desk.newsroom.history, staff_id, **changes))
    return await desk.execute(command, beside=beside)


@post("/staff/{staff_id:str}/leave", opt=asks(DismissStaff), status_code=HTTPStatus.OK)
async def leave(desk: NamedDependency[Desk], staff_id: StaffId) -> Accepted:
    """Somebody leaves: sessions, tokens, password and second factor end at once."""
    command, beside = staff.leaving(staff_id)
    return await desk.execute(command, beside=beside)


@post("/staff/{staff_id:str}/reset", opt=MANAGES, response_headers=NEVER_KEPT)
async def make_link(request: Request[Any, Any, State], staff_id: StaffId) -> ResetLink:
    """A link by which somebody sets a password, the first one or another. One made before works no more."""
    client, by, site = client_of(request), request.user.id, request.app.state.site
    link = await reception(request).serve(lambda entrance: entrance.new_link(client, staff_id, by, site.base_url))
    return ResetLink(link.link, local(link.expires_at, site.zone))


@get("/staff/{staff_id:str}/sessions", opt=MANAGES, sync_to_thread=True)
def list_ways_in(request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom], staff_id: StaffId) -> WaysIn:
    """Somebody's sessions, then tokens, each the newest first."""
    staff.unsealed(newsroom.history, staff_id)
    return ways_in(request, sessions.of(newsroom, staff_id, request.user.session))


@delete("/staff/{staff_id:str}/sessions/{way_in:str}", opt=MANAGES)
async def end_way_in(request: Request[Any, Any, State], staff_id: StaffId, way_in: WayInId) -> None:
    """End a session or a token of somebody."""
    client, by = client_of(request), request.user.id
    await reception(request).serve(lambda entrance: entrance.end(client, staff_id, way_in, by))


@delete("/staff/{staff_id:str}/second-factor", opt=MANAGES)
async def remove_second_factor(request: Request[Any, Any, State], staff_id: StaffId) -> None:
    """Take somebody's second factor away, when the app and the recovery codes are lost."""
    client, by = client_of(request), request.user.id
    await reception(request).serve(lambda entrance: entrance.without_second_factor(client, staff_id, by))


handlers = [
    colleagues,
    list_staff,
    read_staff,
    hire,
    change,
    leave,
    make_link,
    list_ways_in,
    end_way_in,
    remove_second_factor,
]
