"""The committer: the one thread of a process that writes to the history.

A commit costs a flush of the disk, and what is recorded together shares it. So commands and hits wait in a queue; the
committer takes all that wait, decides the commands in order on folded states, and saves everything in one transaction.
"""

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from threading import Event as Flag
from threading import Lock, Thread
from typing import Any

from eventsourcing.persistence import IntegrityError, PersistenceError

from cms.asks import Ask, Hit, Item, Note, Unavailable, settle
from cms.batch import Batch
from cms.history import History
from cms.journal import Journal
from cms.recorders import RowsMoved, Statement
from domain.rules import Aggregate, Refused, State
from domain.views import BUCKET_SECONDS

WAITING_MOST = 20_000
BATCH_MOST = 500
# Some agents take two milliseconds to be told apart, and whoever likes can send them: editors wait for a few.
HITS_MOST = 200
HITS_BESIDE_MOST = 50
# Where so many views came together, as many more are on their way: a commit that waits for them is one commit fewer.
TOGETHER_LEAST = 8
GATHERED_SECONDS = 0.001
FOLDS_KEPT = 4_000
RETRIED_SECONDS = 5.0
KEYS_KEPT = timedelta(days=1)
KEYS_FORGOTTEN_EVERY = timedelta(hours=1)

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Committer(Thread):
    """`committed` is told the head of the history after each commit."""

    def __init__(
        self,
        history: History,
        clock: Clock = utc_now,
        committed: Callable[[int], None] = lambda head: None,
        roll_up_seconds: float = BUCKET_SECONDS,
        zone: tzinfo = UTC,
    ) -> None:
        super().__init__(name="committer", daemon=True)
        self.history = history
        self.clock = clock
        self.committed = committed
        self.roll_up_seconds = roll_up_seconds
        self.journal = Journal(history, zone)
        self.waiting: deque[Ask | Note] = deque()
        self.hits: deque[Hit] = deque()
        self.wake = Flag()
        self.hits_come_together = False
        self.closing = False
        self.ended = False
        self.door = Lock()
        self.folds: OrderedDict[str, tuple[int, Any]] = OrderedDict()
        self.head = history.head()
        # Times of recording never run backwards, whatever the clocks of the machines that record do.
        self.latest_at = datetime.min.replace(tzinfo=UTC)
        self.keys_forgotten_at = datetime.min.replace(tzinfo=UTC)

    # Asking. Any thread may.

    def ask(self, item: Item) -> None:
        with self.door:
            if self.closing:
                raise Unavailable("The newsroom is closing.")
            if self.ended:
                raise Unavailable("Nothing is recorded any more; the server must be started again.")
            # Views wait apart: however many come, editors are not kept waiting behind them.
            queue: deque[Any] = self.hits if isinstance(item, Hit) else self.waiting
            if len(queue) >= WAITING_MOST:
                raise Unavailable("Too much is waiting to be recorded.")
            queue.append(item)
        # Whoever clears the flag looks at the queues after that: what was put there before is not missed.
        if not self.wake.is_set():
            self.wake.set()

    def close(self) -> None:
        """Record all that waits, and the views that were counted; then stop."""
        with self.door:
            self.closing = True
        self.wake.set()
        self.join()

    # Committing. Only this thread does.

    def run(self) -> None:
        try:
            self.work()
        finally:
            self.ended = True

    def work(self) -> None:
        self.roll_up(everybody=True)
        due_at = time.monotonic() + self.roll_up_seconds
        while self.waiting or self.hits or not self.closing:
            self.wake.wait(0.0 if self.waiting or self.hits else max(0.0, due_at - time.monotonic()))
            self.wake.clear()
            if self.hits_come_together and not self.waiting:
                time.sleep(GATHERED_SECONDS)
            if batch := self.take():
                self.commit(batch)
            with suppress(PersistenceError):
                self.journal.read_ahead()
            if time.monotonic() >= due_at:
                self.roll_up()
                due_at = time.monotonic() + self.roll_up_seconds
        self.roll_up()

    def take(self) -> list[Item]:
        asked = [self.waiting.popleft() for _ in range(min(len(self.waiting), BATCH_MOST))]
        hits_most = HITS_BESIDE_MOST if asked else HITS_MOST
        hits = [self.hits.popleft() for _ in range(min(len(self.hits), hits_most))]
        self.hits_come_together = len(hits) >= TOGETHER_LEAST
        # From here on an answer cannot be cancelled; what was cancelled before is not recorded.
        return [*(item for item in asked if item.answer.set_running_or_notify_cancel()), *hits]

    def commit(self, batch: Sequence[Item]) -> None:
        try:
            outcomes = Batch(self).record(batch)
        except Exception as error:
            self.folds.clear()
            if isinstance(error, PersistenceError) and not isinstance(error, IntegrityError):
                self.fail(batch, error)
                return
            # Another process recorded first, or one of these cannot be recorded. Which is unknown: try each alone.
            for item in batch:
                if not isinstance(item, Hit):
                    self.commit_alone([item])
            if hits := [item for item in batch if isinstance(item, Hit)]:
                self.commit_alone(hits)
        else:
            settle(outcomes)

    def commit_alone(self, group: Sequence[Item]) -> None:
        give_up_at, refusals = time.monotonic() + RETRIED_SECONDS, 0
        while True:
            try:
                outcomes = Batch(self).record(group)
            except IntegrityError as error:
                self.folds.clear()
                if time.monotonic() < give_up_at:
                    continue
                self.fail(group, error)
            except RowsMoved:
                # A command or a view with the same id was recorded elsewhere: the second look finds it. Of several
                # views, others may come in between, one after the other.
                refusals += 1
                hits = isinstance(group[0], Hit)
                if refusals == 1 or (hits and time.monotonic() < give_up_at):
                    continue
                said = "What this would add stands there already."
                self.fail(group, Unavailable(said) if hits else Refused(said))
            except Exception as error:
                # A decision with a bug must not end the thread that all others wait for.
                self.fail(group, error)
            else:
                settle(outcomes)
            return

    def fail(self, group: Sequence[Item], error: Exception) -> None:
        self.folds.clear()
        if isinstance(error, PersistenceError):
            error = Unavailable("The history does not answer.")
        settle([(item.answer, error) for item in group])

    def refresh(self) -> None:
        """Forget the folds of streams that other processes have written to.

        A save would find a stale fold by a conflict, but an answer that saves nothing would not.
        """
        while new := self.history.streams_after(self.head, 1_000):
            for stored in new:
                self.folds.pop(str(stored.originator_id), None)
            self.head = new[-1].id
            self.latest_at = max(self.latest_at, self.history.recorded_at(new[-1]))

    def fold(self, aggregate: Aggregate[State], id: str) -> tuple[int, State]:
        """As it stood at the head that this committer knows, so that all that a decision sees is of one moment."""
        stream = aggregate.stream(id)
        self.load([stream])
        self.folds.move_to_end(stream)
        return self.folds[stream]

    def load(self, streams: Iterable[str]) -> None:
        if missing := {stream for stream in streams if stream not in self.folds}:
            self.folds |= self.history.folds_at(missing, self.head)

    def remember(self, folds: dict[str, tuple[int, Any]]) -> None:
        self.folds.update(folds)
        while len(self.folds) > FOLDS_KEPT:
            self.folds.popitem(last=False)

    def now(self) -> datetime:
        self.latest_at = max(self.latest_at, self.clock())
        return self.latest_at

    def advance(self, positions: Sequence[int]) -> None:
        if not positions:
            return
        if positions[0] == self.head + 1:
            self.head = positions[-1]
        self.committed(positions[-1])

    def roll_up(self, everybody: bool = False) -> None:
        now = self.clock()
        try:
            self.refresh()
            self.advance(self.journal.roll_up(self.now(), now, everybody))
            self.journal.forget(now)
            if now - self.keys_forgotten_at > KEYS_FORGOTTEN_EVERY:
                before = int((now - KEYS_KEPT).timestamp())
                self.history.record([], [Statement("delete from command where at < ?", [(before,)])])
                self.keys_forgotten_at = now
        except Exception:
            # Views stay in the journal, keys in their table, until the next time.
            log.exception("The views of the last seconds are not rolled up; trying again.")
