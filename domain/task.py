"""The work on an article: who is to do it and by when, what colleagues noted, who may look at it beforehand.

All of it stands beside the article, in a stream of its own with the same id: none of it changes a word.
"""

from datetime import datetime

from msgspec import Struct, structs

from domain.rules import Aggregate, Event

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
