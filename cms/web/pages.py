"""The desk's fixed pages. What is put here is published at once; every version of it can be read again."""

from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from cms import forms
from cms.forms import PageForm
from cms.newsroom import Newsroom
from cms.web import versions
from cms.web.access import READS_DESK, asks
from cms.web.desk import Accepted, Desk, Precondition, SlugInPath
from cms.web.problems import Failed
from cms.web.versions import After, Version, Versions
from domain.body import Block
from domain.page import PAGE, Page, PublishPage, TakeDownPage
from domain.rules import Outdated, Unknown


class DeskPage(Struct, frozen=True, kw_only=True):
    """`public`: readers get it; it was not taken down."""

    slug: str
    title: str
    body: tuple[Block, ...]
    position: int
    public: bool
    version: int


@put("/pages/{slug:str}", opt=asks(PublishPage))
async def publish_page(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    slug: SlugInPath,
    data: JSONBody[PageForm],
) -> Accepted:
    """Publish a page, or the next version of it: one that exists needs `If-Match`."""
    command = forms.page(slug, data, strict(precondition) or 0)
    try:
        return await desk.execute(command)
    except Outdated:
        precondition.named()
        raise


@post("/pages/{slug:str}/take-down", opt=asks(TakeDownPage), status_code=HTTPStatus.OK)
async def take_down_page(
    desk: NamedDependency[Desk], precondition: NamedDependency[Precondition], slug: SlugInPath
) -> Accepted:
    """Take a page from readers; published again, it is back."""
    return await desk.execute(TakeDownPage(slug=slug, made_on=strict(precondition)))


def strict(precondition: Precondition) -> int | None:
    if precondition.base is not None:
        raise Failed(HTTPStatus.BAD_REQUEST, "Pages are not merged: name the version with If-Match.")
    return precondition.strict


@get("/pages/{slug:str}", opt=READS_DESK, sync_to_thread=True)
def read_page(newsroom: NamedDependency[Newsroom], slug: SlugInPath) -> Response[DeskPage]:
    """A page as it stands. Its `ETag` is the version, for `If-Match`."""
    page = desk_page(newsroom, slug)
    return Response(page, headers={"etag": f'"{page.version}"', "cache-control": "private, no-cache"})


@get("/pages/{slug:str}/versions", opt=READS_DESK, sync_to_thread=True)
def get_page_versions(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    slug: SlugInPath,
    after: After = 0,
) -> Versions:
    """The page's versions, oldest first."""
    desk_page(newsroom, slug)
    return versions.listed(newsroom, PAGE.stream(slug), after, request.app.state.site.zone)


@get("/pages/{slug:str}/versions/{version:int}", opt=READS_DESK, sync_to_thread=True)
def get_page_version(newsroom: NamedDependency[Newsroom], slug: SlugInPath, version: Version) -> DeskPage:
    """The page as it stood at a version."""
    return desk_page(newsroom, slug, version)


def desk_page(newsroom: Newsroom, slug: str, version: int | None = None) -> DeskPage:
    found, page = newsroom.history.fold(PAGE, slug, version)
    if found == 0:
        raise Unknown(f"There is no page '{slug}'.")
    if version is not None and found < version:
        raise Unknown("The page has not come to this version.")
    return DeskPage(slug=slug, **{name: getattr(page, name) for name in Page.__struct_fields__})


handlers = [publish_page, take_down_page, read_page, get_page_versions, get_page_version]
