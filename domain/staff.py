"""People who work here. Their names and addresses lie in the vault: the history knows an opaque id and a digest."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct, structs

from domain.admins import appointed, relieved
from domain.role import PRIVILEGES, Privilege, Role
from domain.rules import Aggregate, Change, Event, Fold, Refused, Unknown, decide, require
from domain.section import SECTION
from domain.slug import Slug

Digest = Annotated[str, Meta(max_length=100)]
Beats = Annotated[tuple[Slug, ...], Meta(max_length=100)]


# Events.


class StaffHired(Event, frozen=True):
    """`digest`: of the salted personal values in the vault, so that a change of them would show."""

    role: Role
    digest: str
    sections: tuple[str, ...] = ()


class StaffRoleGiven(Event, frozen=True):
    role: Role


class StaffMovedToSections(Event, frozen=True):
    """None: to all of them."""

    sections: tuple[str, ...] = ()


class StaffDetailsChanged(Event, frozen=True):
    """Another name or address lies in the vault."""

    digest: str


class StaffLeft(Event, frozen=True):
    pass


StaffEvent = StaffHired | StaffRoleGiven | StaffMovedToSections | StaffDetailsChanged | StaffLeft


# State: only what the rules below need.


class StaffMember(Struct, frozen=True):
    """`role` is None for whoever was never hired, or has left. `sections`: none is no limit."""

    role: Role | None = None
    sections: tuple[str, ...] = ()
    digest: str = ""

    @property
    def privileges(self) -> frozenset[Privilege]:
        return frozenset() if self.role is None else PRIVILEGES[self.role]

    def may(self, *privileges: Privilege) -> bool:
        """Any of these."""
        return not self.privileges.isdisjoint(privileges)


def evolve(member: StaffMember, event: StaffEvent) -> StaffMember:
    match event:
        case StaffHired(role, digest, sections):
            return StaffMember(role, sections, digest)
        case StaffRoleGiven(role):
            return structs.replace(member, role=role)
        case StaffMovedToSections(sections):
            return structs.replace(member, sections=sections)
        case StaffDetailsChanged(digest):
            return structs.replace(member, digest=digest)
        case StaffLeft():
            return StaffMember()


STAFF = Aggregate("staff", StaffMember(), evolve)


# Commands, and what the newsroom decides on them.


class StaffCommand(Struct, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.MANAGE_STAFF

    staff_id: str

    @property
    def stream(self) -> str:
        return STAFF.stream(self.staff_id)


class HireStaff(StaffCommand, frozen=True, kw_only=True):
    role: Role
    digest: Digest
    sections: Beats = ()


class GiveRole(StaffCommand, frozen=True, kw_only=True):
    role: Role


class MoveToSections(StaffCommand, frozen=True, kw_only=True):
    """None: no limit any more."""

    sections: Beats


class ChangeDetails(StaffCommand, frozen=True, kw_only=True):
    digest: Digest


class ChangeStaff(StaffCommand, frozen=True, kw_only=True):
    """Several at once; what is None stays."""

    role: Role | None = None
    sections: Beats | None = None
    digest: Digest | None = None


class DismissStaff(StaffCommand, frozen=True, kw_only=True):
    pass


@decide.register
def hire_staff(command: HireStaff, fold: Fold) -> list[Change]:
    require(fold(STAFF, command.staff_id).role is None, "This person works here already.")
    require_sections(command.sections, fold)
    appointment = appointed(command.staff_id, fold) if command.role is Role.ADMIN else []
    return [*appointment, STAFF.change(command.staff_id, StaffHired(command.role, command.digest, command.sections))]


@decide.register
def give_role(command: GiveRole, fold: Fold) -> list[Change]:
    member = at_work(command, fold)
    if command.role is Role.ADMIN:
        office = appointed(command.staff_id, fold)
    else:
        office = relieved(command.staff_id, fold) if member.role is Role.ADMIN else []
    if member.role is command.role:
        return office
    return [*office, STAFF.change(command.staff_id, StaffRoleGiven(command.role))]


@decide.register
def move_to_sections(command: MoveToSections, fold: Fold) -> list[Change]:
    member = at_work(command, fold)
    require_sections(command.sections, fold)
    if member.sections == command.sections:
        return []
    return [STAFF.change(command.staff_id, StaffMovedToSections(command.sections))]


@decide.register
def change_details(command: ChangeDetails, fold: Fold) -> list[Change]:
    member = at_work(command, fold)
    if member.digest == command.digest:
        return []
    return [STAFF.change(command.staff_id, StaffDetailsChanged(command.digest))]


@decide.register
def change_staff(command: ChangeStaff, fold: Fold) -> list[Change]:
    at_work(command, fold)
    parts: list[StaffCommand] = []
    if command.role is not None:
        parts.append(GiveRole(staff_id=command.staff_id, role=command.role))
    if command.sections is not None:
        parts.append(MoveToSections(staff_id=command.staff_id, sections=command.sections))
    if command.digest is not None:
        parts.append(ChangeDetails(staff_id=command.staff_id, digest=command.digest))
    return [change for part in parts for change in decide(part, fold)]


@decide.register
def dismiss_staff(command: DismissStaff, fold: Fold) -> list[Change]:
    member = at_work(command, fold)
    office = relieved(command.staff_id, fold) if member.role is Role.ADMIN else []
    return [*office, STAFF.change(command.staff_id, StaffLeft())]


def at_work(command: StaffCommand, fold: Fold) -> StaffMember:
    member = fold(STAFF, command.staff_id)
    if member.role is None:
        raise Unknown("Nobody with this id works here.")
    return member


def require_sections(sections: tuple[str, ...], fold: Fold) -> None:
    for section in sections:
        if not fold(SECTION, section).exists:
            raise Refused(f"There is no section '{section}'.")


def works_for(member: StaffMember, section: str, fold: Fold) -> bool:
    """The section is one of theirs, or part of one; who has none works for all."""
    above: str | None = section
    while member.sections and above is not None:
        if above in member.sections:
            return True
        above = fold(SECTION, above).parent
    return not member.sections
