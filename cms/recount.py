"""The lists of what is read, under other rules than the live ones: recounted from the history, in memory.

All that such a list is made of are sums of weighed views. So the replay adds them up at once and keeps no buckets:
whatever the store of the live lists has forgotten is still told apart here.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from cms.history import History
from domain.article import ArticleViewsCarriedOver
from domain.recorded import Recorded
from domain.views import Counts, ViewsCounted
from projections import cards, latest, popular, sections, trending, writers
from projections.cards import Card, Site
from projections.follow import catch_up
from projections.sqlite_store import SQLiteStore
from projections.store import Add, Place, Write, is_companion

# Of what readers get, what lists of cards are made of.
READ_MODELS = (sections, writers, cards, latest)
# Before ids and lists: counted, and listed, under the live rules.
LIVE = "live:"
EVERY_ARTICLE = 2**31
NAMES_KEPT = 4_096

Weight = Callable[[int | None], int]
"""Of a view in a bucket; None: at a moment that nobody knows. 0: it does not count."""


class Unsure(StrEnum):
    COUNT = "count"
    LEAVE_OUT = "leave-out"


class Rule(Struct, frozen=True):
    """`words`: whose name has one of them in it, in any letters, is a bot. None: who was recorded as one."""

    weight: Weight
    words: frozenset[str] | None = None
    unsure: Unsure = Unsure.COUNT

    def counts(self, event: ViewsCounted) -> Iterator[Counts]:
        yield event.counts
        if self.words is not None:
            yield from (counts for name, counts in event.bots.items() if not named(name, self.words))
        if self.unsure is Unsure.COUNT:
            yield from (counts for name, counts in event.unsure.items() if not named(name, self.words or frozenset()))


class Line(Struct, frozen=True, kw_only=True):
    """`count`: views, or the score. `change`: places won or lost against the live list, "new" or "gone"."""

    rank: int | None
    live_rank: int | None
    change: str
    count: int
    live_count: int
    id: str
    headline: str
    url: str


class Compared(Struct, frozen=True):
    """`gone`: what stands in the live list and not in the one that was asked for."""

    items: list[Line]
    gone: list[Line]


@lru_cache(NAMES_KEPT)
def named(name: str, words: frozenset[str]) -> bool:
    # A set knows its hash; a tuple would work it out anew for each name of each event, of 10,000 words.
    return any(word in name.lower() for word in words)


def in_window(now: int, length: int | None) -> Weight:
    """`length`: in buckets, the last of them is `now`. None: ever."""
    if length is None:
        return lambda bucket: 1 if bucket is None or bucket <= now else 0
    return lambda bucket: 1 if bucket is not None and now - length < bucket <= now else 0


def fading(now: int, minutes: int) -> Weight:
    weights = trending.weights(now, minutes * trending.MINUTE)

    def weight(bucket: int | None) -> int:
        if bucket is None:
            return 0
        return weights.get((1, bucket)) or weights.get((trending.QUARTER, bucket - bucket % trending.QUARTER), 0)

    return weight


def recounted(
    history: History, until: int, asked: Rule, live: Weight, reached: Callable[[int], None] = lambda position: None
) -> SQLiteStore:
    """What is public at a position, with totals under both rules. Nothing is written but to this memory."""

    def project(recorded: Recorded) -> list[Write]:
        listed = [write for model in READ_MODELS for write in model.project(recorded)]
        again = [
            Place(LIVE + place.id, place.key[:17] + LIVE + place.id, tuple(LIVE + name for name in place.lists))
            for place in listed
            if isinstance(place, Place)
        ]
        return [*listed, *again, *counted(recorded, asked), *counted_live(recorded, live)]

    store = SQLiteStore(":memory:")
    catch_up(history.for_readers, store, project, until=until, applied=lambda touched: reached(touched.position))
    return store


def counted(recorded: Recorded, rule: Rule) -> Iterator[Add]:
    match recorded.event:
        case ViewsCounted() as event:
            for counts in rule.counts(event):
                for bucket, views in counts.items():
                    if weight := rule.weight(bucket):
                        yield from (Add(id, None, count * weight) for id, count in views.items())
        case ArticleViewsCarriedOver(views):
            if weight := rule.weight(None):
                yield Add(recorded.id, None, views * weight)
        case _:
            pass


def counted_live(recorded: Recorded, weigh: Weight) -> Iterator[Add]:
    """As the live lists count, by their own projection."""
    for write in popular.project(recorded):
        if isinstance(write, Add) and not is_companion(write.id) and (weight := weigh(write.bucket)):
            yield Add(LIVE + write.id, None, write.count * weight)


def compared(store: SQLiteStore, site: Site, section: str | None, limit: int) -> Compared | None:
    """None: no such section."""
    within = [latest.EVERYTHING] if section is None else sections.lists_of(store, section)
    if within is None:
        return None
    asked = dict(store.top(None, within, limit))
    live = [
        (id.removeprefix(LIVE), count) for id, count in store.top(None, [LIVE + name for name in within], EVERY_ARTICLE)
    ]
    gone = [id for id, _ in live[:limit] if id not in asked]
    ranks = {id: (rank, count) for rank, (id, count) in enumerate(live, start=1)}

    def line(card: Card, rank: int | None, count: int) -> Line:
        live_rank, live_count = ranks.get(card.id, (None, 0))
        return Line(
            rank=rank,
            live_rank=live_rank,
            change=change(rank, live_rank, limit),
            count=count,
            live_count=live_count,
            id=card.id,
            headline=card.headline,
            url=card.url,
        )

    return Compared(
        [line(card, rank, asked[card.id]) for rank, card in enumerate(cards.read(store, list(asked), site), start=1)],
        [
            line(card, None, count)
            for card, count in zip(cards.read(store, gone, site), store.totals(gone), strict=True)
        ],
    )


def change(rank: int | None, live_rank: int | None, limit: int) -> str:
    """`limit`: where the live list ends."""
    if rank is None:
        return "gone"
    if live_rank is None or live_rank > limit:
        return "new"
    return f"{live_rank - rank:+d}" if live_rank != rank else "="
