"""A history that is told in changes, and a site that has read it."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

from domain.article import ARTICLE, ArticlePublished, ArticleUnpublished, ArticleUpdated
from domain.content import Content, Edition
from domain.recorded import Recorded
from domain.rules import Change
from domain.section import SECTION, SectionAdded
from projections import site
from projections.cards import Site
from projections.follow import History, catch_up
from projections.sqlite_store import SQLiteStore
from projections.store import Row, Store
from tests.domain.given import NOON

SITE = Site("The Chronicle", "https://news.example", UTC)


def told(*changes: Change) -> list[Recorded]:
    versions: dict[str, int] = {}
    events = []
    for position, (stream, event) in enumerate(changes, start=1):
        versions[stream] = versions.get(stream, 0) + 1
        events.append(
            Recorded(
                stream=stream,
                version=versions[stream],
                at=NOON,
                by="staff-1",
                command=f"c{position}",
                event=event,
                position=position,
            )
        )
    return events


def history(events: Sequence[Recorded]) -> History:
    return lambda position, limit: [recorded for recorded in events if recorded.position > position][:limit]


def follow(store: Store, events: Sequence[Recorded], batch: int = 500) -> None:
    catch_up(history(events), store, site.project, batch=batch)


def rebuilt(events: Sequence[Recorded]) -> list[Row]:
    """All that a store holds that read the history in one batch."""
    with closing(SQLiteStore(":memory:")) as store:
        follow(store, events, batch=len(events) + 1)
        return list(store.dump())


def edition(
    *,
    headline: str = "Rain",
    slug: str = "rain",
    section: str = "world",
    at: datetime = NOON,
    tags: tuple[str, ...] = (),
    writers: tuple[str, ...] = (),
    source: str = "",
) -> Edition:
    content = Content(headline=headline, section=section, tags=tags, writers=writers, source=source)
    return Edition(slug=slug, published_at=at, updated_at=at, content=content)


def published(id: str, edition: Edition) -> Change:
    return ARTICLE.change(id, ArticlePublished(edition))


def updated(id: str, edition: Edition) -> Change:
    return ARTICLE.change(id, ArticleUpdated(edition))


def unpublished(id: str) -> Change:
    return ARTICLE.change(id, ArticleUnpublished())


def section(slug: str, position: int = 0, parent: str | None = None) -> Change:
    return SECTION.change(slug, SectionAdded(slug.title(), position, parent))
