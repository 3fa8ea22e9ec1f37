import pytest

from domain.role import Privilege, Role
from domain.rules import Change, Refused, Unknown, decide
from domain.staff import (
    STAFF,
    ChangeDetails,
    DismissStaff,
    GiveRole,
    HireStaff,
    MoveToSections,
    StaffCommand,
    StaffDetailsChanged,
    StaffHired,
    StaffLeft,
    StaffMember,
    StaffMovedToSections,
    StaffRoleGiven,
)
from domain.writer import WRITER, SetWriter, WriterAdded, WriterChanged
from tests.domain.given import ANN, NEWSPAPER, given

HIRED = STAFF.change("s1", StaffHired(Role.EDITOR, "digest"))
PROMOTED = STAFF.change("s1", StaffRoleGiven(Role.PUBLISHER))
MOVED = STAFF.change("s1", StaffMovedToSections(("world",)))
RENAMED = STAFF.change("s1", StaffDetailsChanged("another"))
LEFT = STAFF.change("s1", StaffLeft())

PROMOTE = GiveRole(staff_id="s1", role=Role.PUBLISHER)
MOVE = MoveToSections(staff_id="s1", sections=("world",))
RENAME = ChangeDetails(staff_id="s1", digest="another")
DISMISS = DismissStaff(staff_id="s1")


def test_a_writer_has_a_name_and_a_few_lines() -> None:
    command = SetWriter(slug="bob", name="Bob Ray", bio="Writes of rivers.")
    assert decide(command, given()) == [WRITER.change("bob", WriterAdded("Bob Ray", "Writes of rivers."))]


def test_a_writer_takes_another_name() -> None:
    command = SetWriter(slug="ann-lee", name="Ann Ray")
    assert decide(command, given(ANN)) == [WRITER.change("ann-lee", WriterChanged("Ann Ray"))]


def test_a_writer_gets_a_few_lines() -> None:
    command = SetWriter(slug="ann-lee", name="Ann Lee", bio="Writes of rain.")
    assert decide(command, given(ANN)) == [WRITER.change("ann-lee", WriterChanged("Ann Lee", "Writes of rain."))]


def test_a_writer_as_known_records_nothing() -> None:
    assert decide(SetWriter(slug="ann-lee", name="Ann Lee"), given(ANN)) == []


def test_a_person_is_hired_for_a_role() -> None:
    assert decide(HireStaff(staff_id="s1", role=Role.EDITOR, digest="digest"), given()) == [HIRED]


def test_nobody_is_hired_twice() -> None:
    with pytest.raises(Refused, match="works here already"):
        decide(HireStaff(staff_id="s1", role=Role.ADMIN, digest="digest"), given(HIRED))


def test_a_person_is_hired_for_sections_that_are_there() -> None:
    command = HireStaff(staff_id="s1", role=Role.EDITOR, digest="digest", sections=("world", "sport"))
    hired = STAFF.change("s1", StaffHired(Role.EDITOR, "digest", ("world", "sport")))
    assert decide(command, given(*NEWSPAPER)) == [hired]
    with pytest.raises(Refused, match="There is no section 'sport'"):
        decide(command, given(*NEWSPAPER[:1]))


def test_somebody_gets_another_role() -> None:
    assert decide(PROMOTE, given(HIRED)) == [PROMOTED]
    assert decide(PROMOTE, given(HIRED, PROMOTED)) == []
    assert member(HIRED, MOVED, PROMOTED) == StaffMember(Role.PUBLISHER, ("world",), "digest")


def test_somebody_works_for_other_sections_and_for_all_again() -> None:
    assert decide(MOVE, given(*NEWSPAPER, HIRED)) == [MOVED]
    assert decide(MOVE, given(*NEWSPAPER, HIRED, MOVED)) == []
    back = MoveToSections(staff_id="s1", sections=())
    everywhere = STAFF.change("s1", StaffMovedToSections())
    assert decide(back, given(*NEWSPAPER, HIRED, MOVED)) == [everywhere]
    assert member(HIRED, MOVED, everywhere) == member(HIRED)


def test_nobody_works_for_a_section_that_is_not_there() -> None:
    with pytest.raises(Refused, match="There is no section 'asia'"):
        decide(MoveToSections(staff_id="s1", sections=("world", "asia")), given(*NEWSPAPER, HIRED))


def test_somebody_takes_another_name_of_which_the_history_gets_a_digest() -> None:
    assert decide(RENAME, given(HIRED)) == [RENAMED]
    assert decide(RENAME, given(HIRED, RENAMED)) == []
    assert member(HIRED, RENAMED).may(Privilege.PUBLISH)


def test_somebody_leaves_and_may_nothing_any_more() -> None:
    assert decide(DISMISS, given(HIRED)) == [LEFT]
    assert member(HIRED, MOVED, LEFT) == StaffMember()
    assert not member(HIRED, LEFT).may(*Privilege)


@pytest.mark.parametrize("command", [PROMOTE, MOVE, RENAME, DISMISS], ids=lambda command: type(command).__name__)
def test_nothing_is_done_with_who_does_not_work_here(command: StaffCommand) -> None:
    for before in ((), (HIRED, LEFT)):
        with pytest.raises(Unknown, match="Nobody with this id works here"):
            decide(command, given(*NEWSPAPER, *before))


def test_who_left_can_be_hired_again_and_gets_nothing_of_what_was() -> None:
    again = HireStaff(staff_id="s1", role=Role.REPORTER, digest="digest")
    hired = STAFF.change("s1", StaffHired(Role.REPORTER, "digest"))
    assert decide(again, given(HIRED, MOVED, LEFT)) == [hired]
    assert member(HIRED, MOVED, LEFT, hired) == StaffMember(Role.REPORTER, (), "digest")


def member(*changes: Change) -> StaffMember:
    return given(*changes)(STAFF, "s1")


# Each role once more, by hand, so that nobody changes it without saying so here.
P = Privilege
WRITING = {P.DRAFT, P.READ_OWN, P.REVISE_OWN, P.SUBMIT}
REPORTING = {*WRITING, P.READ_DRAFTS}
REVIEWING = {P.REVISE_ANY, P.RETURN, P.APPROVE, P.DISCARD, P.ASSIGN, P.READ_CONFIDENTIAL}
GIVING = {P.SCHEDULE, P.PUBLISH, P.CORRECT, P.MANAGE_FRONT, P.MANAGE_TAGS, P.MANAGE_WRITERS}
EDITING = {*REPORTING, *REVIEWING, *GIVING}
PUBLISHING = {*EDITING, P.WITHDRAW, P.UNLOCK, P.UNDO, P.MANAGE_SECTIONS, P.MANAGE_PAGES}


@pytest.mark.parametrize(
    ("role", "privileges"),
    [
        (None, set()),
        (Role.CONTRIBUTOR, WRITING),
        (Role.REPORTER, REPORTING),
        (Role.EDITOR, EDITING),
        (Role.PUBLISHER, PUBLISHING),
        (Role.AUDITOR, {P.READ_DRAFTS, P.AUDIT}),
        (Role.ADMIN, {*PUBLISHING, P.AUDIT, P.MANAGE_STAFF}),
    ],
)
def test_a_role_may_do_this_and_no_more(role: Role | None, privileges: set[Privilege]) -> None:
    assert {privilege for privilege in Privilege if StaffMember(role).may(privilege)} == privileges


def test_any_of_several_privileges_will_do() -> None:
    contributor = StaffMember(Role.CONTRIBUTOR)
    assert contributor.may(P.READ_DRAFTS, P.READ_OWN)
    assert not contributor.may(P.READ_DRAFTS, P.PUBLISH)
    assert not contributor.may()


def test_who_was_hired_may_do_what_the_role_may() -> None:
    assert member(HIRED) == StaffMember(Role.EDITOR, digest="digest")
