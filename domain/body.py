"""The body of an article: typed blocks, each with an id that it keeps while it is edited.

The bounds are part of the types, and stored events are decoded by them: they may grow, never shrink.
"""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

TEXT_MOST, LINE_MOST, URL_MOST = 20_000, 1_000, 2_000
HEADING_MOST, ITEMS_MOST, BLOCKS_MOST = 300, 500, 1_000

BlockId = Annotated[str, Meta(max_length=22, pattern=r"^[A-Za-z0-9_-]*$(?!\n)")]
Text = Annotated[str, Meta(min_length=1, max_length=TEXT_MOST, description="Inline Markdown: strong, emphasis, link.")]
Line = Annotated[str, Meta(max_length=LINE_MOST)]
Url = Annotated[
    str,
    Meta(
        max_length=URL_MOST,
        pattern=r"^(https?://[^\s\\]+|/(?![/\\])[^\s\\]*)$(?!\n)",
        description="http(s), or a path of this site.",
    ),
]


class _Block(Struct, frozen=True, tag_field="kind", tag=str.lower, omit_defaults=True, forbid_unknown_fields=True):
    id: BlockId = ""


class Paragraph(_Block, frozen=True, kw_only=True):
    text: Text


class Quote(_Block, frozen=True, kw_only=True):
    text: Text
    cite: Line = ""


class Heading(_Block, frozen=True, kw_only=True):
    text: Annotated[str, Meta(min_length=1, max_length=HEADING_MOST)]
    level: Annotated[int, Meta(ge=2, le=4)] = 2


class List(_Block, frozen=True, kw_only=True):
    items: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=ITEMS_MOST)]
    ordered: bool = False


class Image(_Block, frozen=True, kw_only=True):
    url: Url
    alt: Line = ""
    caption: Line = ""
    credit: Line = ""


class Video(_Block, frozen=True, kw_only=True):
    url: Url
    caption: Line = ""


class Embed(_Block, frozen=True, kw_only=True):
    url: Url
    caption: Line = ""


class Divider(_Block, frozen=True, kw_only=True):
    pass


Block = Paragraph | Quote | Heading | List | Image | Video | Embed | Divider
Body = Annotated[tuple[Block, ...], Meta(max_length=BLOCKS_MOST)]


def badges(body: Iterable[Block]) -> tuple[str, ...]:
    """`photo` and `video`, as far as the body shows one; words in a headline do not count."""
    kinds = {type(block) for block in body}
    return tuple(badge for badge, kind in (("photo", Image), ("video", Video)) if kind in kinds)


def first_image(body: Iterable[Block]) -> Image | None:
    return next((block for block in body if isinstance(block, Image)), None)
