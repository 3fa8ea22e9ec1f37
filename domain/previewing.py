"""What is decided on previews: who has such a link may look at the working copy, until it ends or is closed."""

from datetime import datetime, timedelta
from typing import ClassVar

from domain.article import Status
from domain.role import Privilege
from domain.rules import Change, Fold, decide, require
from domain.task import TASK, PreviewClosed, PreviewOpened, TaskCommand, found
from domain.workflow import words

PREVIEWS_OPEN_MOST = 20
PREVIEWED_MOST = timedelta(days=30)


class PreviewCommand(TaskCommand, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.REVISE_OWN

    preview_id: str


class OpenPreview(PreviewCommand, frozen=True, kw_only=True):
    """`at`: the present moment."""

    at: datetime
    until: datetime


class ClosePreview(PreviewCommand, frozen=True, kw_only=True):
    pass


@decide.register
def open_preview(command: OpenPreview, fold: Fold) -> list[Change]:
    article, task = found(command, fold)
    gone = article.status in (Status.DISCARDED, Status.WITHDRAWN)
    require(not gone, f"There is nothing to show of an article that is {words(article.status)}.")
    ahead = command.until - command.at
    require(timedelta() < ahead <= PREVIEWED_MOST, f"A preview ends within {PREVIEWED_MOST.days} days.")
    still_open = [until for _, until in task.previews if until > command.at]
    require(len(still_open) < PREVIEWS_OPEN_MOST, f"At most {PREVIEWS_OPEN_MOST} previews are open; close one first.")
    require(command.preview_id not in dict(task.previews), "The preview is open already.")
    return [TASK.change(command.article_id, PreviewOpened(command.preview_id, command.until))]


@decide.register
def close_preview(command: ClosePreview, fold: Fold) -> list[Change]:
    _, task = found(command, fold)
    if command.preview_id not in dict(task.previews):
        return []
    return [TASK.change(command.article_id, PreviewClosed(command.preview_id))]
