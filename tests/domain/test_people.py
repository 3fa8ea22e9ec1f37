import pytest

from domain.rules import Refused, decide
from domain.staff import STAFF, HireStaff, Privilege, Role, StaffHired, StaffMember
from domain.writer import WRITER, SetWriter, WriterAdded, WriterChanged
from tests.domain.given import ANN, given

HIRED = STAFF.change("s1", StaffHired(Role.EDITOR, "digest"))


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


P = Privilege
WRITING = {P.DRAFT, P.READ_DRAFTS, P.REVISE, P.SUBMIT}
EDITING = {*WRITING, P.RETURN, P.APPROVE, P.DISCARD, P.PUBLISH, P.CORRECT}


@pytest.mark.parametrize(
    ("role", "privileges"),
    [
        (None, set()),
        (Role.CONTRIBUTOR, {P.DRAFT}),
        (Role.REPORTER, WRITING),
        (Role.EDITOR, EDITING),
        (Role.PUBLISHER, {*EDITING, P.WITHDRAW}),
        (Role.AUDITOR, {P.READ_DRAFTS, P.AUDIT}),
        (Role.ADMIN, {*EDITING, P.WITHDRAW, P.AUDIT}),
    ],
)
def test_a_role_may_do_this_and_no_more(role: Role | None, privileges: set[Privilege]) -> None:
    assert {privilege for privilege in Privilege if StaffMember(role).may(privilege)} == privileges


def test_who_was_hired_may_do_what_the_role_may() -> None:
    assert given(HIRED)(STAFF, "s1") == StaffMember(Role.EDITOR)
