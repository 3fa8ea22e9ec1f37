"""What is decided on notes: colleagues remark on an article or on a block of it, and say when that is done with."""

from typing import ClassVar

from domain.article import Article
from domain.role import Privilege
from domain.rules import Change, Fold, Unknown, decide, require
from domain.task import TASK, NoteResolved, NoteWritten, TaskCommand, found

NOTES_MOST = 500
NOTE_LENGTH_MOST = 5_000


class NoteCommand(TaskCommand, frozen=True, kw_only=True):
    """Who writes here may say something about every article that they may read."""

    privilege: ClassVar[Privilege] = Privilege.REVISE_OWN
    reach: ClassVar[Privilege] = Privilege.READ_DRAFTS

    note_id: str


class WriteNote(NoteCommand, frozen=True, kw_only=True):
    """Either `text`, or the `digest` of what lies in the vault. `block`: empty, it is on the whole article."""

    block: str = ""
    text: str = ""
    digest: str = ""


class ResolveNote(NoteCommand, frozen=True, kw_only=True):
    pass


@decide.register
def write_note(command: WriteNote, fold: Fold) -> list[Change]:
    article, task = found(command, fold)
    require(bool(command.text) != bool(command.digest), "A note needs words.")
    require(len(command.text) <= NOTE_LENGTH_MOST, f"A note has at most {NOTE_LENGTH_MOST} characters.")
    require(len(task.notes) < NOTES_MOST, f"An article has at most {NOTES_MOST} notes.")
    require(all(note.id != command.note_id for note in task.notes), "The note exists already.")
    require_block(command.block, article)
    written = NoteWritten(command.note_id, command.block, command.text, command.digest)
    return [TASK.change(command.article_id, written)]


@decide.register
def resolve_note(command: ResolveNote, fold: Fold) -> list[Change]:
    _, task = found(command, fold)
    note = next((note for note in task.notes if note.id == command.note_id), None)
    if note is None:
        raise Unknown("There is no such note on this article.")
    return [] if note.resolved else [TASK.change(command.article_id, NoteResolved(command.note_id))]


def require_block(block: str, article: Article) -> None:
    assert article.content is not None
    require(not block or any(one.id == block for one in article.content.body), f"There is no block '{block}'.")
