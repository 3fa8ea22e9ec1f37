"""HTML of other systems as blocks. Only what a block can hold is made: there is nothing to clean afterwards.

The tree is walked, never climbed: how deep it is costs nothing.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from lxml import etree

from cms.forms import CONTROL, BadField
from cms.imports import media
from cms.imports.building import Building, PartedBy
from cms.imports.texts import shortened
from domain.body import BLOCKS_MOST, LINE_MOST, URL_MOST, Block, Body

HTML_BYTES_MOST = 2 * 1024 * 1024
INVISIBLE = set("head title style meta link noscript template base source track param wbr map area".split())
DROPPED = set(
    "script form input button select textarea object embed applet svg math canvas frame frameset marquee".split()
)
MEDIA = set("img iframe video audio".split())
INLINE = set(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i ins kbd label mark q s samp small span strike"
    " strong sub sup time tt u var nobr".split()
)
LISTS = set("ul ol table menu dir".split())
LITERAL = set("pre listing xmp plaintext".split())
PLACED = ("twitter-tweet", "twitter-video", "instagram-media", "tiktok-embed", "reddit-embed", "fb-post")
MARKS = {"b": "strong", "strong": "strong", "i": "emphasis", "em": "emphasis"}
HEADINGS = {f"h{level}": max(2, min(4, level)) for level in range(1, 7)}

Note = Callable[[str], None]


def unnoted(what: str) -> None:
    pass


def blocks(text: str, base: str = "", note: Note = unnoted, *, parted_by: PartedBy = "tags") -> tuple[Block, ...]:
    """`base`: what relative addresses begin with. `parted_by` "blank lines": those part paragraphs as well."""
    building = Building(parted_by)
    walk(parsed(text), Walk(base, note, building))
    if len(building.blocks) > BLOCKS_MOST:
        raise BadField("body", f"more than {BLOCKS_MOST} blocks")
    return msgspec.convert(building.blocks, Body)


def words(text: str) -> str:
    """The text of a title or a summary that may hold tags, on one line."""
    if "<" in text or "&" in text:
        building = Building(plain=[])
        walk(parsed(text), Walk("", unnoted, building))
        text = " ".join(building.plain or ())
    return " ".join(CONTROL.sub("", text).split())


def parsed(text: str) -> Any:
    source = CONTROL.sub("", text).encode(errors="replace")
    if len(source) > HTML_BYTES_MOST:
        raise BadField("body", f"longer than {HTML_BYTES_MOST} bytes")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_pis=True)
    try:
        tree = etree.fromstring(b"<html><body><div>" + source + b"</div></body></html>", parser)
    except etree.XMLSyntaxError as error:
        raise BadField("body", f"no HTML: {error.msg}") from None
    # The parser stops there, and what follows would be lost without a word.
    if any("depth" in error.message for error in parser.error_log):
        raise BadField("body", "tags lie within each other too deeply")
    return tree


def walk(tree: Any, into: "Walk") -> None:
    walker: Any = etree.iterwalk(tree, events=("start", "end", "comment"))
    passed_by = None
    for event, node in walker:
        if event == "start":
            if into.enter(node):
                into.building.text(node.text)
            else:
                passed_by = node
                walker.skip_subtree()
            continue
        if event == "end" and node is not passed_by:
            into.leave(node)
        into.building.text(node.tail)
    into.building.flush()


class Walk:
    """What each tag means for the text around it."""

    def __init__(self, base: str, note: Note, building: Building) -> None:
        self.base, self.note, self.building = base, note, building

    def enter(self, node: Any) -> bool:
        """Whether to go on into it."""
        tag = node.tag
        if tag in DROPPED:
            self.note(str(tag))
        if tag in MEDIA:
            self.medium(node)
        if tag in INVISIBLE or tag in DROPPED or tag in MEDIA:
            return False
        if tag in INLINE and not (tag == "cite" and self.building.quotes):
            self.enter_inline(node)
            return True
        return self.enter_block(node)

    def enter_inline(self, node: Any) -> None:
        if node.tag == "br":
            self.building.end_line()
        elif node.tag in MARKS:
            self.building.marks[MARKS[node.tag]] += 1
        elif node.tag == "a":
            self.building.links.append(self.target(node.get("href", "")))
        elif node.tag == "small" and self.building.figures:
            self.building.flush()
            self.building.crediting += 1

    def enter_block(self, node: Any) -> bool:
        tag, building = node.tag, self.building
        if tag in ("td", "th"):
            building.next_cell()
            return True
        building.flush()
        if tag == "blockquote" and self.placed(node):
            return False
        if tag == "table":
            self.note("layout of a table: its rows are kept as a list")
        if tag in LISTS:
            building.open_list("ol" if tag == "ol" else "ul")
        elif tag in ("li", "tr"):
            building.close_item()
        elif tag == "hr":
            building.put({"kind": "divider"})
        elif tag == "blockquote":
            building.open_quote()
        elif tag in ("cite", "footer") and building.quotes:
            building.citing += 1
        elif tag in HEADINGS:
            building.heading = HEADINGS[tag]
        elif tag in LITERAL:
            building.literal += 1
        elif tag == "figure":
            building.open_figure()
        return True

    def leave(self, node: Any) -> None:
        tag, building = node.tag, self.building
        if tag in ("td", "th"):
            return
        if tag in INLINE and not (tag == "cite" and building.citing):
            if tag in MARKS:
                building.marks[MARKS[tag]] -= 1
            elif tag == "a":
                building.links.pop()
            elif tag == "small" and building.crediting:
                building.flush()
                building.crediting -= 1
        else:
            building.flush()
            self.leave_block(tag)

    def leave_block(self, tag: str) -> None:
        building = self.building
        if tag in LISTS:
            building.close_list()
        elif tag in ("li", "tr"):
            building.close_item()
        elif tag == "blockquote":
            building.close_quote()
        elif tag in ("cite", "footer") and building.citing:
            building.citing -= 1
        elif tag in HEADINGS:
            building.heading = 0
        elif tag in LITERAL:
            building.literal -= 1
        elif tag == "figure":
            building.close_figure()

    # Addresses.

    def target(self, href: str) -> str:
        """Where a link may lead; empty, if it is kept as text only."""
        if href.strip().lower().startswith("mailto:"):
            return "".join(href.split())[:URL_MOST]
        if not href.strip() or href.strip().startswith("#"):
            return ""
        address = media.kept(href, self.base)
        if not address:
            self.note("link that leads nowhere safe")
        return address

    def medium(self, node: Any) -> None:
        if node.tag == "img":
            self.image(node)
            return
        address = self.source(node)
        kind = media.kind(address) if address else ""
        if address and node.tag in ("video", "audio"):
            kind = "video" if node.tag == "video" else "embed"
        if kind:
            self.building.shown(kind, media.watched(address))
        else:
            self.note(f"{node.tag} of {media.host(address) or 'an unknown site'}")

    def image(self, node: Any) -> None:
        alt = shortened(node.get("alt") or "", LINE_MOST)
        if "wp-smiley" in (node.get("class") or "") or "emoji" in (node.get("class") or "").split():
            self.building.text(alt)
            return
        if node.get("width") in ("0", "1") and node.get("height") in ("0", "1"):
            self.note("picture of one dot, as counters use it")
            return
        address = self.source(node)
        if address:
            self.building.put({"kind": "image", "url": address, "alt": alt})
        else:
            self.note("picture without an address")

    def source(self, node: Any) -> str:
        names = ("data-lazy-src", "data-src", "data-original", "src")
        given = [node.get(name) for name in names] + [inner.get("src") for inner in node.iter("source")]
        return next((kept for value in given if value and (kept := media.kept(value, self.base))), "")

    def placed(self, node: Any) -> bool:
        """Whether a quote stands for a post elsewhere, which its script would have fetched."""
        if not any(name in (node.get("class") or "") for name in PLACED):
            return False
        links = [link.get("href") or "" for link in node.iter("a")][::-1]
        given = [node.get("data-instgrm-permalink"), node.get("cite"), node.get("data-href"), *links]
        address = next((kept for value in given if value and (kept := media.kept(value, self.base))), "")
        if address:
            self.building.shown("embed", address)
        return bool(address)
