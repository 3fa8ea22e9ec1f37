"""The desk's tags: named, merged, parted, and the other slugs that lead to each."""

from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from msgspec import Struct

from cms import forms
from cms.reading import Reading
from cms.web.access import READS_DESK, asks
from cms.web.desk import Accepted, Desk, SlugInPath
from domain.slug import Slug
from domain.tag import AddAlias, MergeTag, PartTag, SetTag, TagName
from projections import tags
from projections.store import Reads
from projections.tags import CountedTag

LISTED_MOST = 200


class TagForm(Struct, frozen=True, forbid_unknown_fields=True):
    name: TagName


class MergeForm(Struct, frozen=True, forbid_unknown_fields=True):
    """`into`: the slug of the tag that stays."""

    into: Slug


class DeskTag(CountedTag, frozen=True):
    """`aliases`: the slugs that lead to it, of tags that gave way and of those that never were one."""

    aliases: list[str]


class DeskTags(Struct, frozen=True):
    """`next`: ask for those after it; null where the list ends."""

    items: list[DeskTag]
    next: str | None


@get("/tags", opt=READS_DESK)
async def list_tags(
    request: Request[Any, Any, State],
    q: Annotated[str, QueryParameter(max_length=100, description="A part of the name, or of any slug.")] = "",
    after: Annotated[str, QueryParameter(max_length=100, description="`next` of the page before.")] = "",
) -> DeskTags:
    """Tags by slug, in use or not, each with what leads to it."""
    reading: Reading = request.app.state.reading
    found, *_ = await reading.ask(lambda reads: listed(reads, q.casefold().strip(), after))
    return found


def listed(reads: Reads, part: str, after: str) -> DeskTags:
    into = tags.aliases(reads)
    others = tags.leading(into)
    wanted = [
        tag
        for tag in tags.standing(reads, into)
        if tag.slug > after and any(part in text for text in (tag.name.casefold(), tag.slug, *others.get(tag.slug, ())))
    ]
    page = tags.counted(reads, wanted[:LISTED_MOST], others)
    items = [DeskTag(tag.slug, tag.name, tag.articles, others.get(tag.slug, [])) for tag in page]
    return DeskTags(items, items[-1].slug if len(wanted) > LISTED_MOST else None)


@put("/tags/{slug:str}", opt=asks(SetTag))
async def set_tag(desk: NamedDependency[Desk], slug: SlugInPath, data: JSONBody[TagForm]) -> Accepted:
    """Add a tag, or change the name that readers see."""
    return await desk.execute(SetTag(slug=slug, **forms.plain(data)))


@post("/tags/{slug:str}/merge", opt=asks(MergeTag), status_code=HTTPStatus.OK)
async def merge_tag(desk: NamedDependency[Desk], slug: SlugInPath, data: JSONBody[MergeForm]) -> Accepted:
    """Let a tag give way to another: its articles are found there, and its address leads there."""
    return await desk.execute(MergeTag(slug=slug, into=data.into))


@post("/tags/{slug:str}/part", opt=asks(PartTag), status_code=HTTPStatus.OK)
async def part_tag(desk: NamedDependency[Desk], slug: SlugInPath) -> Accepted:
    """Let a tag that gave way stand for itself again, or an alias lead nowhere."""
    return await desk.execute(PartTag(slug=slug))


@put("/tags/{slug:str}/aliases/{alias:str}", opt=asks(AddAlias))
async def add_alias(desk: NamedDependency[Desk], slug: SlugInPath, alias: SlugInPath) -> Accepted:
    """Let a slug that no tag has lead to this one."""
    return await desk.execute(AddAlias(slug=alias, into=slug))


handlers = [list_tags, set_tag, merge_tag, part_tag, add_alias]
