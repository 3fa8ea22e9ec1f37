"""A second factor: codes of an app (RFC 6238), and codes on paper for the day when the app is lost."""

import secrets
from base64 import b32encode

from msgspec import Struct
from pyotp import TOTP, OTPVerificationError, random_base32

from cms.newsroom import Newsroom
from cms.recorders import Statement
from cms.staff import hashed
from domain.rules import Refused

DRIFT_STEPS = 1
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
GROUP = 4


class Offer(Struct, frozen=True):
    """What an app takes up, typed in or by camera; of no effect until a code of it is shown."""

    secret: str
    uri: str


def is_on(newsroom: Newsroom, staff_id: str) -> bool:
    return bool(confirmed(newsroom, staff_id))


def those_who_have_one(newsroom: Newsroom) -> frozenset[str]:
    rows = newsroom.history.select("select staff from second_factor where confirmed = 1")
    return frozenset(row["staff"] for row in rows)


def confirmed(newsroom: Newsroom, staff_id: str) -> tuple[str, int] | None:
    """The secret, and the step of the last code that was accepted."""
    rows = newsroom.history.select("select secret, step from second_factor where staff = ? and confirmed = 1", staff_id)
    return (rows[0]["secret"], rows[0]["step"]) if rows else None


def offered(newsroom: Newsroom, staff_id: str) -> str:
    """The secret of which no code was shown yet."""
    rows = newsroom.history.select("select secret from second_factor where staff = ? and confirmed = 0", staff_id)
    if not rows:
        raise Refused("No second factor waits to be confirmed.")
    secret: str = rows[0]["secret"]
    return secret


def offer(newsroom: Newsroom, staff_id: str, name: str, issuer: str, *noted: Statement) -> Offer:
    if is_on(newsroom, staff_id):
        raise Refused("There is a second factor already; remove that one first.")
    secret = random_base32()
    newsroom.note(
        Statement(
            "insert into second_factor values (?, ?, 0, 0)"
            " on conflict (staff) do update set secret = excluded.secret where second_factor.confirmed = 0",
            [(staff_id, secret)],
            rows=1,
        ),
        *noted,
    )
    return Offer(secret, TOTP(secret).provisioning_uri(name=name, issuer_name=issuer))


def confirm(newsroom: Newsroom, staff_id: str, code: str, *noted: Statement) -> tuple[str, ...] | None:
    """From now on it is asked for. Returns new recovery codes; None if the code is wrong."""
    secret = offered(newsroom, staff_id)
    step = step_of(newsroom, secret, code)
    if step is None:
        return None
    codes = tuple(recovery_code() for _ in range(RECOVERY_CODES))
    newsroom.note(
        Statement(
            "update second_factor set confirmed = 1, step = ? where staff = ? and secret = ? and confirmed = 0",
            [(step, staff_id, secret)],
            rows=1,
        ),
        Statement("delete from recovery_code where staff = ?", [(staff_id,)]),
        Statement("insert into recovery_code values (?, ?)", [(of(staff_id, code), staff_id) for code in codes]),
        *noted,
    )
    return codes


def accept(newsroom: Newsroom, staff_id: str, code: str) -> bool:
    """Each code is good once, whatever comes at the same time."""
    written = "".join(code.split()).replace("-", "").lower()
    if known := confirmed(newsroom, staff_id):
        secret, last = known
        step = step_of(newsroom, secret, written)
        if step is not None and step > last:
            row = (step, staff_id, secret, step)
            later = "update second_factor set step = ? where staff = ? and secret = ? and step < ?"
            return went(newsroom, Statement(later, [row], rows=1))
    on_paper = of(staff_id, written)
    if newsroom.history.select("select 1 from recovery_code where hash = ?", on_paper):
        return went(newsroom, Statement("delete from recovery_code where hash = ?", [(on_paper,)], rows=1))
    return False


def went(newsroom: Newsroom, statement: Statement) -> bool:
    try:
        newsroom.note(statement)
    except Refused:
        return False
    return True


def removed(staff_id: str) -> list[Statement]:
    return [
        Statement("delete from second_factor where staff = ?", [(staff_id,)]),
        Statement("delete from recovery_code where staff = ?", [(staff_id,)]),
    ]


def step_of(newsroom: Newsroom, secret: str, code: str) -> int | None:
    try:
        return TOTP(secret).verify_and_get_timecode(code, for_time=newsroom.clock(), valid_window=DRIFT_STEPS)
    except OTPVerificationError:
        return None


def recovery_code() -> str:
    written = b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(written[start : start + GROUP] for start in range(0, len(written), GROUP))


def of(staff_id: str, code: str) -> str:
    """They are random and long enough for a fast hash."""
    return hashed(f"{staff_id}\n{code.replace('-', '')}")
