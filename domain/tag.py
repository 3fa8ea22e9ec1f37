"""A tag: what readers call it. Its slug is the stream's; the first spelling stays until it is renamed.

Of two tags that mean the same, one gives way: its slug stays on the articles that carry it, and leads readers to the
other. A slug that no tag ever had can lead to one as well: an alias.
"""

from collections.abc import Iterable
from typing import Annotated, ClassVar

from msgspec import Meta, Struct, structs

from domain.role import Privilege
from domain.rules import Aggregate, Change, Event, Fold, Unknown, decide, require
from domain.slug import Slug

TagName = Annotated[str, Meta(min_length=1, max_length=100)]


# Events.


class TagAdded(Event, frozen=True):
    name: str


class TagRenamed(Event, frozen=True):
    name: str


class TagMerged(Event, frozen=True):
    """It gives way to another: whoever asks for it is led there."""

    into: str


class TagParted(Event, frozen=True):
    """It stands for itself again."""


class ThesaurusChanged(Event, frozen=True):
    """A tag gave way to another. All of them meet in one stream, so that no two at once make a circle."""

    tag: str


TagEvent = TagAdded | TagRenamed | TagMerged | TagParted


# State: only what the rules below need.


class Tag(Struct, frozen=True):
    """`into`: the tag that it has given way to."""

    name: str = ""
    into: str = ""

    @property
    def exists(self) -> bool:
        return self.name != ""


def evolve(tag: Tag, event: TagEvent) -> Tag:
    match event:
        case TagAdded(name) | TagRenamed(name):
            return structs.replace(tag, name=name)
        case TagMerged(into):
            return structs.replace(tag, into=into)
        case TagParted():
            return structs.replace(tag, into="")


TAG = Aggregate("tag", Tag(), evolve)


class Thesaurus(Struct, frozen=True):
    """Nothing but its version matters."""


def evolve_thesaurus(thesaurus: Thesaurus, event: ThesaurusChanged) -> Thesaurus:
    return thesaurus


THESAURUS = Aggregate("thesaurus", Thesaurus(), evolve_thesaurus)
THE_THESAURUS = "site"


# Commands, and what the newsroom decides on them.


class TagCommand(Struct, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.MANAGE_TAGS

    slug: Slug

    @property
    def stream(self) -> str:
        return TAG.stream(self.slug)


class SetTag(TagCommand, frozen=True, kw_only=True):
    """Add a tag, or bring the one that stands to this name."""

    name: TagName


class MergeTag(TagCommand, frozen=True, kw_only=True):
    into: Slug


class AddAlias(TagCommand, frozen=True, kw_only=True):
    """`slug` is the alias; no tag has it."""

    into: Slug


class PartTag(TagCommand, frozen=True, kw_only=True):
    """Of a tag that gave way, or of an alias."""


@decide.register
def set_tag(command: SetTag, fold: Fold) -> list[Change]:
    tag = fold(TAG, command.slug)
    require(not tag.into, f"'{command.slug}' leads to the tag '{tag.into}': part it first.")
    if tag.name == command.name:
        return []
    event = TagRenamed if tag.exists else TagAdded
    return [TAG.change(command.slug, event(command.name))]


@decide.register
def merge_tag(command: MergeTag, fold: Fold) -> list[Change]:
    if not fold(TAG, command.slug).exists:
        raise Unknown(f"There is no tag '{command.slug}'.")
    return led(command.slug, command.into, fold)


@decide.register
def add_alias(command: AddAlias, fold: Fold) -> list[Change]:
    tag = fold(TAG, command.slug)
    require(not tag.exists or tag.into == command.into, f"There is a tag '{command.slug}': merge it.")
    return led(command.slug, command.into, fold)


@decide.register
def part_tag(command: PartTag, fold: Fold) -> list[Change]:
    tag = fold(TAG, command.slug)
    if tag == Tag():
        raise Unknown(f"There is no tag '{command.slug}'.")
    return [TAG.change(command.slug, TagParted())] if tag.into else []


def led(slug: str, into: str, fold: Fold) -> list[Change]:
    """Only a tag that stands for itself takes others: what leads to `slug` goes on to it, and nothing in a circle."""
    if fold(TAG, slug).into == into:
        return []
    other = fold(TAG, into)
    require(other.exists, f"There is no tag '{into}'.")
    require(slug != into, "A tag is not merged into itself.")
    require(not other.into, f"The tag '{into}' has itself given way to '{other.into}'.")
    return [
        THESAURUS.change(THE_THESAURUS, ThesaurusChanged(slug)),
        TAG.change(slug, TagMerged(into)),
    ]


class NamedTag(Struct, frozen=True):
    """A tag as somebody wrote it on an article."""

    slug: Slug
    name: TagName


def add_unknown(tags: Iterable[NamedTag], fold: Fold) -> list[Change]:
    """Tags come to be when they are first used. What leads to another tag stays as it is."""
    return [TAG.change(tag.slug, TagAdded(tag.name)) for tag in tags if fold(TAG, tag.slug) == Tag()]
