"""Staff: names and addresses in the vault, tokens by hash, roles in the history."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from cms.forms import BadField
from cms.history import History
from cms.ids import new_id
from cms.newsroom import Newsroom
from cms.recorders import Statement
from cms.sealing import sealed
from domain.role import Privilege, Role
from domain.rules import Refused, Unknown
from domain.staff import STAFF, ChangeStaff, DismissStaff, HireStaff, StaffMember

EMAIL = re.compile(r"[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+")
EMAIL_CHARACTERS = 254
NAME_CHARACTERS = 100
TOKEN_BYTES = 32
DAY_SECONDS = 24 * 60 * 60
TOKEN_DAYS = 365
TOKEN_SECONDS = TOKEN_DAYS * DAY_SECONDS
FOLDED_AT_ONCE = 500


class Person(Struct, frozen=True):
    """What the vault keeps of somebody."""

    email: str
    name: str


class User(Struct, frozen=True):
    """Who asks: the id that events name, and what they may do. `session`: its id, if they came in by one."""

    id: str
    member: StaffMember
    session: str = ""

    def may(self, *privileges: Privilege) -> bool:
        """Any of these."""
        return self.member.may(*privileges)


class Colleague(Struct, frozen=True):
    id: str
    person: Person
    member: StaffMember


# Who works here.


def hire(newsroom: Newsroom, email: str, name: str, role: Role, by: str, sections: tuple[str, ...] = ()) -> str:
    """Return the staff member's id: a new one, or that of whoever left and comes back to the same address."""
    command, beside = hiring(newsroom.history, email, name, role, sections)
    newsroom.execute(command, by, beside=beside)
    return command.staff_id


def hiring(
    history: History, email: str, name: str, role: Role, sections: tuple[str, ...] = ()
) -> tuple[HireStaff, list[Statement]]:
    """What to ask for, and what is to be committed with it."""
    person = Person(address(email), named(name))
    value = msgspec.json.encode(person)
    salt, digest = sealed(value)
    back = find(history, person.email)
    id = back or new_id()
    if back:
        row = (salt, value, id)
        beside = [*all_ways_in_ended(id), Statement("update vault set salt = ?, value = ? where id = ?", [row])]
    else:
        kept = "insert into vault values (?, ?, ?, ?) on conflict do nothing"
        beside = [Statement(kept, [(id, person.email, salt, value)], rows=1)]
    return HireStaff(staff_id=id, role=role, digest=digest, sections=sections), beside


def changing(
    history: History,
    staff_id: str,
    name: str | None = None,
    email: str | None = None,
    role: Role | None = None,
    sections: tuple[str, ...] | None = None,
) -> tuple[ChangeStaff, list[Statement]]:
    """What to ask for, and what is to be committed with it. None: it stays."""
    before, salt_before = unsealed(history, staff_id)
    after = Person(before.email if email is None else address(email), before.name if name is None else named(name))
    if after == before:
        return ChangeStaff(staff_id=staff_id, role=role, sections=sections), []
    if find(history, after.email) not in (None, staff_id):
        raise Refused("Somebody else has this address.")
    value = msgspec.json.encode(after)
    salt, digest = sealed(value)
    # Not if somebody else changed it since, or took the address.
    moved = Statement(
        "update vault set email = ?, salt = ?, value = ? where id = ? and salt = ?"
        " and not exists (select 1 from vault where email = ? and id <> ?)",
        [(after.email, salt, value, staff_id, salt_before, after.email, staff_id)],
        rows=1,
    )
    return ChangeStaff(staff_id=staff_id, role=role, sections=sections, digest=digest), [moved]


def leaving(staff_id: str) -> tuple[DismissStaff, list[Statement]]:
    """The name stays in the vault, as articles are theirs; every way in ends."""
    return DismissStaff(staff_id=staff_id), all_ways_in_ended(staff_id)


def all_ways_in_ended(staff_id: str) -> list[Statement]:
    deletes = (
        # First, as whoever is just logging in waits for it.
        "delete from password where staff = ?",
        "delete from credential where staff = ?",
        "delete from session where staff = ?",
        "delete from reset_link where staff = ?",
        "delete from second_factor where staff = ?",
        "delete from recovery_code where staff = ?",
    )
    return [Statement(delete, [(staff_id,)]) for delete in deletes]


def address(email: str) -> str:
    email = email.strip().lower()
    if not EMAIL.fullmatch(email) or len(email) > EMAIL_CHARACTERS:
        raise BadField("email", f"'{email}' is not an e-mail address.")
    return email


def named(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= NAME_CHARACTERS or not name.isprintable():
        raise BadField("name", f"A name has 1 to {NAME_CHARACTERS} characters, none of them invisible.")
    return name


# The vault.


def opened(row: Any) -> Person:
    return msgspec.json.decode(bytes(row["value"]), type=Person)


def unsealed(history: History, staff_id: str) -> tuple[Person, bytes]:
    rows = history.select("select salt, value from vault where id = ?", staff_id)
    if not rows:
        raise Unknown("Nobody with this id works here.")
    return opened(rows[0]), bytes(rows[0]["salt"])


def find(history: History, email: str) -> str | None:
    email = email.strip().lower()
    rows = history.select("select id from vault where email = ?", email) if EMAIL.fullmatch(email) else []
    return rows[0]["id"] if rows else None


def names(history: History, ids: Iterable[str]) -> dict[str, str]:
    """By id. Who is not a person, or was forgotten, is not among them."""
    rows = history.kept("vault", set(ids))
    return {id: opened(row).name for id, row in rows.items() if row["value"]}


def named_here(history: History, email: str) -> str:
    staff_id = find(history, email)
    if staff_id is None:
        raise Refused(f"Nobody here has the address {email}; `chronicle staff add` adds somebody.")
    return staff_id


def people(history: History) -> dict[str, Person]:
    """Everybody who works here or did, by id, in the order of their names."""
    kept = {row["id"]: opened(row) for row in history.select("select id, value from vault")}
    return dict(sorted(kept.items(), key=lambda item: (item[1].name.casefold(), item[0])))


def everybody(history: History) -> list[Colleague]:
    known, head = people(history), history.head()
    streams = [STAFF.stream(id) for id in known]
    folds: dict[str, tuple[int, StaffMember]] = {}
    for start in range(0, len(streams), FOLDED_AT_ONCE):
        folds |= history.folds_at(streams[start : start + FOLDED_AT_ONCE], head)
    return [Colleague(id, person, folds[STAFF.stream(id)][1]) for id, person in known.items()]


def colleague(newsroom: Newsroom, staff_id: str) -> Colleague:
    person, _ = unsealed(newsroom.history, staff_id)
    return Colleague(staff_id, person, newsroom.state(STAFF, staff_id))


def at_work(newsroom: Newsroom, staff_id: str) -> User | None:
    member = newsroom.state(STAFF, staff_id)
    return None if member.role is None else User(staff_id, member)


def require_at_work(newsroom: Newsroom, staff_id: str) -> User:
    user = at_work(newsroom, staff_id)
    if user is None:
        raise Unknown("Nobody with this id works here.")
    return user


# Tokens for scripts.


def new_token(newsroom: Newsroom, email: str) -> str:
    """A bearer token; only its hash is kept, so that it can be shown once."""
    staff_id = named_here(newsroom.history, email)
    if at_work(newsroom, staff_id) is None:
        raise Refused(f"{email} has left; `chronicle staff add` takes them back.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = newsroom.now_seconds()
    newsroom.note(
        Statement("delete from credential where at < ?", [(now - TOKEN_SECONDS,)]),
        # A retry after a lost connection must find its own row no obstacle.
        Statement("insert into credential values (?, ?, ?) on conflict do nothing", [(hashed(token), staff_id, now)]),
    )
    return token


def hashed(token: str) -> str:
    """A token is random and long: a fast hash of it cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_of(newsroom: Newsroom, token: str) -> User | None:
    """Whoever this token of a script belongs to, if it holds and they work here."""
    rows = newsroom.history.select("select staff, at from credential where hash = ?", hashed(token))
    if not rows or rows[0]["at"] + TOKEN_SECONDS < newsroom.clock().timestamp():
        return None
    return at_work(newsroom, rows[0]["staff"])
