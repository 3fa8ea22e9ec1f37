"""A page: what was asked for, within what stands on every page. Each part is kept on its own, and so is the whole."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import msgspec
from litestar import Request
from litestar.datastructures import State
from markupsafe import Markup
from msgspec import structs

from cms.answers import NEVER, Answer, Headers
from cms.reading import Reading
from cms.site import language
from cms.site.theme import POLICY, Theme
from cms.tracing import Traced
from cms.web.asker import Asker
from cms.web.replies import Reply
from cms.web.site import around
from projections.store import Reads, views_key

Result = TypeVar("Result")

log = logging.getLogger(__name__)

HTML = "text/html; charset=utf-8"
FRAME, BESIDE = "frame", "beside"
# Of each page of a list.
SHOWN = 20
VIEWS = views_key("")
HEADERS: Headers = [
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), browsing-topics=()"),
]
# What is read most changes every ten seconds; a page shows it as of the minute.
MINUTE = timedelta(minutes=1)


class Part(Answer, frozen=True, kw_only=True):
    """Of pages: kept like an answer, under its own keys, but asked for by no address. `found`: what was asked for."""

    found: Any = None


def part_of(found: Any, keys: frozenset[str], until: float, unsaid: frozenset[str] = frozenset()) -> Part:
    """Nobody is sent the body: it weighs what is kept."""
    return Part(msgspec.json.encode(found), "", keys, until, "", {}, unsaid, found=found)


class PageAsker(Asker):
    """As an asker, but answers with pages."""

    def __init__(self, request: Request[Any, Any, State]) -> None:
        super().__init__(request)
        self.theme: Theme = request.app.state.theme
        self.now: datetime = request.app.state.newsroom.clock()
        self.parts: dict[str, Part] = {}
        self.wanted: list[Callable[[], Awaitable[None]]] = [self.framed, self.beside]

    async def page(
        self,
        template: str,
        question: Callable[[Reads], Result | Any],
        until: float | Callable[[Any], float] = NEVER,
        ask: Callable[[Reading, Any], Awaitable[Traced[Any]]] = Reading.ask,
        is_long: Callable[[Any], bool] = lambda _: False,
    ) -> Reply:
        """`question`: as for an answer; the template has its result as `page`. What is long is rendered in a thread."""

        def render(found: Any) -> bytes | Awaitable[bytes]:
            return aside(found) if is_long(found) else self.rendered(template, found)

        aside = self.aside(lambda found: self.rendered(template, found))
        return await self.answer(question, until=until, ask=ask, render=render, media_type=HTML)

    def rendered(self, template: str, found: Any) -> bytes:
        return self.theme.render(
            template,
            page=found,
            frame=self.parts[FRAME].found,
            also={name: part.found for name, part in self.parts.items()},
            today=language.today(self.now, self.site.zone),
            path=self.request.scope["path"],
        )

    async def prepare(self) -> None:
        for want in self.wanted:
            await want()

    def finished(self, made: Answer) -> Answer:
        """Holds no longer than each of its parts."""
        parts = self.parts.values()
        return structs.replace(
            made,
            keys=made.keys.union(*(part.keys for part in parts)),
            unsaid=made.unsaid.union(*(part.unsaid for part in parts)),
            until=min([made.until, *(part.until for part in parts)]),
            headers=tuple(HEADERS),
        )

    def holds(self) -> bool:
        kept = self.reading.kept.answers
        return all(kept.get((name, b"")) is part for name, part in self.parts.items())

    async def part(
        self,
        name: str,
        question: Callable[[Reads], Any],
        until: float | Callable[[Any], float] = NEVER,
        ask: Callable[[Reading, Any], Awaitable[Traced[Any]]] = Reading.ask,
        template: str = "",
    ) -> None:
        """What was found, or what the template makes of it. No address is that of a part: those begin with a slash."""
        place, reading = (name, b""), self.reading
        kept = reading.kept.get(place, self.request.app.state.newsroom.now)
        if kept is None:

            async def make() -> Answer:
                found, position, keys, unsaid = await ask(reading, question)
                # How often something was read is shown as of when a part was made: no view makes it anew.
                keys = frozenset(key for key in keys if not key.startswith(VIEWS))
                ends = until(found) if callable(until) else until
                make_part = partial(self.written, template) if template else part_of
                made = make_part(found, keys, ends, unsaid)
                if position == reading.position and self.holds():
                    reading.kept.keep(place, made)
                return made

            kept = await reading.once(place, make)
        assert isinstance(kept, Part)
        self.parts[name] = kept

    def written(self, template: str, found: Any, keys: frozenset[str], until: float, unsaid: frozenset[str]) -> Part:
        """It shows names of sections, and how long ago today is."""
        frame, body = self.parts[FRAME], self.rendered(template, found)
        shown = Markup(body.decode())  # noqa: S704 # As the template made it.
        return Part(body, "", keys | frame.keys, min(until, frame.until), "", {}, unsaid, found=shown)

    async def prepare_or_do_without(self) -> None:
        """Where the read models do not answer, or the theme fails: nothing stands around the page."""
        try:
            await self.prepare()
        except Exception:
            log.exception("A page goes without what stands around it.")
            self.do_without()

    def do_without(self) -> None:
        self.parts = {FRAME: part_of(around.NOTHING, frozenset(), NEVER), BESIDE: part_of("", frozenset(), NEVER)}

    async def framed(self) -> None:
        await self.part(
            FRAME,
            lambda reads: around.frame(reads, self.site, self.now),
            until=lambda found: around.ends(found, self.site, self.now),
        )

    async def beside(self) -> None:
        minute = self.now.replace(second=0, microsecond=0)
        until = (minute + MINUTE).timestamp()
        await self.part(BESIDE, lambda reads: around.beside(reads, self.site, minute), until, template="beside.html")
