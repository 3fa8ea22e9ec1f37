"""Shortcodes of WordPress, such as `[caption]`, as the HTML that they stand for."""

import re
from collections.abc import Callable, Iterable
from html import escape

from cms.imports.html import Note

CODE = re.compile(r"\[(\[?)(/?)([a-zA-Z][\w-]*+)([^\[\]\n]*?)(/?)\](\]?)")
ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]++)\s*+=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")
ADDRESS = re.compile(r"https?://[^\s\"'\]]+")
MEDIA = {"video": ("mp4", "webm", "m4v", "src"), "audio": ("mp3", "src", "m4a", "ogg"), "playlist": ()}
SHOWN = {"embed", "youtube", "vimeo", "tweet", "instagram", "facebook", "soundcloud", "dailymotion", "googlevideo"}
OTHERS = {"contact-form", "contact-form-7", "poll", "adsense", "ad", "more", "toc", "social", "gallery", "playlist"}

Pictures = Callable[[Iterable[str]], str]


def expanded(text: str, pictures: Pictures, note: Note) -> str:
    """`pictures`: the HTML of attachments by their ids. What looks like a word in brackets stays as it is."""
    closed = {found[3] for found in CODE.finditer(text) if found[2]}

    def meant(found: re.Match[str]) -> str:
        literal, closing, name, rest, ended, _ = found.groups()
        if literal:
            return found[0][1:-1] if found[0].endswith("]]") else found[0]
        given = {match[1].lower(): match[2] or match[3] or match[4] or "" for match in ATTRIBUTE.finditer(rest)}
        if name in ("caption", "wp_caption"):
            return "</figure>" if closing else f"<figure>{caption(given)}"
        if name == "gallery" and given.get("ids"):
            return pictures(given["ids"].split(","))
        if name in SHOWN:
            return "" if closing else shown(rest)
        if name in MEDIA and (address := next((given[key] for key in MEDIA[name] if given.get(key)), "")):
            return f'<{name} src="{escape(address)}"></{name}>'
        if not (closing or ended or given or name in closed or name in OTHERS):
            return found[0]
        if not closing:
            note(f"shortcode [{name}]")
        return ""

    return CODE.sub(meant, text)


def caption(given: dict[str, str]) -> str:
    return f"<figcaption>{escape(given['caption'])}</figcaption>" if given.get("caption") else ""


def shown(rest: str) -> str:
    """On a line of its own; what stands between the tags is such an address as well."""
    address = ADDRESS.search(rest)
    return f"\n\n{escape(address[0])}\n\n" if address else "\n\n"
