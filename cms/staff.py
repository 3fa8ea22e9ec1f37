"""Staff: names and addresses in the vault, tokens by hash, roles in the history."""

import hashlib
import re
import secrets
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from cms.history import History
from cms.ids import new_id
from cms.newsroom import Newsroom
from cms.recorders import Statement
from domain.rules import Refused
from domain.staff import STAFF, HireStaff, Privilege, Role, StaffMember

EMAIL = re.compile(r"[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+")
TOKEN_BYTES = 32
DAY_SECONDS = 24 * 60 * 60
TOKEN_DAYS = 365


class Person(Struct, frozen=True):
    """What the vault keeps of somebody."""

    email: str
    name: str


class User(Struct, frozen=True):
    """Who asks: the id that events name, and what they may do."""

    id: str
    member: StaffMember

    def may(self, *privileges: Privilege) -> bool:
        """Any of these."""
        return self.member.may(*privileges)


def hire(newsroom: Newsroom, email: str, name: str, role: Role, by: str) -> str:
    """Return the new staff member's id. The history gets a digest alone, salted so that none can guess from it."""
    email = email.strip().lower()
    if not EMAIL.fullmatch(email) or len(email) > 254:
        raise Refused(f"'{email}' is not an e-mail address.")
    if not 1 <= len(name.strip()) <= 100:
        raise Refused("A name has 1 to 100 characters.")
    if find(newsroom.history, email):
        raise Refused(f"{email} works here already.")
    id, salt = new_id(), secrets.token_bytes(16)
    value = msgspec.json.encode(Person(email, name.strip()))
    kept = Statement("insert into vault values (?, ?, ?, ?) on conflict do nothing", [(id, email, salt, value)], rows=1)
    digest = hashlib.sha256(salt + value).hexdigest()
    newsroom.execute(HireStaff(staff_id=id, role=role, digest=digest), by, beside=[kept])
    return id


def find(history: History, email: str) -> str | None:
    rows = history.select("select id from vault where email = ?", email.strip().lower())
    return rows[0]["id"] if rows else None


def names(history: History, ids: Iterable[str]) -> dict[str, str]:
    """By id. Who is not a person, or was forgotten, is not among them."""
    rows = history.kept("vault", set(ids))
    return {id: msgspec.json.decode(bytes(row["value"]), type=Person).name for id, row in rows.items() if row["value"]}


def new_token(newsroom: Newsroom, email: str) -> str:
    """A bearer token; only its hash is kept, so that it can be shown once."""
    staff_id = find(newsroom.history, email)
    if staff_id is None:
        raise Refused(f"Nobody here has the address {email}; `chronicle staff add` adds somebody.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = int(newsroom.clock().timestamp())
    # A retry after a lost connection must find its own row no obstacle.
    kept = "insert into credential values (?, ?, ?) on conflict do nothing"
    newsroom.note(Statement(kept, [(hashed(token), staff_id, now)]))
    return token


def hashed(token: str) -> str:
    """A token is random and long: a fast hash of it cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_of(newsroom: Newsroom, token: str) -> User | None:
    rows = newsroom.history.select("select staff, at from credential where hash = ?", hashed(token))
    if not rows or rows[0]["at"] + TOKEN_DAYS * DAY_SECONDS < newsroom.clock().timestamp():
        return None
    _, member = newsroom.history.fold(STAFF, rows[0]["staff"])
    return User(rows[0]["staff"], member)
