"""XML, as the library writes it: what XML cannot hold is left out, and nothing else is lost."""

import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

# Neither a character nor a reference can stand for these (XML 1.0, 2.2).
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# The library names its type for nobody else.
Element = Any


def root(tag: str, prefixes: Any, **attributes: str) -> Element:
    """`prefixes`: the namespace of each; None: of what has no prefix."""
    return etree.Element(tag, attributes, nsmap=prefixes)


def put(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    element = etree.SubElement(parent, tag, {name: clean(value) for name, value in attributes.items()})
    if text:
        element.text = clean(text)
    return element


def put_each(parent: Element, tag: str, texts: Iterable[str]) -> None:
    for text in texts:
        put(parent, tag, text)


def clean(text: str) -> str:
    return FORBIDDEN.sub("", text)


def written(root: Element) -> bytes:
    document: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document
