"""There is always somebody who can let others in: the last admin stays."""

import pytest

from domain.admins import ADMINS, AdminAppointed, AdminRelieved
from domain.role import Role
from domain.rules import Refused, Unknown, decide
from domain.staff import (
    STAFF,
    ChangeStaff,
    DismissStaff,
    GiveRole,
    HireStaff,
    StaffDetailsChanged,
    StaffHired,
    StaffLeft,
    StaffMovedToSections,
    StaffRoleGiven,
)
from tests.domain.given import WORLD, given

ANN = (ADMINS.change("site", AdminAppointed("ann")), STAFF.change("ann", StaffHired(Role.ADMIN, "digest")))
BO = (ADMINS.change("site", AdminAppointed("bo")), STAFF.change("bo", StaffHired(Role.ADMIN, "digest")))
CAY = STAFF.change("cay", StaffHired(Role.EDITOR, "digest"))
ANN_GOES = ADMINS.change("site", AdminRelieved("ann"))


def test_whoever_is_hired_as_an_admin_is_appointed() -> None:
    assert decide(HireStaff(staff_id="ann", role=Role.ADMIN, digest="digest"), given()) == [*ANN]


def test_one_of_two_admins_may_leave() -> None:
    assert decide(DismissStaff(staff_id="ann"), given(*ANN, *BO)) == [ANN_GOES, STAFF.change("ann", StaffLeft())]


def test_one_of_two_admins_may_take_another_role() -> None:
    changes = decide(GiveRole(staff_id="ann", role=Role.EDITOR), given(*ANN, *BO))
    assert changes == [ANN_GOES, STAFF.change("ann", StaffRoleGiven(Role.EDITOR))]


@pytest.mark.parametrize(
    "command",
    [
        DismissStaff(staff_id="ann"),
        GiveRole(staff_id="ann", role=Role.PUBLISHER),
        ChangeStaff(staff_id="ann", role=Role.AUDITOR),
    ],
)
def test_the_last_admin_stays(command: DismissStaff | GiveRole | ChangeStaff) -> None:
    for history in ([*ANN, CAY], [*ANN, *BO, ADMINS.change("site", AdminRelieved("bo"))]):
        with pytest.raises(Refused, match="last admin"):
            decide(command, given(*history))


def test_an_admin_of_before_there_was_a_list_is_on_it_once_appointed_again() -> None:
    before = (ANN[1], *BO)
    assert decide(GiveRole(staff_id="ann", role=Role.ADMIN), given(*before)) == [ANN[0]]
    with pytest.raises(Refused, match="last admin"):
        decide(DismissStaff(staff_id="bo"), given(*before))
    assert decide(DismissStaff(staff_id="bo"), given(*before, ANN[0]))


def test_who_is_an_admin_is_not_appointed_again() -> None:
    assert decide(GiveRole(staff_id="ann", role=Role.ADMIN), given(*ANN)) == []


def test_anybody_else_may_leave() -> None:
    assert decide(DismissStaff(staff_id="cay"), given(*ANN, CAY)) == [STAFF.change("cay", StaffLeft())]


def test_several_things_of_somebody_change_at_once() -> None:
    command = ChangeStaff(staff_id="cay", role=Role.REPORTER, sections=("world",), digest="other")
    assert decide(command, given(CAY, WORLD)) == [
        STAFF.change("cay", StaffRoleGiven(Role.REPORTER)),
        STAFF.change("cay", StaffMovedToSections(("world",))),
        STAFF.change("cay", StaffDetailsChanged("other")),
    ]


def test_what_is_as_asked_already_records_nothing() -> None:
    command = ChangeStaff(staff_id="cay", role=Role.EDITOR, sections=())
    assert decide(command, given(CAY)) == decide(ChangeStaff(staff_id="cay"), given(CAY)) == []


def test_nothing_changes_if_a_part_is_refused() -> None:
    with pytest.raises(Refused, match="no section 'moon'"):
        decide(ChangeStaff(staff_id="cay", role=Role.REPORTER, sections=("moon",)), given(CAY))


def test_nothing_changes_of_somebody_who_left() -> None:
    with pytest.raises(Unknown):
        decide(ChangeStaff(staff_id="cay"), given(CAY, STAFF.change("cay", StaffLeft())))
