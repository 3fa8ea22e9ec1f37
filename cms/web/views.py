"""Counting views. What is known to be public, and asks for nothing else, is counted at the door, before the router."""

from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, Response, post
from litestar.datastructures import CacheControlHeader, State
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, QueryParameter

from cms.agents import READ_CHARACTERS
from cms.asks import View
from cms.forms import BadField
from cms.newsroom import Newsroom
from cms.reading import Reading
from cms.settings import TrustedProxies
from cms.web.access import OPEN
from cms.web.clients import address_of
from cms.web.problems import there
from projections import articles
from projections.articles import Notice, Shown

# By either way the same id is the same text: headers are of no certain encoding, and lose spaces at their ends.
PRINTABLE = r"^[!-~]+$(?!\n)"
ID_CHARACTERS_MOST = 100
ViewId = Annotated[
    str | None,
    QueryParameter(
        min_length=1,
        max_length=ID_CHARACTERS_MOST,
        pattern=PRINTABLE,
        description="The client's own id, of printable ASCII without spaces: asked again, it counts once a day.",
    ),
]
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=ID_CHARACTERS_MOST,
        pattern=PRINTABLE,
        description="The same as `view`; of both, both are the same.",
    ),
]


# As at the door.
NEVER_KEPT = CacheControlHeader(no_store=True)


@post("/articles/{article_id:str}/views", opt=OPEN, status_code=HTTPStatus.NO_CONTENT, cache_control=NEVER_KEPT)
async def count_view(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    article_id: FromPath[str],
    view: ViewId = None,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Count a view. Answered once it is on disk."""
    await newsroom.count(await viewed(request, article_id, one_id(view, idempotency_key)))


@post("/articles/{article_id:str}/beacon", opt=OPEN, status_code=HTTPStatus.ACCEPTED, cache_control=NEVER_KEPT)
async def count_later(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    article_id: FromPath[str],
    view: ViewId = None,
    idempotency_key: IdempotencyKey = None,
) -> Response[None]:
    """Count a view for a page that does not wait. A view that is not yet on disk is lost if the process is killed."""
    newsroom.count_later(await viewed(request, article_id, one_id(view, idempotency_key)))
    return Response(None, status_code=HTTPStatus.ACCEPTED, media_type="text/plain")


def one_id(view: str | None, key: str | None) -> str:
    """Empty: the client has none."""
    if view and key and view != key:
        raise BadField("view", "`view` and `Idempotency-Key` are different ids of one view; send one, or the same.")
    return view or key or ""


async def viewed(request: Request[Any, Any, State], article_id: str, id: str) -> View:
    """Failed: the article is not public, or was withdrawn."""
    reading: Reading = request.app.state.reading
    shown: Shown | Notice | None = await reading.article_shown(article_id)
    if shown is None:
        shown, *_ = await reading.ask(lambda reads: articles.notice(reads, article_id))
    return looked_at(article_id, there(shown), request.scope, request.app.state.trusted_proxies, id)


def at_the_door(state: State, scope: Any) -> tuple[View, HTTPStatus] | None:
    """A view to count, and its answer; None for whatever the router is to look at: the client's own id, say."""
    parts = scope["path"].split("/")
    if len(parts) != len(PARTS) or scope["query_string"]:
        return None
    status, shown = ANSWERED.get(parts[-1]), state.reading.shown.get(parts[-2])
    if status is None or shown is None:
        return None
    for name, _ in scope["headers"]:
        if name == b"idempotency-key":
            return None
    return looked_at(parts[-2], shown, scope, state.trusted_proxies), status


PARTS = "/v1/articles/ID/views".split("/")
ANSWERED = {"views": HTTPStatus.NO_CONTENT, "beacon": HTTPStatus.ACCEPTED}


def looked_at(article_id: str, shown: Shown, scope: Any, trusted: TrustedProxies, id: str = "") -> View:
    agent, forwarded = b"", b""
    for name, value in scope["headers"]:
        if name == b"user-agent":
            agent = value
        elif name == b"x-forwarded-for":
            forwarded += b"," + value if forwarded else value
    peer = scope["client"][0] if scope.get("client") else ""
    # As it stands, an IPv4 address that nobody forwarded for is what it would be counted as.
    client = address_of(peer, forwarded.decode("latin-1"), trusted) if trusted or ":" in peer else peer
    return View(
        article=article_id,
        section=shown.section,
        edition=shown.edition,
        client=client,
        agent=agent[:READ_CHARACTERS].decode("latin-1"),
        id=id,
    )


handlers = [count_view, count_later]
