"""Who keeps read models up to date: one process at a time, and another when that one is gone."""

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import psycopg
from redis.exceptions import LockError, RedisError

from cms.alone import NotAlone, holding
from cms.history import History, PostgresHistory
from cms.settings import sqlite_path
from projections.follow import catch_up
from projections.redis_store import RedisStore
from projections.site import project
from projections.store import Store, Touched

LOOKED_EVERY_SECONDS = 0.02
TAKEN_OVER_SECONDS = 0.5
LEASE_SECONDS = 5.0

log = logging.getLogger(__name__)


def collect_less_garbage() -> None:
    """Batches make many objects and no cycles; looking for those each time took a tenth of a replay."""
    gc.set_threshold(50_000, 20, 20)


class Follower(Thread):
    """Applies what is new to the store, as long as this process holds the right to. `applied` hears of each batch."""

    def __init__(self, history: History, store: Store, reads: str, applied: Callable[[Touched], None]) -> None:
        super().__init__(name="follower", daemon=True)
        self.history = history
        self.store = store
        self.reads = reads
        self.applied = [applied]
        self.news = Flag()
        self.stopping = Flag()
        self.active = Flag()

    def committed(self, head: int) -> None:
        """This process recorded something: look at once."""
        self.news.set()

    def close(self) -> None:
        self.stopping.set()
        self.news.set()
        self.join()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                with alone(self.reads, self.store) as still_alone, news_of(self.history, self.news) as wait:
                    self.active.set()
                    self.follow(still_alone, wait)
            except NotAlone:
                pass
            except Exception:
                # A batch that cannot be applied now is tried again, for nothing may be passed over.
                log.exception("The read models are not followed; trying again.")
            self.active.clear()
            self.stopping.wait(TAKEN_OVER_SECONDS)

    def follow(self, still_alone: Callable[[], None], wait: Callable[[], None]) -> None:
        while not self.stopping.is_set():
            self.news.clear()

            def applied(touched: Touched) -> None:
                for hear in self.applied:
                    hear(touched)
                still_alone()
                if self.stopping.is_set():
                    raise Stopped

            if self.store.position() > self.history.head():
                log.error("The read models are ahead of the history, so they are of another one: they are made anew.")
                self.store.clear()
            elif not self.store.fits():
                log.warning("The read models were made by another version: they are made anew.")
                self.store.clear()
            try:
                catch_up(self.history.for_readers, self.store, project, applied=applied)
            except Stopped:
                break
            still_alone()
            wait()
        self.finish()

    def finish(self) -> None:
        """What was recorded last, if that is little, so that nothing is behind after a stop."""
        head = self.history.head()
        if self.store.fits() and head - self.store.position() <= self.store.batch_events:
            catch_up(self.history.for_readers, self.store, project, until=head)


class Stopped(Exception):
    """The process ends; another goes on from here."""


@contextmanager
def alone(reads: str, store: Store) -> Iterator[Callable[[], None]]:
    """The right to follow, until it ends or its process does. The callable holds on to it, or raises `NotAlone`.

    It only saves work: a store refuses a batch that another follower applied first.
    """
    if isinstance(store, RedisStore):
        lease = store.redis.lock(store.key("follower"), timeout=LEASE_SECONDS, blocking=False)
        if not lease.acquire():
            raise NotAlone

        def hold_on() -> None:
            try:
                lease.reacquire()
            except LockError:
                raise NotAlone from None

        try:
            yield hold_on
        finally:
            with suppress(RedisError):
                lease.release()
    else:
        with holding(Path(sqlite_path(reads) + ".follower")):
            yield lambda: None


@contextmanager
def news_of(history: History, news: Flag) -> Iterator[Callable[[], None]]:
    """A callable that waits until something may have been recorded, here or by another process."""
    with ExitStack() as stack:
        if isinstance(history, PostgresHistory):
            connection = stack.enter_context(psycopg.connect(history.url, autocommit=True))
            connection.execute(f'listen "{history.table}"')

            def wait() -> None:
                for _ in connection.notifies(timeout=TAKEN_OVER_SECONDS, stop_after=1):
                    return
        else:

            def wait() -> None:
                news.wait(LOOKED_EVERY_SECONDS)

        yield wait
