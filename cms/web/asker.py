"""Answering what is open to everybody: asked of the read models, rendered, kept."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from http import HTTPStatus
from operator import itemgetter
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.params import ParameterKwarg

from cms import answers
from cms.answers import JSON, NEVER, Answer, Place
from cms.reading import Reading
from cms.surrogates import for_a_cdn
from cms.tracing import Traced
from cms.web.problems import no_section, there
from cms.web.replies import Reply
from projections import sections
from projections.articles import Notice
from projections.cards import Site
from projections.store import Reads

Result = TypeVar("Result")
# What machines are answered from the read models lies below these: kept, waited for with `min_position`, told with a
# position.
READ_PATHS = ("/v1/", "/feeds/", "/sitemap", "/news-sitemap", "/robots.txt")
# Their first words, and those of what is not answered from the read models. All other addresses are pages of the site,
# and are answered as what machines ask for is.
MACHINES = frozenset("v1 feeds sitemap.xml news-sitemap.xml robots.txt".split())
OTHERS = frozenset("editorial audit schema static preview reset health ready metrics".split())


class AnotherAddress(Exception):
    """What is asked for stands elsewhere now. `key`: the surrogate key of what says so."""

    def __init__(self, location: str, key: str) -> None:
        super().__init__(location)
        self.location = location
        self.key = key


def first_word(path: str) -> str:
    return path[1:].partition("/")[0]


def is_page(path: str) -> bool:
    return first_word(path) not in MACHINES | OTHERS


class Asker:
    """Answers one request from the read models: asks, renders, and keeps what it rendered."""

    def __init__(self, request: Request[Any, Any, State]) -> None:
        self.request = request
        self.reading: Reading = request.app.state.reading
        self.site: Site = request.app.state.site

    @property
    def place(self) -> Place:
        """Under which the answer is kept: parameters that the route does not know make no other one."""
        scope = self.request.scope
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        known = parameters(self.request.route_handler)
        return scope["path"], urlencode(
            sorted((pair for pair in query if pair[0] in known), key=itemgetter(0))
        ).encode()

    async def answer(
        self,
        question: Callable[[Reads], Result | Notice | None],
        until: float | Callable[[Result], float] = NEVER,
        ask: Callable[[Reading, Any], Awaitable[Traced[Any]]] = Reading.ask,
        render: Callable[[Result], bytes | Awaitable[bytes]] = msgspec.json.encode,
        media_type: str = JSON,
    ) -> Reply:
        """None is not found, a notice is gone. `until`: Unix time to which it holds if nothing is recorded."""
        place, reading = self.place, self.reading
        kept = reading.kept.get(place, self.request.app.state.newsroom.now)
        if kept is not None:
            return Reply(kept, reading.position)
        made_at = reading.position

        async def make() -> Answer:
            nonlocal made_at
            await self.prepare()
            result, position, keys, unsaid = await ask(reading, question)
            made_at = position
            if result is None:
                await self.require_section(ask)
            found = there(result)
            body = render(found)
            if not isinstance(body, bytes):
                body = await body
            ends = until(found) if callable(until) else until
            made = self.finished(answers.answer(body, keys, ends, media_type, unsaid))
            if position == reading.position and self.holds():
                # What was touched meanwhile, a CDN may have dropped already: then this must not take its place.
                if self.request.app.state.purged:
                    made = for_a_cdn(made, self.request.app.state.newsroom.now())
                reading.kept.keep(place, made)
            return made

        try:
            return Reply(await reading.once(place, make), made_at)
        except AnotherAddress as another:
            raise moved(another) from None

    async def prepare(self) -> None:
        """For whoever puts more into an answer than was asked for with the question."""

    def finished(self, made: Answer) -> Answer:
        """With what `prepare` brought."""
        return made

    def holds(self) -> bool:
        """Whether what `prepare` brought still stands."""
        return True

    async def require_section(self, ask: Callable[[Reading, Any], Awaitable[Traced[Any]]]) -> None:
        """Where nothing was found: the section that was asked for may not be there."""
        name = self.request.query_params.get("section")
        if name and (await ask(self.reading, lambda reads: sections.within(reads, name))).result is None:
            raise no_section(name)

    def aside(self, render: Callable[[Result], bytes]) -> Callable[[Result], Awaitable[bytes]]:
        """The same in a worker thread, few at a time, for what would hold the loop."""

        async def rendered(found: Result) -> bytes:
            async with self.reading.aside:
                return await asyncio.to_thread(render, found)

        return rendered


@cache
def parameters(handler: HTTPRouteHandler) -> frozenset[str]:
    """The names of the query's parameters that a route knows."""
    fields = handler.parsed_fn_signature.parameters.values()
    return frozenset(
        getattr(field.kwarg_definition, "name", None) or field.kwarg_definition.query or field.name
        for field in fields
        if isinstance(field.kwarg_definition, ParameterKwarg)
    )


def moved(another: AnotherAddress) -> HTTPException:
    return HTTPException(
        "This has another address now.",
        status_code=HTTPStatus.MOVED_PERMANENTLY,
        # An old address may be taken up again: a redirect that is kept for ever would go in circles then.
        headers={
            "location": another.location,
            "cache-control": "public, no-cache",
            "surrogate-key": f"{another.key} {answers.EVERY_ANSWER}",
        },
    )
