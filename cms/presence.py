"""Who has an article open, and who holds it: leases beside the history, which end by themselves.

A hint to colleagues, and no more: no command asks for it, and what two change at once is found when they save.
"""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from cms.history import History
from cms.recorders import Statement

LEASE = timedelta(seconds=30)
TABS_MOST = 50

# Whoever writes here changes this row first: writers then go one after another, in whatever process they are, each
# sees what the one before left, and no two wait for each other.
TURN = (
    "insert into presence values ('', '', '', 0, ?, 0, 0, null)"
    " on conflict (article, staff, tab) do update set until = excluded.until"
)
SWEEP = "delete from presence where until <= ? and article <> ''"
ENTER = (
    "insert into presence values (?, ?, ?, ?, ?, ?, 0, null)"
    " on conflict (article, staff, tab) do update set until = excluded.until, editing = excluded.editing"
)
# The tabs of one person that said something longest ago make room; the one that speaks stays.
TRIM = (
    "delete from presence where staff = ? and not (article = ? and tab = ?) and (article, tab) not in"
    " (select article, tab from presence where staff = ? and not (article = ? and tab = ?)"
    " order by until desc, article, tab limit ?)"
)
HOLD = (
    "update presence set holds = 1, taken_by = null where article = ? and staff = ? and tab = ?"
    " and not exists (select 1 from presence as other where other.article = ? and other.holds = 1)"
)
LET_GO = "update presence set holds = 0, taken_by = null where article = ? and staff = ? and tab = ?"
TAKE = "update presence set holds = 0, taken_by = ? where article = ? and holds = 1 and not (staff = ? and tab = ?)"
LEAVE = "delete from presence where article = ? and staff = ? and tab = ?"


class Tab(Struct, frozen=True):
    """One window of one staff member on an article; `id` is the client's own word for it."""

    article_id: str
    staff_id: str
    id: str


class Seen(Struct, frozen=True):
    """A tab that is open. `taken_by`: the staff member who took the article over from it."""

    tab: Tab
    since: datetime
    editing: bool
    holds: bool
    taken_by: str | None


def reading(tab: Tab, now: datetime) -> list[Statement]:
    return [*entering(tab, now, editing=0), one(LET_GO, *key(tab))]


def editing(tab: Tab, now: datetime) -> list[Statement]:
    """It holds the article, if no other does."""
    return [*entering(tab, now, editing=1), one(HOLD, *key(tab), tab.article_id)]


def taking_over(tab: Tab, now: datetime) -> list[Statement]:
    """It holds the article, whoever did; that one is told so."""
    taken = one(TAKE, tab.staff_id, *key(tab))
    return [*entering(tab, now, editing=1), taken, one(HOLD, *key(tab), tab.article_id)]


def taking_back(tab: Tab, now: datetime) -> list[Statement]:
    """It holds the article, if no other person does."""
    taken = one(f"{TAKE} and staff = ?", tab.staff_id, *key(tab), tab.staff_id)
    return [*entering(tab, now, editing=1), taken, one(HOLD, *key(tab), tab.article_id)]


def leaving(tab: Tab, now: datetime) -> list[Statement]:
    return [*in_turn(now), one(LEAVE, *key(tab))]


def entering(tab: Tab, now: datetime, editing: int) -> list[Statement]:
    enter = one(ENTER, *key(tab), milliseconds(now), milliseconds(now + LEASE), editing)
    mine = (tab.staff_id, tab.article_id, tab.id)
    return [*in_turn(now), enter, one(TRIM, *mine, *mine, TABS_MOST - 1)]


def in_turn(now: datetime) -> list[Statement]:
    """What is past its end goes, on every article."""
    return [one(TURN, milliseconds(now)), one(SWEEP, milliseconds(now))]


def one(sql: str, *values: object) -> Statement:
    return Statement(sql, [values])


def key(tab: Tab) -> tuple[str, str, str]:
    return tab.article_id, tab.staff_id, tab.id


def here(history: History, article_id: str, now: datetime) -> list[Seen]:
    """In the order in which they came."""
    rows = history.select(
        "select * from presence where article = ? and until > ? order by since, staff, tab",
        article_id,
        milliseconds(now),
    )
    return [
        Seen(
            tab=Tab(row["article"], row["staff"], row["tab"]),
            since=datetime.fromtimestamp(row["since"] / 1000, UTC),
            editing=bool(row["editing"]),
            holds=bool(row["holds"]),
            taken_by=row["taken_by"],
        )
        for row in rows
    ]


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
