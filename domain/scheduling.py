"""What is decided on time: steps that the newsroom takes by itself when their moment has come, and embargoes."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from msgspec import Meta

from domain.article import (
    ARTICLE,
    Article,
    ArticleEmbargoed,
    ArticleEmbargoLifted,
    ArticleScheduled,
    ArticleStepFailed,
    ArticleStepTaken,
    ArticleUnscheduled,
    Status,
    Step,
    StepAct,
)
from domain.publishing import PublishArticle, UnpublishArticle, UpdateArticle
from domain.role import Privilege
from domain.rules import Change, Fold, Refused, Unknown, decide, require
from domain.slug import Slug
from domain.workflow import ArticleCommand, as_seen, unscheduled, words

STEPS_MOST = 20
AHEAD_MOST = timedelta(days=5 * 365 + 1)

StepId = Annotated[str, Meta(min_length=1, max_length=64)]


class ScheduleStep(ArticleCommand, frozen=True, kw_only=True):
    """`at`: the present moment."""

    privilege: ClassVar[Privilege] = Privilege.SCHEDULE

    step_id: StepId
    act: StepAct
    due_at: datetime
    at: datetime


class UnscheduleStep(ArticleCommand, frozen=True, kw_only=True):
    """A step ahead, or one that failed, which then is no longer shown. None: all that are ahead."""

    privilege: ClassVar[Privilege] = Privilege.SCHEDULE

    step_id: StepId | None = None


class TakeStep(ArticleCommand, frozen=True, kw_only=True):
    """The newsroom's own: no privilege opens it. `headline_slug`: the address to claim if no editor chose one."""

    step_id: StepId
    at: datetime
    headline_slug: Slug


class SetEmbargo(ArticleCommand, frozen=True, kw_only=True):
    """Nobody gives it to readers before `until`, whoever asks. `at`: the present moment."""

    privilege: ClassVar[Privilege] = Privilege.SCHEDULE

    until: datetime
    at: datetime


class LiftEmbargo(ArticleCommand, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.SCHEDULE


@decide.register
def schedule(command: ScheduleStep, fold: Fold) -> list[Change]:
    article, _ = as_seen(command, fold)
    step = Step(command.step_id, command.act, command.due_at)
    if step in article.steps:
        return []
    require_plannable(article, {Status.DISCARDED, Status.WITHDRAWN})
    require_ahead(step.due_at, command.at)
    require(len(article.steps) < STEPS_MOST, f"An article has at most {STEPS_MOST} steps ahead.")
    require(all(one.id != step.id for one in article.steps), "There is another step with this id.")
    require_moment_of_its_own(step, article)
    require_something_to_act_on(step, article)
    require_after_embargo(step, article.embargo)
    return [ARTICLE.change(command.article_id, ArticleScheduled(step))]


@decide.register
def unschedule(command: UnscheduleStep, fold: Fold) -> list[Change]:
    article, _ = as_seen(command, fold)
    if command.step_id is None:
        return unscheduled(command.article_id, article)
    if command.step_id not in {step.id for step in (*article.steps, *article.failed)}:
        # Not quietly: whoever asks for it should know that it may have been taken.
        raise Unknown("There is no such step: it was taken, or removed before.")
    return [ARTICLE.change(command.article_id, ArticleUnscheduled(command.step_id))]


@decide.register
def take(command: TakeStep, fold: Fold) -> list[Change]:
    """Either it is taken together with what it does, or it fails alone: once, whoever else is about to take it.

    Nothing happens if it is not the earliest: what was planned to come first comes first, however late.
    """
    article = fold(ARTICLE, command.article_id)
    step = article.steps[0] if article.steps else None
    if step is None or step.id != command.step_id or command.at < step.due_at:
        return []
    try:
        done = acted(step, command, article, fold)
    except Refused as refusal:
        return [ARTICLE.change(command.article_id, ArticleStepFailed(step.id, str(refusal)))]
    return [ARTICLE.change(command.article_id, ArticleStepTaken(step.id)), *done]


@decide.register
def embargo(command: SetEmbargo, fold: Fold) -> list[Change]:
    article, _ = as_seen(command, fold)
    if article.embargo == command.until:
        return []
    require_plannable(article, {Status.DISCARDED})
    require_ahead(command.until, command.at)
    for step in article.steps:
        require_after_embargo(step, command.until)
    return [ARTICLE.change(command.article_id, ArticleEmbargoed(command.until))]


@decide.register
def lift_embargo(command: LiftEmbargo, fold: Fold) -> list[Change]:
    article, _ = as_seen(command, fold)
    return [] if article.embargo is None else [ARTICLE.change(command.article_id, ArticleEmbargoLifted())]


def acted(step: Step, command: TakeStep, article: Article, fold: Fold) -> list[Change]:
    """What an editor's own act would record."""
    id, at = command.article_id, command.at
    match step.act:
        case StepAct.PUBLISH if article.status is Status.PUBLISHED:
            # Somebody did it before. Changes since then wait for an update, as if that step had been the first.
            return []
        case StepAct.PUBLISH:
            return decide(PublishArticle(article_id=id, at=at, headline_slug=command.headline_slug), fold)
        case StepAct.UPDATE:
            return decide(UpdateArticle(article_id=id, at=at), fold)
        case StepAct.UNPUBLISH:
            return decide(UnpublishArticle(article_id=id), fold)


def require_plannable(article: Article, closed: set[Status]) -> None:
    require(article.status not in closed, f"Nothing can be planned for an article that is {words(article.status)}.")


def require_ahead(due_at: datetime, at: datetime) -> None:
    require(due_at > at, "This moment is not in the future.")
    require(due_at <= at + AHEAD_MOST, "This moment is more than five years ahead.")


def require_moment_of_its_own(step: Step, article: Article) -> None:
    """Nobody could say which of two comes first."""
    same = next((one for one in article.steps if one.due_at == step.due_at), None)
    if same is not None:
        raise Refused(f"At this moment the article has a step already: to {same.act} it.")


def require_something_to_act_on(step: Step, article: Article) -> None:
    """To publish need not be possible yet; the other acts need an article that readers have by then."""
    published_before = any(one.act is StepAct.PUBLISH and one.due_at < step.due_at for one in article.steps)
    if step.act is not StepAct.PUBLISH and article.status is not Status.PUBLISHED and not published_before:
        raise Refused(f"There will be nothing to {step.act}: the article is not published, and no step before does it.")


def require_after_embargo(step: Step, until: datetime | None) -> None:
    if step.act is not StepAct.UNPUBLISH and until is not None and step.due_at < until:
        raise Refused(
            f"The step to {step.act} at {step.due_at.isoformat()} would come before the end of the embargo,"
            f" {until.isoformat()}."
        )
