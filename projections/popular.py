"""What readers read most, by views counted in a window. A function of the position and of `as_of`, to ten seconds."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from msgspec import Struct, structs

from domain.article import ArticleViewsCarriedOver
from domain.recorded import Recorded
from domain.views import BUCKET_SECONDS, Counts, ViewsCounted
from projections import cards
from projections.cards import Card, Site
from projections.latest import lists_within
from projections.store import Add, Bucket, Forget, Reads, Write, cover

HOUR = 3600 // BUCKET_SECONDS
DAY = 24 * HOUR
WINDOWS = {"1h": HOUR, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "all": None}
# As if it were one: all articles together, public now or not. No article has such an id.
ALL_ARTICLES = "site:views"
UNSURE, BOTS = "unsure:", "bot:"
# A day more than the longest window: clocks differ a little. What is older is kept by quarters of an hour.
TEN_SECONDS_KEPT_DAYS = 31


class ViewedCard(Card, frozen=True, kw_only=True):
    views: int


class Popular(Struct, frozen=True):
    items: list[ViewedCard]
    window: str
    as_of: datetime


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case ViewsCounted() as event:
            return [*counted(event), *forgotten(event, bucket(recorded.at))]
        case ArticleViewsCarriedOver(views):
            return [Add(recorded.id, None, views)]
        case _:
            return []


def forgotten(event: ViewsCounted, recorded: int) -> Iterator[Forget]:
    """By the views themselves: a clock that was ahead for a moment stays in the times of recording."""
    of_agents = (event.counts, *event.unsure.values(), *event.bots.values())
    newest = max((bucket for counts in of_agents for bucket in counts), default=None)
    if newest is not None:
        yield Forget(min(newest, recorded) - TEN_SECONDS_KEPT_DAYS * DAY)


def counted(event: ViewsCounted) -> Iterator[Add]:
    """Bots are no readers; whoever does not tell is taken for one, and counted apart too."""
    yield from added(event.counts, "")
    for counts in event.unsure.values():
        yield from added(counts, "", UNSURE)
    for counts in event.bots.values():
        yield from added(counts, BOTS)
    for id, versions in event.editions.items():
        yield from (Add(f"edition:{id}:{version}", None, count) for version, count in versions.items())


def added(counts: Counts, *prefixes: str) -> Iterator[Add]:
    """In runs of one bucket, which are quick to add."""
    for bucket, views in counts.items():
        for prefix in prefixes:
            yield from (Add(prefix + id, bucket, count) for id, count in views.items())
            yield Add(prefix + ALL_ARTICLES, bucket, sum(views.values()))


def read(
    reads: Reads, site: Site, as_of: datetime, *, window: str = "24h", section: str | None = None, limit: int = 20
) -> Popular | None:
    """`window`: a key of `WINDOWS`; it ends with the bucket that `as_of` lies in. None: no such section."""
    within = lists_within(reads, section)
    if within is None:
        return None
    views = dict(top(reads, as_of, window, within, limit))
    items = [ViewedCard(**structs.asdict(card), views=views[card.id]) for card in cards.read(reads, list(views), site)]
    return Popular(items, window, moment(bucket(as_of), site.zone))


def top(reads: Reads, as_of: datetime, window: str, within: Sequence[str], limit: int) -> list[tuple[str, int]]:
    """Ids with their views, of any of these lists."""
    length = WINDOWS[window]
    weights = None if length is None else dict.fromkeys(ending(bucket(as_of), length), 1)
    return reads.top(weights, within, limit)


def ending(now: int, length: int) -> list[Bucket]:
    """The fewest buckets that are a window of this length, in tens of seconds, of which `now` is the last."""
    return cover(now + 1 - length, now + 1)


def bucket(as_of: datetime) -> int:
    return int(as_of.timestamp()) // BUCKET_SECONDS


def moment(bucket: int, zone: tzinfo) -> datetime:
    """At which it begins."""
    return datetime.fromtimestamp(bucket * BUCKET_SECONDS, UTC).astimezone(zone)
