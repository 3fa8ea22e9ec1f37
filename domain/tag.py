"""A tag: what readers call it. Its slug is the stream's; the first spelling stays until a tag is renamed."""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from domain.rules import Aggregate, Change, Event, Fold
from domain.slug import Slug

TagName = Annotated[str, Meta(min_length=1, max_length=100)]


class TagAdded(Event, frozen=True):
    name: str


class Tag(Struct, frozen=True):
    name: str = ""

    @property
    def exists(self) -> bool:
        return self.name != ""


def evolve(tag: Tag, event: TagAdded) -> Tag:
    return Tag(event.name)


TAG = Aggregate("tag", Tag(), evolve)


class NamedTag(Struct, frozen=True):
    """A tag as somebody wrote it on an article."""

    slug: Slug
    name: TagName


def add_unknown(tags: Iterable[NamedTag], fold: Fold) -> list[Change]:
    """Tags come to be when they are first used."""
    return [TAG.change(tag.slug, TagAdded(tag.name)) for tag in tags if not fold(TAG, tag.slug).exists]
