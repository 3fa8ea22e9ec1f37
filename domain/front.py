"""A front page, as editors arrange it: the site's or a section's. What they leave open is filled by a rule.

News that breaks stands in the stream of the site's front, and on every front.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta, Struct, structs

from domain.article import ARTICLE, Article, Status
from domain.role import Privilege
from domain.rules import Aggregate, Change, Event, Fold, Outdated, Unknown, decide, require
from domain.section import SECTION

THE_SITE = "site"
PINS_MOST = 20
PACKAGES_MOST = 10
PACKAGE_ARTICLES_MOST = 10
BREAKING_MOST = 10
BREAKING_HOURS = 24
PackageTitle = Annotated[str, Meta(min_length=1, max_length=100)]


class Fill(StrEnum):
    """What comes after the pins: the newest, or what was read most in 24 hours and then the newest."""

    LATEST = "latest"
    POPULAR = "popular"


class Package(Struct, frozen=True):
    """Articles that stand together, by id and in order."""

    title: PackageTitle
    articles: tuple[str, ...]


# Events.


class FrontArranged(Event, frozen=True):
    """The whole arrangement; `pins` are ids of articles, in order."""

    pins: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    fill: Fill = Fill.LATEST


class BreakingDeclared(Event, frozen=True):
    """The article is breaking news until then, whatever was said before."""

    article: str
    until: datetime


class BreakingEnded(Event, frozen=True):
    """Somebody ended it; or it had ended by itself, and the next declaration cleared it away."""

    article: str


FrontEvent = FrontArranged | BreakingDeclared | BreakingEnded


# State: only what the rules below need, and the desk asks for.


class Front(Struct, frozen=True):
    """`arranged`: the version that last arranged it, 0 if none did. `breaking`: until when, by article."""

    version: int = 0
    arranged: int = 0
    pins: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    fill: Fill = Fill.LATEST
    breaking: tuple[tuple[str, datetime], ...] = ()


def evolve(front: Front, event: FrontEvent) -> Front:
    version = front.version + 1
    match event:
        case FrontArranged(pins, packages, fill):
            return Front(version, version, pins, packages, fill, front.breaking)
        case BreakingDeclared(article, until):
            return structs.replace(front, version=version, breaking=(*others(front, article), (article, until)))
        case BreakingEnded(article):
            return structs.replace(front, version=version, breaking=others(front, article))


def others(front: Front, article: str) -> tuple[tuple[str, datetime], ...]:
    return tuple(one for one in front.breaking if one[0] != article)


FRONT = Aggregate("front", Front(), evolve)


# Commands, and what the newsroom decides on them.


class ArrangeFront(Struct, frozen=True, kw_only=True):
    """`front`: the section's slug; empty, it is the site's. `made_on`: the version that the editor saw, if any."""

    privilege: ClassVar[Privilege] = Privilege.MANAGE_FRONT

    front: str
    pins: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    fill: Fill = Fill.LATEST
    made_on: int | None = None

    @property
    def stream(self) -> str:
        return FRONT.stream(self.front or THE_SITE)

    @property
    def place(self) -> str:
        """The section whose staff may ask; empty, the site as a whole."""
        return self.front


class BreakingCommand(Struct, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.MANAGE_FRONT

    article_id: str

    @property
    def stream(self) -> str:
        return FRONT.stream(THE_SITE)


class DeclareBreaking(BreakingCommand, frozen=True, kw_only=True):
    """`at`: the moment of asking."""

    at: datetime
    until: datetime


class EndBreaking(BreakingCommand, frozen=True, kw_only=True):
    pass


@decide.register
def arrange(command: ArrangeFront, fold: Fold) -> list[Change]:
    id = command.front or THE_SITE
    if command.front and not fold(SECTION, command.front).exists:
        raise Unknown(f"There is no section '{command.front}'.")
    front = fold(FRONT, id)
    require_as_seen(command, front)
    wanted = FrontArranged(command.pins, command.packages, command.fill)
    if front.arranged and wanted == FrontArranged(front.pins, front.packages, front.fill):
        return []
    require_sizes(wanted)
    require_articles(wanted, front, fold)
    return [FRONT.change(id, wanted)]


@decide.register
def declare_breaking(command: DeclareBreaking, fold: Fold) -> list[Change]:
    article, front = existing(command, fold), fold(FRONT, THE_SITE)
    if (command.article_id, command.until) in front.breaking:
        return []
    require(article.status is Status.PUBLISHED, "Only a published article can be breaking news.")
    require(command.until > command.at, "Breaking news ends in the future.")
    latest = command.at + timedelta(hours=BREAKING_HOURS)
    require(command.until <= latest, f"Breaking news ends within {BREAKING_HOURS} hours; it can be declared again.")
    before = others(front, command.article_id)
    over = [one for one, until in before if until <= command.at]
    require(len(before) - len(over) < BREAKING_MOST, f"At most {BREAKING_MOST} articles are breaking news at once.")
    cleared = [FRONT.change(THE_SITE, BreakingEnded(one)) for one in over]
    return [*cleared, FRONT.change(THE_SITE, BreakingDeclared(command.article_id, command.until))]


@decide.register
def end_breaking(command: EndBreaking, fold: Fold) -> list[Change]:
    existing(command, fold)
    is_breaking = any(article == command.article_id for article, _ in fold(FRONT, THE_SITE).breaking)
    return [FRONT.change(THE_SITE, BreakingEnded(command.article_id))] if is_breaking else []


def existing(command: BreakingCommand, fold: Fold) -> Article:
    article = fold(ARTICLE, command.article_id)
    if article.status is None:
        raise Unknown("There is no such article.")
    return article


def require_as_seen(command: ArrangeFront, front: Front) -> None:
    made_on = command.made_on
    if made_on is not None and made_on > front.version:
        raise Outdated(f"The front has not come to version {made_on}; it is at {front.version}.")
    if made_on is not None and made_on < front.arranged:
        raise Outdated(f"The front was arranged with version {front.arranged}; this was made on {made_on}.")


def require_sizes(wanted: FrontArranged) -> None:
    require(len(wanted.pins) <= PINS_MOST, f"A front has at most {PINS_MOST} pins.")
    require(len(wanted.packages) <= PACKAGES_MOST, f"A front has at most {PACKAGES_MOST} packages.")
    for package in wanted.packages:
        fits = 1 <= len(package.articles) <= PACKAGE_ARTICLES_MOST
        require(fits, f"A package has 1 to {PACKAGE_ARTICLES_MOST} articles; '{package.title}' has not.")


def require_articles(wanted: FrontArranged, front: Front, fold: Fold) -> None:
    """Each once, and published; one that stands there already keeps its place while readers do not get it."""
    stood, passed = set(articles_of(front)), set[str]()
    for article in articles_of(wanted):
        require(article not in passed, f"The article '{article}' would stand on the front twice.")
        is_published = fold(ARTICLE, article).status is Status.PUBLISHED
        require(article in stood or is_published, f"The article '{article}' is not published.")
        passed.add(article)


def articles_of(front: Front | FrontArranged) -> Iterator[str]:
    yield from front.pins
    for package in front.packages:
        yield from package.articles
