"""Who keeps the index of search up to date: one process of a machine, and another when that one is gone."""

import logging
from collections.abc import Callable
from threading import Event as Flag
from threading import Thread

from eventsourcing.persistence import PersistenceError

from cms.alone import NotAlone, Removed
from cms.follower import Stopped
from cms.history import History
from cms.search_folder import EVENTS_AT_ONCE, Opened, SearchFolder
from projections.search_index import BrokenIndex

# What comes together is committed together: a commit waits for the disk.
GATHERED_SECONDS = 0.25
LOOKED_EVERY_SECONDS = 0.25
TAKEN_OVER_SECONDS = 0.5
FAILURES_MOST = 5

log = logging.getLogger(__name__)


class SearchFollower(Thread):
    """Applies what is new to the index, as long as this process holds the folder's lock."""

    def __init__(self, history: History, folder: SearchFolder) -> None:
        super().__init__(name="search", daemon=True)
        self.history = history
        self.folder = folder
        self.news = Flag()
        self.stopping = Flag()
        self.opened: Opened | None = None
        self.failures = 0
        # Raises Removed, once the folder that is held is not the one that others see.
        self.hold_on: Callable[[], None] = lambda: None

    def committed(self, head: int) -> None:
        """This process recorded something."""
        self.news.set()

    def close(self) -> None:
        self.stopping.set()
        self.news.set()
        self.join()

    def run(self) -> None:
        # A server that lives for a moment only makes no index.
        self.stopping.wait(GATHERED_SECONDS)
        while not self.stopping.is_set():
            try:
                with self.folder.held("writer.lock") as hold_on:
                    self.follow_while(hold_on)
            except Removed:
                log.warning("The folder of the index of search was removed: it is made anew.")
            except (NotAlone, Stopped):
                pass
            except PersistenceError:  # The history is away, which says nothing of the index.
                log.exception("The history does not answer; trying again.")
            except (BrokenIndex, OSError) as error:
                log.error("The index of search is not followed; trying again. %s", error)
                self.failures += 1
            except Exception:
                log.exception("The index of search is not followed; trying again.")
                self.failures += 1
            self.leave()
            self.stopping.wait(TAKEN_OVER_SECONDS)

    def follow_while(self, hold_on: Callable[[], None]) -> None:
        self.hold_on = hold_on
        try:
            self.follow()
        except (BrokenIndex, OSError):
            hold_on()
            raise

    def follow(self) -> None:
        if self.failures >= FAILURES_MOST:
            log.error("The index of search could not be followed for long: it is made anew.")
            self.folder.drop()
            self.failures = 0
        while not self.stopping.is_set():
            try:
                self.hold_on()
                self.catch_up()
            except Stopped:
                break
            self.failures = 0
            if self.news.wait(LOOKED_EVERY_SECONDS):
                self.news.clear()
                self.stopping.wait(GATHERED_SECONDS)
        self.finish()

    def finish(self) -> None:
        """What was recorded last, if that is little, so that nothing is behind after a stop."""
        if self.opened is not None and self.history.head() - self.opened.generation.position <= EVENTS_AT_ONCE:
            self.opened.catch_up(self.history)

    def catch_up(self) -> None:
        opened = self.current()
        # Asked for last: what was recorded while the index was made is in it.
        head = self.history.head()
        if opened.generation.position > head:
            log.error("The index of search is ahead of the history, so it is of another one: it is made anew.")
            self.folder.drop()
        elif opened.generation.position < head:
            opened.catch_up(self.history, self.stop_between)

    def current(self) -> Opened:
        """The generation that counts now, which a rebuild may have made; a new one if there is none."""
        current = self.folder.current or self.folder.make(self.history, self.stop_between)
        if self.opened is None or self.opened.generation.folder != current.folder:
            self.leave()
            try:
                self.opened = current.opened()
            except BrokenIndex as error:
                self.hold_on()
                log.error("The index of search is broken: it is made anew. %s", error)
                self.folder.drop()
                return self.current()
            self.folder.sweep_if_free()
        return self.opened

    def leave(self) -> None:
        if self.opened is not None:
            self.opened.close()
        self.opened = None

    def stop_between(self, position: int) -> None:
        self.hold_on()
        if self.stopping.is_set():
            raise Stopped


def bring_up_to_date(folder: SearchFolder, history: History) -> None:
    """Bring the index up to date, unless a server does. What is wrong with it is left to whoever serves next."""
    try:
        with folder.held("writer.lock"):
            current = folder.current or folder.make(history)
            opened = current.opened()
            opened.catch_up(history)
            opened.finish()
    except NotAlone:
        pass
    except (BrokenIndex, OSError) as error:
        log.warning("The index of search is left to whoever serves next. %s", error)
