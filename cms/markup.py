"""What an editor typed, as HTML: inline Markdown with strong, emphasis, links, and nothing else; then sanitised."""

from collections.abc import Iterable
from functools import lru_cache
from html import escape, unescape
from typing import Any, assert_never
from urllib.parse import urljoin

import nh3
from markdown_it import MarkdownIt

from domain.body import Block, Divider, Embed, Heading, Image, List, Paragraph, Quote, Video

inline = MarkdownIt("zero").enable(["emphasis", "link", "escape", "entity"])

# What so many marks cost to read grows faster than they do, and nobody who writes needs them: then they mean nothing.
MARKS, MARKS_MOST = "[]*_", 500
LINES_KEPT = 10_000

TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "cite", "figure", "figcaption", "small", "img", "hr"}
ALLOWED: dict[str, Any] = {
    "tags": TAGS | {"strong", "em", "a"},
    "attributes": {"a": {"href"}, "img": {"src", "alt", "loading"}},
    "url_schemes": {"http", "https", "mailto"},
    "link_rel": "noopener",
}
CLEANER = nh3.Cleaner(**ALLOWED)
BARE = nh3.Cleaner(tags=set())
ADDRESSES = ("href", "src")


def html(body: Iterable[Block]) -> str:
    return CLEANER.clean("\n".join(map(block_html, body)))


def html_elsewhere(body: Iterable[Block], address: str) -> str:
    """For whoever shows it under another address than its own: every link and picture by its whole address."""

    def whole(_: str, attribute: str, value: str) -> str:
        return joined(address, value) if attribute in ADDRESSES else value

    return nh3.Cleaner(**ALLOWED, attribute_filter=whole).clean("\n".join(map(block_html, body)))


def joined(address: str, reference: str) -> str:
    if reference.startswith(("https://", "http://")):
        return reference
    try:
        return urljoin(address, reference)
    except ValueError:  # No address: a bracket that nothing closes, say.
        return reference


def block_html(block: Block) -> str:
    match block:
        case Paragraph(text=text):
            return f"<p>{line(text)}</p>"
        case Quote(text=text, cite=cite):
            return f"<blockquote><p>{line(text)}</p>{wrapped('cite', cite)}</blockquote>"
        case Heading(text=text, level=level):
            return f"<h{level}>{escape(text)}</h{level}>"
        case List(items=items, ordered=ordered):
            tag = "ol" if ordered else "ul"
            return f"<{tag}>{''.join(f'<li>{line(item)}</li>' for item in items)}</{tag}>"
        case Image(url=url, alt=alt, caption=caption, credit=credit):
            shown = f'<img src="{escape(url)}" alt="{escape(alt)}" loading="lazy">'
            told = " ".join(filter(None, (escape(caption), wrapped("small", credit))))
            return f"<figure>{shown}{f'<figcaption>{told}</figcaption>' if told else ''}</figure>"
        case Video(url=url, caption=caption) | Embed(url=url, caption=caption):
            # A link: nothing of a third party is fetched before the reader asks for it.
            return f'<figure><a href="{escape(url)}">{escape(caption or url)}</a></figure>'
        case Divider():
            return "<hr>"
    assert_never(block)


@lru_cache(LINES_KEPT)
def line(text: str) -> str:
    if sum(map(text.count, MARKS)) > MARKS_MOST:
        return escape(text)
    rendered: str = inline.renderInline(text)
    return rendered


@lru_cache(LINES_KEPT)
def clean_line(text: str) -> str:
    return CLEANER.clean(line(text))


def plain(text: str) -> str:
    """Inline Markdown without its marks: what is left of the line as HTML, which is kept, without its tags."""
    return unescape(BARE.clean(line(text)))


def words(body: Iterable[Block]) -> str:
    """The body as plain text, blocks parted by blank lines; pictures, films and what stands below them left out."""
    return "\n\n".join(filter(None, map(block_words, body)))


def beginning(body: Iterable[Block], most: int) -> str:
    """Its first words, on one line of about so many characters."""
    found: list[str] = []
    for text in map(block_words, body):
        found += text.split()
        if len(whole := " ".join(found)) > most:
            return f"{whole[: most + 1].rpartition(' ')[0] or whole[:most]}…"
    return " ".join(found)


def block_words(block: Block) -> str:
    match block:
        case Paragraph(text=text):
            return plain(text)
        case Quote(text=text, cite=cite):
            return "\n".join(filter(None, (plain(text), cite)))
        case Heading(text=text):
            return text
        case List(items=items):
            return "\n".join(map(plain, items))
        case Image() | Video() | Embed() | Divider():
            return ""
    assert_never(block)


def wrapped(tag: str, text: str) -> str:
    return f"<{tag}>{escape(text)}</{tag}>" if text else ""
