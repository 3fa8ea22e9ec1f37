"""An article's editions side by side: how often each was looked at, so that two headlines can be compared."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct, structs

from cms.figures import Figures
from cms.moments import offset
from cms.periods import HOUR_SECONDS
from domain.article import ArticleTaken, ArticleViewsCarriedOver, EditionGiven
from domain.recorded import Recorded
from projections.store import Reads

EDITIONS_MOST = 100
# Of less, an hour's views would be a guess.
STOOD_SECONDS_LEAST = 600


class EditionFigures(Struct, frozen=True, kw_only=True):
    """`since`: from when readers got it here. `until`: null for the one that they have now. `views_per_hour`: between
    the two; null if they are less than ten minutes apart.
    """

    version: int
    headline: str
    since: datetime
    until: datetime | None
    views: int
    views_per_hour: float | None


class ArticleFigures(Figures, frozen=True, kw_only=True):
    """`editions`: the newest first, with all views that they ever had."""

    editions: list[EditionFigures]


class Stood(Struct, frozen=True):
    """`since`: an import may say that it was published long before."""

    version: int
    headline: str
    since: datetime
    until: datetime | None = None


def read(reads: Reads, article_id: str, events: Iterable[Recorded], as_of: datetime) -> list[EditionFigures]:
    """Views that no later edition is named for are the first one's, but for those that another system counted."""
    history = list(events)
    editions = list(stood(history))
    later = [f"edition:{article_id}:{edition.version}" for edition in editions[1:]]
    total, *counts = reads.totals([article_id, *later])
    carried = sum(one.event.views for one in history if isinstance(one.event, ArticleViewsCarriedOver))
    views = [max(0, total - carried - sum(counts)), *counts]
    found = [figures(edition, count, as_of) for edition, count in zip(editions, views, strict=False)]
    return found[: -EDITIONS_MOST - 1 : -1]


def stood(history: Iterable[Recorded]) -> Iterator[Stood]:
    """The editions in their order. What was given anew at the moment of the first publication is one with the first."""
    standing: Stood | None = None
    for one in history:
        match one.event:
            case EditionGiven(edition) if standing and edition.updated_at == edition.published_at:
                standing = structs.replace(standing, headline=edition.content.headline, until=None)
            case EditionGiven(edition):
                if standing:
                    yield structs.replace(standing, until=standing.until or one.at)
                standing = Stood(one.version, edition.content.headline, one.at)
            case ArticleTaken() if standing:
                standing = structs.replace(standing, until=one.at)
            case _:
                pass
    if standing:
        yield standing


def figures(edition: Stood, views: int, as_of: datetime) -> EditionFigures:
    zone = as_of.tzinfo
    assert zone is not None
    seconds = ((edition.until or as_of) - edition.since).total_seconds()
    return EditionFigures(
        version=edition.version,
        headline=edition.headline,
        since=offset(edition.since, zone),
        until=edition.until and offset(edition.until, zone),
        views=views,
        views_per_hour=round(views * HOUR_SECONDS / seconds, 1) if seconds >= STOOD_SECONDS_LEAST else None,
    )
