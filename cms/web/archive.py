"""The archive, by days of the newsroom's zone."""

import re
from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import TypeVar

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from cms.reading import Reading
from cms.web.access import OPEN
from cms.web.asker import Asker
from cms.web.parameters import Cursor, Limit
from cms.web.problems import Failed
from projections import archive
from projections.archive import Archive, DayOfArchive, Period

FORM = re.compile(r"\d{4}(-\d{2}){0,2}", re.ASCII)
# The calendar of the newsroom's zone neither begins nor ends there.
YEARS = range(1000, 9999)

Result = TypeVar("Result")


@get("/archive", opt=OPEN)
async def get_archive(asker: NamedDependency[Asker]) -> Response[Archive]:
    """How many articles were first published in each year, month and day, newest first."""
    return await asker.answer(lambda reads: archive.read(reads, asker.site), ask=Reading.ask_long)


@get("/archive/{year:str}", opt=OPEN)
async def get_archive_of_year(asker: NamedDependency[Asker], year: FromPath[str]) -> Response[Archive]:
    """The same, of one year."""
    return await counted(asker, there_is(archive.period, year))


@get("/archive/{year:str}/{month:str}", opt=OPEN)
async def get_archive_of_month(
    asker: NamedDependency[Asker], year: FromPath[str], month: FromPath[str]
) -> Response[Archive]:
    """The same, of one month."""
    return await counted(asker, there_is(archive.period, year, month))


async def counted(asker: Asker, period: Period) -> Response[Archive]:
    return await asker.answer(lambda reads: archive.read(reads, asker.site, period), ask=Reading.ask_long)


@get("/archive/{year:str}/{month:str}/{day:str}", opt=OPEN)
async def get_archive_of_day(
    asker: NamedDependency[Asker],
    year: FromPath[str],
    month: FromPath[str],
    day: FromPath[str],
    limit: Limit = 20,
    after: Cursor = None,
) -> Response[DayOfArchive]:
    """The articles first published on a day, newest first, and the nearest days that have any."""
    asked = there_is(date, year, month, day)
    return await asker.answer(lambda reads: archive.read_day(reads, asker.site, asked, limit=limit, after=after))


def there_is(make: Callable[..., Result], *parts: str) -> Result:
    """Failed: the calendar has no such day, month or year."""
    said = "-".join(parts)
    try:
        if FORM.fullmatch(said) and int(parts[0]) in YEARS:
            return make(*map(int, parts))
    except ValueError:
        pass
    kind = ("year", "month", "day")[len(parts) - 1]
    raise Failed(HTTPStatus.NOT_FOUND, f"There is no {kind} '{said[:40]}' in the calendar.")


routes = Router(
    "/v1",
    tags=["Reading"],
    dependencies={"asker": Provide(Asker, sync_to_thread=False)},
    route_handlers=[get_archive, get_archive_of_year, get_archive_of_month, get_archive_of_day],
)
