"""Previews: a signed link under which somebody outside looks at a working copy, until it ends or is closed."""

import hashlib
from base64 import b64encode
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from itsdangerous import BadSignature, URLSafeSerializer
from jinja2 import Environment, PackageLoader
from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath, JSONBody, PathParameter
from markupsafe import Markup
from msgspec import Meta, Struct

from cms import markup
from cms.ids import new_id
from cms.moments import offset
from cms.newsroom import Newsroom
from cms.web.access import ID, OPEN, READS_ARTICLE, asks
from cms.web.desk import Accepted, ArticleId, Desk
from domain.article import Article, Status
from domain.body import Body
from domain.permission import Forbidden, require_permitted
from domain.previewing import PREVIEWED_MOST, ClosePreview, OpenPreview
from domain.task import TASK, PreviewOpened
from domain.writer import WRITER
from projections.cards import Byline, Site, WriterName

HOURS_MOST = PREVIEWED_MOST // timedelta(hours=1)
TOKEN_LENGTH_MOST = 500

STYLE = Markup(Path(__file__).with_name("preview.css").read_text(encoding="utf-8"))  # noqa: S704
STYLE_DIGEST = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
TEMPLATE = Environment(loader=PackageLoader("cms", "web"), autoescape=True, trim_blocks=True).get_template(
    "preview.html"
)

HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        f"default-src 'none'; img-src 'self' https: http:; style-src 'sha256-{STYLE_DIGEST}';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
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


@get("/preview/{token:str}", opt={**OPEN, "also_as": ("text/html",)}, tags=["Previews"], sync_to_thread=True)
def show(
    request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom], token: FromPath[str]
) -> Response[Preview]:
    """The working copy that a link leads to: a page, or JSON by `Accept`."""
    preview = previewed(newsroom, *opened(request.app.state, newsroom, token))
    if request.accept.best_match(["text/html", "application/json"]) == "application/json":
        return Response(preview, headers=HEADERS)
    page: Any = TEMPLATE.render(preview=preview, html=Markup(preview.html), style=STYLE)  # noqa: S704
    return Response(page, headers=HEADERS, media_type="text/html")


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
