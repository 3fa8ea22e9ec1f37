"""Importing an edition file: all of it is checked first, then recorded, whole articles at a time."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from cms import forms
from cms.asks import Receipt
from cms.forms import ArticleForm, BadField
from cms.history import History
from cms.ids import article_id, block_id
from cms.newsroom import ANSWERED_WITHIN_SECONDS, Newsroom
from domain.article import ARTICLE
from domain.importing import ImportArticle
from domain.rules import Command, LeftAlone, Refused
from domain.section import LEVELS_MOST, RESERVED, SECTION, MenuPosition, SetSection
from domain.section import Name as SectionName
from domain.slug import Slug
from domain.writer import WRITER, Bio, ByLine, SetWriter

BY = "system:import"
EARLIEST = datetime(1800, 1, 1, tzinfo=UTC)
LINE_BYTES_MOST = 2 * 1024 * 1024
UNANSWERED_MOST = 400


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


class BadLine(Exception):
    """A line that cannot be recorded; the message says which, and why."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"line {number}: {reason}")
        self.number = number


class Report(Struct):
    """What became of the lines. `left_alone`: what was not taken over, and why. `refused`: what has failed."""

    counts: Counter[str]
    left_alone: list[str]
    refused: list[str]


Record = SectionRecord | WriterRecord | ArticleRecord
decoder = msgspec.json.Decoder(Record)


class Check:
    """Goes through a file line by line; knows what the newsroom has, and what stood earlier in the file."""

    def __init__(self, history: History, now: datetime) -> None:
        self.history = history
        self.now = now
        self.named: set[str] = set()
        self.seen: dict[str, int] = {}
        self.parents: dict[str, str | None] = {}
        self.closed: dict[str, bool] = {}

    def commands(self, path: Path, bad: Callable[[BadLine], None]) -> Iterator[tuple[int, Command]]:
        """The command of each line that is good; `bad` hears of the others, and may raise."""
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LINE_BYTES_MOST + 1):
                number += 1
                try:
                    if len(line) > LINE_BYTES_MOST:
                        raise BadLine(number, f"longer than {LINE_BYTES_MOST} bytes")
                    if line.strip():
                        yield number, self.command(number, line)
                except BadLine as error:
                    bad(error)
                    while len(line) > LINE_BYTES_MOST and not line.endswith(b"\n"):
                        line = file.readline(LINE_BYTES_MOST + 1)

    def command(self, number: int, line: bytes) -> Command:
        try:
            return self.of_record(number, decoder.decode(line.decode()))
        except UnicodeDecodeError as error:
            raise BadLine(number, f"not UTF-8 (byte {error.start + 1})") from None
        except BadField as error:
            raise BadLine(number, f"{error.path}: {error}") from None
        except (msgspec.DecodeError, Refused) as error:
            raise BadLine(number, str(error)) from None

    def of_record(self, number: int, record: Record) -> Command:
        match record:
            case SectionRecord():
                return self.section(record)
            case WriterRecord(slug=slug, name=name, bio=bio, guest=guest):
                self.named.add(WRITER.stream(slug))
                return SetWriter(slug=slug, name=name, bio=bio, guest=guest)
            case ArticleRecord():
                return self.article(number, record)

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

    def article(self, number: int, record: ArticleRecord) -> ImportArticle:
        self.require(SECTION.stream(record.section), "section", f"there is no section '{record.section}'")
        if self.is_closed(record.section) and not self.history.version_of(
            ARTICLE.stream(article_id(record.external_id))
        ):
            raise BadField("section", f"the section '{record.section}' is closed: it takes no new articles")
        for writer in record.writers:
            self.require(WRITER.stream(writer), "writers", f"there is no writer '{writer}'")
        if record.published_at is not None and not EARLIEST <= record.published_at <= self.now:
            raise BadField("published_at", "lies in the future, or before the year 1800")
        if record.external_id in self.seen:
            raise BadField("external_id", f"stands in line {self.seen[record.external_id]} already")
        self.seen[record.external_id] = number
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
        if stream not in self.named:
            if not self.history.version_of(stream):
                raise BadField(path, otherwise)
            self.named.add(stream)


def check(newsroom: Newsroom, path: Path, bad: Callable[[BadLine], None]) -> int:
    """How many lines there are to record."""
    return sum(1 for _ in Check(newsroom.history, newsroom.clock()).commands(path, bad))


def record(newsroom: Newsroom, path: Path, done: Callable[[], None] = lambda: None) -> Report:
    """Record the good lines of a file that was checked. Many wait at the committer at once, in their order."""
    report = Report(Counter(), [], [])
    waiting: deque[tuple[int, Command, Future[Receipt]]] = deque()

    def answered() -> None:
        number, command, answer = waiting.popleft()
        try:
            receipt = answer.result(ANSWERED_WITHIN_SECONDS)
        except LeftAlone as reason:
            report.counts["left alone"] += 1
            report.left_alone.append(f"line {number}: {reason}")
        except Refused as refused:
            report.refused.append(f"line {number}: {refused}")
        else:
            report.counts["recorded" if receipt.events else "unchanged"] += 1
            report.left_alone += [f"line {number}: {what}" for what in kept_as_is(newsroom, command)]
        done()

    for number, command in Check(newsroom.history, newsroom.clock()).commands(path, lambda bad: None):
        waiting.append((number, command, newsroom.submit(command, BY)))
        if len(waiting) >= UNANSWERED_MOST:
            answered()
    while waiting:
        answered()
    return report


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
