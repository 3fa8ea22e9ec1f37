"""News in JSON, versions 1 to 3, as agencies send it: one object, a list of them, or one a line.

What the schemas ask for is often not there, and what is there often of another kind: each is taken as it comes.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Raw

from cms import forms
from cms.forms import BadField
from cms.imports import naming
from cms.imports.html import words
from cms.imports.lines import lines, require_no_xml, too_long
from cms.imports.loose import Json, all_of, by_role, flat, text_of
from cms.imports.ninjs_body import body, standfirst, texts
from cms.imports.records import (
    LINE_BYTES_MOST,
    BadFile,
    BadLine,
    Destination,
    Dropped,
    Found,
    Needed,
    Record,
    article,
    each,
    place_of,
)
from cms.imports.texts import shortened
from domain.content import SOURCE_MOST
from domain.section import RESERVED

FILE_BYTES_MOST = 64 * 1024 * 1024
BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
AUTHORS = {"author", "byline", "creator", "by", "writer", "reporter", "journalist"}
PUBLIC, KEPT_BACK = {"", "usable"}, {"withheld", "canceled", "cancelled"}
UNDERSTOOD = set(
    "uri type version versioncreated firstcreated contentcreated pubstatus language headline headlines title slugline"
    " byline by people person authors author infosource infosources copyrightholder subject subjects keywords keyword"
    " description descriptions body bodies renditions associations standard $standard profile representationtype"
    " mimetype charcount wordcount embargoed $schema".split()
)


def read(path: Path, dropped: Dropped, destination: Destination) -> Found:
    require_no_xml(path)
    for number, line in enumerate(objects(path), 1):
        place = place_of(number, "")
        if line is None:
            yield too_long(place)
            continue
        try:
            given: Any = msgspec.json.decode(line)
        except BROKEN as error:
            yield BadLine(place, str(error)[:200])
            continue
        if not isinstance(given, dict):
            yield BadLine(place, "no object")
            continue
        told = flat(given)
        place = place_of(number, text_of(told.get("uri")))
        yield from each(place, partial(NewsItem(told, place, dropped).records, destination))


def objects(path: Path) -> Iterator[bytes | None]:
    """Each as JSON: by the line, where the first line is one; else the file is one object, or a list.

    None: a line that is too long.
    """
    with path.open("rb") as file:
        if not is_object(file.readline(LINE_BYTES_MOST + 1)):
            yield from whole(path)
            return
        file.seek(0)
        yield from (line for _, line in lines(file))


def is_object(line: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(line), dict)
    except BROKEN:
        return False


def whole(path: Path) -> Iterator[bytes]:
    if path.stat().st_size > FILE_BYTES_MOST:
        raise BadFile(f"{path}: more than {FILE_BYTES_MOST} bytes; put each object on a line of its own.")
    text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        return
    try:
        parts = msgspec.json.decode(text, type=list[Raw]) if text.startswith(b"[") else [Raw(text)]
        yield from (bytes(part) for part in parts)
    except BROKEN as error:
        raise BadFile(f"{path}: no JSON, {error}; nothing was recorded.") from None


class NewsItem:
    """One object; its keys are those of version 2, whichever it has."""

    def __init__(self, told: Json, place: str, dropped: Dropped) -> None:
        self.told, self.place, self.dropped = told, place, dropped

    def note(self, what: str) -> None:
        self.dropped.note(what, self.place)

    def records(self, destination: Destination) -> Iterator[Record | Needed]:
        status = text_of(self.told.get("pubstatus")).lower()
        if status not in PUBLIC:
            self.note(f"item that is {status if status in KEPT_BACK else 'not usable'}")
            return
        for key in sorted(self.told.keys() - UNDERSTOOD):
            if not key.startswith(("headline_", "body_", "description_")):
                self.note(f"field {key}")
        headline = self.headline()
        section = self.section(destination)
        if isinstance(section, Needed):
            yield section
        slug = section.record.slug if isinstance(section, Needed) else section
        writers = naming.writers(self.authors(), self.note)
        yield from map(Needed, writers)
        fields = {
            "external_id": self.external_id(),
            "headline": headline,
            "standfirst": standfirst(self.told),
            "section": slug,
            "tags": naming.tags(self.tags(slug), self.note),
            "writers": [writer.slug for writer in writers],
            "source": shortened(self.source(), SOURCE_MOST),
            "published_at": self.published_at(),
        }
        yield article(fields, body(self.told, headline, self.note))

    def external_id(self) -> str:
        if not (uri := text_of(self.told.get("uri"))):
            raise BadField("uri", "there is none to know it by")
        return uri

    def headline(self) -> str:
        given = by_role(self.told, "headline", "main", "", "display")
        given = given or text_of(self.told.get("title")) or text_of(self.told.get("slugline"))
        return naming.headline(given, lambda: words(next((text for _, _, text in texts(self.told, "body")), "")))

    def section(self, destination: Destination) -> str | Needed:
        """What the file calls one, else the first subject that is called as one; else where all of the file goes."""
        for subject in self.subjects():
            if text_of(subject.get("rel")).lower() == "section" and (name := text_of(subject.get("name"))):
                return Needed(naming.section(text_of(subject.get("literal") or subject.get("code")), name))
        for subject in self.subjects():
            for key in ("name", "literal", "code", "qcode"):
                slug = forms.address(text_of(subject.get(key)).rpartition(":")[2])
                if slug and slug not in RESERVED and destination.stands(slug):
                    return slug
        if not destination.section:
            raise BadField("section", "no subject of it is a section of the newsroom; name one with --section")
        return destination.section

    def subjects(self) -> list[Json]:
        return [*all_of(self.told, "subjects"), *all_of(self.told, "subject")]

    def tags(self, section: str) -> Iterator[str]:
        for key in ("keywords", "keyword"):
            if isinstance(listed := self.told.get(key), str):
                self.told[key] = listed.split(",")
        for subject in (*self.subjects(), *all_of(self.told, "keywords"), *all_of(self.told, "keyword")):
            name = text_of(subject.get("name"))
            is_section = text_of(subject.get("rel")).lower() == "section"
            if name and not is_section and forms.address(name) != section:
                yield name

    def authors(self) -> Iterator[str]:
        """People that are said to have written it; else the names of the byline."""
        people = [*all_of(self.told, "people"), *all_of(self.told, "person")]
        by_relation = [text_of(one.get("name")) for one in people if text_of(one.get("rel")).lower() in AUTHORS]
        given = [text_of(one.get("name")) for key in ("authors", "author") for one in all_of(self.told, key)]
        byline = text_of(self.told.get("byline")) or text_of(self.told.get("by"))
        agencies = {self.source().lower(), text_of(self.told.get("copyrightholder")).lower()}
        for name in filter(None, by_relation or given or naming.of_byline(byline)):
            if name.lower() not in agencies:
                yield name

    def source(self) -> str:
        """The first that is said to be one; agencies that say nothing hold the rights."""
        given = [*all_of(self.told, "infosources"), *all_of(self.told, "infosource")]
        given.sort(key=lambda one: "publisher" in (text_of(one.get("rel")), text_of(one.get("role"))))
        named = [text_of(one.get("name")) for one in given]
        return next(filter(None, named), text_of(self.told.get("copyrightholder")))

    def published_at(self) -> Any:
        """When it came to be: each later version has a later `versioncreated`."""
        if text_of(self.told.get("embargoed")):
            self.dropped.note_draft("item under an embargo", self.place)
            return None
        for field in ("firstcreated", "versioncreated", "contentcreated"):
            if at := naming.instant(text_of(self.told.get(field)), field):
                return at
        self.dropped.note_draft("item without a date", self.place)
        return None
