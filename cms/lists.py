"""The lists of the desk: which articles there are, and how many stand where, from the rows of the worklist."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from msgspec import Struct

from cms.history import History
from cms.worklist import moment
from domain.article import Status


class Line(Struct, frozen=True, kw_only=True):
    """What a list of the desk shows of an article."""

    id: str
    headline: str
    section: str
    status: Status
    version: int
    author: str
    assignee: str | None
    writers: tuple[str, ...]
    changed_at: datetime
    published_at: datetime | None
    due_at: datetime | None
    next_step_at: datetime | None
    unpublished_changes: bool
    returned: bool
    failed_steps: int
    open_notes: int


class Sought(Struct, frozen=True, kw_only=True):
    """What is asked for; each narrows the others. `sections`: in any of these.

    `own_of`: only articles whose author or assignee this is. `waiting_for`: only what waits for this person, who may
    `review` or not.
    """

    status: Status | None = None
    sections: Sequence[str] | None = None
    writer: str | None = None
    author: str | None = None
    assignee: str | None = None
    q: str = ""
    own_of: str | None = None
    waiting_for: str | None = None
    review: bool = False


def page(
    history: History, sought: Sought, zone: tzinfo, after: str | None, limit: int
) -> tuple[list[Line], str | None]:
    """The articles that changed last, first; and the cursor of the next page, if there is one."""
    where, values = conditions(sought)
    if after is not None:
        changed_at, _, id = after.partition(":")
        where.append("(changed_at, id) < (?, ?)")
        values += [int(changed_at), id]
    found = history.select(
        f"select * from desk where {' and '.join(where)} order by changed_at desc, id desc limit ?",
        *values,
        limit + 1,
    )
    lines = [line(row, zone) for row in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return lines, None if last is None else f"{last['changed_at']}:{last['id']}"


def counts(history: History, sought: Sought, column: str) -> dict[str, int]:
    """How many there are, by `status` or by `section`."""
    where, values = conditions(sought)
    found = history.select(
        f"select {column} as name, count(*) as number from desk where {' and '.join(where)} group by {column}", *values
    )
    return {row["name"]: row["number"] for row in sorted(found, key=lambda row: str(row["name"]))}


def conditions(sought: Sought) -> tuple[list[str], list[Any]]:
    where, values = ["status is not null"], []
    for name in ("status", "author", "assignee"):
        if (value := getattr(sought, name)) is not None:
            where.append(f"{name} = ?")
            values.append(value)
    if sought.sections is not None:
        where.append(f"section in ({', '.join('?' * len(sought.sections)) or 'null'})")
        values += sought.sections
    if sought.writer is not None:
        where.append(r"writers like ? escape '\'")
        values.append(f"% {escaped(sought.writer)} %")
    for word in sought.q.casefold().split():
        where.append(r"words like ? escape '\'")
        values.append(f"%{escaped(word)}%")
    if sought.own_of is not None:
        where.append("(author = ? or assignee = ?)")
        values += [sought.own_of, sought.own_of]
    if sought.waiting_for is not None:
        waits, whose = waiting(sought.waiting_for, sought.review)
        where.append(waits)
        values += whose
    return where, values


def waiting(me: str, review: bool) -> tuple[str, list[Any]]:
    """What is to be written by somebody, and what they may look at since they did not write it."""
    writes = "(stage = 'draft' and (assignee = ? or (author = ? and returned = 1 and assignee = '')))"
    if not review:
        return writes, [me, me]
    looks_at = r"(stage = 'in_review' and hands not like ? escape '\')"
    return f"({writes} or {looks_at})", [me, me, f"% {escaped(me)} %"]


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def line(row: Any, zone: tzinfo) -> Line:
    times = ("published_at", "due_at", "next_step_at")
    return Line(
        id=row["id"],
        headline=row["headline"],
        section=row["section"],
        status=Status(row["status"]),
        version=row["version"],
        author=row["author"],
        assignee=row["assignee"] or None,
        writers=tuple(row["writers"].split()),
        changed_at=moment(row["changed_at"]).astimezone(zone),
        unpublished_changes=bool(row["unpublished_changes"]),
        returned=bool(row["returned"]),
        failed_steps=row["failed"],
        open_notes=row["open_notes"],
        **{name: None if row[name] is None else moment(row[name]).astimezone(zone) for name in times},
    )
