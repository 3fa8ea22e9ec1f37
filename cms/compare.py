"""What is different between two contents: by field, by block, and by words within a text."""

from difflib import SequenceMatcher
from typing import Any

import msgspec
from msgspec import Struct

from domain.body import Block
from domain.content import FIELDS, Content

# Words of one side times those of the other: beyond, a comparison may take seconds, and the whole text is shown as new.
COMPARED_MOST = 4_000_000


class Piece(Struct, frozen=True):
    """Words that stayed (`=`), went (`-`) or came (`+`)."""

    op: str
    text: str


class Difference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`path`: a field, or `body.ID`; `body` alone is the order of blocks. `words`, where both sides are text."""

    path: str
    old: Any
    new: Any
    words: tuple[Piece, ...] = ()


def differences(old: Content, new: Content) -> list[Difference]:
    found = [
        changed(name, getattr(old, name), getattr(new, name))
        for name in FIELDS
        if getattr(old, name) != getattr(new, name)
    ]
    stood, stands = ({block.id: block for block in content.body} for content in (old, new))
    found += [
        changed(f"body.{id}", stood.get(id), stands.get(id))
        for id in {**stood, **stands}
        if stood.get(id) != stands.get(id)
    ]
    kept = [[block.id for block in content.body if block.id in stood and block.id in stands] for content in (old, new)]
    if kept[0] != kept[1]:
        found.append(changed("body", *([block.id for block in content.body] for content in (old, new))))
    return found


def changed(path: str, old: Any, new: Any) -> Difference:
    before, after = text_of(old), text_of(new)
    words = () if before is None or after is None else pieces(before, after)
    return Difference(path=path, old=msgspec.to_builtins(old), new=msgspec.to_builtins(new), words=words)


def text_of(value: Any) -> str | None:
    if isinstance(value, Block):
        return getattr(value, "text", None)
    return value if isinstance(value, str) else None


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    before, after = old.split(" "), new.split(" ")
    if len(before) * len(after) > COMPARED_MOST:
        return (Piece("-", old), Piece("+", new))
    found: list[Piece] = []
    for op, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            found.append(Piece("=", " ".join(before[start:end])))
            continue
        if end > start:
            found.append(Piece("-", " ".join(before[start:end])))
        if new_end > new_start:
            found.append(Piece("+", " ".join(after[new_start:new_end])))
    return tuple(found)
