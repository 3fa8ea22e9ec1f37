"""One post of a WordPress export: what it holds, and its text as blocks."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape
from typing import ClassVar

from msgspec import Struct, field

from cms.forms import BadField
from cms.imports import media, shortcodes
from cms.imports.html import HTML_BYTES_MOST, Note, blocks, words
from cms.imports.texts import shortened
from domain.body import LINE_MOST, Block, Image

NEVER = "0000-00-00 00:00:00"


class Attachment(Struct, frozen=True):
    url: str
    alt: str
    caption: str


class Post(Struct):
    """`terms`: domain, slug and name of each."""

    NAMES: ClassVar[dict[str, str]] = {
        "title": "title",
        "guid": "guid",
        "creator": "creator",
        "pubDate": "told_at",
        "post_id": "id",
        "post_date": "local",
        "post_date_gmt": "gmt",
        "post_name": "name",
        "status": "status",
        "post_type": "type",
        "post_password": "password",
        "is_sticky": "is_sticky",
        "attachment_url": "attachment_url",
    }

    title: str = ""
    guid: str = ""
    creator: str = ""
    told_at: str = ""
    id: str = ""
    local: str = ""
    gmt: str = ""
    name: str = ""
    status: str = "publish"
    type: str = "post"
    password: str = ""
    is_sticky: str = ""
    attachment_url: str = ""
    content: str = ""
    excerpt: str = ""
    terms: list[tuple[str, str, str]] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    comments: int = 0
    other_meta: int = 0


def published_at(post: Post) -> datetime:
    """By the clock of the world; older posts only say that of their site, which is taken for it."""
    for text in (post.gmt, post.local):
        if text and text != NEVER:
            try:
                return datetime.fromisoformat(text).replace(tzinfo=UTC)
            except ValueError:
                raise BadField("published_at", f"'{text[:40]}' is no time") from None
    try:
        return parsedate_to_datetime(post.told_at).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        raise BadField("published_at", "it is published, and has no date") from None


def body(post: Post, attachments: Mapping[str, Attachment], base: str, note: Note) -> tuple[Block, ...]:
    if len(post.content) > HTML_BYTES_MOST:
        raise BadField("body", f"longer than {HTML_BYTES_MOST} bytes")

    def pictures(ids: Iterable[str]) -> str:
        found = [attachments.get(id.strip()) for id in ids]
        if None in found:
            note("picture of a gallery that the file does not hold")
        return "".join(picture(attachment) for attachment in found if attachment)

    html = shortcodes.expanded(post.content, pictures, note)
    made = blocks(html, base, note, parted_by="tags" if "<!-- wp:" in html else "blank lines")
    return (*featured(post, attachments, made, note), *made)


def picture(attachment: Attachment) -> str:
    caption = f"<figcaption>{escape(words(attachment.caption))}</figcaption>"
    return f'<figure><img src="{escape(attachment.url)}" alt="{escape(attachment.alt)}">{caption}</figure>'


def featured(post: Post, attachments: Mapping[str, Attachment], made: Iterable[Block], note: Note) -> tuple[Image, ...]:
    """The picture that stands above the post, unless its text shows it in one size or another."""
    if not (id := post.meta.get("thumbnail")):
        return ()
    attachment = attachments.get(id)
    if attachment is None or not (url := media.kept(attachment.url)):
        note("featured picture that the file does not hold")
        return ()
    stem = url.rpartition(".")[0]
    if any(isinstance(block, Image) and block.url.startswith(stem) for block in made):
        return ()
    alt, caption = shortened(attachment.alt, LINE_MOST), shortened(words(attachment.caption), LINE_MOST)
    return (Image(url=url, alt=alt, caption=caption),)
