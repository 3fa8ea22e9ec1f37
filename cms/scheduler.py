"""The scheduler: takes the steps of articles when their moment has come. One in every process; each step is taken once.

Who takes it is left open: the decision looks at the article's own stream, and of two processes that decide at once the
second meets the first's events and finds no step any more.
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from threading import Event as Flag
from threading import Thread
from typing import Any, NamedTuple

from eventsourcing.persistence import PersistenceError

from cms import forms
from cms.asks import Receipt, Unavailable
from cms.newsroom import ANSWERED_WITHIN_SECONDS, Newsroom
from cms.worklist import moment
from domain.article import ARTICLE
from domain.scheduling import TakeStep
from projections.store import microseconds

BY = "system:schedule"
LOOKED_EVERY = timedelta(milliseconds=200)
PAUSED_LEAST = timedelta(milliseconds=10)
ARTICLES_AT_ONCE = 100
# An article whose steps cannot be decided on, because something is broken, is left for so long.
RESTED = timedelta(seconds=30)

AWAY = (Unavailable, PersistenceError, sqlite3.Error, TimeoutError)

log = logging.getLogger(__name__)


class Due(NamedTuple):
    """Sorts by its moment; the order of steps that have the same does not matter, as long as it is one."""

    at: datetime
    article_id: str
    step_id: str
    headline: str


class Scheduler(Thread):
    """`resting`: until when articles are left alone."""

    def __init__(self, newsroom: Newsroom) -> None:
        super().__init__(name="scheduler", daemon=True)
        self.newsroom = newsroom
        self.stopping = Flag()
        self.resting: dict[str, datetime] = {}
        self.away = False

    def close(self) -> None:
        self.stopping.set()
        self.join()

    def run(self) -> None:
        pause = timedelta()
        while not self.stopping.wait(pause.total_seconds()):
            try:
                pause = self.take_due()
                self.away = False
            except Exception as error:
                pause = LOOKED_EVERY
                self.trouble(error)

    def trouble(self, error: Exception) -> None:
        """What lasts is said once."""
        if not self.away:
            log.error("Steps of schedules cannot be taken now; trying again.", exc_info=error)
        self.away = True

    def take_due(self) -> timedelta:
        """Take all that is due, the earliest first; return after what time to look again. Raises if nobody answers."""
        while True:
            now = self.newsroom.clock()
            self.resting = {id: until for id, until in self.resting.items() if until > now}
            rows = self.planned(now + LOOKED_EVERY)
            due = sorted(self.due(rows, now))
            if not due or self.stopping.is_set():
                return self.pause(rows, now)
            for one, answer in [(one, self.ask(one, now)) for one in due]:
                self.answered(one, answer)

    def pause(self, rows: Sequence[Any], now: datetime) -> timedelta:
        ahead = [moment(row["next_step_at"]) - now for row in rows]
        return max(PAUSED_LEAST, min((wait for wait in ahead if wait > timedelta()), default=LOOKED_EVERY))

    def due(self, rows: Sequence[Any], now: datetime) -> Iterator[Due]:
        """Of a page of articles, all steps that come before those of the next page."""
        is_full = len(rows) >= ARTICLES_AT_ONCE + len(self.resting)
        until = min(now, moment(rows[-1]["next_step_at"])) if is_full else now
        for row in rows:
            if row["id"] not in self.resting and moment(row["next_step_at"]) <= until:
                yield from self.steps(row["id"], until)

    def steps(self, article_id: str, until: datetime) -> list[Due]:
        try:
            article = self.newsroom.state(ARTICLE, article_id)
        except AWAY:
            raise
        except Exception as error:
            self.rest(article_id, error)
            return []
        assert article.content is not None
        headline = article.content.headline
        return [Due(step.due_at, article_id, step.id, headline) for step in article.steps if step.due_at <= until]

    def ask(self, due: Due, now: datetime) -> "Future[Receipt]":
        slug = forms.headline_slug(due.headline)
        command = TakeStep(article_id=due.article_id, step_id=due.step_id, at=now, headline_slug=slug)
        return self.newsroom.submit(command, BY)

    def answered(self, due: Due, answer: "Future[Receipt]") -> None:
        try:
            answer.result(ANSWERED_WITHIN_SECONDS)
        except AWAY:
            raise
        except Exception as error:
            self.rest(due.article_id, error)

    def rest(self, article_id: str, error: Exception) -> None:
        log.error("The steps of article %s cannot be taken; trying again later.", article_id, exc_info=error)
        self.resting[article_id] = self.newsroom.clock() + RESTED

    def planned(self, until: datetime) -> list[Any]:
        """The articles with the earliest steps; those that rest take nobody's place."""
        return self.newsroom.history.select(
            "select id, next_step_at from desk where next_step_at <= ? order by next_step_at, id limit ?",
            microseconds(until),
            ARTICLES_AT_ONCE + len(self.resting),
        )
