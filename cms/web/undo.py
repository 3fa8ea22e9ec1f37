"""Taking back: one act on an article, or all that one account did since a moment."""

import asyncio
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from cms import undo_account
from cms.newsroom import Newsroom
from cms.story import Teller, called
from cms.undo import Past
from cms.undo_account import Left, Plan, Step
from cms.web.access import asks, needs
from cms.web.clashes import Clashed, Sides
from cms.web.desk import OWN_WRITE_SECONDS, Accepted, ArticleId, Desk
from cms.web.staff import StaffId
from domain.article import ARTICLE
from domain.merging import Clash
from domain.recorded import Recorded, aggregate_of
from domain.role import Privilege
from domain.rules import Unknown
from domain.staff import STAFF
from domain.task import TASK
from domain.undoing import UndoArticle

# Who may not read an article does not learn from a refusal what happened to it.
UNDOES: dict[str, Any] = {**asks(UndoArticle), "article": True}


class UndoForm(Struct, frozen=True, forbid_unknown_fields=True):
    """`version`: the one whose act is taken back; by default the last that can be."""

    version: Annotated[int, Meta(ge=1, le=2**62)] | None = None


class UndoAccountForm(Struct, frozen=True, forbid_unknown_fields=True):
    """`dry_run`: only say what would be taken back."""

    since: Annotated[datetime, Meta(tz=True)]
    dry_run: bool = False


class UndoneAct(Struct, frozen=True):
    """`sentence`: what was taken back."""

    article: str
    version: int
    sentence: str


class LeftAct(Struct, frozen=True):
    """`article` is null where it was not about one."""

    article: str | None
    version: int
    why: str


class UndoneAccount(Struct, frozen=True):
    """Article by article, and of each the newest first."""

    undone: list[UndoneAct]
    left: list[LeftAct]


@post("/articles/{article_id:str}/undo", opt=UNDOES, status_code=HTTPStatus.OK)
async def undo(desk: NamedDependency[Desk], article_id: ArticleId, data: JSONBody[UndoForm | None] = None) -> Accepted:
    """Take back what one version did, by an act of its own; later changes by others stay."""
    if known := await asyncio.to_thread(desk.answered):
        return known
    past = await asyncio.to_thread(past_of, desk, article_id)
    version = past.latest() if data is None or data.version is None else data.version
    command = past.undoing(version, desk.now())
    try:
        return await desk.execute(command)
    except Clash as clash:
        raise Clashed(clash, await asyncio.to_thread(sides, desk, past, command)) from None


def past_of(desk: Desk, article_id: str) -> Past:
    desk.newsroom.article(article_id)
    return Past(article_id, desk.newsroom.history.stream(ARTICLE.stream(article_id)))


def sides(desk: Desk, past: Past, command: UndoArticle) -> Sides:
    """Base is what the version made of the article; yours, what it was before."""
    base, theirs, yours = (past.states[at].content for at in (command.version, -1, command.version - 1))
    assert base is not None
    assert theirs is not None
    assert yours is not None
    return Sides(base, theirs, yours, desk.since(past.id, command.version))


@post("/staff/{staff_id:str}/undo", opt=needs(Privilege.UNDO), status_code=HTTPStatus.OK)
async def undo_all(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    staff_id: StaffId,
    data: JSONBody[UndoAccountForm],
) -> UndoneAccount:
    """Take back all that one account did with articles since a moment, the newest first."""
    # Asked again, it finds nothing more to do: it needs no key.
    desk = Desk(request, newsroom, None)
    if not newsroom.history.version_of(STAFF.stream(staff_id)):
        raise Unknown("Nobody with this id works here, or did.")
    by = desk.request.user.id
    plan = await asyncio.to_thread(undo_account.planned, desk.newsroom, staff_id, data.since, by)
    if not data.dry_run:
        plan = await asyncio.to_thread(undo_account.done, desk.newsroom, plan, by)
        if desk.reading.embedded:
            await desk.reading.reached(desk.newsroom.history.head(), OWN_WRITE_SECONDS)
    return await asyncio.to_thread(answer, desk, staff_id, plan)


def answer(desk: Desk, staff_id: str, plan: Plan) -> UndoneAccount:
    zone = desk.request.app.state.site.zone
    teller = Teller(called(desk.newsroom.history, [staff_id]), zone)
    return UndoneAccount([undone_act(step, teller) for step in plan.steps], [left_act(one) for one in plan.left])


def undone_act(step: Step, teller: Teller) -> UndoneAct:
    return UndoneAct(step.recorded.id, step.recorded.version, teller.sentence(step.recorded))


def left_act(left: Left) -> LeftAct:
    return LeftAct(article_of(left.recorded), left.recorded.version, left.why)


def article_of(recorded: Recorded) -> str | None:
    return recorded.id if aggregate_of(recorded.stream) in (ARTICLE, TASK) else None


handlers = [undo, undo_all]
