"""Time: steps that the newsroom takes by itself, embargoes, and what is ahead over all articles."""

from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, delete, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from msgspec import Struct

from cms import plan
from cms.ids import new_id
from cms.moments import moment
from cms.newsroom import Newsroom
from cms.plan import Plan
from cms.web.access import READS_DESK, asks
from cms.web.desk import MOMENT_CHARACTERS, MOMENT_SAID, Accepted, ArticleId, Desk, Moment, Precondition
from cms.web.occasions import also
from domain.article import StepAct
from domain.scheduling import LiftEmbargo, ScheduleStep, SetEmbargo, StepId, UnscheduleStep
from domain.slug import SLUG_LENGTH_MOST

Since = Annotated[str | None, QueryParameter(name="from", max_length=MOMENT_CHARACTERS, description=MOMENT_SAID)]
Until = Annotated[str | None, QueryParameter(name="to", max_length=MOMENT_CHARACTERS, description=MOMENT_SAID)]


class ScheduleForm(Struct, frozen=True, forbid_unknown_fields=True):
    at: Moment
    act: StepAct = StepAct.PUBLISH


class UnscheduleForm(Struct, frozen=True, forbid_unknown_fields=True):
    """Without a step: all that are ahead."""

    step: StepId | None = None


class EmbargoForm(Struct, frozen=True, forbid_unknown_fields=True):
    until: Moment


class Scheduled(Accepted, frozen=True):
    """`step`: its id, to unschedule it."""

    step: str


@post("/articles/{article_id:str}/schedule", opt=asks(ScheduleStep), status_code=HTTPStatus.OK)
async def schedule(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
    data: JSONBody[ScheduleForm],
) -> Scheduled:
    """Have an article published, updated or unpublished at a moment, as it stands then."""
    command = ScheduleStep(
        article_id=article_id,
        made_on=precondition.made_on,
        step_id=new_id(),
        act=data.act,
        due_at=desk.moment(data.at, "at"),
        at=desk.now(),
    )
    accepted = await desk.execute(command, precondition)
    scheduled = await desk.recorded(command.stream, accepted)
    return Scheduled(accepted.id, accepted.version, accepted.position, scheduled.step.id)


@post("/articles/{article_id:str}/unschedule", opt=asks(UnscheduleStep), status_code=HTTPStatus.OK)
async def unschedule(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
    data: JSONBody[UnscheduleForm | None] = None,
) -> Accepted:
    """Remove a step that is ahead, or one that failed from sight."""
    command = UnscheduleStep(article_id=article_id, made_on=precondition.made_on, step_id=data.step if data else None)
    return await desk.execute(command, precondition)


@put("/articles/{article_id:str}/embargo", opt=asks(SetEmbargo))
async def set_embargo(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
    data: JSONBody[EmbargoForm],
) -> Accepted:
    """Let nobody publish an article before a moment."""
    until = desk.moment(data.until, "until")
    command = SetEmbargo(article_id=article_id, made_on=precondition.made_on, until=until, at=desk.now())
    return await desk.execute(command, precondition)


@delete("/articles/{article_id:str}/embargo", opt=asks(LiftEmbargo), status_code=HTTPStatus.OK)
async def lift_embargo(
    desk: NamedDependency[Desk],
    precondition: NamedDependency[Precondition],
    article_id: ArticleId,
) -> Accepted:
    """End an embargo before its time."""
    return await desk.execute(LiftEmbargo(article_id=article_id, made_on=precondition.made_on), precondition)


@get("/schedule", opt=READS_DESK, responses=also(HTTPStatus.NOT_FOUND), sync_to_thread=True)
def get_schedule(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    since: Since = None,
    until: Until = None,
    section: Annotated[str | None, QueryParameter(pattern=r"^[a-z0-9-]+$(?!\n)", max_length=SLUG_LENGTH_MOST)] = None,
) -> Plan:
    """What is ahead, and what failed, of the articles that the asker may read: from a moment on, and before another."""
    zone = request.app.state.site.zone
    first = None if since is None else moment(since, zone, "from")
    last = None if until is None else moment(until, zone, "to")
    return plan.in_zone(plan.read(newsroom, request.user, first, last, section), zone)


handlers = [schedule, unschedule, set_embargo, lift_embargo, get_schedule]
