"""Blocks in the making: what text was met, and in the middle of what."""

import re
from typing import Any, Literal

from cms.imports import inline, media
from cms.imports.inline import Run
from cms.imports.texts import shortened
from domain.body import HEADING_MOST, ITEMS_MOST, LINE_MOST, TEXT_MOST

BLANK = re.compile(r"\n[ \t]*\n\s*")
URL_ALONE = re.compile(r"https?://\S+")

Json = dict[str, Any]
PartedBy = Literal["tags", "blank lines"]


class Figure:
    """What stands between the tags of one; `begin`: how many blocks there were before it."""

    def __init__(self, place: list[Json]) -> None:
        self.place, self.begin = place, len(place)
        self.captions: list[str] = []
        self.credits: list[str] = []
        self.links: list[str] = []

    def closed(self) -> None:
        """Its captions go to what it shows last; a link alone is what it shows."""
        caption, credit = " ".join(self.captions), shortened(" ".join(self.credits), LINE_MOST)
        shown = [block for block in self.place[self.begin :] if block["kind"] in ("image", "video", "embed")]
        if not shown and len(self.captions) == 1 and len(self.links) == 1 and not credit:
            url = self.links[0]
            shown = [{"kind": media.kind(url) or "embed", "url": media.watched(url)}]
            self.place += shown
            caption = "" if caption == url else caption
        if credit and (not shown or shown[-1]["kind"] != "image"):
            caption = f"{caption} {credit}".strip()
        elif credit:
            shown[-1]["credit"] = credit
        if caption and shown and len(caption) <= LINE_MOST:
            shown[-1].setdefault("caption", " ".join(caption.split()))
        elif caption:
            texts = map(inline.markdown, inline.pieces([Run(caption)]))
            self.place += ({"kind": "paragraph", "text": text} for text in texts)


class Building:
    """`plain`: a list takes the bare texts, and no block is made of them."""

    def __init__(self, parted_by: PartedBy = "tags", plain: list[str] | None = None) -> None:
        self.blank_lines, self.plain = parted_by == "blank lines", plain
        self.blocks: list[Json] = []
        self.runs: list[Run] = []
        self.marks = {"strong": 0, "emphasis": 0}
        self.links: list[str] = []
        self.heading = self.quotes = self.citing = self.crediting = self.literal = 0
        self.lists: list[str] = []
        self.parts: list[str] = []
        self.items: list[str] = []
        self.after_list: list[Json] = []
        self.cites: list[str] = []
        self.quotes_begin: list[int] = []
        self.figures: list[Figure] = []

    # Text.

    def text(self, text: str | None) -> None:
        if not text:
            return
        if not self.blank_lines:
            self.add(text if self.literal else text.replace("\n", " "))
            return
        first, *others = BLANK.split(text.replace("\r\n", "\n"))
        self.add(first)
        for other in others:
            self.flush()
            self.add(other)

    def add(self, text: str) -> None:
        link = self.links[-1] if self.links else ""
        self.runs.append(Run(text, self.marks["strong"] > 0, self.marks["emphasis"] > 0, link))

    def end_line(self) -> None:
        """A second end of line in a row begins another paragraph."""
        for run in reversed(self.runs):
            if run.text.strip(" \t\r\f\v"):
                if run.text.endswith("\n") and not self.blank_lines:
                    self.flush()
                    return
                break
        self.add("\n")

    def flush(self) -> None:
        """What was gathered is one text; where it goes, depends on what is around it."""
        runs, self.runs = inline.tidied(self.runs), []
        text = inline.plain(runs)
        if not text:
            return
        if self.plain is not None:
            self.plain.append(text)
        elif self.lists:
            self.parts += map(inline.markdown, inline.pieces(runs))
        elif self.citing:
            self.cites.append(text)
        elif self.stands_for_a_medium(text):
            self.shown(media.kind(text) or "embed", media.watched(text))
        elif self.quotes:
            self.put_texts("quote", runs)
        elif self.figures:
            self.put_caption(text, runs)
        elif self.heading and len(text) <= HEADING_MOST:
            self.put({"kind": "heading", "text": " ".join(text.split()), "level": self.heading})
        else:
            self.put_texts("paragraph", runs)

    def stands_for_a_medium(self, text: str) -> bool:
        """An address on a line of its own: systems show there what it leads to."""
        if not URL_ALONE.fullmatch(text) or media.kept(text) != text:
            return False
        return bool(self.figures or media.kind(text))

    # Blocks.

    def place(self) -> list[Json]:
        """A list is one block: what stands in the middle of it comes after it."""
        return self.after_list if self.lists else self.blocks

    def put(self, block: Json) -> None:
        self.flush()
        self.place().append(block)

    def put_texts(self, kind: str, runs: list[Run]) -> None:
        self.blocks += ({"kind": kind, "text": inline.markdown(piece)} for piece in inline.pieces(runs) if piece)

    def put_caption(self, text: str, runs: list[Run]) -> None:
        figure = self.figures[-1]
        (figure.credits if self.crediting else figure.captions).append(text)
        if len(runs) == 1 and runs[0].href.startswith(("http", "/")):
            figure.links.append(runs[0].href)

    def shown(self, kind: str, url: str) -> None:
        self.put({"kind": kind, "url": url})

    # Lists; what lies in a list in a list is flattened.

    def open_list(self, tag: str) -> None:
        self.close_item()
        self.lists.append(tag)

    def next_cell(self) -> None:
        if self.parts or inline.tidied(self.runs):
            self.add(" | ")

    def close_item(self) -> None:
        self.flush()
        item = "\n".join(self.parts).replace("\n| ", " | ")
        if item:
            self.items += [item] if len(item) <= TEXT_MOST else self.parts
        self.parts = []

    def close_list(self) -> None:
        self.close_item()
        tag = self.lists.pop()
        if self.lists:
            return
        for start in range(0, len(self.items), ITEMS_MOST):
            items = self.items[start : start + ITEMS_MOST]
            self.blocks.append({"kind": "list", "items": items, "ordered": tag == "ol"})
        self.blocks += self.after_list
        self.items, self.after_list = [], []

    # Quotes.

    def open_quote(self) -> None:
        self.quotes += 1
        self.quotes_begin.append(len(self.blocks))

    def close_quote(self) -> None:
        self.quotes -= 1
        begin = self.quotes_begin.pop()
        cite, self.cites = shortened(" ".join(self.cites), LINE_MOST), []
        quoted = [block for block in self.blocks[begin:] if block["kind"] == "quote"]
        if cite and quoted:
            quoted[-1]["cite"] = cite
        elif cite:
            self.blocks.append({"kind": "paragraph", "text": inline.markdown([Run(cite)])})

    # Figures.

    def open_figure(self) -> None:
        self.figures.append(Figure(self.place()))

    def close_figure(self) -> None:
        self.figures.pop().closed()
