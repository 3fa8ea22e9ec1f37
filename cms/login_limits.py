"""How often somebody may try to come in: attempts are rows beside the events, so that all processes count together.

An attempt is counted before it is weighed: of any number that come at once, no more are weighed than the limit allows.
"""

from collections.abc import Sequence

from msgspec import Struct

from cms.ids import new_id
from cms.newsroom import Newsroom
from cms.recorders import Statement
from cms.signing import keyed

QUARTER_HOUR_SECONDS = 15 * 60
DAY_SECONDS = 24 * 60 * 60
ACCOUNT_ATTEMPTS = 10
CLIENT_ATTEMPTS = 50
CODE_ATTEMPTS = 20


class Limit(Struct, frozen=True):
    """At most so many failures in so many seconds."""

    name: str
    most: int
    seconds: int


ACCOUNT = Limit("account", ACCOUNT_ATTEMPTS, QUARTER_HOUR_SECONDS)
CLIENT = Limit("client", CLIENT_ATTEMPTS, QUARTER_HOUR_SECONDS)
# A code is short: whoever knows the password must not guess at it every quarter of an hour for a year.
CODE = Limit("code", CODE_ATTEMPTS, DAY_SECONDS)

Subject = tuple[Limit, str]
"""What a limit counts for: an address of a person, of a client."""


class TooOften(Exception):
    """Not before so many seconds from now."""

    def __init__(self, seconds: int) -> None:
        super().__init__("Too many attempts; try again later.")
        self.seconds = seconds


class Attempt:
    """Counts as a failure until it is said to be none. Raises `TooOften` instead, if there were enough."""

    def __init__(self, newsroom: Newsroom, secret: str, subjects: Sequence[Subject]) -> None:
        self.newsroom = newsroom
        self.id = new_id()
        self.now = newsroom.now_seconds()
        self.limits = {keyed(secret, limit.name, whose): limit for limit, whose in subjects}
        self.require_room(0)
        newsroom.note(
            Statement("delete from attempt where until <= ?", [(self.now,)]),
            Statement(
                "insert into attempt values (?, ?, ?) on conflict do nothing",
                [(self.id, hashed, self.now + limit.seconds) for hashed, limit in self.limits.items()],
            ),
        )
        # Others may have come in the same moment.
        self.require_room(1)

    def require_room(self, own: int) -> None:
        for hashed, limit in self.limits.items():
            (row,) = self.newsroom.history.select(
                "select count(*) as count, min(until) as first from attempt where subject = ? and until > ?",
                hashed,
                self.now,
            )
            if row["count"] >= limit.most + own:
                raise TooOften(row["first"] - self.now)

    def none(self) -> Statement:
        """It was no failure after all."""
        return Statement("delete from attempt where id = ?", [(self.id,)])

    def forgiven(self) -> list[Statement]:
        """It was no failure, and those before it of the same account count no more. Those of the client still do."""
        hashes = [(hashed,) for hashed, limit in self.limits.items() if limit is not CLIENT]
        return [self.none(), Statement("delete from attempt where subject = ?", hashes)]


def forgotten(secret: str, limit: Limit, whose: str) -> Statement:
    return Statement("delete from attempt where subject = ?", [(keyed(secret, limit.name, whose),)])
