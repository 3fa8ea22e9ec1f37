"""Who looked, without keeping who it was: an address and an agent become a number that means nothing tomorrow.

The number is a hash with a salt of the day, which is forgotten when the day is over. So readers are told apart within a
day and never beyond it, and nobody can find out later whether a given address was among them.
"""

import secrets
from datetime import datetime, tzinfo
from hashlib import blake2b

from cms.history import History
from cms.recorders import Statement

SALT_BYTES = 32
VISITOR_BYTES = 8


class Visitors:
    """`zone`: where days begin. Only the committer's thread may call this."""

    def __init__(self, history: History, zone: tzinfo) -> None:
        self.history = history
        self.zone = zone
        self.salts: dict[str, bytes] = {}
        self.scrubbed = True

    def number(self, day: str, client: str, agent: str) -> int:
        """Of a visitor, the same for all of this day."""
        salt = self.salts.get(day) or self.salt(day)
        told = blake2b(f"{client}\n{agent}".encode(errors="replace"), key=salt, digest_size=VISITOR_BYTES)
        return int.from_bytes(told.digest())

    def salt(self, day: str) -> bytes:
        """All processes have the same."""
        insert = "insert into day_salt values (?, ?) on conflict do nothing"
        self.history.record([], [Statement(insert, [(day, secrets.token_bytes(SALT_BYTES))])])
        row = self.history.select("select salt from day_salt where day = ?", day)[0]
        self.salts[day] = bytes(row["salt"])
        return self.salts[day]

    def day(self, at: datetime) -> str:
        return at.astimezone(self.zone).date().isoformat()

    def forget_before(self, day: str) -> None:
        """Salts of days that are over; the disk is asked only if there may be some."""
        if self.history.select("select day from day_salt where day < ? limit 1", day):
            gone = Statement("delete from day_salt where day < ?", [(day,)])
            self.history.commit(gone, gone)
            self.scrubbed = False
        self.scrubbed = self.scrubbed or self.history.scrub()
        self.salts = {known: salt for known, salt in self.salts.items() if known >= day}
