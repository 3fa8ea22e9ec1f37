"""What readers read most, by views counted in a window. A function of the position and of `as_of`, to ten seconds."""

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct, structs

from domain.article import ArticleViewsCarriedOver
from domain.recorded import Recorded
from domain.views import BUCKET_SECONDS, ViewsCounted
from projections import cards, sections
from projections.cards import Card, Site
from projections.latest import EVERYTHING
from projections.store import Add, Reads, Write, cover

HOUR = 3600 // BUCKET_SECONDS
WINDOWS = {"1h": HOUR, "24h": 24 * HOUR, "7d": 7 * 24 * HOUR, "30d": 30 * 24 * HOUR, "all": None}


class ViewedCard(Card, frozen=True, kw_only=True):
    views: int


class Popular(Struct, frozen=True):
    items: list[ViewedCard]
    window: str
    as_of: datetime


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case ViewsCounted(counts):
            return [Add(id, bucket, count) for bucket, views in counts.items() for id, count in views.items()]
        case ArticleViewsCarriedOver(views):
            return [Add(recorded.id, None, views)]
        case _:
            return []


def read(
    reads: Reads, site: Site, as_of: datetime, *, window: str = "24h", section: str | None = None, limit: int = 20
) -> Popular | None:
    """`window`: a key of `WINDOWS`; it ends with the bucket that `as_of` lies in. None: no such section."""
    within = [EVERYTHING] if not section else sections.lists_of(reads, section)
    if within is None:
        return None
    views = dict(top(reads, as_of, window, within, limit))
    items = [ViewedCard(**structs.asdict(card), views=views[card.id]) for card in cards.read(reads, list(views), site)]
    last = bucket(as_of) * BUCKET_SECONDS
    return Popular(items, window, datetime.fromtimestamp(last, UTC).astimezone(site.zone))


def top(reads: Reads, as_of: datetime, window: str, within: Sequence[str], limit: int) -> list[tuple[str, int]]:
    """Ids with their views, of any of these lists."""
    now, length = bucket(as_of), WINDOWS[window]
    return reads.top(None if length is None else cover(now + 1 - length, now + 1), within, limit)


def bucket(as_of: datetime) -> int:
    return int(as_of.timestamp()) // BUCKET_SECONDS
