"""One process's change feed: what changes is read once for all who listen, and each has no more than a position.

All methods belong to the loop's thread.
"""

import asyncio
import logging
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager

from litestar.types import Send
from msgspec import Struct

from cms import changes, menus
from cms.asks import Unavailable
from cms.changes import Batch, Change
from cms.history import History
from cms.reading import Reading
from cms.single_flight import SingleFlight
from domain.section import MENU, Menu
from projections.cards import Site

log = logging.getLogger(__name__)

LISTENERS_MOST = 2_000
# What was last is at hand for those who come back; who is further behind reads the history.
RECENT_POSITIONS = 5_000
RECENT_CHANGES_MOST = 5_000
RECENT_BYTES_MOST = 4 * 1024 * 1024
# A listener gets no more at once, however far it is behind.
CHUNK_BYTES = 64 * 1024
BEAT_SECONDS = 10.0
# A listener that takes nothing for so long is let go.
STALLED_SECONDS = 60.0
LOOKED_EVERY_SECONDS = 5.0
TRIED_AGAIN_SECONDS = 1.0
ASIDE_MOST = 2


class Recent(Struct):
    """All that changed after `since`, up to `position`."""

    since: int
    position: int
    changes: list[Change] = []
    bytes: int = 0

    def keep(self, batch: Batch) -> None:
        self.changes += batch.changes
        self.bytes += sum(change.size for change in batch.changes)
        self.position = batch.position
        if len(self.changes) > RECENT_CHANGES_MOST or self.bytes > RECENT_BYTES_MOST:
            self.forget()

    def forget(self) -> None:
        """The older half, so that it is not done each time."""
        count = (len(self.changes) + 1) // 2
        self.since = self.changes[count - 1].position
        del self.changes[:count]
        self.bytes = sum(change.size for change in self.changes)

    def between(self, after: int, until: int) -> list[Change]:
        first = bisect_right(self.changes, after, key=place)
        last = bisect_right(self.changes, until, first, key=place)
        return self.changes[first:last]


def place(change: Change) -> int:
    return change.position


class Listener:
    """Wakes when there is news, when a beat is due, and when it is to end."""

    def __init__(self, beat_seconds: float) -> None:
        self.task = asyncio.current_task()
        self.loop = asyncio.get_running_loop()
        self.woken = asyncio.Event()
        self.ended = False
        self.beat_due = False
        self.beat_seconds = beat_seconds
        self.sending_since: float | None = None
        self.beating = self.loop.call_later(beat_seconds, self.tick)

    def tick(self) -> None:
        self.beating = self.loop.call_later(self.beat_seconds, self.tick)
        self.beat_due = True
        self.woken.set()
        if self.sending_since is not None and self.loop.time() - self.sending_since > STALLED_SECONDS:
            self.let_go()

    def end(self) -> None:
        self.ended = True
        self.woken.set()
        if self.sending_since is not None:
            self.let_go()

    async def sends(self, send: Send, body: bytes) -> None:
        """The server takes no more than the client does, but for some tens of kilobytes."""
        self.sending_since = self.loop.time()
        await send({"type": "http.response.body", "body": body, "more_body": True})
        self.sending_since = None

    def let_go(self) -> None:
        """Though a client is waited for that takes nothing."""
        if self.task is not None:
            self.task.cancel()


class Broadcast:
    def __init__(self, reading: Reading, history: History, site: Site, beat_seconds: float = BEAT_SECONDS) -> None:
        self.reading = reading
        self.history = history
        self.site = site
        self.beat_seconds = beat_seconds
        self.recent = Recent(0, 0)
        self.menu = MENU.initial
        self.held: dict[str, frozenset[str]] = {}
        self.listeners: set[Listener] = set()
        self.following: asyncio.Task[None] | None = None
        self.reads = SingleFlight[tuple[int, int], Batch]()
        self.aside = asyncio.Semaphore(ASIDE_MOST)
        self.closed = False

    @property
    def position(self) -> int:
        """How far may be told: where the read models are made anew, everybody waits until they are back."""
        return min(self.recent.position, self.reading.position)

    # Who listens.

    def require_room(self) -> None:
        if self.closed or len(self.listeners) >= LISTENERS_MOST:
            raise Unavailable("No more can listen here now; try again.")

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        listener = Listener(self.beat_seconds)
        self.listeners.add(listener)
        if self.following is None:
            self.following = asyncio.create_task(self.follow())
        if self.closed:
            listener.end()
        try:
            yield listener
        finally:
            listener.beating.cancel()
            self.listeners.discard(listener)
            if not self.listeners and self.following is not None:
                self.following.cancel()
                self.following = None

    def close(self) -> None:
        """All are let go; they come back to whoever serves next."""
        self.closed = True
        for listener in self.listeners:
            listener.end()

    # What they get.

    async def after(self, position: int, section: str | None) -> tuple[bytes, int]:
        """What a listener gets next, and the position that it has then; its own, if there is nothing."""
        end = self.position
        if position >= end:
            return b"", position
        if position < self.recent.since:
            found, end, _ = await self.read(position, min(self.recent.since, end))
        else:
            found = self.recent.between(position, end)
        within = frozenset[str]() if section is None else self.within(section)
        heard, size = list[bytes](), 0
        for change in found:
            event = change.heard(section, within)
            heard.append(event)
            size += len(event)
            if size >= CHUNK_BYTES:
                end = change.position
                break
        return b"".join(heard), end

    def within(self, section: str) -> frozenset[str]:
        if section not in self.held:
            self.held[section] = menus.within(self.menu, section)
        return self.held[section]

    async def read(self, after: int, until: int) -> Batch:
        """Those who come back together to the same position wait for one."""
        return await self.reads.do((after, until), lambda: self.read_aside(after, until))

    async def read_aside(self, after: int, until: int) -> Batch:
        async with self.aside:
            return await asyncio.to_thread(changes.read, self.history, after, until, self.site)

    # Keeping up.

    async def follow(self) -> None:
        """For as long as somebody listens."""
        started = False
        while True:
            try:
                if not started:
                    await self.start()
                    started = True
                await self.advance()
                await self.reading.reached(self.recent.position + 1, LOOKED_EVERY_SECONDS)
            except Exception:
                log.exception("The history is not read for those who listen; trying again.")
                await asyncio.sleep(TRIED_AGAIN_SECONDS)

    async def start(self) -> None:
        """Go on from what is still at hand, unless too much happened since."""
        self.rearrange(await asyncio.to_thread(menus.now, self.history))
        least = max(0, self.reading.position - RECENT_POSITIONS)
        if self.recent.position < least:
            self.recent = Recent(least, least)

    async def advance(self) -> None:
        while self.recent.position < self.reading.position:
            batch = await asyncio.to_thread(
                changes.read, self.history, self.recent.position, self.reading.position, self.site
            )
            # The menu first: what came after sections changed places is judged by where they are.
            if batch.menu is not None:
                self.rearrange(batch.menu)
            self.recent.keep(batch)
            for listener in self.listeners:
                listener.woken.set()

    def rearrange(self, menu: Menu) -> None:
        self.menu = menu
        self.held.clear()
