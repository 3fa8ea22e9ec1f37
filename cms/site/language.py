"""How the site speaks: its words, dates and numbers in its language, its script from the right side."""

from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, get_day_names, get_month_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations

# Where nothing narrower is said, dates and hours are those of Europe.
OTHERWISE = {"en": "en-GB"}
KEPT = 10_000


class Language:
    """`code`: as in the setting. `folders`: of themes; the first that has words for a text is heard."""

    def __init__(self, code: str, folders: list[Path]) -> None:
        self.code = code
        self.locale = locale_of(code)
        self.direction: str = self.locale.text_direction
        self.words = Translations()
        for folder in reversed(folders):
            self.words = added(self.words, folder / "words", self.locale)

    def day(self, day: date) -> str:
        """1 December 2026"""
        return formatted(self.locale, as_day(day), "long")

    def day_name(self, day: date) -> str:
        """Tuesday, 1 December 2026"""
        return formatted(self.locale, as_day(day), "full")

    def short_day(self, day: date) -> str:
        """1 Dec 2026"""
        return formatted(self.locale, as_day(day), "medium")

    def near_day(self, day: date) -> str:
        """1 Dec"""
        return near(self.locale, as_day(day))

    def month(self, year: int, month: int) -> str:
        """December 2026"""
        return f"{self.month_name(month)} {year}"

    def month_name(self, month: int) -> str:
        return str(get_month_names("wide", "stand-alone", self.locale)[month])

    def weekdays(self) -> list[tuple[str, str]]:
        """Short and whole names, from the first day of the week on."""
        short = get_day_names("abbreviated", "stand-alone", self.locale)
        whole = get_day_names("wide", "stand-alone", self.locale)
        order = [(self.locale.first_week_day + n) % 7 for n in range(7)]
        return [(short[day], whole[day]) for day in order]

    def number(self, number: int) -> str:
        return str(format_decimal(number, locale=self.locale))


@lru_cache(KEPT)
def formatted(locale: Locale, day: date, length: Literal["full", "long", "medium"]) -> str:
    return format_date(day, length, locale=locale)


@lru_cache(KEPT)
def near(locale: Locale, day: date) -> str:
    return str(format_skeleton("MMMd", datetime(day.year, day.month, day.day, tzinfo=UTC), locale=locale))


def as_day(day: date) -> date:
    """A moment is asked for once for all of its day."""
    return day.date() if isinstance(day, datetime) else day


def hour(at: datetime) -> str:
    """14:05"""
    return f"{at:%H:%M}"


def offset(at: datetime) -> str:
    """UTC+04:00"""
    said = at.strftime("%z")
    return f"UTC{said[:3]}:{said[3:5]}"


def today(now: datetime, zone: tzinfo) -> date:
    return now.astimezone(zone).date()


def locale_of(code: str) -> Locale:
    """The nearest that is known; English, if none is."""
    wanted = OTHERWISE.get(code, code)
    for name in (wanted, wanted.partition("-")[0], "en-GB"):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError("Babel knows English.")


def added(words: Any, folder: Path, locale: Locale) -> Any:
    """Those of a folder before those that were there; of a land before those of the language."""
    for name in (locale.language, str(locale)):
        file = folder / f"{name}.po"
        if file.is_file():
            with file.open("rb") as source:
                catalog = read_po(source, locale=locale)
            compiled = BytesIO()
            write_mo(compiled, catalog)
            compiled.seek(0)
            found = Translations(compiled)
            found.add_fallback(words)
            words = found
    return words
