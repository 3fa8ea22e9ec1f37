"""Who the admins are, in one stream: two changes of them at once meet there, so that the last one never goes."""

from typing import Annotated

from msgspec import Meta, Struct, structs

from domain.rules import Aggregate, Change, Event, Fold, require

# Events.


class AdminAppointed(Event, frozen=True):
    staff_id: Annotated[str, Meta(max_length=100)]


class AdminRelieved(Event, frozen=True):
    staff_id: Annotated[str, Meta(max_length=100)]


AdminEvent = AdminAppointed | AdminRelieved


# State.


class Admins(Struct, frozen=True):
    """By their ids. Whoever became an admin before this stream began is not among them until appointed again."""

    staff_ids: frozenset[str] = frozenset()


def evolve(admins: Admins, event: AdminEvent) -> Admins:
    match event:
        case AdminAppointed(staff_id):
            return structs.replace(admins, staff_ids=admins.staff_ids | {staff_id})
        case AdminRelieved(staff_id):
            return structs.replace(admins, staff_ids=admins.staff_ids - {staff_id})


ADMINS = Aggregate("admins", Admins(), evolve)
THE_ADMINS = "site"


# What decisions about staff ask for besides their own.


def appointed(staff_id: str, fold: Fold) -> list[Change]:
    if staff_id in fold(ADMINS, THE_ADMINS).staff_ids:
        return []
    return [ADMINS.change(THE_ADMINS, AdminAppointed(staff_id))]


def relieved(staff_id: str, fold: Fold) -> list[Change]:
    others = fold(ADMINS, THE_ADMINS).staff_ids - {staff_id}
    require(others, "This is the last admin; make somebody else one first.")
    return [ADMINS.change(THE_ADMINS, AdminRelieved(staff_id))]
