"""A small newspaper for the stories of tests, and what its desk asks for."""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier, Event
from time import monotonic
from typing import TypeVar

from cms import audit, tally
from cms.asks import View
from cms.history import History
from cms.newsroom import Newsroom
from domain.content import Content
from domain.drafting import DraftArticle, ReviseArticle
from domain.publishing import PublishArticle, UnpublishArticle, UpdateArticle
from domain.recorded import Recorded
from domain.section import SetSection
from domain.views import ViewsCounted
from domain.writer import SetWriter
from tests.cms.database import rows

Answer = TypeVar("Answer")

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
RAIN = Content(headline="Rain at last", section="world", writers=("ann-lee",))

DEADLINE_SECONDS = 60.0
LOOKED_EVERY_SECONDS = 0.01
# Longer than a test: views are rolled up when the newsroom closes.
NEVER_SECONDS = 3600.0


class Clock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def furnish(newsroom: Newsroom) -> None:
    newsroom.execute(SetSection(slug="world", name="World"), by="admin")
    newsroom.execute(SetWriter(slug="ann-lee", name="Ann Lee"), by="admin")


def draft(article: str = "a1", headline: str = RAIN.headline) -> DraftArticle:
    return DraftArticle(article_id=article, content=Content(headline=headline, section="world"), author="ann")


def revise(patch: dict[str, object], article: str = "a1", made_on: int | None = None) -> ReviseArticle:
    return ReviseArticle(article_id=article, patch=patch, made_on=made_on)


def publish(article: str = "a1", slug: str = "rain-at-last", made_on: int | None = None) -> PublishArticle:
    return PublishArticle(article_id=article, at=NOON, headline_slug=slug, made_on=made_on)


def update(article: str = "a1", made_on: int | None = None) -> UpdateArticle:
    return UpdateArticle(article_id=article, at=NOON, made_on=made_on)


def unpublish(article: str = "a1") -> UnpublishArticle:
    return UnpublishArticle(article_id=article)


async def read(newsroom: Newsroom, *articles: str) -> None:
    """Somebody opens these articles; done once each view is acknowledged."""
    await asyncio.gather(*(newsroom.count(View(article)) for article in articles))


def recorded(history: History, kind: type | None = None) -> list[Recorded]:
    return [one for one in audit.events(history) if kind is None or isinstance(one.event, kind)]


def views(history: History) -> Counter[str]:
    """What the history says of each article, over all moments."""
    total: Counter[str] = Counter()
    for one in recorded(history):
        if isinstance(one.event, ViewsCounted):
            for agents in (one.event.counts, *one.event.unsure.values()):
                for counts in agents.values():
                    total.update(counts)
    return total


def together(*works: Callable[[], Answer]) -> list[Answer]:
    """Each in a thread of its own, all let go at one moment."""
    start = Barrier(len(works))

    def run(work: Callable[[], Answer]) -> Answer:
        start.wait(DEADLINE_SECONDS)
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return [answer.result(DEADLINE_SECONDS) for answer in [threads.submit(run, work) for work in works]]


def in_journal(events_url: str) -> Counter[str]:
    """Views that are on disk and not yet in the history, by article."""
    total: Counter[str] = Counter()
    for (pack,) in rows(events_url, "select hits from hit_batch"):
        for counted in tally.decode(bytes(pack)):
            total[counted.article] += counted.hits
    return total


def until(holds: Callable[[], object], seconds: float = DEADLINE_SECONDS) -> None:
    """Look again and again, as other processes tell nobody when they are done."""
    give_up_at, pause = monotonic() + seconds, Event()
    while not holds():
        assert monotonic() < give_up_at, "It did not come to hold in time."
        pause.wait(LOOKED_EVERY_SECONDS)
