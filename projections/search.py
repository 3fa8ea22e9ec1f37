"""What search holds of the newsroom: the editions that readers get, and the names of what articles are filed under.

Names stand apart from articles: a tag that is renamed is found under its new name, and no article is touched.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import assert_never

from msgspec import Struct

from domain.article import ArticleTaken, EditionGiven
from domain.body import Block, Divider, Embed, Heading, Image, List, Paragraph, Quote, Video
from domain.recorded import Recorded
from domain.section import SectionAdded, SectionRenamed
from domain.tag import TagAdded, TagRenamed
from domain.writer import WriterAdded, WriterChanged

NAME = "search"

MARKED = re.compile(r"[\[*_\\]")
LINK = re.compile(r"\[([^\[\]\n]{0,1000})\]\([^()\s]{0,2000}\)")
# Runs are looked at once, however long they are.
EMPHASIS = re.compile(r"(?<!\\)\*+|(?<![\w\\])_+|(?:(?<![\\_])|(?<=\\_))_+(?!\w)")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


class Searchable(Struct, frozen=True, kw_only=True):
    """An article, as readers get it now."""

    id: str
    headline: str
    standfirst: str
    body: str
    source: str
    section: str
    tags: tuple[str, ...]
    writers: tuple[str, ...]
    published_at: datetime


class Name(Struct, frozen=True):
    """`kind`: section, tag or writer."""

    kind: str
    slug: str
    name: str

    @property
    def id(self) -> str:
        """No article's id has a colon in it."""
        return f"{self.kind}:{self.slug}"


class Gone(Struct, frozen=True):
    """Readers do not get this article any more."""

    id: str


Change = Searchable | Name | Gone


def project(recorded: Recorded) -> list[Change]:
    """Each replaces what was known under the same id."""
    match recorded.event:
        case EditionGiven(edition):
            content = edition.content
            return [
                Searchable(
                    id=recorded.id,
                    headline=content.headline,
                    standfirst=plain(content.standfirst),
                    body="\n".join(texts(content.body)),
                    source=content.source,
                    section=content.section,
                    tags=content.tags,
                    writers=content.writers,
                    published_at=edition.published_at,
                )
            ]
        case ArticleTaken():
            return [Gone(recorded.id)]
        case SectionAdded(name=name) | SectionRenamed(name=name):
            return [Name("section", recorded.id, name)]
        case TagAdded(name=name) | TagRenamed(name=name):
            return [Name("tag", recorded.id, name)]
        case WriterAdded(name=name) | WriterChanged(name=name):
            return [Name("writer", recorded.id, name)]
        case _:
            return []


def texts(body: Iterable[Block]) -> Iterator[str]:
    """The words of a body, without marks and addresses."""
    for block in body:
        yield from filter(None, map(plain, lines(block)))


def lines(block: Block) -> tuple[str, ...]:
    match block:
        case Paragraph(text=text) | Heading(text=text):
            return (text,)
        case Quote(text=text, cite=cite):
            return text, cite
        case List(items=items):
            return items
        case Image(alt=alt, caption=caption, credit=credit):
            return caption or alt, credit
        case Video(caption=caption) | Embed(caption=caption):
            return (caption,)
        case Divider():
            return ()
    assert_never(block)


def plain(text: str) -> str:
    """Inline Markdown as it sounds."""
    if not MARKED.search(text):
        return text
    return ESCAPED.sub(r"\1", EMPHASIS.sub("", LINK.sub(r"\1", text)))
