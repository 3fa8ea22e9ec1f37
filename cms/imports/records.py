"""What every format is turned into: records, each with its place in the file, and notes of what was dropped."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from cms.forms import CONTROL, ArticleForm, BadField
from domain.body import Block
from domain.section import MenuPosition
from domain.section import Name as SectionName
from domain.slug import Slug
from domain.writer import Bio, ByLine

LINE_BYTES_MOST = 2 * 1024 * 1024
KIND_LENGTH, NAME_LENGTH = 120, 80
KINDS_MOST = 200
EXAMPLES_MOST = 3


class SectionRecord(Struct, frozen=True, kw_only=True, tag_field="type", tag="section", forbid_unknown_fields=True):
    slug: Slug
    name: SectionName
    position: MenuPosition | UnsetType = UNSET
    parent: Slug | None | UnsetType = UNSET


class WriterRecord(Struct, frozen=True, kw_only=True, tag_field="type", tag="writer", forbid_unknown_fields=True):
    slug: Slug
    name: ByLine
    bio: Bio = ""
    guest: bool = False


class ArticleRecord(
    ArticleForm, frozen=True, kw_only=True, tag_field="type", tag="article", forbid_unknown_fields=True
):
    external_id: Annotated[str, Meta(min_length=1, max_length=500)]
    published_at: Annotated[datetime, Meta(tz=True)] | None = None
    views: Annotated[int, Meta(ge=0, le=2**53)] = 0


Record = SectionRecord | WriterRecord | ArticleRecord


class Needed(Struct, frozen=True):
    """A section or a writer that articles name: added where there is none, and left as it is where there is."""

    record: SectionRecord | WriterRecord


class Item(Struct, frozen=True):
    """`place`: where it stands in the file, as messages say it."""

    place: str
    record: Record | Needed


class BadLine(Exception):
    """A line or an item that cannot be recorded; the message says which, and why."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place


class BadFile(Exception):
    """A file that cannot be read as what it should be: nothing of it is recorded, whatever else was asked for."""


class Notes:
    """Of how many, and where first."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.places: dict[str, list[str]] = {}

    def add(self, what: str, place: str, count: int = 1) -> None:
        what = CONTROL.sub("", what)[:KIND_LENGTH]
        if what not in self.counts and len(self.counts) >= KINDS_MOST:
            what = "other parts"
        self.counts[what] += count
        places = self.places.setdefault(what, [])
        if place not in places and len(places) < EXAMPLES_MOST:
            places.append(place)

    def lines(self) -> list[str]:
        """The most frequent first."""
        return [f"{count} x {what} ({', '.join(self.places[what])})" for what, count in self.counts.most_common()]


class Dropped:
    """What a format holds and an article has no place for; and why what is no draft there is one here.

    What was noted of an item counts when the next one is at hand: until then it may turn out to be bad.
    """

    def __init__(self) -> None:
        self.parts, self.drafts = Notes(), Notes()
        self.place = ""
        self.waiting: list[tuple[Notes, str, int]] = []

    def note(self, what: str, place: str, count: int = 1) -> None:
        self.keep(self.parts, what, place, count)

    def note_draft(self, why: str, place: str) -> None:
        self.keep(self.drafts, why, place, 1)

    def keep(self, notes: Notes, what: str, place: str, count: int) -> None:
        if place != self.place:
            self.settle()
            self.place = place
        self.waiting.append((notes, what, count))

    def settle(self) -> None:
        for notes, what, count in self.waiting:
            notes.add(what, self.place, count)
        self.waiting.clear()

    def leave_out(self, place: str) -> None:
        """The item there is bad."""
        if place == self.place:
            self.waiting.clear()


class Destination(Struct, frozen=True):
    """`section`: where articles go that name none, or "". `stands`: whether the newsroom has a section."""

    section: str = ""
    stands: Callable[[str], bool] = lambda slug: False


Found = Iterator[Item | BadLine]
Reader = Callable[[Path, Dropped], Found]


def place_of(number: int, name: str) -> str:
    name = " ".join(CONTROL.sub("", name).split())
    name = name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"
    return f"item {number} ({name})" if name else f"item {number}"


def article(fields: dict[str, Any], body: tuple[Block, ...]) -> ArticleRecord:
    return structs.replace(msgspec.convert({"type": "article", **fields}, ArticleRecord), body=body)


def each(place: str, make: Callable[[], Iterator[Record | Needed]]) -> Found:
    """The records of one item, or that it is bad: never a half of it."""
    try:
        records = list(make())
    except BadField as error:
        yield BadLine(place, f"{error.path}: {error}")
    except msgspec.ValidationError as error:
        yield BadLine(place, str(error))
    else:
        for record in records:
            yield Item(place, record)
