"""Previews: a signed link under which somebody outside looks at a working copy, until it ends or is closed."""

import asyncio
import hashlib
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from itsdangerous import BadSignature, URLSafeSerializer
from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath, JSONBody, PathParameter
from msgspec import Meta, Struct

from cms import markup
from cms.ids import new_id
from cms.moments import offset
from cms.newsroom import Newsroom
from cms.web.access import ID, OPEN, READS_ARTICLE, asks
from cms.web.desk import Accepted, ArticleId, Desk
from cms.web.site.pages import HEADERS as PAGE_HEADERS
from cms.web.site.pages import PageAsker
from domain.article import Article, Status
from domain.body import Body
from domain.permission import Forbidden, require_permitted
from domain.previewing import PREVIEWED_MOST, ClosePreview, OpenPreview
from domain.task import TASK, PreviewOpened
from domain.writer import WRITER
from projections.cards import Byline, Site, WriterName
from projections.sections import Section

HOURS_MOST = PREVIEWED_MOST // timedelta(hours=1)
TOKEN_LENGTH_MOST = 500

HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "private, no-store",
    **{name.decode(): value.decode() for name, value in PAGE_HEADERS},
    "referrer-policy": "no-referrer",
}

PreviewId = Annotated[str, PathParameter(pattern=ID)]


class PreviewForm(Struct, frozen=True, forbid_unknown_fields=True):
    """`hours`: for how long."""

    hours: Annotated[int, Meta(ge=1, le=HOURS_MOST)] = 72


class Link(Struct, frozen=True):
    id: str
    url: str
    until: datetime


class Links(Struct, frozen=True):
    items: list[Link]


class Preview(Struct, frozen=True, kw_only=True):
    """The working copy, as readers would see it. `until`: when the link ends."""

    headline: str
    standfirst: str
    section: str
    byline: Byline
    body: Body
    html: str
    until: datetime


class PreviewPage(Struct, frozen=True):
    """What the theme shows of it, as of an article's page."""

    article: Preview
    until: datetime
    way: tuple[Section, ...] = ()
    source_url: str | None = None


@post("/articles/{article_id:str}/previews", opt=asks(OpenPreview))
async def open_preview(
    desk: NamedDependency[Desk], article_id: ArticleId, data: JSONBody[PreviewForm | None] = None
) -> Link:
    """Make a link under which the working copy can be seen without a token."""
    at = desk.now().replace(microsecond=0)
    command = OpenPreview(
        article_id=article_id, preview_id=new_id(), at=at, until=at + timedelta(hours=(data or PreviewForm()).hours)
    )
    accepted = await desk.execute(command)
    event = await desk.recorded(command.stream, accepted)
    return link(desk.request.app.state, article_id, event.preview, event.until)


@get("/articles/{article_id:str}/previews", opt=READS_ARTICLE, sync_to_thread=True)
def get_previews(
    request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom], article_id: ArticleId
) -> Links:
    """The links that were not closed and have not ended."""
    newsroom.article(article_id)
    previews, now = newsroom.state(TASK, article_id).previews, newsroom.clock()
    return Links([link(request.app.state, article_id, id, until) for id, until in previews if until > now])


@delete("/articles/{article_id:str}/previews/{preview:str}", opt=asks(ClosePreview), status_code=HTTPStatus.OK)
async def close_preview(desk: NamedDependency[Desk], article_id: ArticleId, preview: PreviewId) -> Accepted:
    """End a link before its time."""
    return await desk.execute(ClosePreview(article_id=article_id, preview_id=preview))


@get("/preview/{token:str}", opt={**OPEN, "also_as": ("text/html",)}, tags=["Previews"])
async def show(
    request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom], token: FromPath[str]
) -> Response[Preview]:
    """The working copy that a link leads to: a page, or JSON by `Accept`."""
    found = await asyncio.to_thread(previewed_by, request.app.state, newsroom, token)
    if request.accept.best_match(["text/html", "application/json"]) == "application/json":
        return Response(found, headers=HEADERS)
    asker = PageAsker(request)
    await asker.prepare_or_do_without()
    page: Any = asker.rendered("preview.html", PreviewPage(found, found.until))
    return Response(page, headers=HEADERS, media_type="text/html")


def previewed_by(state: State, newsroom: Newsroom, token: str) -> Preview:
    return previewed(newsroom, *opened(state, newsroom, token))


def link(state: State, article_id: str, preview_id: str, until: datetime) -> Link:
    site: Site = state.site
    token = signer(state).dumps([article_id, preview_id, int(until.timestamp())])
    return Link(preview_id, f"{site.base_url}/preview/{token}", offset(until, site.zone))


def signer(state: State) -> URLSafeSerializer:
    return URLSafeSerializer(state.secret, "preview", signer_kwargs={"digest_method": hashlib.sha256})


def opened(state: State, newsroom: Newsroom, token: str) -> tuple[Article, datetime]:
    """The article that a link leads to, and when the link ends. Whatever is wrong with it, one answer says so."""
    try:
        article_id, preview_id, ends_at = signer(state).loads(token[: TOKEN_LENGTH_MOST + 1])
    except BadSignature:
        raise leads_nowhere() from None
    until = dict(newsroom.state(TASK, article_id).previews).get(preview_id)
    if until is None or ends_at <= newsroom.clock().timestamp():
        raise leads_nowhere()
    if not reached_by_its_opener(newsroom, article_id, preview_id):
        raise leads_nowhere()
    article = newsroom.article(article_id)
    if article.status in (Status.DISCARDED, Status.WITHDRAWN):
        raise leads_nowhere()
    return article, offset(until, state.site.zone)


def reached_by_its_opener(newsroom: Newsroom, article_id: str, preview_id: str) -> bool:
    """Nobody goes on looking by a link of their own after they left, or lost the role, the article or the section."""
    written = newsroom.history.stream(TASK.stream(article_id))
    by = next(one.by for one in written if isinstance(one.event, PreviewOpened) and one.event.preview == preview_id)
    try:
        require_permitted(ClosePreview(article_id=article_id, preview_id=preview_id), by, newsroom.state)
    except Forbidden:
        return False
    return True


def leads_nowhere() -> HTTPException:
    detail = "This link leads nowhere: it has ended, was closed, or is not whole."
    return HTTPException(detail, status_code=HTTPStatus.NOT_FOUND, headers=HEADERS)


def previewed(newsroom: Newsroom, article: Article, until: datetime) -> Preview:
    content = article.content
    assert content is not None
    writers = tuple(WriterName(slug, newsroom.state(WRITER, slug).name) for slug in content.writers)
    return Preview(
        headline=content.headline,
        standfirst=content.standfirst,
        section=content.section,
        byline=Byline(writers, content.source),
        body=content.body,
        html=markup.html(content.body),
        until=until,
    )


handlers = [open_preview, get_previews, close_preview]
