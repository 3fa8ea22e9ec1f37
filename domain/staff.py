"""People who work here. Their names and addresses lie in the vault: the history knows an opaque id and a digest."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from domain.rules import Aggregate, Change, Event, Fold, decide, require


class Role(StrEnum):
    CONTRIBUTOR = "contributor"
    REPORTER = "reporter"
    EDITOR = "editor"
    PUBLISHER = "publisher"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Privilege(StrEnum):
    """One for each act that a route may ask for."""

    DRAFT = "draft"
    READ_DRAFTS = "read drafts"
    REVISE = "revise"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    DISCARD = "discard"
    PUBLISH = "publish"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    AUDIT = "audit"


P = Privilege
WRITING = frozenset({P.DRAFT, P.READ_DRAFTS, P.REVISE, P.SUBMIT})
EDITING = WRITING | {P.RETURN, P.APPROVE, P.DISCARD, P.PUBLISH, P.CORRECT}
PRIVILEGES: dict[Role, frozenset[Privilege]] = {
    Role.CONTRIBUTOR: frozenset({P.DRAFT}),
    Role.REPORTER: WRITING,
    Role.EDITOR: EDITING,
    Role.PUBLISHER: EDITING | {P.WITHDRAW},
    Role.AUDITOR: frozenset({P.READ_DRAFTS, P.AUDIT}),
    Role.ADMIN: frozenset(Privilege),
}


class StaffHired(Event, frozen=True):
    """`digest`: of the salted personal values in the vault, so that a change of them would show."""

    role: Role
    digest: str


class StaffMember(Struct, frozen=True):
    role: Role | None = None

    def may(self, privilege: Privilege) -> bool:
        return self.role is not None and privilege in PRIVILEGES[self.role]


def evolve(member: StaffMember, event: StaffHired) -> StaffMember:
    return StaffMember(event.role)


STAFF = Aggregate("staff", StaffMember(), evolve)


class HireStaff(Struct, frozen=True, kw_only=True):
    staff_id: str
    role: Role
    digest: Annotated[str, Meta(max_length=100)]

    @property
    def stream(self) -> str:
        return STAFF.stream(self.staff_id)


@decide.register
def hire_staff(command: HireStaff, fold: Fold) -> list[Change]:
    require(fold(STAFF, command.staff_id).role is None, "This person works here already.")
    return [STAFF.change(command.staff_id, StaffHired(command.role, command.digest))]
