"""Two changes of one working copy, made side by side: merged where they do not touch, a clash where they do."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec import structs

from domain.content import FIELDS, Content
from domain.rules import Refused

T = TypeVar("T")


class Clash(Refused):
    """Both sides changed the same. `paths`: fields, and blocks as `body.ID`; `body` alone is the order of blocks."""

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(f"Somebody else changed this too: {', '.join(paths)}.")
        self.paths = tuple(paths)


def merged(base: Content, theirs: Content, yours: Content) -> Content:
    """`base` as both sides changed it."""
    clashes: list[str] = []
    fields = {
        name: either(getattr(base, name), getattr(theirs, name), getattr(yours, name), name, clashes) for name in FIELDS
    }
    stood, they, you = ({block.id: block for block in content.body} for content in (base, theirs, yours))
    blocks = {
        id: either(stood.get(id), they.get(id), you.get(id), f"body.{id}", clashes) for id in {**stood, **they, **you}
    }
    surviving = {id: block for id, block in blocks.items() if block is not None}
    order = merged_order(list(stood), list(they), list(you), clashes)
    if clashes:
        raise Clash(clashes)
    return structs.replace(base, **fields, body=tuple(surviving[id] for id in order if id in surviving))


def either(base: T, theirs: T, yours: T, path: str, clashes: list[str]) -> T:
    """The side that changed it; where both did, and not to the same, that is a clash."""
    if yours in (base, theirs):
        return theirs
    if theirs != base:
        clashes.append(path)
    return yours


def merged_order(base: list[str], theirs: list[str], yours: list[str], clashes: list[str]) -> list[str]:
    """The order of the side that moved blocks; what the other side alone has comes after what it followed there."""
    common = set(base) & set(theirs) & set(yours)
    stood, they, you = ([id for id in order if id in common] for order in (base, theirs, yours))
    if you not in (stood, they) and they != stood:
        clashes.append("body")
    order, other = (theirs, yours) if you in (stood, they) else (yours, theirs)
    result = list(order)
    for at, id in enumerate(other):
        if id not in result:
            before = next((earlier for earlier in reversed(other[:at]) if earlier in result), None)
            result.insert(0 if before is None else result.index(before) + 1, id)
    return result
