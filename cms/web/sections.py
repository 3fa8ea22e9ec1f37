"""The desk's sections: added, renamed, moved, closed, and which of them ask for four eyes."""

import asyncio
from http import HTTPStatus
from typing import Any

from litestar import Request, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import UNSET, Struct, UnsetType

from cms import forms
from cms.newsroom import Newsroom
from cms.reading import Reading
from cms.web.access import READS_DESK, asks
from cms.web.desk import Accepted, Desk, SlugInPath
from domain.section import SECTION, CloseSection, MenuPosition, Name, ReopenSection, SetFourEyes, SetSection
from domain.slug import Slug
from projections.sections import flat


class SectionForm(Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays; a `parent` that is null: at the top."""

    name: Name
    position: MenuPosition | UnsetType = UNSET
    parent: Slug | None | UnsetType = UNSET


class FourEyesForm(Struct, frozen=True, forbid_unknown_fields=True):
    required: bool


class DeskSection(Struct, frozen=True, kw_only=True):
    """`four_eyes`: readers get only what somebody else has approved than those who wrote it."""

    slug: str
    name: str
    position: int
    parent: str | None
    closed: bool
    four_eyes: bool


class DeskSections(Struct, frozen=True):
    items: list[DeskSection]


@get("/sections", opt=READS_DESK)
async def list_sections(request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom]) -> DeskSections:
    """All sections in their order, the closed ones too; `parent` tells what each is part of."""
    reading: Reading = request.app.state.reading
    found, *_ = await reading.ask(flat)
    return DeskSections(await asyncio.to_thread(lambda: [desk_section(newsroom, section.slug) for section in found]))


def desk_section(newsroom: Newsroom, slug: str) -> DeskSection:
    section = newsroom.state(SECTION, slug)
    return DeskSection(
        slug=slug,
        name=section.name,
        position=section.position,
        parent=section.parent,
        closed=section.closed,
        four_eyes=section.four_eyes,
    )


@put("/sections/{slug:str}", opt=asks(SetSection))
async def set_section(desk: NamedDependency[Desk], slug: SlugInPath, data: JSONBody[SectionForm]) -> Accepted:
    """Add a section, rename it, or give it another place in the menu."""
    return await desk.execute(SetSection(slug=slug, **forms.plain(data)))


@post("/sections/{slug:str}/close", opt=asks(CloseSection), status_code=HTTPStatus.OK)
async def close_section(desk: NamedDependency[Desk], slug: SlugInPath) -> Accepted:
    """Take a section from the menu: it gets no new articles, and what it holds stays readable."""
    return await desk.execute(CloseSection(slug=slug))


@post("/sections/{slug:str}/reopen", opt=asks(ReopenSection), status_code=HTTPStatus.OK)
async def reopen_section(desk: NamedDependency[Desk], slug: SlugInPath) -> Accepted:
    """Put a closed section back to its place."""
    return await desk.execute(ReopenSection(slug=slug))


@put("/sections/{slug:str}/four-eyes", opt=asks(SetFourEyes))
async def set_four_eyes(desk: NamedDependency[Desk], slug: SlugInPath, data: JSONBody[FourEyesForm]) -> Accepted:
    """Say whether readers get only what somebody else has approved than those who wrote it."""
    return await desk.execute(SetFourEyes(slug=slug, required=data.required))


handlers = [list_sections, set_section, close_section, reopen_section, set_four_eyes]
