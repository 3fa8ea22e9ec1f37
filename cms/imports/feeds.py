"""RSS (0.9x, 1.0, 2.0) and Atom: entries become articles of one section."""

import calendar
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import feedparser

from cms.forms import BadField
from cms.imports import media, naming
from cms.imports.html import blocks, words
from cms.imports.records import (
    BadFile,
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
from cms.imports.xml import elements, local
from domain.body import LINE_MOST, Block, Image
from domain.content import SOURCE_MOST

FEED_BYTES_MOST = 64 * 1024 * 1024
IMAGE_FILES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif")


def read(path: Path, dropped: Dropped, destination: Destination) -> Found:
    feed = parsed(path)
    for number, entry in enumerate(feed.entries, 1):
        place = place_of(number, entry.get("id") or entry.get("link") or entry.get("title") or "")
        yield from each(place, partial(Entry(feed.feed, entry, place, dropped).records, destination))


def parsed(path: Path) -> Any:
    """A feed that is not whole is refused, where a reader of news would show what there is of it."""
    if path.stat().st_size > FEED_BYTES_MOST:
        raise BadFile(f"{path}: a feed of more than {FEED_BYTES_MOST} bytes; nothing was recorded.")
    for element in elements(path, "item", "entry", "wxr_version"):
        # It is RSS as well, but a feed has neither its drafts nor its sections, nor paragraphs parted by blank lines.
        if local(element) == "wxr_version":
            raise BadFile(f"{path}: an export of WordPress is imported with --format wxr. Nothing was recorded.")
    with path.open("rb") as file:
        feed: Any = feedparser.parse(file, sanitize_html=False, resolve_relative_uris=False)
    if not str(dict.get(feed, "version", "")).startswith(("rss", "atom")):
        raise BadFile(f"{path}: neither RSS nor Atom; nothing was recorded.")
    return feed


class Entry:
    def __init__(self, feed: Any, entry: Any, place: str, dropped: Dropped) -> None:
        self.feed, self.entry, self.place, self.dropped = feed, entry, place, dropped

    def note(self, what: str) -> None:
        self.dropped.note(what, self.place)

    def records(self, destination: Destination) -> Iterator[Record | Needed]:
        title = words(self.feed.get("title", ""))
        section = destination.section
        if not section:
            made = naming.section("", title)
            yield Needed(made)
            section = made.slug
        names = [author.get("name") or author.get("email") or "" for author in self.entry.get("authors", ())]
        writers = naming.writers(filter(None, names), self.note)
        yield from map(Needed, writers)
        html, standfirst = self.texts()
        body = self.illustrated(blocks(html, self.link() or self.home(), self.note))
        published_at = self.published_at()
        if published_at is None:
            self.dropped.note_draft("item without a date", self.place)
        labels = (tag.get("label") or tag.get("term") or "" for tag in self.entry.get("tags", ()))
        fields = {
            "external_id": self.external_id(),
            "headline": naming.headline(self.entry.get("title", ""), lambda: words(html)),
            "standfirst": standfirst,
            "section": section,
            "tags": naming.tags(labels, self.note),
            "writers": [writer.slug for writer in writers],
            "source": shortened(title, SOURCE_MOST),
            "published_at": published_at,
        }
        yield article(fields, body)

    def home(self) -> str:
        return str(self.feed.get("link", ""))

    def link(self) -> str:
        return media.kept(str(self.entry.get("link", "")), self.home())

    def external_id(self) -> str:
        """Its guid. One that is only a number is another's in another feed."""
        id = str(self.entry.get("id") or self.link())
        if not id:
            raise BadField("external_id", "there is neither a guid nor a link to know it by")
        return id if ":" in id else f"{self.home() or self.feed.get('title', '')}#{id}"

    def texts(self) -> tuple[str, str]:
        """The HTML of the body, and the summary, where there is one beside it."""
        contents = [part for part in self.entry.get("content", ()) if part.get("value")]
        summary = str(self.entry.get("summary", ""))
        pages = [part for part in contents if "html" in part.get("type", "")] or contents
        if not pages:
            return self.html(summary, self.entry.get("summary_detail", {}).get("type", "text/html")), ""
        text = self.html(pages[0]["value"], pages[0].get("type", "text/html"))
        return text, "" if summary == pages[0]["value"] else naming.standfirst(summary)

    def html(self, text: str, kind: str) -> str:
        if kind != "text/plain" or "<" in text:
            return text
        return "".join(f"<p>{part}</p>" for part in text.replace("&", "&amp;").split("\n\n"))

    def published_at(self) -> datetime | None:
        # The library warns where it would answer one for the other: asked as a plain dict, it does not.
        parsed = dict.get(self.entry, "published_parsed") or dict.get(self.entry, "updated_parsed")
        if parsed is None and any(dict.get(self.entry, name) for name in ("published", "updated")):
            raise BadField("published_at", "its date cannot be read")
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None

    def illustrated(self, body: tuple[Block, ...]) -> tuple[Block, ...]:
        """With the picture that the feed names beside the text, unless the text shows one."""
        found: list[Image] = []
        for kind, address in self.media():
            is_image = kind.startswith("image") or address.lower().split("?")[0].endswith(IMAGE_FILES)
            url = media.kept(address, self.home())
            if is_image and url:
                found.append(self.image(url))
            else:
                self.note(f"enclosure {kind or 'of an unknown kind'}")
        if not found or any(isinstance(block, Image) for block in body):
            return body
        return (found[0], *body)

    def image(self, url: str) -> Image:
        credits = self.entry.get("media_credit") or [{}]
        return Image(url=url, credit=shortened(str(credits[0].get("content", "")), LINE_MOST))

    def media(self) -> Iterator[tuple[str, str]]:
        """Kind and address of each; thumbnails only count where there is nothing else."""
        given = [(part.get("type") or part.get("medium") or "", part.get("url", "")) for part in self.given("content")]
        given += [(part.get("type", ""), part.get("href", "")) for part in self.entry.get("enclosures", ())]
        if not given:
            given = [("image", part.get("url", "")) for part in self.given("thumbnail")]
        yield from given

    def given(self, name: str) -> list[Any]:
        return list(self.entry.get(f"media_{name}", ()))
