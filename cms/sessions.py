"""Ways in: a session for each log-in, a token for each script. Kept by hash; who has the table has no way in."""

import secrets
from typing import Any

from msgspec import Struct, structs

from cms import staff
from cms.ids import new_id
from cms.newsroom import Newsroom
from cms.recorders import Statement
from cms.signing import keyed
from cms.staff import TOKEN_SECONDS, User
from domain.rules import Unknown

# No token of a script begins so: one look-up tells whose either is.
PREFIX = "session."
SESSION_BYTES = 32
SESSION_SECONDS = 12 * 60 * 60
IDLE_SECONDS = 2 * 60 * 60
SEEN_EVERY_SECONDS = 60
SESSIONS_EACH = 20
AGENT_CHARACTERS = 200
TOKEN_ID_CHARACTERS = 12


class Begun(Struct, frozen=True):
    """`token` is known to nobody else from here on."""

    token: str
    expires_at: int
    statements: tuple[Statement, ...]


class WayIn(Struct, frozen=True, kw_only=True):
    """A session or a token of a staff member. Times are seconds since 1970; a token is not noted when it is seen."""

    kind: str
    id: str
    made_at: int
    expires_at: int
    seen_at: int | None = None
    agent: str = ""
    current: bool = False


def begin(newsroom: Newsroom, secret: str, staff_id: str, agent: str) -> Begun:
    """It stands once its statements are committed. Whoever has many loses the oldest."""
    token, now = PREFIX + secrets.token_urlsafe(SESSION_BYTES), newsroom.now_seconds()
    row = (new_id(), keyed(secret, "session", token), staff_id, now, now + SESSION_SECONDS, now, printable(agent))
    return Begun(
        token,
        now + SESSION_SECONDS,
        (
            Statement("delete from session where expires_at <= ? or seen_at <= ?", [(now, now - IDLE_SECONDS)]),
            Statement(
                "delete from session where staff = ? and id not in"
                " (select id from session where staff = ? order by made_at desc, id limit ?)",
                [(staff_id, staff_id, SESSIONS_EACH - 1)],
            ),
            Statement("insert into session values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing", [row]),
        ),
    )


def printable(agent: str) -> str:
    return "".join(filter(str.isprintable, agent))[:AGENT_CHARACTERS]


def user_of(newsroom: Newsroom, secret: str, token: str) -> User | None:
    """Whoever a session or an API token belongs to, if it holds and they work here."""
    if not token.startswith(PREFIX):
        return staff.user_of(newsroom, token)
    now = newsroom.now_seconds()
    rows = newsroom.history.select(
        "select id, staff, seen_at from session where hash = ? and expires_at > ? and seen_at > ?",
        keyed(secret, "session", token),
        now,
        now - IDLE_SECONDS,
    )
    if not rows:
        return None
    found = rows[0]
    if found["seen_at"] + SEEN_EVERY_SECONDS <= now:
        newsroom.note(Statement("update session set seen_at = ? where id = ?", [(now, found["id"])]))
    user = staff.at_work(newsroom, found["staff"])
    return user and structs.replace(user, session=found["id"])


def of(newsroom: Newsroom, staff_id: str, current: str = "") -> list[WayIn]:
    """Sessions, then tokens, of each kind the newest first."""
    now, select = newsroom.now_seconds(), newsroom.history.select
    sessions = select(
        "select * from session where staff = ? and expires_at > ? and seen_at > ?", staff_id, now, now - IDLE_SECONDS
    )
    tokens = select("select hash, at from credential where staff = ? and at > ?", staff_id, now - TOKEN_SECONDS - 1)
    found = [*(of_session(row, current) for row in sessions), *map(of_token, tokens)]
    return sorted(found, key=lambda way: (way.kind, -way.made_at, way.id))


def of_session(row: Any, current: str) -> WayIn:
    return WayIn(
        kind="session",
        id=row["id"],
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        seen_at=row["seen_at"],
        agent=row["agent"],
        current=row["id"] == current,
    )


def of_token(row: Any) -> WayIn:
    made_at = row["at"]
    id = row["hash"][:TOKEN_ID_CHARACTERS]
    return WayIn(kind="token", id=id, made_at=made_at, expires_at=made_at + TOKEN_SECONDS)


def end(newsroom: Newsroom, staff_id: str, id: str, *noted: Statement) -> None:
    """A session or a token, from this moment on, in every process."""
    if id not in {way.id for way in of(newsroom, staff_id)}:
        raise Unknown("There is no such session or token.")
    newsroom.note(
        Statement("delete from session where staff = ? and id = ?", [(staff_id, id)]),
        Statement(
            "delete from credential where staff = ? and substr(hash, 1, ?) = ?",
            [(staff_id, TOKEN_ID_CHARACTERS, id)],
        ),
        *noted,
    )


def others_ended(staff_id: str, kept: str = "") -> Statement:
    return Statement("delete from session where staff = ? and id <> ?", [(staff_id, kept)])
