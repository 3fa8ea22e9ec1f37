"""What stands around each page: the menu, news that is breaking, the foot; beside it the newest and the most read."""

from datetime import datetime, timedelta

from msgspec import Struct

from cms.site import language
from cms.tracing import under
from projections import front, latest, pages, popular, sections
from projections.cards import Card, Site
from projections.front import BreakingCard
from projections.latest import EVERYTHING
from projections.pages import PageLine
from projections.popular import ViewedCard
from projections.sections import Section
from projections.store import Reads

BESIDE_SHOWN = 20


class Frame(Struct, frozen=True):
    """`names` of all sections, the closed ones too."""

    menu: tuple[Section, ...]
    names: dict[str, str]
    pages: list[PageLine]
    breaking: list[BreakingCard]


class Beside(Struct, frozen=True):
    latest: list[Card]
    popular: list[ViewedCard]


NOTHING = Frame((), {}, [], [])


def frame(reads: Reads, site: Site, now: datetime) -> Frame:
    names = {section.slug: section.name for section in sections.flat(reads)}
    return Frame(sections.read(reads), names, pages.menu(reads), front.breaking_cards(reads, site, now))


def ends(found: Frame, site: Site, now: datetime) -> float:
    """Unix time at which some news is breaking no more, or today is over."""
    tomorrow = language.today(now, site.zone) + timedelta(days=1)
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=site.zone)
    return min([midnight.timestamp(), *(card.until.timestamp() for card in found.breaking)])


def beside(reads: Reads, site: Site, as_of: datetime) -> Beside:
    # Each edition of what stands in them touches the list of the newest.
    asked = under(reads, EVERYTHING)
    newest = latest.read(asked, site, limit=BESIDE_SHOWN)
    most_read = popular.read(asked, site, as_of, window="24h", limit=BESIDE_SHOWN)
    assert newest is not None
    assert most_read is not None
    return Beside(newest.items, most_read.items)
