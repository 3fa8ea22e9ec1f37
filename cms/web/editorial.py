"""Editing: one handler a command. Who asks is in the token, what they saw in `If-Match` or `?base=`."""

import asyncio
import hashlib
import re
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, Response, Router, get, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter
from msgspec import Struct

from cms import forms
from cms.asks import Key
from cms.forms import ArticleForm, ArticlePatch
from cms.ids import new_id
from cms.newsroom import Newsroom
from cms.reading import Reading
from cms.web.access import needs
from cms.web.problems import Failed
from domain.article import (
    Article,
    DraftArticle,
    PublishArticle,
    ReviseArticle,
    Status,
    UnpublishArticle,
    UpdateArticle,
)
from domain.content import Content, Edition
from domain.rules import Command, Outdated
from domain.staff import Privilege

OWN_WRITE_SECONDS = 2.0

ArticleId = Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match", description='The version that this was made on, as `"7"`; 412 if it changed since.'
    ),
]
Base = Annotated[int | None, QueryParameter(ge=1, description="Like If-Match; 409 if the working copy changed since.")]
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(name="Idempotency-Key", min_length=1, max_length=255, description="Safe to ask again for a day."),
]


class Accepted(Struct, frozen=True):
    """`position`: where in the history the change lies; reads with `min_position` wait for it."""

    id: str
    version: int
    position: int


class WorkingCopy(Content, frozen=True, kw_only=True, omit_defaults=False):
    """What the desk sees. `revised`: the version that last changed the working copy; `tags` are slugs."""

    id: str
    version: int
    revised: int
    status: Status
    edition: Edition | None
    unpublished_changes: bool
    author: str
    external_id: str


class Precondition(Struct, frozen=True):
    """The version that a change was made on, and whether other changes since then may be merged with it."""

    made_on: int | None
    merges: bool = False

    def required(self) -> "Precondition":
        if self.made_on is None:
            raise Failed(HTTPStatus.PRECONDITION_REQUIRED, "Say which version this was made on: If-Match, or ?base=.")
        return self


def precondition(if_match: IfMatch = None, base: Base = None) -> Precondition:
    if if_match is None:
        return Precondition(base, merges=True)
    if base is not None:
        raise Failed(HTTPStatus.BAD_REQUEST, "If-Match and ?base= exclude each other.")
    version = re.fullmatch(r'"?([0-9]{1,18})"?', if_match)
    if version is None:
        raise Failed(HTTPStatus.BAD_REQUEST, 'If-Match names a version of the article, as `"7"`.')
    return Precondition(int(version[1]))


class Desk:
    """Hands one request's command to the newsroom, and waits until readers of this process would see what it did."""

    def __init__(self, request: Request[Any, Any, State], newsroom: Newsroom, key: Key | None) -> None:
        self.request = request
        self.newsroom = newsroom
        self.key = key
        self.reading: Reading = request.app.state.reading

    async def execute(self, command: Command, precondition: Precondition) -> Accepted:
        try:
            answer = self.newsroom.submit(command, self.request.user.id, self.key)
            receipt = await asyncio.wrap_future(answer)
        except Outdated as outdated:
            if precondition.merges:
                raise Failed(HTTPStatus.CONFLICT, str(outdated)) from None
            raise
        if self.reading.embedded:
            await self.reading.reached(receipt.position, OWN_WRITE_SECONDS)
        return Accepted(receipt.id, receipt.version, receipt.position)

    def now(self) -> datetime:
        return self.newsroom.clock()


async def desk(
    request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom], idempotency_key: IdempotencyKey = None
) -> Desk:
    if idempotency_key is None:
        return Desk(request, newsroom, None)
    asked = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    asked.update(request.headers.get("if-match", "").encode() + b"\n")
    asked.update(await request.body())
    return Desk(request, newsroom, Key(idempotency_key, asked.hexdigest()))


@post("/articles", opt=needs(Privilege.DRAFT))
async def draft(desk: NamedDependency[Desk], data: JSONBody[ArticleForm]) -> Accepted:
    """Draft an article."""
    content, tags = forms.content(data), forms.named_tags(data.tags)
    author = desk.request.user.id
    command = DraftArticle(article_id=new_id(), content=content, author=author, tags=tags)
    return await desk.execute(command, Precondition(None))


@get("/articles/{article_id:str}", opt=needs(Privilege.READ_DRAFTS), sync_to_thread=True)
def read(newsroom: NamedDependency[Newsroom], article_id: ArticleId) -> Response[WorkingCopy]:
    """The working copy. Its `ETag` is the version, for `If-Match`."""
    copy = working_copy(article_id, newsroom.article(article_id))
    return Response(copy, headers={"etag": f'"{copy.version}"', "cache-control": "private, no-cache"})


def working_copy(article_id: str, article: Article) -> WorkingCopy:
    assert article.status is not None
    assert article.content is not None
    return WorkingCopy(
        **{name: getattr(article.content, name) for name in Content.__struct_fields__},
        id=article_id,
        version=article.version,
        revised=article.revised,
        status=article.status,
        edition=article.edition,
        unpublished_changes=article.unpublished_changes,
        author=article.author,
        external_id=article.external_id,
    )


@patch("/articles/{article_id:str}", opt=needs(Privilege.REVISE))
async def revise(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
    data: JSONBody[ArticlePatch],
) -> Accepted:
    """Change fields of the working copy; readers see them with the next edition."""
    changed, tags = forms.patch(data), forms.named_tags(data.tags)
    made_on = precondition.required().made_on
    command = ReviseArticle(article_id=article_id, patch=changed, made_on=made_on, tags=tags)
    return await desk.execute(command, precondition)


@post("/articles/{article_id:str}/publish", opt=needs(Privilege.PUBLISH), status_code=HTTPStatus.OK)
async def publish(
    desk: NamedDependency[Desk], precondition: NamedDependency[Precondition], article_id: ArticleId
) -> Accepted:
    """Give readers the first edition, or bring back an article that was unpublished."""
    made_on = precondition.required().made_on
    article = await asyncio.to_thread(desk.newsroom.article, article_id)
    assert article.content is not None
    slug = forms.headline_slug(article.content.headline)
    command = PublishArticle(article_id=article_id, at=desk.now(), headline_slug=slug, made_on=made_on)
    return await desk.execute(command, precondition)


@post("/articles/{article_id:str}/update", opt=needs(Privilege.PUBLISH), status_code=HTTPStatus.OK)
async def update(
    desk: NamedDependency[Desk], precondition: NamedDependency[Precondition], article_id: ArticleId
) -> Accepted:
    """Give readers the working copy as the next edition, quietly."""
    made_on = precondition.required().made_on
    return await desk.execute(UpdateArticle(article_id=article_id, at=desk.now(), made_on=made_on), precondition)


@post("/articles/{article_id:str}/unpublish", opt=needs(Privilege.PUBLISH), status_code=HTTPStatus.OK)
async def unpublish(
    desk: NamedDependency[Desk], precondition: NamedDependency[Precondition], article_id: ArticleId
) -> Accepted:
    """Take an article from readers; it can be published again, at its old place and address."""
    return await desk.execute(UnpublishArticle(article_id=article_id, made_on=precondition.made_on), precondition)


routes = Router(
    "/editorial",
    tags=["Editing"],
    security=[{"bearer": []}],
    dependencies={"desk": Provide(desk), "precondition": Provide(precondition, sync_to_thread=False)},
    route_handlers=[draft, read, revise, publish, update, unpublish],
)
