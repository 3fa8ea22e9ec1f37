"""A process's view of the read models: what it knows of their position, and the answers that it keeps."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from redis.exceptions import RedisError

from cms.answers import Answer, KeptAnswers, Place
from cms.single_flight import SingleFlight
from cms.tracing import Traced, traced
from projections import articles
from projections.articles import Shown
from projections.redis_store import RedisStore
from projections.site import NAME
from projections.sqlite_store import SQLiteStore
from projections.store import Reads, Store, Touched

log = logging.getLogger(__name__)

LOOKED_EVERY_SECONDS = 0.05
WAITED_SECONDS = 1.0
# What another process applied is looked for before an answer is given, but not more often than that.
FRESH_SECONDS = 0.01
SHOWN_MOST = 50_000
ASIDE_MOST = 2

Result = TypeVar("Result")


def open_store(url: str) -> Store:
    """The store of the group `site` that a setting names."""
    if url.startswith("sqlite:"):
        return SQLiteStore.at(url.removeprefix("sqlite:///"))
    return RedisStore(url, NAME)


class Reading:
    """`position` is how far this process knows the read models to be: all that was touched up to it has been dropped.

    All methods belong to the loop's thread, but for `heard`, which the follower's thread calls, and `must_look`. What
    is kept and shown is dropped before `position` moves: whoever reads that first, in whichever thread, never takes
    what is older.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.embedded = isinstance(store, SQLiteStore)
        self.kept = KeptAnswers()
        self.made = SingleFlight[tuple[Place, int], Answer]()
        self.looked_at = 0.0
        self.shown: dict[str, Shown] = {}
        self.position = store.position()
        self.follows = threading.Event()
        self.waiting: list[tuple[int, asyncio.Event]] = []
        self.loop: asyncio.AbstractEventLoop | None = None
        self.stopping = threading.Event()
        self.watching: asyncio.Task[None] | None = None
        self.aside = asyncio.Semaphore(ASIDE_MOST)
        self.spare: list[SQLiteStore] = []

    async def start(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.watching = asyncio.create_task(self.watch_file() if self.embedded else self.watch_shared())

    async def stop(self) -> None:
        self.stopping.set()
        if self.watching is not None:
            self.watching.cancel()
            with suppress(asyncio.CancelledError):
                await self.watching
        for store in (self.store, *self.spare):
            store.close()

    # Asking.

    async def ask(self, question: Callable[[Reads], Result]) -> Traced[Result]:
        # A file is read faster than a thread is woken; what crosses a network must not hold the loop.
        if not self.embedded:
            return await asyncio.to_thread(traced, self.store, question)
        return self.looked(traced(self.store, question))

    async def ask_long(self, question: Callable[[Reads], Result]) -> Traced[Result]:
        """As `ask`, for what would hold the loop even on a file."""
        if not self.embedded:
            return await self.ask(question)
        async with self.aside:
            return await self.ask_in_thread(question)

    async def ask_in_thread(self, question: Callable[[Reads], Result]) -> Traced[Result]:
        """As `ask`, in a worker thread; whoever calls this sees to it that few do."""
        return self.looked(await asyncio.to_thread(self.traced_aside, question))

    def traced_aside(self, question: Callable[[Reads], Result]) -> Traced[Result]:
        with self.store_aside() as store:
            return traced(store, question)

    async def once(self, place: Place, make: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """What `make` answers. Of those who ask for the same at the same position, one makes it, and all get it."""
        return await self.made.do((place, self.position), make)

    def looked(self, answer: Traced[Result]) -> Traced[Result]:
        """What a server tells is learned by whoever watches it, never in the loop."""
        if self.embedded and answer.position != self.position:
            self.look()
        return answer

    async def ask_aside(self, question: Callable[[Reads], Result]) -> Result:
        """For what takes long: in a worker thread, on a connection of its own, few at a time."""
        async with self.aside:
            return await asyncio.to_thread(self.asked_aside, question)

    def asked_aside(self, question: Callable[[Reads], Result]) -> Result:
        """Of a server the answer may be of several states: one that never rests would be asked again and again."""
        with self.store_aside() as store:
            return store.read(question)[0] if self.embedded else question(store)

    @contextmanager
    def store_aside(self) -> Iterator[Store]:
        """For a worker thread: a connection to a file is one thread's.

        As many stay open as were needed at once: opening one takes a millisecond.
        """
        if not isinstance(self.store, SQLiteStore):
            yield self.store
            return
        try:
            store = self.spare.pop()
        except IndexError:
            store = SQLiteStore(self.store.path)
        try:
            yield store
        except BaseException:
            store.close()
            raise
        self.spare.append(store)

    async def article_shown(self, id: str) -> Shown | None:
        """What a view of an article is counted under, remembered until the article changes. None: it is not public."""
        found, position, *_ = await self.ask(lambda reads: articles.shown(reads, id))
        if found is not None and position == self.position:
            while len(self.shown) >= SHOWN_MOST:
                del self.shown[next(iter(self.shown))]
            self.shown[id] = found
        return found

    async def reached(self, position: int, within_seconds: float) -> bool:
        """Wait until the read models have that position."""
        if self.position >= position:
            return True
        waiter = (position, asyncio.Event())
        self.waiting.append(waiter)
        try:
            async with asyncio.timeout(within_seconds):
                await waiter[1].wait()
        except TimeoutError:
            return False
        finally:
            self.waiting.remove(waiter)
        return True

    # Keeping up.

    def heard(self, touched: Touched) -> None:
        """From the follower of this process: a batch was applied."""
        if self.loop is not None and not self.stopping.is_set():
            with suppress(RuntimeError):  # The loop has ended.
                self.loop.call_soon_threadsafe(self.look)

    def look_again(self) -> None:
        """Before an answer that is kept is given, unless whoever follows would have told."""
        if self.must_look():
            now = time.monotonic()
            try:
                self.look()
            finally:
                self.looked_at = now

    def must_look(self) -> bool:
        """From any thread."""
        if self.follows.is_set() or not self.embedded:
            return False
        return time.monotonic() - self.looked_at >= FRESH_SECONDS

    def look(self) -> None:
        """Learn from a file what was applied since, by whichever process."""
        self.learn(self.store.touched_since(self.position), None)

    def learn(self, batches: list[Touched] | None, position: int | None) -> None:
        """Drop what the batches touched; everything, if the store no longer knows what happened since."""
        if batches is None:
            self.kept.clear()
            self.shown.clear()
            self.position = self.store.position() if position is None else position
        else:
            for batch in batches:
                self.kept.touch(batch.keys)
                for key in batch.keys:
                    self.shown.pop(key.removeprefix("article:"), None)
                self.position = batch.position
        for position_wanted, event in self.waiting:
            if position_wanted <= self.position:
                event.set()

    async def watch_file(self) -> None:
        while True:
            await asyncio.sleep(LOOKED_EVERY_SECONDS)
            try:
                self.look()
            except Exception:
                log.exception("The read models' file does not answer; trying again.")

    async def watch_shared(self) -> None:
        while True:
            try:
                batches, position = await asyncio.to_thread(self.wait_shared, self.position)
            except Exception as error:  # The server is away; what is kept still tells how things stood.
                if not isinstance(error, RedisError):
                    log.exception("The shared read models do not answer; trying again.")
                await asyncio.sleep(WAITED_SECONDS)
                continue
            self.learn(batches, position)

    def wait_shared(self, position: int) -> tuple[list[Touched] | None, int]:
        assert isinstance(self.store, RedisStore)
        self.store.wait(position, WAITED_SECONDS)
        batches = self.store.touched_since(position)
        return batches, self.store.position() if batches is None else position
