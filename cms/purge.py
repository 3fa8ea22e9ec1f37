"""Telling a CDN what to drop, by surrogate key: a thread of whoever keeps the read models up to date.

It asks the store what was touched since the CDN was last told. So nothing piles up while the CDN does not answer: what
came since goes along with the next try, and where the store no longer knows it all, everything is dropped. At its start
too, for nobody knows what the CDN missed.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from threading import Event as Flag
from threading import Thread

import httpx
from msgspec import Struct

from cms.answers import EVERY_ANSWER, surrogate_keys
from cms.follower import Follower
from cms.reading import open_store
from cms.settings import PurgeHook
from cms.surrogates import VIEWS
from projections.store import FIGURES, Store, Touched

# The other processes learn within 50 ms what was applied, and drop what they keep: before that, a CDN would fetch from
# one of them the very answer that it was to drop.
SETTLED_SECONDS = 0.1
# What others applied, `chronicle rebuild` say, nobody calls out here.
LOOKED_EVERY_SECONDS = 0.5
TIMEOUT_SECONDS = 5.0
PAUSE_SECONDS, PAUSE_SECONDS_MOST = 0.5, 30.0
TOLD_AFTER_SECONDS = 60.0
CLOSED_SECONDS = 2.0
# Of more, the CDN drops everything: fetching anew costs less than naming them.
KEYS_MOST = 2_000
# Touched, but on no answer that is kept: nobody asks for all of such a kind, nor for so many such lists at once that
# they are named by kind. Where a notice stands, nothing is kept.
BORNE_BY_NONE = (
    *("address", "article", "card", "correction", "front", "month", "notice"),
    *("corrections:", "month:", "section:", "writer:"),
)
NOTICES = "notice:"
KEYS_AT_ONCE_MOST = 256
HEADER_BYTES_MOST = 8_000

log = logging.getLogger(__name__)
# It would write the address of each request, in which there may be a secret.
logging.getLogger("httpx").setLevel(logging.WARNING)


@contextmanager
def telling(hook: PurgeHook | None, follower: Follower) -> Iterator[None]:
    """While the follower follows, the CDN is told, if there is one."""
    if hook is None:
        yield
        return
    purger = Purger(hook, follower.reads, follower.active)
    follower.applied.append(purger.applied)
    purger.start()
    try:
        yield
    finally:
        purger.close()


class Purge(Struct, frozen=True):
    """What a CDN is to drop, so that it is at this position. `keys`: as answers bear them."""

    keys: tuple[str, ...]
    position: int


class NotTold(Exception):
    """The message holds neither address nor header."""


class Purger(Thread):
    """`follows`: whether this process is the one that follows. `applied` wakes it, and costs the follower nothing."""

    def __init__(
        self, hook: PurgeHook, reads: str, follows: Flag, told_after_seconds: float = TOLD_AFTER_SECONDS
    ) -> None:
        super().__init__(name="purger", daemon=True)
        self.hook = hook
        self.reads = reads
        self.follows = follows
        self.told_after_seconds = told_after_seconds
        self.position: int | None = None
        self.news = Flag()
        self.stopping = Flag()

    def applied(self, touched: Touched) -> None:
        self.news.set()

    def close(self) -> None:
        self.stopping.set()
        self.news.set()
        self.join(CLOSED_SECONDS)

    def run(self) -> None:
        trouble = Trouble(self.told_after_seconds)
        while not self.stopping.is_set():
            try:
                # Redirects are not followed: what is told would go where the operator did not say.
                with closing(open_store(self.reads)) as store, httpx.Client(timeout=TIMEOUT_SECONDS) as client:
                    self.keep_telling(store, client, trouble)
            except Exception as error:  # The CDN or the store is away. Nothing may be passed over.
                self.stopping.wait(trouble.met(error))
                self.news.set()

    def keep_telling(self, store: Store, client: httpx.Client, trouble: "Trouble") -> None:
        while not self.stopping.is_set():
            self.news.wait(LOOKED_EVERY_SECONDS)
            self.news.clear()
            purge = due(store, self.position) if self.follows.is_set() else None
            if purge is not None and not self.stopping.wait(SETTLED_SECONDS):
                tell(client, self.hook, purge)
                self.position = purge.position
                trouble.over()


def tell(client: httpx.Client, hook: PurgeHook, purge: Purge) -> None:
    """`NotTold`, or an error of the client: it has to be told again."""
    for keys in portions(purge.keys):
        headers = {**hook.headers, "Surrogate-Key": " ".join(keys)}
        body = {"surrogate_keys": keys, "position": purge.position}
        # What it says beyond the status is not read, however long it is.
        with client.stream("POST", hook.url, headers=headers, json=body) as response:
            if not response.is_success:
                raise NotTold(f"it answers {response.status_code}")


def everything(hook: PurgeHook, position: int) -> None:
    """For whoever makes read models anew, which no follower hears of. `NotTold`: it has to be told again."""
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
            tell(client, hook, Purge((EVERY_ANSWER,), position))
    except httpx.HTTPError as error:
        raise NotTold(type(error).__name__) from None


class Trouble:
    """Tries that failed in a row: how long to wait, and when to say so."""

    def __init__(self, told_after_seconds: float) -> None:
        self.told_after_seconds = told_after_seconds
        self.over()

    def over(self) -> None:
        self.pause_seconds = PAUSE_SECONDS
        self.since = self.told_at = 0.0

    def met(self, error: Exception) -> float:
        """How many seconds to wait before the next try."""
        now = time.monotonic()
        self.since = self.since or now
        if now - max(self.since, self.told_at) >= self.told_after_seconds:
            self.told_at = now
            # Of others the kind alone: what they say may hold an address.
            what = str(error) if isinstance(error, NotTold) else type(error).__name__
            log.warning("A CDN was not told for %d seconds what to drop (%s); trying again.", now - self.since, what)
        pause_seconds, self.pause_seconds = self.pause_seconds, min(2 * self.pause_seconds, PAUSE_SECONDS_MOST)
        return pause_seconds


def due(store: Store, position: int | None) -> Purge | None:
    """What a CDN that is at this position does not know yet."""
    now_at = store.position()
    batches = None if position is None else store.touched_since(position)
    if batches is None:
        return Purge((EVERY_ANSWER,), now_at)
    if not batches:
        return None
    keys = shown(frozenset().union(*(batch.keys for batch in batches)))
    return Purge((EVERY_ANSWER,) if len(keys) > KEYS_MOST else keys, batches[-1].position)


def shown(keys: Iterable[str]) -> tuple[str, ...]:
    """As answers bear them. Counts are left out: they change every ten seconds, and a CDN asks for them by itself."""
    told = (key for key in keys if key not in (FIGURES, *BORNE_BY_NONE) and not key.startswith((VIEWS, NOTICES)))
    return tuple(surrogate_keys(told).decode().split())


def portions(keys: Iterable[str]) -> Iterator[list[str]]:
    """As many as go into one header."""
    portion: list[str] = []
    size = 0
    for key in keys:
        if portion and (len(portion) == KEYS_AT_ONCE_MOST or size + len(key) + 1 > HEADER_BYTES_MOST):
            yield portion
            portion, size = [], 0
        portion.append(key)
        size += len(key) + 1
    if portion:
        yield portion
