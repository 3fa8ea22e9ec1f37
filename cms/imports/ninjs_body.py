"""The body of an item of news in JSON: its text, and the pictures and films that come with it."""

from collections.abc import Iterator
from html import escape

from msgspec import structs

from cms.imports import media
from cms.imports.html import Note, blocks
from cms.imports.loose import Json, all_of, by_role, text_of
from cms.imports.texts import shortened
from domain.body import LINE_MOST, Block, Embed, Heading, Image, Paragraph, Video
from domain.content import STANDFIRST_MOST

WIDTH_WANTED = 2_000
PICTURES, FILMS, SOUNDS = {"picture", "graphic", "image", "photo"}, {"video"}, {"audio"}


def texts(told: Json, stem: str) -> list[tuple[str, str, str]]:
    """Role, media type and text of each: `bodies`, `body`, `body_html`."""
    found = [
        (text_of(part.get("role")).lower(), text_of(part.get("contenttype")).lower(), text_of(part))
        for key in (f"{stem}s" if stem != "body" else "bodies", stem)
        for part in all_of(told, key)
    ]
    named = (key for key in told if key.startswith(f"{stem}_"))
    found += [(key[len(stem) + 1 :], "", text_of(told[key])) for key in named]
    return [text for text in found if text[2]]


def standfirst(told: Json) -> str:
    """Of pictures and films it is the caption, which stands with them."""
    if text_of(told.get("type")).lower() in PICTURES | FILMS | SOUNDS:
        return ""
    return shortened(by_role(told, "description", "summary", "text", "", "abstract", "lead"), STANDFIRST_MOST)


def body(told: Json, headline: str, note: Note) -> tuple[Block, ...]:
    shown = [*shown_by(told, note)]
    text = without_headline(text_blocks(told, note), headline)
    there = {block.url for block in text if isinstance(block, Image | Video | Embed)}
    films: set[str] = set()
    for association in all_of(told, "associations"):
        told_of = {href for _, href in addresses(association)}
        if text_of(association.get("type")).lower() in FILMS:
            films |= told_of
        if not there & told_of:
            shown += shown_by(association, note)
        if all_of(association, "associations"):
            note("association of an association")
    new = {block.url: block for block in shown if block.url not in there}
    return (*new.values(), *(as_film(block, films) for block in text))


def as_film(block: Block, films: set[str]) -> Block:
    """A text only links to what is said to be a film elsewhere."""
    if isinstance(block, Embed) and block.url in films:
        return Video(id=block.id, url=block.url, caption=block.caption)
    return block


def text_blocks(told: Json, note: Note) -> tuple[Block, ...]:
    """Of the form that says most; the others say the same."""
    given = texts(told, "body")
    base = text_of(told.get("uri"))
    for role, kind, text in given:
        if "html" in kind or "html" in role:
            return blocks(text, base if base.startswith("http") else "", note)
    for role, kind, text in given:
        if kind in ("", "text/plain") and not role.startswith(("xml", "nitf", "newsml")):
            return plain(text, note)
    for role, kind, _ in given[:1]:
        note(f"body as {kind or role or 'something else'}")
    return ()


def plain(text: str, note: Note) -> tuple[Block, ...]:
    """Paragraphs are parted by blank lines; where there are none, each line is one."""
    text = text.replace("\r\n", "\n")
    return blocks(escape(text if "\n\n" in text else text.replace("\n", "\n\n")), "", note, parted_by="blank lines")


def without_headline(text: tuple[Block, ...], headline: str) -> tuple[Block, ...]:
    match text[:1]:
        case (Heading(text=first) | Paragraph(text=first),) if first.strip() == headline:
            return text[1:]
        case _:
            return text


def shown_by(told: Json, note: Note) -> Iterator[Image | Video | Embed]:
    kind = text_of(told.get("type")).lower()
    if kind not in PICTURES | FILMS | SOUNDS:
        if "headlines" not in told and kind not in ("", "text", "composite", "component"):
            note(f"item of type {kind}")
        return
    wanted = "image" if kind in PICTURES else "video" if kind in FILMS else "audio"
    found = rendition(told, wanted)
    if found is None:
        note(f"{kind} without an address")
        return
    caption = shortened(by_role(told, "description", "caption", "text", ""), LINE_MOST)
    if wanted != "image":
        yield Video(url=found, caption=caption) if wanted == "video" else Embed(url=found, caption=caption)
        return
    roles = {role: text for role, _, text in texts(told, "description")}
    image = Image(url=found, caption=caption, credit=shortened(credit(told), LINE_MOST))
    alt = shortened(roles.get("alt", ""), LINE_MOST)
    yield structs.replace(image, alt=alt, caption="" if alt == caption and len(roles) == 1 else caption)


def credit(told: Json) -> str:
    return text_of(told.get("byline")) or text_of(told.get("by")) or text_of(told.get("copyrightholder"))


def rendition(told: Json, wanted: str) -> str | None:
    """The address of the widest that a page would show."""
    given = [(kind, href) for kind, href in addresses(told) if not kind[0] or kind[0].startswith(wanted)]
    clean = [found for found in given if "watermark" not in found[1].lower()] or given
    fitting = [(width, href) for (_, width), href in clean]
    if not fitting:
        return None
    fit = [found for found in fitting if found[0] <= WIDTH_WANTED]
    return max(fit)[1] if fit else min(fitting)[1]


def addresses(told: Json) -> Iterator[tuple[tuple[str, int], str]]:
    """Media type and width of each rendition, and where it lies."""
    for part in all_of(told, "renditions"):
        if href := media.kept(text_of(part.get("href"))):
            kind = text_of(part.get("contenttype") or part.get("mimetype")).lower()
            yield (kind, width_of(part.get("width"))), href


def width_of(given: object) -> int:
    text = text_of(given)
    return int(text) if text.isdigit() and len(text) < 9 else 0
