"""The front page: as readers get it, and as editors arrange it."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, delete, get, put
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct

from cms.answers import NEVER
from cms.forms import CONTROL, BadField, can_be_seen
from cms.newsroom import Newsroom
from cms.web.access import ID, OPEN, asks, needs
from cms.web.asker import Asker
from cms.web.desk import Accepted, ArticleId, Desk, Moment, Precondition
from cms.web.occasions import also
from cms.web.parameters import Limit, Name
from cms.web.problems import Failed
from cms.web.public import next_count
from domain.front import (
    BREAKING_HOURS,
    FRONT,
    PACKAGE_ARTICLES_MOST,
    PACKAGES_MOST,
    PINS_MOST,
    THE_SITE,
    ArrangeFront,
    DeclareBreaking,
    EndBreaking,
    Fill,
    Package,
    PackageTitle,
)
from domain.role import Privilege
from domain.rules import Outdated, Unknown
from domain.section import SECTION
from projections import front
from projections.front import Front

Id = Annotated[str, Meta(pattern=ID)]
# Empty, and without one, it is the site's front.
Section = Annotated[
    str, QueryParameter(pattern=r"^[a-z0-9-]{0,100}$(?!\n)", description="A section's front; without it the site's.")
]
Minutes = Annotated[int, Meta(ge=1, le=BREAKING_HOURS * 60)]


class PackageForm(Struct, frozen=True, forbid_unknown_fields=True):
    title: PackageTitle
    articles: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=PACKAGE_ARTICLES_MOST)]


class FrontForm(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole arrangement: ids of articles. What is left out is empty, and `fill` is `latest`."""

    pins: Annotated[tuple[Id, ...], Meta(max_length=PINS_MOST)] = ()
    packages: Annotated[tuple[PackageForm, ...], Meta(max_length=PACKAGES_MOST)] = ()
    fill: Fill = Fill.LATEST


class BreakingForm(Struct, frozen=True, forbid_unknown_fields=True):
    """The moment at which it ends, or in how many minutes."""

    until: Moment | None = None
    minutes: Minutes | None = None


class DeclaredBreaking(Struct, frozen=True):
    article: str
    until: datetime


class Arrangement(Struct, frozen=True, kw_only=True):
    """As the desk sees it: ids, whether readers get these articles now or not. `breaking` stands with the site's."""

    section: str | None
    version: int
    pins: tuple[str, ...]
    packages: tuple[Package, ...]
    fill: Fill
    breaking: tuple[DeclaredBreaking, ...]


@get("/front", opt=OPEN)
async def get_front(
    asker: NamedDependency[Asker], newsroom: NamedDependency[Newsroom], section: Name = None, limit: Limit = 20
) -> Response[Front]:
    """What editors pinned and is public now, then the newest or the most read; packages, and news that breaks."""
    now = newsroom.clock()
    return await asker.answer(
        lambda reads: front.read(reads, asker.site, now, section=section, limit=limit),
        lambda found: holds_until(found, now),
    )


def holds_until(found: Front, now: datetime) -> float:
    """Unix time: some news ends to be breaking, or the most read are counted again."""
    counted = next_count(now) if found.fill is Fill.POPULAR else NEVER
    return min([counted, *(card.until.timestamp() for card in found.breaking)])


@get(
    "/front",
    opt=needs(Privilege.MANAGE_FRONT, Privilege.READ_DRAFTS),
    responses=also(HTTPStatus.NOT_FOUND),
    sync_to_thread=True,
)
def get_arrangement(newsroom: NamedDependency[Newsroom], section: Section = "") -> Response[Arrangement]:
    """The arrangement of a front. Its `ETag` is the version, for `If-Match`."""
    if section and not newsroom.state(SECTION, section).exists:
        raise Unknown(f"There is no section '{section}'.")
    arranged, now = newsroom.state(FRONT, section or THE_SITE), newsroom.clock()
    found = Arrangement(
        section=section or None,
        version=arranged.version,
        pins=arranged.pins,
        packages=arranged.packages,
        fill=arranged.fill,
        breaking=tuple(DeclaredBreaking(article, until) for article, until in arranged.breaking if until > now),
    )
    return Response(found, headers={"etag": f'"{found.version}"', "cache-control": "private, no-cache"})


@put("/front", opt=asks(ArrangeFront), responses=also(HTTPStatus.NOT_FOUND))
async def arrange_front(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    data: JSONBody[FrontForm],
    section: Section = "",
) -> Accepted:
    """Arrange a front anew, as a whole. `If-Match` names the version that it was made on; `"0"` if there is none."""
    if precondition.base is not None:
        raise Failed(HTTPStatus.BAD_REQUEST, "A front is not merged: name its version in If-Match.")
    packages = tuple(Package(title(form.title, order), form.articles) for order, form in enumerate(data.packages))
    made_on = precondition.strict or 0
    command = ArrangeFront(front=section, pins=data.pins, packages=packages, fill=data.fill, made_on=made_on)
    try:
        return await desk.execute(command)
    except Outdated:
        precondition.named()
        raise


def title(text: str, order: int) -> str:
    said = " ".join(text.split())
    if CONTROL.search(text) or not can_be_seen(said):
        raise BadField(f"packages[{order}].title", "A title needs a letter, and no control character.")
    return said


@put("/articles/{article_id:str}/breaking", opt=asks(DeclareBreaking))
async def declare_breaking(
    desk: NamedDependency[Desk], article_id: ArticleId, data: JSONBody[BreakingForm]
) -> Accepted:
    """Declare an article breaking news, for 24 hours at most. It ends by itself."""
    return await desk.execute(DeclareBreaking(article_id=article_id, at=desk.now(), until=end_of(data, desk)))


def end_of(form: BreakingForm, desk: Desk) -> datetime:
    if form.minutes is not None and form.until is None:
        return desk.now() + timedelta(minutes=form.minutes)
    if form.until is None or form.minutes is not None:
        raise BadField("until", "Say until when, or for how many minutes.")
    return desk.moment(form.until, "until")


@delete("/articles/{article_id:str}/breaking", opt=asks(EndBreaking), status_code=HTTPStatus.OK)
async def end_breaking(desk: NamedDependency[Desk], article_id: ArticleId) -> Accepted:
    """Say that an article is breaking news no more."""
    return await desk.execute(EndBreaking(article_id=article_id))


handlers = [get_arrangement, arrange_front, declare_breaking, end_breaking]
routes = Router(
    "/v1",
    tags=["Reading"],
    dependencies={"asker": Provide(Asker, sync_to_thread=False)},
    route_handlers=[get_front],
)
