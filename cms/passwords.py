"""Passwords: by Argon2 alone, in a table of their own; and links by which somebody sets one."""

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY
from msgspec import Struct

from cms.forms import BadField
from cms.newsroom import Newsroom
from cms.recorders import Statement
from cms.staff import Person, hashed

CHARACTERS_LEAST = 12
CHARACTERS_MOST = 256
LINK_SECONDS = 24 * 60 * 60
LINK_BYTES = 32
# The second choice of RFC 9106: 64 MB, three passes.
HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


class Passwords:
    """Each hash costs 64 MB and a good part of a second, on purpose. Call it from a thread that may wait."""

    def __init__(self, newsroom: Newsroom, hasher: PasswordHasher) -> None:
        self.newsroom = newsroom
        self.hasher = hasher
        self.nobodys = hasher.hash(secrets.token_urlsafe(LINK_BYTES))

    def kept(self, staff_id: str) -> str | None:
        rows = self.newsroom.history.select("select hash from password where staff = ?", staff_id)
        return rows[0]["hash"] if rows else None

    def fits(self, kept: str | None, password: str) -> bool:
        """Without a hash it is none, after the same work."""
        try:
            self.hasher.verify(kept or self.nobodys, normal(password))
        except VerificationError:
            return False
        return kept is not None

    def stands(self, staff_id: str, kept: str, password: str) -> Statement:
        """What is committed with it happens only if no other was set meanwhile. An old hash becomes one of today."""
        now = self.hasher.hash(normal(password)) if self.hasher.check_needs_rehash(kept) else kept
        return Statement("update password set hash = ? where staff = ? and hash = ?", [(now, staff_id, kept)], rows=1)

    def chosen(self, staff_id: str, password: str) -> list[Statement]:
        """What sets it; a link that would set another one ends."""
        row = (staff_id, self.hasher.hash(normal(password)), self.newsroom.now_seconds())
        return [
            Statement(
                "insert into password values (?, ?, ?)"
                " on conflict (staff) do update set hash = excluded.hash, at = excluded.at",
                [row],
            ),
            Statement("delete from reset_link where staff = ?", [(staff_id,)]),
        ]


def normal(password: str) -> str:
    """Keyboards write one letter in several ways."""
    return unicodedata.normalize("NFKC", password)


def require_good(password: str, person: Person) -> None:
    if len(password) < CHARACTERS_LEAST:
        raise BadField("password", f"A password has {CHARACTERS_LEAST} characters at least.")
    if len(password) > CHARACTERS_MOST:
        raise BadField("password", f"A password has {CHARACTERS_MOST} characters at most.")
    known = {person.email, person.email.partition("@")[0], person.name}
    if normal(password).casefold().strip() in {normal(word).casefold() for word in known}:
        raise BadField("password", "A password is not one's name or address.")


# Links.


class Link(Struct, frozen=True):
    """`link` is shown once: only a hash of what makes it work is kept."""

    link: str
    expires_at: int


def new_link(newsroom: Newsroom, base_url: str, staff_id: str, *noted: Statement) -> Link:
    """The one before, if any, works no more. What follows `#` is sent to no server and stands in no log."""
    token = secrets.token_urlsafe(LINK_BYTES)
    expires_at = newsroom.now_seconds() + LINK_SECONDS
    made = Statement(
        "insert into reset_link values (?, ?, ?)"
        " on conflict (staff) do update set hash = excluded.hash, expires_at = excluded.expires_at",
        [(staff_id, hashed(token), expires_at)],
    )
    newsroom.note(made, *noted)
    return Link(f"{base_url}/reset#{token}", expires_at)


def owner_of(newsroom: Newsroom, token: str) -> str | None:
    now = newsroom.now_seconds()
    rows = newsroom.history.select("select staff from reset_link where hash = ? and expires_at > ?", hashed(token), now)
    return rows[0]["staff"] if rows else None


def used(newsroom: Newsroom, token: str) -> Statement:
    """Of two who use one link at once, one does."""
    row = (hashed(token), newsroom.now_seconds())
    return Statement("delete from reset_link where hash = ? and expires_at > ?", [row], rows=1)
