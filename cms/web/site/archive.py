"""The archive, as a calendar and by the day."""

from calendar import Calendar
from collections.abc import Callable
from datetime import date

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from cms.reading import Reading
from cms.web.access import OPEN
from cms.web.archive import there_is
from cms.web.parameters import Cursor
from cms.web.site.pages import SHOWN, PageAsker
from projections import archive
from projections.archive import Archive, DayOfArchive
from projections.store import Reads


class Month(Struct, frozen=True):
    """`weeks`: whole ones; of each day the date, and how many articles it has; None: of another month."""

    year: int
    month: int
    articles: int
    weeks: list[list[tuple[date, int] | None]]


class ArchivePage(Struct, frozen=True):
    """`months`: newest first. `years`: all that have articles, with how many."""

    year: int | None
    months: list[Month]
    years: list[tuple[int, int]]


class DayPage(Struct, frozen=True):
    day: DayOfArchive
    month: Month


@get("/archive", opt=OPEN)
async def get_archive_page(asker: NamedDependency[PageAsker]) -> Response[str]:
    """The newest year that has articles, and all others."""
    return await archived(asker, lambda found: found.years[0].year if found.years else None)


@get("/archive/{year:str}", opt=OPEN)
async def get_archive_page_of_year(asker: NamedDependency[PageAsker], year: FromPath[str]) -> Response[str]:
    """A year, as a calendar of its months."""
    there_is(archive.period, year)
    return await archived(asker, lambda _: int(year))


@get("/archive/{year:str}/{month:str}", opt=OPEN)
async def get_archive_page_of_month(
    asker: NamedDependency[PageAsker], year: FromPath[str], month: FromPath[str]
) -> Response[str]:
    """A month."""
    there_is(archive.period, year, month)
    return await archived(asker, lambda _: int(year), int(month))


async def archived(
    asker: PageAsker, year_of: Callable[[Archive], int | None], month: int | None = None
) -> Response[str]:
    first = asker.theme.language.locale.first_week_day

    def question(reads: Reads) -> ArchivePage | None:
        found = archive.read(reads, asker.site)
        year, years = year_of(found), [one.year for one in found.years]
        if year is not None and not (years and min(years) <= year <= max(years)):
            return None
        months = [] if year is None else calendar(found, year, first)
        if month is not None and year is not None:
            months = [one for one in months if one.month == month] or [empty(year, month, first)]
        return ArchivePage(year, months, [(one.year, one.articles) for one in found.years])

    return await asker.page("archive.html", question, ask=Reading.ask_long)


@get("/archive/{year:str}/{month:str}/{day:str}", opt=OPEN)
async def get_archive_page_of_day(
    asker: NamedDependency[PageAsker],
    year: FromPath[str],
    month: FromPath[str],
    day: FromPath[str],
    after: Cursor = None,
) -> Response[str]:
    """What was first published on a day."""
    asked = there_is(date, year, month, day)
    first = asker.theme.language.locale.first_week_day

    def question(reads: Reads) -> DayPage:
        found = archive.read_day(reads, asker.site, asked, limit=SHOWN, after=after)
        month = archive.read(reads, asker.site, archive.period(asked.year, asked.month))
        shown = next(iter(calendar(month, asked.year, first)), empty(asked.year, asked.month, first))
        return DayPage(found, shown)

    return await asker.page("day.html", question)


def calendar(found: Archive, year: int, first: int) -> list[Month]:
    """Of the months of a year that have articles. `first`: the day on which a week begins; 0 is Monday."""
    return [
        laid_out(year, month.month, month.articles, {day.day: day.articles for day in month.days}, first)
        for one in found.years
        if one.year == year
        for month in one.months
    ]


def empty(year: int, month: int, first: int) -> Month:
    return laid_out(year, month, 0, {}, first)


def laid_out(year: int, month: int, articles: int, counts: dict[int, int], first: int) -> Month:
    weeks = [
        [(date(year, month, day), counts.get(day, 0)) if day else None for day in week]
        for week in Calendar(first).monthdayscalendar(year, month)
    ]
    return Month(year, month, articles, weeks)


handlers = [get_archive_page, get_archive_page_of_year, get_archive_page_of_month, get_archive_page_of_day]
