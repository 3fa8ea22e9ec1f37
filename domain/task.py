"""The work on an article: who is to do it and by when, what colleagues noted, who may look at it beforehand.

All of it stands beside the article, in a stream of its own with the same id: none of it changes a word.
"""

from datetime import datetime
from typing import ClassVar

from msgspec import Struct, structs

from domain.article import ARTICLE, Article
from domain.role import Privilege
from domain.rules import Aggregate, Change, Event, Fold, Unknown, decide, require
from domain.staff import STAFF, works_for

# Events.


class TaskAssigned(Event, frozen=True):
    """To a staff member; to nobody, if empty."""

    to: str = ""


class TaskDue(Event, frozen=True):
    """None: no longer by any moment."""

    at: datetime | None = None


class NoteWritten(Event, frozen=True):
    """`block`: the one it is on; empty, it is on the whole article.

    A confidential note's words lie in the vault, and the history has a salted digest of them instead.
    """

    note: str
    block: str = ""
    text: str = ""
    digest: str = ""


class NoteResolved(Event, frozen=True):
    note: str


class PreviewOpened(Event, frozen=True):
    """Whoever has the link may look at the working copy until then."""

    preview: str
    until: datetime


class PreviewClosed(Event, frozen=True):
    preview: str


TaskEvent = TaskAssigned | TaskDue | NoteWritten | NoteResolved | PreviewOpened | PreviewClosed


# State: only what the rules need, and the desk asks for.


class WrittenNote(Struct, frozen=True):
    """`order`: the stream's version at which it was written."""

    id: str
    block: str
    text: str
    digest: str
    order: int
    resolved: bool = False


class Task(Struct, frozen=True):
    """`previews`: those that were opened and not closed, with the moments at which they end."""

    version: int = 0
    assignee: str = ""
    due_at: datetime | None = None
    notes: tuple[WrittenNote, ...] = ()
    previews: tuple[tuple[str, datetime], ...] = ()


def evolve(task: Task, event: TaskEvent) -> Task:
    return structs.replace(_evolve(task, event), version=task.version + 1)


def _evolve(task: Task, event: TaskEvent) -> Task:
    match event:
        case TaskAssigned(to):
            return structs.replace(task, assignee=to)
        case TaskDue(at):
            return structs.replace(task, due_at=at)
        case NoteWritten(note, block, text, digest):
            written = WrittenNote(note, block, text, digest, task.version + 1)
            return structs.replace(task, notes=(*task.notes, written))
        case NoteResolved(note):
            notes = tuple(structs.replace(one, resolved=True) if one.id == note else one for one in task.notes)
            return structs.replace(task, notes=notes)
        case PreviewOpened(preview, until):
            return structs.replace(task, previews=(*task.previews, (preview, until)))
        case PreviewClosed(preview):
            return structs.replace(task, previews=tuple(one for one in task.previews if one[0] != preview))


TASK = Aggregate("task", Task(), evolve)


# Commands, and what the newsroom decides on them.


class TaskCommand(Struct, frozen=True, kw_only=True):
    """`reach`: the privilege with which it is not their own articles alone."""

    privilege: ClassVar[Privilege]
    reach: ClassVar[Privilege] = Privilege.REVISE_ANY

    article_id: str

    @property
    def stream(self) -> str:
        return TASK.stream(self.article_id)


class AssignArticle(TaskCommand, frozen=True, kw_only=True):
    """`to`: a staff member; nobody, if empty."""

    privilege: ClassVar[Privilege] = Privilege.ASSIGN

    to: str


class SetDue(TaskCommand, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.ASSIGN

    at: datetime | None


@decide.register
def assign(command: AssignArticle, fold: Fold) -> list[Change]:
    article, task = found(command, fold)
    if command.to == task.assignee:
        return []
    if command.to:
        require_able(command.to, article, fold)
    return [TASK.change(command.article_id, TaskAssigned(command.to))]


@decide.register
def set_due(command: SetDue, fold: Fold) -> list[Change]:
    _, task = found(command, fold)
    return [] if command.at == task.due_at else [TASK.change(command.article_id, TaskDue(command.at))]


def found(command: TaskCommand, fold: Fold) -> tuple[Article, Task]:
    article = fold(ARTICLE, command.article_id)
    if article.content is None:
        raise Unknown("There is no such article.")
    return article, fold(TASK, command.article_id)


def require_able(staff_id: str, article: Article, fold: Fold) -> None:
    """They work here, may revise, and do so for the article's section."""
    member = fold(STAFF, staff_id)
    assert article.content is not None
    section = article.content.section
    require(member.role is not None, "Nobody with this id works here.")
    require(member.may(Privilege.REVISE_OWN, Privilege.REVISE_ANY), "This person's role does not include writing.")
    require(works_for(member, section, fold), f"This person does not work for the section '{section}'.")
