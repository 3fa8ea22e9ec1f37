"""Answers kept rendered, under the surrogate keys of what they show, until a batch touches one of those."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct

from cms import codings

if TYPE_CHECKING:
    # Commands that keep no answers do without the framework.
    from litestar.types import HTTPResponseBodyEvent

JSON = "application/json"
KEPT_BYTES_MOST = 64 * 1024 * 1024
# An entry costs more than its body: its headers, its keys, its places in the indexes.
ENTRY_BYTES = 2_000
KEY_BYTES = 100
# What is related depends on hundreds of words: these keys stay in the process.
UNSAID = ("word:", "words:")
# Whoever keeps answers asks again each time, and may meanwhile show, for ten seconds, what it has; for a day if nobody
# answers here. A 304 costs next to nothing.
STALE = b"stale-while-revalidate=10, stale-if-error=86400"
CACHE_CONTROL = b"public, max-age=0, " + STALE
# A surrogate key that every answer bears: whoever drops it drops everything.
EVERY_ANSWER = "all"

NEVER = float("inf")

Header = tuple[bytes, bytes]
Headers = list[Header]
Place = tuple[str, bytes]
"""Path and query."""


class Form(Struct, frozen=True):
    """An answer in one content coding. `headers` go with the body, `unchanged` with a 304.

    `message`: the body as an ASGI server is sent it.
    """

    message: "HTTPResponseBodyEvent"
    etag: str
    headers: Headers
    unchanged: Headers

    def matches(self, if_none_match: str | None) -> bool:
        if if_none_match is None:
            return False
        tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return self.etag in tags or "*" in tags


class Answer(Struct, frozen=True):
    """`until`: Unix time from which it no longer holds, whatever is touched or not. `forms`: by coding, made so far.

    `unsaid`: those of the keys that stay in the process. `surrogate_control`: how long a CDN keeps it; empty where none
    is told what to drop. `headers` go along besides.
    """

    body: bytes
    digest: str
    keys: frozenset[str]
    until: float
    media_type: str
    forms: dict[str, Form]
    unsaid: frozenset[str] = frozenset()
    surrogate_control: bytes = b""
    cache_control: bytes = CACHE_CONTROL
    headers: tuple[Header, ...] = ()

    def form(self, coding: str) -> Form:
        """Takes milliseconds for a large body that was not asked for in this coding before."""
        found = self.forms.get(coding)
        if found is None:
            small = len(self.body) < codings.WORTH_IT_BYTES and coding != codings.IDENTITY
            found = self.forms[coding] = self.form(codings.IDENTITY) if small else formed(self, coding)
        return found


def answer(
    body: bytes, keys: frozenset[str], until: float, media_type: str = JSON, unsaid: frozenset[str] = frozenset()
) -> Answer:
    return Answer(body, hashlib.blake2b(body, digest_size=12).hexdigest(), keys, until, media_type, {}, unsaid)


def formed(answer: Answer, coding: str) -> Form:
    bare = coding == codings.IDENTITY
    body = answer.body if bare else codings.coded(answer.body, coding)
    etag = f'"{answer.digest}"' if bare else f'"{answer.digest}-{coding}"'
    unchanged = [
        (b"etag", etag.encode()),
        (b"cache-control", answer.cache_control),
        (b"vary", b"Accept-Encoding"),
        (b"surrogate-key", surrogate_keys((*(answer.keys - answer.unsaid), EVERY_ANSWER))),
        *([(b"surrogate-control", answer.surrogate_control)] if answer.surrogate_control else []),
        *answer.headers,
    ]
    headers = [
        (b"content-type", answer.media_type.encode()),
        (b"content-length", b"%d" % len(body)),
        *([] if bare else [(b"content-encoding", coding.encode())]),
        *unchanged,
    ]
    return Form(body_message(body), etag, headers, unchanged)


def body_message(body: bytes) -> "HTTPResponseBodyEvent":
    return {"type": "http.response.body", "body": body, "more_body": False}


NO_BODY = body_message(b"")


def surrogate_keys(keys: Iterable[str]) -> bytes:
    """Parted by spaces, so that those within a key are escaped."""
    return " ".join(sorted(quote(key, safe=":") for key in keys if not key.startswith(UNSAID))).encode()


class KeptAnswers:
    """By path and query. Only the loop's thread may touch it, but for `at_hand`.

    When there are too many, the oldest make room; one that was asked for since then gets another turn first.
    """

    def __init__(self) -> None:
        self.answers: dict[Place, Answer] = {}
        self.by_key: dict[str, set[Place]] = defaultdict(set)
        self.asked_again: set[Place] = set()
        self.bytes = 0

    def get(self, place: Place, now: Callable[[], float]) -> Answer | None:
        kept = self.answers.get(place)
        if kept is None:
            return None
        # Looking at the clock costs as much as all the rest, and few answers end by it.
        if kept.until != NEVER and kept.until <= now():
            self.drop(place)
            return None
        self.asked_again.add(place)
        return kept

    def at_hand(self, place: Place, now: Callable[[], float]) -> Answer | None:
        """As `get`, for any thread: what no longer holds is left for `get` to drop."""
        kept = self.answers.get(place)
        if kept is None or (kept.until != NEVER and kept.until <= now()):
            return None
        if place not in self.asked_again:
            self.asked_again.add(place)
            # Dropped meanwhile, it would be remembered for ever.
            if place not in self.answers:
                self.asked_again.discard(place)
        return kept

    def keep(self, place: Place, kept: Answer) -> None:
        self.drop(place)
        self.answers[place] = kept
        self.bytes += cost(kept)
        for key in kept.keys:
            self.by_key[key].add(place)
        while self.bytes > KEPT_BYTES_MOST:
            oldest = next(iter(self.answers))
            if oldest in self.asked_again:
                self.asked_again.discard(oldest)
                self.answers[oldest] = self.answers.pop(oldest)
            else:
                self.drop(oldest)

    def drop(self, place: Place) -> None:
        kept = self.answers.pop(place, None)
        if kept is None:
            return
        self.asked_again.discard(place)
        self.bytes -= cost(kept)
        for key in kept.keys:
            self.by_key[key].discard(place)
            if not self.by_key[key]:
                del self.by_key[key]

    def touch(self, keys: Iterable[str]) -> None:
        for key in keys:
            for place in list(self.by_key.get(key, ())):
                self.drop(place)

    def clear(self) -> None:
        self.answers.clear()
        self.by_key.clear()
        self.asked_again.clear()
        self.bytes = 0


def cost(kept: Answer) -> int:
    """In bytes. All its codings together are hardly larger than the bare body."""
    return 2 * len(kept.body) + KEY_BYTES * len(kept.keys) + ENTRY_BYTES
