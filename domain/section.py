"""A section of the site: its name, its place in the menu, and the section that it is part of."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from domain.role import Privilege
from domain.rules import Aggregate, Change, Event, Fold, Unknown, decide, require
from domain.slug import Slug

Name = Annotated[str, Meta(min_length=1, max_length=100)]
MENU_POSITION_MOST = 10_000
MenuPosition = Annotated[int, Meta(ge=0, le=MENU_POSITION_MOST)]
LEVELS_MOST = 8

# An address begins with its section: these words already begin another route, or name the site as a whole.
RESERVED = frozenset(
    "v1 editorial audit feeds tag tags writer writers archive page pages search schema health ready metrics static"
    " front latest popular related trending sections sitemap news-sitemap robots favicon preview reset corrections"
    " admin api login logout well-known assets media site".split()
)


# Events.


class SectionAdded(Event, frozen=True):
    name: str
    position: int = 0
    parent: str | None = None


class SectionRenamed(Event, frozen=True):
    name: str


class SectionMoved(Event, frozen=True):
    position: int
    parent: str | None = None


class SectionClosed(Event, frozen=True):
    """It takes no new articles and leaves the menu; what it holds can still be read."""


class SectionReopened(Event, frozen=True):
    pass


class SectionFourEyesSet(Event, frozen=True):
    """Whether readers get only what somebody else has approved than those who wrote it."""

    required: bool


class MenuRearranged(Event, frozen=True):
    """A section came under another, or to the top.

    All of these meet in one stream: two at once could make a circle, or a tree that is too deep.
    """

    section: str
    parent: str | None = None


SectionEvent = SectionAdded | SectionRenamed | SectionMoved | SectionClosed | SectionReopened | SectionFourEyesSet


# State: only what the rules below need.


class Section(Struct, frozen=True):
    name: str = ""
    position: int = 0
    parent: str | None = None
    closed: bool = False
    four_eyes: bool = False

    @property
    def exists(self) -> bool:
        return self.name != ""


def evolve(section: Section, event: SectionEvent) -> Section:
    match event:
        case SectionAdded(name, position, parent):
            return Section(name, position, parent)
        case SectionRenamed(name):
            return structs.replace(section, name=name)
        case SectionMoved(position, parent):
            return structs.replace(section, position=position, parent=parent)
        case SectionClosed():
            return structs.replace(section, closed=True)
        case SectionReopened():
            return structs.replace(section, closed=False)
        case SectionFourEyesSet(required):
            return structs.replace(section, four_eyes=required)


SECTION = Aggregate("section", Section(), evolve)


class Menu(Struct, frozen=True):
    """By section: the one that it is part of."""

    parents: Mapping[str, str] = {}

    def levels(self, slug: str) -> int:
        """Of a section with all that is part of it."""
        return 1 + max((self.levels(below) for below, parent in self.parents.items() if parent == slug), default=0)


def evolve_menu(menu: Menu, event: MenuRearranged) -> Menu:
    others = {section: parent for section, parent in menu.parents.items() if section != event.section}
    return Menu(others if event.parent is None else {**others, event.section: event.parent})


MENU = Aggregate("menu", Menu(), evolve_menu)
THE_MENU = "site"


# Commands, and what the newsroom decides on them.


class SectionCommand(Struct, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.MANAGE_SECTIONS

    slug: Slug

    @property
    def stream(self) -> str:
        return SECTION.stream(self.slug)

    @property
    def place(self) -> str:
        """The section whose staff may ask."""
        return self.slug


class SetSection(SectionCommand, frozen=True, kw_only=True):
    """Add a section, or bring the one that stands to this name and place. What is left out stays."""

    name: Name
    position: MenuPosition | UnsetType = UNSET
    parent: Slug | None | UnsetType = UNSET


class CloseSection(SectionCommand, frozen=True, kw_only=True):
    """Its sub-sections stay as they are."""


class ReopenSection(SectionCommand, frozen=True, kw_only=True):
    pass


class SetFourEyes(SectionCommand, frozen=True, kw_only=True):
    required: bool


@decide.register
def set_section(command: SetSection, fold: Fold) -> list[Change]:
    before = fold(SECTION, command.slug)
    position = before.position if command.position is UNSET else command.position
    parent = before.parent if command.parent is UNSET else command.parent
    after = structs.replace(before, name=command.name, position=position, parent=parent)
    require(command.slug not in RESERVED, f"'{command.slug}' is the first word of another address.")
    if after.parent == before.parent:
        return brought(command.slug, before, after)
    require_place(command.slug, after.parent, fold)
    rearranged = MENU.change(THE_MENU, MenuRearranged(command.slug, after.parent))
    return [rearranged, *brought(command.slug, before, after)]


@decide.register
def close_section(command: CloseSection, fold: Fold) -> list[Change]:
    return [] if at_hand(command, fold).closed else [SECTION.change(command.slug, SectionClosed())]


@decide.register
def reopen_section(command: ReopenSection, fold: Fold) -> list[Change]:
    return [SECTION.change(command.slug, SectionReopened())] if at_hand(command, fold).closed else []


@decide.register
def set_four_eyes(command: SetFourEyes, fold: Fold) -> list[Change]:
    if at_hand(command, fold).four_eyes is command.required:
        return []
    return [SECTION.change(command.slug, SectionFourEyesSet(command.required))]


def brought(slug: str, before: Section, after: Section) -> list[Change]:
    """What makes a section of this name, at this place, of the one that stands, if one does."""
    if not before.exists:
        return [SECTION.change(slug, SectionAdded(after.name, after.position, after.parent))]
    changes = []
    if before.name != after.name:
        changes.append(SECTION.change(slug, SectionRenamed(after.name)))
    if (before.position, before.parent) != (after.position, after.parent):
        changes.append(SECTION.change(slug, SectionMoved(after.position, after.parent)))
    return changes


def at_hand(command: SectionCommand, fold: Fold) -> Section:
    section = fold(SECTION, command.slug)
    if not section.exists:
        raise Unknown(f"There is no section '{command.slug}'.")
    return section


def require_place(slug: str, parent: str | None, fold: Fold) -> None:
    """The parent exists, the section is not its own ancestor, and the tree is not too deep for it."""
    passed = {slug}
    while parent is not None:
        above = fold(SECTION, parent)
        require(above.exists, f"There is no section '{parent}'.")
        require(parent not in passed, "A section cannot be part of itself.")
        passed.add(parent)
        parent = above.parent
    levels = len(passed) - 1 + fold(MENU, THE_MENU).levels(slug)
    require(levels <= LEVELS_MOST, f"Sections lie within each other on at most {LEVELS_MOST} levels.")


def require_open(slug: str, fold: Fold) -> None:
    """The section takes new articles."""
    section = fold(SECTION, slug)
    require(section.exists, f"There is no section '{slug}'.")
    require(not section.closed, f"The section '{slug}' is closed: it takes no new articles.")
