"""The work on an article: whose it is, by when, and what colleagues noted on it."""

from collections.abc import Collection
from datetime import datetime, timedelta, tzinfo
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct, structs

from cms import confidential
from cms.forms import BadField, require_no_control
from cms.ids import new_id
from cms.moments import offset
from cms.newsroom import Newsroom
from cms.staff import User, names
from cms.web.access import ID, READS_ARTICLE, asks
from cms.web.desk import Accepted, ArticleId, Desk, Moment
from domain.body import BlockId
from domain.noting import NOTE_LENGTH_MOST, ResolveNote, WriteNote
from domain.recorded import Recorded
from domain.role import Privilege
from domain.task import TASK, AssignArticle, NoteResolved, NoteWritten, SetDue

DUE_MOST = timedelta(days=3_660)

StaffId = Annotated[str, Meta(pattern=ID)]
NoteId = Annotated[str, PathParameter(pattern=ID)]
NoteWords = Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MOST, pattern=r"\S")]


class AssignmentForm(Struct, frozen=True, forbid_unknown_fields=True):
    """`to`: a staff member's id; null for nobody."""

    to: StaffId | None


class DueForm(Struct, frozen=True, forbid_unknown_fields=True):
    """`at`: null for no longer by any moment."""

    at: Moment | None


class NoteForm(Struct, frozen=True, forbid_unknown_fields=True):
    """`block`: the id of the one that it is on; without it, it is on the whole article."""

    text: NoteWords
    block: BlockId = ""
    confidential: bool = False


class NoteAccepted(Struct, frozen=True):
    id: str
    note: str
    version: int
    position: int


class Note(Struct, frozen=True, kw_only=True):
    """`text` is null for who may not read a confidential note, and for everybody once its words were forgotten."""

    note: str
    at: datetime
    by: str
    block: str
    text: str | None
    confidential: bool
    resolved: bool = False
    resolved_by: str | None = None
    resolved_at: datetime | None = None


class Notes(Struct, frozen=True):
    """`names`: of those who wrote or resolved them, by id, as far as they are known."""

    items: list[Note]
    names: dict[str, str]


@put("/articles/{article_id:str}/assignment", opt=asks(AssignArticle))
async def assign(desk: NamedDependency[Desk], article_id: ArticleId, data: JSONBody[AssignmentForm]) -> Accepted:
    """Say whose work the article is, or that it is nobody's."""
    return await desk.execute(AssignArticle(article_id=article_id, to=data.to or ""))


@put("/articles/{article_id:str}/due", opt=asks(SetDue))
async def set_due(desk: NamedDependency[Desk], article_id: ArticleId, data: JSONBody[DueForm]) -> Accepted:
    """Say by when the article is to be done."""
    at = None if data.at is None else desk.moment(data.at, "at")
    if at is not None and abs(at - desk.now()) > DUE_MOST:
        raise BadField("at", "That is more than ten years away.")
    return await desk.execute(SetDue(article_id=article_id, at=at))


@post("/articles/{article_id:str}/notes", opt=asks(WriteNote))
async def write_note(desk: NamedDependency[Desk], article_id: ArticleId, data: JSONBody[NoteForm]) -> NoteAccepted:
    """Note something on the article, or on a block of it."""
    require_no_control("text", data.text)
    note = WriteNote(article_id=article_id, note_id=new_id(), block=data.block)
    if data.confidential:
        digest, kept = confidential.sealed(note.note_id, data.text)
        accepted = await desk.execute(structs.replace(note, digest=digest), beside=[kept])
    else:
        accepted = await desk.execute(structs.replace(note, text=data.text))
    written = await desk.recorded(note.stream, accepted)
    return NoteAccepted(accepted.id, written.note, accepted.version, accepted.position)


@get("/articles/{article_id:str}/notes", opt=READS_ARTICLE, sync_to_thread=True)
def get_notes(request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom], article_id: ArticleId) -> Notes:
    """What colleagues noted on the article, oldest first."""
    newsroom.article(article_id)
    written = list(newsroom.history.stream(TASK.stream(article_id)))
    words = unsealed(newsroom, request.user, written)
    items = [*notes(written, words, request.app.state.site.zone).values()]
    people = {one.by for one in items} | {one.resolved_by for one in items if one.resolved_by}
    return Notes(items, names(newsroom.history, people))


@post(
    "/articles/{article_id:str}/notes/{note:str}/resolve",
    opt=asks(ResolveNote),
    status_code=HTTPStatus.OK,
)
async def resolve_note(desk: NamedDependency[Desk], article_id: ArticleId, note: NoteId) -> Accepted:
    """Say that a note is done with."""
    return await desk.execute(ResolveNote(article_id=article_id, note_id=note))


def unsealed(newsroom: Newsroom, user: User, written: Collection[Recorded]) -> dict[str, str]:
    """The words of those confidential notes that they may read: with the privilege all of them, else their own."""
    readable = [
        one.event.note
        for one in written
        if isinstance(one.event, NoteWritten) and one.event.digest
        if one.by == user.id or user.may(Privilege.READ_CONFIDENTIAL)
    ]
    return confidential.unsealed(newsroom.history, readable)


def notes(written: Collection[Recorded], words: dict[str, str], zone: tzinfo) -> dict[str, Note]:
    found: dict[str, Note] = {}
    for one in written:
        at = offset(one.at, zone)
        match one.event:
            case NoteWritten(note, block, text, digest):
                said = words.get(note) if digest else text
                found[note] = Note(note=note, at=at, by=one.by, block=block, text=said, confidential=bool(digest))
            case NoteResolved(note):
                found[note] = structs.replace(found[note], resolved=True, resolved_by=one.by, resolved_at=at)
            case _:
                pass
    return found


handlers = [assign, set_due, write_note, get_notes, resolve_note]
