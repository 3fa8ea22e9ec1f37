"""The lists of the desk: which articles there are, which are mine, what waits for me, how many stand where."""

import asyncio
from collections.abc import Iterable
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, QueryParameter
from msgspec import Struct, structs

from cms import lists
from cms.lists import Line, Sought
from cms.newsroom import Newsroom
from cms.reading import Reading
from cms.staff import User
from cms.web.access import READS_DESK
from cms.web.occasions import also
from domain.article import Status
from domain.role import Privilege
from domain.rules import Unknown
from projections import sections
from projections.store import Reads

Name = Annotated[str | None, QueryParameter(pattern=r"^[A-Za-z0-9_:-]{1,100}$(?!\n)")]
Words = Annotated[str, QueryParameter(max_length=200, description="Words of the headline, standfirst or address.")]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]
Cursor = Annotated[
    str | None,
    QueryParameter(pattern=r"^[0-9]{1,18}:[A-Za-z0-9_-]{1,64}$(?!\n)", description="`next` of the page before."),
]


class Lines(Struct, frozen=True):
    """Those that changed last come first. `next`: the cursor of the next page, or null."""

    items: list[Line]
    next: str | None


class Counts(Struct, frozen=True):
    """How many of what is asked for stand where, and how many are mine or wait for me."""

    by_status: dict[str, int]
    by_section: dict[str, int]
    mine: int
    waiting: int


async def sought(
    request: Request[User, Any, State],
    status: FromQuery[Status | None] = None,
    section: Name = None,
    writer: Name = None,
    author: Name = None,
    assignee: Name = None,
    q: Words = "",
) -> Sought:
    """What is asked for, of what whoever asks may read."""
    user, reading = request.user, request.app.state.reading
    # Databases refuse this character, and no article holds it.
    found = Sought(status=status, writer=writer, author=author, assignee=assignee, q=q.replace("\x00", ""))
    return structs.replace(
        found,
        sections=await readable_sections(reading, user, section),
        own_of=None if user.may(Privilege.READ_DRAFTS) else user.id,
    )


async def readable_sections(reading: Reading, user: User, section: str | None) -> list[str] | None:
    """None: all of them."""

    def question(reads: Reads) -> list[str] | None:
        theirs = within(reads, user.member.sections) if user.member.sections else None
        asked = None if section is None else within(reads, [section])
        if asked is None or theirs is None:
            return theirs if asked is None else asked
        return [slug for slug in asked if slug in theirs]

    answer, *_ = await reading.ask(question)
    return answer


def within(reads: Reads, slugs: Iterable[str]) -> list[str]:
    """These sections and all that are part of them."""
    found: list[str] = []
    for slug in slugs:
        parts = sections.within(reads, slug)
        if parts is None:
            raise Unknown(f"There is no section '{slug}'.")
        found += parts
    return found


def mine(wanted: Sought, user: User) -> Sought:
    return structs.replace(wanted, own_of=user.id)


def waiting(wanted: Sought, user: User) -> Sought:
    return structs.replace(wanted, waiting_for=user.id, review=user.may(Privilege.APPROVE))


@get("/articles", opt=READS_DESK, responses=also(HTTPStatus.NOT_FOUND))
async def get_articles(
    request: Request[User, Any, State],
    newsroom: NamedDependency[Newsroom],
    sought: NamedDependency[Sought],
    mine_alone: Annotated[bool, QueryParameter(name="mine", description="Written by me, or mine to do.")] = False,
    waiting_for_me: Annotated[bool, QueryParameter(name="waiting", description="What I am to do next.")] = False,
    limit: Limit = 20,
    after: Cursor = None,
) -> Lines:
    """Articles of the desk, those that changed last first. Filters narrow each other; a section holds its parts."""
    if mine_alone:
        sought = mine(sought, request.user)
    if waiting_for_me:
        sought = waiting(sought, request.user)
    zone = request.app.state.site.zone
    return Lines(*await asyncio.to_thread(lists.page, newsroom.history, sought, zone, after, limit))


@get("/counts", opt=READS_DESK, responses=also(HTTPStatus.NOT_FOUND))
async def get_counts(
    request: Request[User, Any, State],
    newsroom: NamedDependency[Newsroom],
    sought: NamedDependency[Sought],
) -> Counts:
    """How many articles there are, by status and by section; the same filters as for the list."""

    def counted() -> Counts:
        by_status = lists.counts(newsroom.history, sought, "status")
        by_section = lists.counts(newsroom.history, sought, "section")
        own = lists.counts(newsroom.history, mine(sought, request.user), "status")
        waits = lists.counts(newsroom.history, waiting(sought, request.user), "status")
        return Counts(by_status, by_section, sum(own.values()), sum(waits.values()))

    return await asyncio.to_thread(counted)


handlers = [get_articles, get_counts]
dependencies = {"sought": Provide(sought)}
