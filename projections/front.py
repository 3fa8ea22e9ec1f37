"""A front page as readers get it: what editors pinned and is public now, then a rule; packages; breaking news."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct, structs

from domain.front import THE_SITE, BreakingDeclared, BreakingEnded, Fill, FrontArranged, Package
from domain.recorded import Recorded
from projections import cards, popular
from projections.cards import Card, Site
from projections.latest import lists_within
from projections.store import Drop, Put, Reads, Write, id_of


class Arrangement(Struct, frozen=True):
    """As it is stored: ids, whether readers get these articles now or not."""

    pins: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    fill: Fill = Fill.LATEST


class Breaking(Struct, frozen=True):
    at: datetime
    until: datetime


class BreakingCard(Card, frozen=True, kw_only=True):
    """`until`: the moment at which it is breaking news no more."""

    until: datetime


class PackageOfCards(Struct, frozen=True):
    title: str
    items: list[Card]


class Front(Struct, frozen=True):
    """`pinned`: so many of `items`, the first, are pins; the others came by the rule `fill`."""

    items: list[Card]
    pinned: int
    packages: list[PackageOfCards]
    breaking: list[BreakingCard]
    fill: Fill


arrangements = msgspec.json.Decoder(Arrangement)
declared = msgspec.json.Decoder(Breaking)


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case FrontArranged(pins, packages, fill):
            return [Put("front", recorded.id, msgspec.json.encode(Arrangement(pins, packages, fill)))]
        case BreakingDeclared(article, until):
            return [Put("breaking", article, msgspec.json.encode(Breaking(recorded.at, until)))]
        case BreakingEnded(article):
            return [Drop("breaking", article)]
        case _:
            return []


def read(reads: Reads, site: Site, now: datetime, *, section: str | None = None, limit: int = 20) -> Front | None:
    """None: no such section. Whatever is not public now is passed over, and keeps its place."""
    within = lists_within(reads, section)
    if within is None:
        return None
    arranged, ends = arrangement(reads, section or THE_SITE), breaking(reads, now)
    placed = [*arranged.pins, *(id for package in arranged.packages for id in package.articles)]
    filling = by_rule(reads, now, arranged.fill, within, limit + len(placed))
    others = [id for id in filling if id not in placed][:limit]
    shown = {card.id: card for card in cards.read(reads, list(dict.fromkeys([*placed, *others, *ends])), site)}

    def public(ids: Sequence[str]) -> list[Card]:
        return [shown[id] for id in ids if id in shown]

    pins = public(arranged.pins)[:limit]
    packages = [PackageOfCards(package.title, public(package.articles)) for package in arranged.packages]
    return Front(
        items=[*pins, *public(others)][:limit],
        pinned=len(pins),
        packages=[package for package in packages if package.items],
        breaking=[breaking_card(card, ends[card.id], site) for card in public(list(ends))],
        fill=arranged.fill,
    )


def arrangement(reads: Reads, place: str) -> Arrangement:
    (found,) = reads.get("front", [place])
    return arrangements.decode(found) if found else Arrangement()


def breaking(reads: Reads, now: datetime) -> dict[str, datetime]:
    """When each ends that has not; the one that was declared last stands first."""
    known = [(id, declared.decode(document)) for id, document in reads.all("breaking")]
    known.sort(key=lambda one: (one[1].at, one[0]), reverse=True)
    return {id: one.until for id, one in known if one.until > now}


def breaking_cards(reads: Reads, site: Site, now: datetime) -> list[BreakingCard]:
    """Of the whole site."""
    ends = breaking(reads, now)
    return [breaking_card(card, ends[card.id], site) for card in cards.read(reads, list(ends), site)]


def by_rule(reads: Reads, now: datetime, fill: Fill, within: Sequence[str], limit: int) -> list[str]:
    most_read = popular.top(reads, now, "24h", within, limit) if fill is Fill.POPULAR else []
    newest = map(id_of, reads.page([within], None, limit))
    return list(dict.fromkeys([*(id for id, _ in most_read), *newest]))[:limit]


def breaking_card(card: Card, until: datetime, site: Site) -> BreakingCard:
    return BreakingCard(**structs.asdict(card), until=until.astimezone(site.zone))
