"""A process's view of the index of search: the generation that counts, as it was last committed."""

import asyncio
import threading
import time

from cms.asks import Unavailable
from cms.search_folder import Generation, SearchFolder
from projections.search_index import BrokenIndex, SearchIndex

# What was committed is looked for before a question, but not more often than that.
FRESH_SECONDS = 0.02
AT_ONCE_MOST = 2
WAITING_MOST = 200
NOT_THERE = "Search is being made ready; try again in a moment."


class Searching:
    def __init__(self, folder: SearchFolder) -> None:
        self.folder = folder
        self.turn = asyncio.Semaphore(AT_ONCE_MOST)
        self.waiting = 0
        self.lock = threading.Lock()
        self.opened: tuple[Generation, SearchIndex] | None = None
        self.stamp = (0, 0)
        self.position = 0
        self.looked_at = float("-inf")

    def index(self) -> tuple[SearchIndex, int]:
        """As it stands now, and the position that it has at least. Unavailable: there is none yet."""
        with self.lock:
            if time.monotonic() - self.looked_at >= FRESH_SECONDS:
                try:
                    self.look()
                except BrokenIndex:
                    # Perhaps it was made anew at this moment; whoever follows will see.
                    self.opened = None
                    raise Unavailable(NOT_THERE) from None
                self.looked_at = time.monotonic()
            if self.opened is None:
                raise Unavailable(NOT_THERE)
            return self.opened[1], self.position

    def look(self) -> None:
        current = self.folder.current
        if current is None:
            # What is being made anew is still searched, where it was open.
            return
        stamp, position = current.stamp, current.position
        if self.opened is None or self.opened[0].folder != current.folder:
            self.opened = current, SearchIndex(current.folder, current.language)
        elif stamp != self.stamp:
            self.opened[1].reload()
        self.stamp, self.position = stamp, position
