"""What an article says: the working copy's fields and blocks, and the difference between two of them."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from domain.body import Block, Body
from domain.slug import ChosenSlug, Slug

HEADLINE_MOST, STANDFIRST_MOST, SOURCE_MOST = 300, 2_000, 200
TAGS_MOST, WRITERS_MOST = 30, 20

Headline = Annotated[str, Meta(min_length=1, max_length=HEADLINE_MOST)]
Standfirst = Annotated[str, Meta(max_length=STANDFIRST_MOST)]
Source = Annotated[str, Meta(max_length=SOURCE_MOST, description="The agency or paper that it comes from.")]
Tags = Annotated[tuple[Slug, ...], Meta(max_length=TAGS_MOST)]
Writers = Annotated[tuple[Slug, ...], Meta(max_length=WRITERS_MOST)]
ArticleId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$(?!\n)")]
Related = Annotated[tuple[ArticleId, ...], Meta(max_length=10, description="Ids of articles that go with it.")]


class Content(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`slug`: the address that an editor chose; empty, it is made of the headline at the first publication.

    `related`: articles that editors chose to go with it; those that are not public, or no longer there, harm nothing.
    """

    headline: Headline
    section: Slug
    standfirst: Standfirst = ""
    tags: Tags = ()
    writers: Writers = ()
    source: Source = ""
    slug: ChosenSlug = ""
    related: Related = ()
    body: Body = ()


class Correction(Struct, frozen=True):
    """What was wrong, as readers were told."""

    at: datetime
    note: str


class Edition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What readers get: the content as it was then, under its claimed address.

    `published_at` is the first publication, for ever; `updated_at` that of this edition.
    """

    slug: Slug
    published_at: datetime
    updated_at: datetime
    content: Content
    corrections: tuple[Correction, ...] = ()


class Revision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What changed from one working copy to the next; a field that is not there did not.

    `blocks` are those whose words changed and those that are new; `order` holds the ids of the whole body, where a
    block came, went or moved.
    """

    headline: Headline | UnsetType = UNSET
    section: Slug | UnsetType = UNSET
    standfirst: Standfirst | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    writers: Writers | UnsetType = UNSET
    source: Source | UnsetType = UNSET
    slug: ChosenSlug | UnsetType = UNSET
    related: Related | UnsetType = UNSET
    blocks: Body = ()
    order: tuple[str, ...] | UnsetType = UNSET


FIELDS = tuple(field.name for field in structs.fields(Content) if field.name != "body")


def difference(old: Content, new: Content) -> Revision:
    """The revision that leads from `old` to `new`: `revised(old, difference(old, new)) == new`."""
    fields = {name: value for name in FIELDS if (value := getattr(new, name)) != getattr(old, name)}
    stood = {block.id: block for block in old.body}
    order = tuple(block.id for block in new.body)
    return Revision(
        **fields,
        blocks=tuple(block for block in new.body if stood.get(block.id) != block),
        order=UNSET if order == tuple(stood) else order,
    )


def revised(old: Content, revision: Revision) -> Content:
    fields = {name: value for name in FIELDS if (value := getattr(revision, name)) is not UNSET}
    blocks: dict[str, Block] = {block.id: block for block in (*old.body, *revision.blocks)}
    order = tuple(block.id for block in old.body) if revision.order is UNSET else revision.order
    return structs.replace(old, **fields, body=tuple(blocks[id] for id in order))
