"""Editing: one handler a command. Who asks is in the token, what they saw in `If-Match` or `?base=`."""

from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, Response, Router, get, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody
from msgspec import Meta, Struct

from cms import forms
from cms.forms import ArticleForm, ArticlePatch
from cms.ids import new_id
from cms.newsroom import Newsroom
from cms.web import desk as desks
from cms.web import (
    figures,
    front,
    lists,
    pages,
    presence,
    previews,
    related,
    schedules,
    sections,
    sources,
    staff,
    story,
    tags,
    tasks,
    undo,
    versions,
    writers,
)
from cms.web.access import READS_ARTICLE, REVISES, asks
from cms.web.desk import Accepted, ArticleId, Desk, Precondition, WorkingCopy, working_copy
from domain.drafting import (
    ApproveArticle,
    DiscardArticle,
    DraftArticle,
    Note,
    ReopenArticle,
    ReturnArticle,
    SubmitArticle,
)
from domain.publishing import (
    CorrectArticle,
    PublicNote,
    PublishArticle,
    RestoreArticle,
    UnpublishArticle,
    UpdateArticle,
    WithdrawArticle,
)
from domain.task import TASK

# Spaces alone tell readers nothing.
Words = Annotated[PublicNote, Meta(pattern=r"\S")]


class ReturnForm(Struct, frozen=True, forbid_unknown_fields=True):
    """`note`: what its writer is asked to do."""

    note: Note = ""


class CorrectForm(Struct, frozen=True, forbid_unknown_fields=True):
    """`note`: what was wrong, for readers."""

    note: Words


class WithdrawForm(Struct, frozen=True, forbid_unknown_fields=True):
    """`notice`: what readers are told in the article's place."""

    notice: Words


@post("/articles", opt=asks(DraftArticle))
async def draft(desk: NamedDependency[Desk], data: JSONBody[ArticleForm]) -> Accepted:
    """Draft an article."""
    content, tags = forms.content(data), forms.named_tags(data.tags)
    author = desk.request.user.id
    command = DraftArticle(article_id=new_id(), content=content, author=author, tags=tags, related=content.related)
    return await desk.execute(command)


@get("/articles/{article_id:str}", opt=READS_ARTICLE, sync_to_thread=True)
def read(
    request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom], article_id: ArticleId
) -> Response[WorkingCopy]:
    """The working copy. Its `ETag` is the version, for `If-Match`."""
    zone = request.app.state.site.zone
    copy = working_copy(article_id, newsroom.article(article_id), zone, newsroom.state(TASK, article_id))
    return Response(copy, headers={"etag": f'"{copy.version}"', "cache-control": "private, no-cache"})


@patch("/articles/{article_id:str}", opt=REVISES)
async def revise(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
    data: JSONBody[ArticlePatch],
) -> Accepted:
    """Change fields of the working copy; readers see them with the next edition."""
    patch, tags = forms.patch(data, article_id), forms.named_tags(data.tags)
    return await desk.revise(article_id, precondition.required(), patch, tags, patch.get("related", ()))


@post("/articles/{article_id:str}/submit", opt=asks(SubmitArticle), status_code=HTTPStatus.OK)
async def submit(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
) -> Accepted:
    """Hand a draft in for review."""
    return await desk.execute(SubmitArticle(article_id=article_id, made_on=precondition.made_on), precondition)


@post("/articles/{article_id:str}/return", opt=asks(ReturnArticle), status_code=HTTPStatus.OK)
async def return_(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
    data: JSONBody[ReturnForm | None] = None,
) -> Accepted:
    """Give an article back to its writer."""
    command = ReturnArticle(article_id=article_id, made_on=precondition.made_on, note=data.note if data else "")
    return await desk.execute(command, precondition)


@post("/articles/{article_id:str}/approve", opt=asks(ApproveArticle), status_code=HTTPStatus.OK)
async def approve(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
) -> Accepted:
    """Find an article fit to be published."""
    return await desk.execute(ApproveArticle(article_id=article_id, made_on=precondition.made_on), precondition)


@post("/articles/{article_id:str}/discard", opt=asks(DiscardArticle), status_code=HTTPStatus.OK)
async def discard(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
) -> Accepted:
    """Give up an article that was never published."""
    return await desk.execute(DiscardArticle(article_id=article_id, made_on=precondition.made_on), precondition)


@post("/articles/{article_id:str}/reopen", opt=asks(ReopenArticle), status_code=HTTPStatus.OK)
async def reopen(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
) -> Accepted:
    """Make a draft again of an article that was discarded."""
    return await desk.execute(ReopenArticle(article_id=article_id, made_on=precondition.made_on), precondition)


@post("/articles/{article_id:str}/publish", opt=asks(PublishArticle), status_code=HTTPStatus.OK)
async def publish(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
) -> Accepted:
    """Give readers the first edition, or bring back an article that was unpublished."""
    content = await desk.content(article_id)
    return await desk.execute(
        PublishArticle(
            article_id=article_id,
            made_on=precondition.required().made_on,
            at=desk.now(),
            headline_slug=forms.headline_slug(content.headline),
        ),
        precondition,
    )


@post("/articles/{article_id:str}/update", opt=asks(UpdateArticle), status_code=HTTPStatus.OK)
async def update(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
) -> Accepted:
    """Give readers the working copy as the next edition, quietly."""
    command = UpdateArticle(article_id=article_id, made_on=precondition.required().made_on, at=desk.now())
    return await desk.execute(command, precondition)


@post("/articles/{article_id:str}/correct", opt=asks(CorrectArticle), status_code=HTTPStatus.OK)
async def correct(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
    data: JSONBody[CorrectForm],
) -> Accepted:
    """Give readers the working copy as the next edition, and say what was wrong."""
    made_on = precondition.required().made_on
    command = CorrectArticle(article_id=article_id, made_on=made_on, at=desk.now(), note=data.note)
    return await desk.execute(command, precondition)


@post("/articles/{article_id:str}/unpublish", opt=asks(UnpublishArticle), status_code=HTTPStatus.OK)
async def unpublish(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
) -> Accepted:
    """Take an article from readers; it can be published again, at its old place and address."""
    return await desk.execute(UnpublishArticle(article_id=article_id, made_on=precondition.made_on), precondition)


@post("/articles/{article_id:str}/withdraw", opt=asks(WithdrawArticle), status_code=HTTPStatus.OK)
async def withdraw(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
    data: JSONBody[WithdrawForm],
) -> Accepted:
    """Take an article from readers, and tell them why in its place."""
    command = WithdrawArticle(article_id=article_id, made_on=precondition.made_on, notice=data.notice)
    return await desk.execute(command, precondition)


@post("/articles/{article_id:str}/restore", opt=asks(RestoreArticle), status_code=HTTPStatus.OK)
async def restore(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
) -> Accepted:
    """End a withdrawal: readers get the last edition again."""
    command = RestoreArticle(article_id=article_id, made_on=precondition.made_on, at=desk.now())
    return await desk.execute(command, precondition)


routes = Router(
    "/editorial",
    tags=["Editing"],
    security=[{"bearer": []}],
    dependencies={
        "desk": Provide(desks.desk),
        "precondition": Provide(desks.precondition, sync_to_thread=False),
        **lists.dependencies,
        **figures.dependencies,
    },
    route_handlers=[
        draft,
        read,
        revise,
        submit,
        return_,
        approve,
        discard,
        reopen,
        publish,
        update,
        correct,
        unpublish,
        withdraw,
        restore,
        *schedules.handlers,
        *versions.handlers,
        *tasks.handlers,
        *previews.handlers,
        *related.handlers,
        *presence.handlers,
        *lists.handlers,
        *front.handlers,
        *sections.handlers,
        *tags.handlers,
        *writers.handlers,
        *sources.handlers,
        *pages.handlers,
        *story.handlers,
        *undo.handlers,
        *staff.handlers,
        *figures.handlers,
    ],
)
