"""Importing a file: all of it is checked first, then recorded, whole articles at a time, whatever its format."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path

from msgspec import UNSET, Struct, UnsetType, structs

from cms import forms, menus
from cms.asks import Receipt
from cms.forms import ArticleForm, BadField
from cms.history import History
from cms.ids import article_id, block_id
from cms.imports import edition
from cms.imports.records import (
    ArticleRecord,
    BadLine,
    Dropped,
    Found,
    Item,
    Needed,
    Reader,
    Record,
    SectionRecord,
    WriterRecord,
)
from cms.newsroom import ANSWERED_WITHIN_SECONDS, Newsroom
from domain.article import ARTICLE
from domain.importing import ImportArticle
from domain.rules import Command, LeftAlone, Refused
from domain.section import LEVELS_MOST, MENU_POSITION_MOST, RESERVED, SECTION, SetSection
from domain.writer import WRITER, SetWriter

BY = "system:import"
EARLIEST = datetime(1800, 1, 1, tzinfo=UTC)
UNANSWERED_MOST = 400


class Report(Struct):
    """What became of the records. `left_alone`: what was not taken over, and why. `refused`: what has failed.

    `recorded`: of each kind, such as `article`.
    """

    recorded: Counter[str]
    counts: Counter[str]
    left_alone: list[str]
    refused: list[str]


class Check:
    """Goes through a file record by record; knows what the newsroom has, and what stood earlier in the file."""

    def __init__(self, history: History, now: datetime) -> None:
        self.history = history
        self.now = now
        self.named: set[str] = set()
        self.seen: dict[str, str] = {}
        self.parents: dict[str, str | None] = {}
        self.closed: dict[str, bool] = {}
        self.last_place: int | None = None

    def commands(self, found: Found, bad: Callable[[BadLine], None]) -> Iterator[tuple[str, Command]]:
        """The command of each record that is good, with its place; `bad` hears of the others, and may raise."""
        for item in found:
            try:
                if isinstance(item, BadLine):
                    raise item
                command = self.command(item)
            except BadLine as error:
                bad(error)
            else:
                if command is not None:
                    yield item.place, command

    def command(self, item: Item) -> Command | None:
        try:
            if not isinstance(item.record, Needed):
                return self.of_record(item.place, item.record)
            needed = item.record.record
            return None if self.has(needed) else self.of_record(item.place, self.placed(needed))
        except BadField as error:
            raise BadLine(item.place, f"{error.path}: {error}") from None
        except Refused as error:
            raise BadLine(item.place, str(error)) from None

    def has(self, record: SectionRecord | WriterRecord) -> bool:
        kind = SECTION if isinstance(record, SectionRecord) else WRITER
        return self.stands(kind.stream(record.slug))

    def placed(self, record: SectionRecord | WriterRecord) -> SectionRecord | WriterRecord:
        """A section after all that stand, unless the file says its place."""
        if not isinstance(record, SectionRecord) or record.position is not UNSET:
            return record
        if self.last_place is None:
            self.last_place = menus.last_place(self.history)
        self.last_place = min(self.last_place + 1, MENU_POSITION_MOST)
        return structs.replace(record, position=self.last_place)

    def stands(self, stream: str) -> bool:
        if stream not in self.named and self.history.version_of(stream):
            self.named.add(stream)
        return stream in self.named

    def of_record(self, place: str, record: Record) -> Command:
        match record:
            case SectionRecord():
                return self.section(record)
            case WriterRecord(slug=slug, name=name, bio=bio, guest=guest):
                self.named.add(WRITER.stream(slug))
                return SetWriter(slug=slug, name=name, bio=bio, guest=guest)
            case ArticleRecord():
                return self.article(place, record)

    def section(self, record: SectionRecord) -> SetSection:
        if record.slug in RESERVED:
            raise BadField("slug", f"'{record.slug}' is the first word of another address")
        if record.parent:
            self.require(SECTION.stream(record.parent), "parent", f"there is no section '{record.parent}'")
        if not isinstance(record.parent, UnsetType):
            self.parents[record.slug] = record.parent
        above = self.above(record.slug)
        if record.slug in above:
            raise BadField("parent", "a section cannot be part of itself")
        if len(above) >= LEVELS_MOST:
            raise BadField("parent", f"sections lie within each other on at most {LEVELS_MOST} levels")
        self.named.add(SECTION.stream(record.slug))
        return SetSection(slug=record.slug, name=record.name, position=record.position, parent=record.parent)

    def above(self, slug: str) -> list[str]:
        """The sections that a section is part of, as this file and the newsroom place them."""
        found: list[str] = []
        while (parent := self.parent_of(slug)) is not None and parent not in found:
            found.append(parent)
            slug = parent
        return found

    def parent_of(self, slug: str) -> str | None:
        if slug not in self.parents:
            self.parents[slug] = self.history.fold(SECTION, slug)[1].parent
        return self.parents[slug]

    def require_placed(self, record: ArticleRecord) -> None:
        """Its section and its writers are there, and its date is one that a newspaper can have."""
        self.require(SECTION.stream(record.section), "section", f"there is no section '{record.section}'")
        if self.is_closed(record.section) and not self.history.version_of(
            ARTICLE.stream(article_id(record.external_id))
        ):
            raise BadField("section", f"the section '{record.section}' is closed: it takes no new articles")
        for writer in record.writers:
            self.require(WRITER.stream(writer), "writers", f"there is no writer '{writer}'")
        if record.published_at is not None and not EARLIEST <= record.published_at <= self.now:
            raise BadField("published_at", "lies in the future, or before the year 1800")

    def article(self, place: str, record: ArticleRecord) -> ImportArticle:
        self.require_placed(record)
        if record.external_id in self.seen:
            raise BadField("external_id", f"stands in {self.seen[record.external_id]} already")
        self.seen[record.external_id] = place
        form = ArticleForm(**{name: getattr(record, name) for name in ArticleForm.__struct_fields__})
        content = forms.content(form, lambda order: block_id(record.external_id, order))
        ids = [block.id for block in content.body]
        if len(set(ids)) != len(ids):
            raise BadField("body", "two blocks have the same id")
        return ImportArticle(
            article_id=article_id(record.external_id),
            external_id=record.external_id,
            content=content,
            author=BY,
            at=self.now,
            headline_slug=forms.headline_slug(record.headline),
            tags=forms.named_tags(record.tags),
            published_at=record.published_at,
            views=record.views,
        )

    def is_closed(self, section: str) -> bool:
        if section not in self.closed:
            self.closed[section] = self.history.fold(SECTION, section)[1].closed
        return self.closed[section]

    def require(self, stream: str, path: str, otherwise: str) -> None:
        if not self.stands(stream):
            raise BadField(path, otherwise)


def check(
    newsroom: Newsroom,
    path: Path,
    bad: Callable[[BadLine], None],
    read: Reader = edition.read,
    dropped: Dropped | None = None,
) -> int:
    """How many records there are. `dropped` learns what the file holds beside them."""
    noted = dropped or Dropped()

    def left_out(line: BadLine) -> None:
        noted.leave_out(line.place)
        bad(line)

    count = sum(1 for _ in Check(newsroom.history, newsroom.clock()).commands(read(path, noted), left_out))
    noted.settle()
    return count


def record(
    newsroom: Newsroom, path: Path, done: Callable[[], None] = lambda: None, read: Reader = edition.read
) -> Report:
    """Record what is good in a file that was checked. Many wait at the committer at once, in their order."""
    report = Report(Counter(), Counter(), [], [])
    waiting: deque[tuple[str, Command, Future[Receipt]]] = deque()

    def answered() -> None:
        place, command, answer = waiting.popleft()
        try:
            receipt = answer.result(ANSWERED_WITHIN_SECONDS)
        except LeftAlone as reason:
            report.counts["left alone"] += 1
            report.left_alone.append(f"{place}: {reason}")
        except Refused as refused:
            report.refused.append(f"{place}: {refused}")
        else:
            if receipt.events:
                report.recorded[kind_of(command)] += 1
            else:
                report.counts["unchanged"] += 1
            report.left_alone += [f"{place}: {what}" for what in kept_as_is(newsroom, command)]
        done()

    for place, command in Check(newsroom.history, newsroom.clock()).commands(read(path, Dropped()), lambda bad: None):
        waiting.append((place, command, newsroom.submit(command, BY)))
        if len(waiting) >= UNANSWERED_MOST:
            answered()
    while waiting:
        answered()
    return report


def kind_of(command: Command) -> str:
    return command.stream.partition(":")[0]


def kept_as_is(newsroom: Newsroom, command: Command) -> list[str]:
    """What a changed record cannot change: when an article was first published, and what was counted before."""
    if not isinstance(command, ImportArticle) or command.published_at is None:
        return []
    _, article = newsroom.history.fold(ARTICLE, command.article_id)
    if article.edition is None:
        return []
    kept = []
    if article.edition.published_at != command.published_at:
        kept.append("published_at differs from the first publication, which stays")
    if article.views_carried_over != command.views:
        kept.append("views differ from those that were carried over, which stay")
    return kept
