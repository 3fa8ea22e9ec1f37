"""Whose word it is: for each field and block of an article, what last changed it."""

from collections.abc import Iterable

from msgspec import UNSET, Struct

from domain.article import ArticleDrafted, ArticleRevised
from domain.content import FIELDS
from domain.recorded import Recorded

BODY = "body"


class Blame(Struct, frozen=True):
    """By path and by block id, as they stand. `body` is the path of what blocks there are, and where."""

    fields: dict[str, Recorded]
    blocks: dict[str, Recorded]


def blame(events: Iterable[Recorded]) -> Blame:
    """`events`: those of one article from its beginning."""
    fields: dict[str, Recorded] = {}
    blocks: dict[str, Recorded] = {}
    order: tuple[str, ...] = ()
    for recorded in events:
        match recorded.event:
            case ArticleDrafted(content):
                fields = dict.fromkeys((*FIELDS, BODY), recorded)
                order = tuple(block.id for block in content.body)
                blocks = dict.fromkeys(order, recorded)
            case ArticleRevised(revision):
                fields |= {name: recorded for name in FIELDS if getattr(revision, name) is not UNSET}
                blocks |= {block.id: recorded for block in revision.blocks}
                if revision.order is not UNSET:
                    fields[BODY], order = recorded, revision.order
            case _:
                pass
    return Blame(fields, {id: blocks[id] for id in order})
