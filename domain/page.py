"""A fixed page, such as that about the newspaper. Readers get what was published last; there is no draft."""

from typing import ClassVar

from msgspec import Struct, structs

from domain.body import Body
from domain.content import Headline
from domain.role import Privilege
from domain.rules import Aggregate, Change, Event, Fold, Outdated, Unknown, decide, require
from domain.section import MenuPosition
from domain.slug import Slug

# Events.


class PagePublished(Event, frozen=True):
    """`position`: its place among the pages."""

    title: str
    body: Body = ()
    position: int = 0


class PageTakenDown(Event, frozen=True):
    pass


PageEvent = PagePublished | PageTakenDown


# State: only what the rules below need, and the desk asks for.


class Page(Struct, frozen=True):
    """`version` counts the events."""

    version: int = 0
    title: str = ""
    body: Body = ()
    position: int = 0
    public: bool = False


def evolve(page: Page, event: PageEvent) -> Page:
    version = page.version + 1
    match event:
        case PagePublished(title, body, position):
            return Page(version, title, body, position, public=True)
        case PageTakenDown():
            return structs.replace(page, version=version, public=False)


PAGE = Aggregate("page", Page(), evolve)


# Commands, and what the newsroom decides on them.


class PageCommand(Struct, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.MANAGE_PAGES

    slug: Slug

    @property
    def stream(self) -> str:
        return PAGE.stream(self.slug)


class PublishPage(PageCommand, frozen=True, kw_only=True):
    """`made_on`: the version that the editor saw; 0, there was none."""

    title: Headline
    body: Body = ()
    position: MenuPosition = 0
    made_on: int = 0


class TakeDownPage(PageCommand, frozen=True, kw_only=True):
    """`made_on` None asks for no check."""

    made_on: int | None = None


@decide.register
def publish_page(command: PublishPage, fold: Fold) -> list[Change]:
    page = fold(PAGE, command.slug)
    require_seen(page, command.made_on)
    ids = [block.id for block in command.body]
    require(all(ids) and len(set(ids)) == len(ids), "Every block needs an id of its own.")
    if page == Page(page.version, command.title, command.body, command.position, public=True):
        return []
    return [PAGE.change(command.slug, PagePublished(command.title, command.body, command.position))]


@decide.register
def take_down_page(command: TakeDownPage, fold: Fold) -> list[Change]:
    page = fold(PAGE, command.slug)
    if not page.version:
        raise Unknown(f"There is no page '{command.slug}'.")
    if command.made_on is not None:
        require_seen(page, command.made_on)
    return [PAGE.change(command.slug, PageTakenDown())] if page.public else []


def require_seen(page: Page, version: int) -> None:
    if page.version == version:
        return
    if not page.version:
        raise Outdated("There is no such page yet.")
    raise Outdated(f"The page changed with version {page.version}; this was made on {version}.")
