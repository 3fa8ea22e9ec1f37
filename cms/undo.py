"""Taking back what was done with an article: which act undoes which event, and when it no longer can."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple

from msgspec import UNSET

from domain.article import (
    ARTICLE,
    Article,
    ArticleApprovalTakenBack,
    ArticleApproved,
    ArticleCorrected,
    ArticleDiscarded,
    ArticleEmbargoed,
    ArticleEmbargoLifted,
    ArticlePublished,
    ArticleReopened,
    ArticleRestored,
    ArticleReturned,
    ArticleRevised,
    ArticleScheduled,
    ArticleSubmitted,
    ArticleUndone,
    ArticleUnpublished,
    ArticleUnscheduled,
    ArticleUpdated,
    ArticleWithdrawn,
    Status,
)
from domain.content import FIELDS, Content
from domain.drafting import ApproveArticle, DiscardArticle, ReopenArticle, ReturnArticle, ReviseArticle, SubmitArticle
from domain.publishing import RestoreArticle, UnpublishArticle, WithdrawArticle
from domain.recorded import Recorded
from domain.rules import Refused, Unknown, require
from domain.scheduling import LiftEmbargo, ScheduleStep, SetEmbargo, UnscheduleStep
from domain.undoing import GiveEarlierEdition, TakeBackApproval, UndoArticle
from domain.workflow import ArticleCommand


class Past:
    """An article's events from its beginning, and what it was after each. It grows as events are added."""

    def __init__(self, article_id: str, events: Iterable[Recorded]) -> None:
        self.id = article_id
        self.events: list[Recorded] = []
        self.states: list[Article] = [ARTICLE.initial]
        # By the version of an event that takes one back: the version of that one.
        self.takes_back: dict[int, int] = {}
        for recorded in events:
            self.add(recorded)

    def add(self, recorded: Recorded) -> None:
        self.events.append(recorded)
        self.states.append(ARTICLE.evolve(self.now, recorded.event))
        if isinstance(recorded.event, ArticleUndone):
            for one in takewhile(lambda one: one.command == recorded.command, reversed(self.events)):
                self.takes_back[one.version] = recorded.event.version

    @property
    def now(self) -> Article:
        return self.states[-1]

    def event(self, version: int) -> Recorded:
        if not 1 <= version <= len(self.events):
            raise Unknown("The article has not come to this version.")
        return self.events[version - 1]

    def latest(self) -> int:
        """The last version that can be taken back, and that takes back nothing itself."""
        for recorded in reversed(self.events):
            version = recorded.version
            if type(recorded.event) in UNDO and version not in self.takes_back and version not in self.now.undone:
                return version
        raise Refused("There is nothing to take back.")

    def undoing(self, version: int, at: datetime) -> UndoArticle:
        """The command that takes a version back; raises `Refused` where none can."""
        act = UNDO.get(type(self.event(version).event))
        if act is None:
            raise Refused("This cannot be taken back.")
        if version in self.now.undone:
            return self.command(version, None)
        self.require_not_overtaken(version)
        return self.command(version, act(Undone(self, version, at)))

    def command(self, version: int, act: ArticleCommand | None) -> UndoArticle:
        seen, redone = len(self.events), self.takes_back.get(version, 0)
        return UndoArticle(article_id=self.id, version=version, seen=seen, act=act, redone=redone)

    def require_not_overtaken(self, version: int) -> None:
        """An act that moves the article is taken back only while nothing that came after it still holds."""
        if type(self.event(version).event) not in MOVES:
            return
        for later in self.events[version:]:
            takes_back_later = self.takes_back.get(later.version, 0) > version
            if type(later.event) in MOVES and later.version not in self.now.undone and not takes_back_later:
                raise Refused(f"Version {later.version} has overtaken this; take that back first.")


class Undone(NamedTuple):
    """The version that is to be taken back, and when."""

    past: Past
    version: int
    at: datetime

    @property
    def before(self) -> Article:
        return self.past.states[self.version - 1]

    @property
    def after(self) -> Article:
        return self.past.states[self.version]


def words_before(undone: Undone) -> ArticleCommand:
    """A merge, as of an editor who had the words after it before them and made them what they were."""
    before, base = content_of(undone.before), content_of(undone.after)
    event: Any = undone.past.event(undone.version).event
    patch: dict[str, object] = {
        name: getattr(before, name) for name in FIELDS if getattr(event.revision, name) is not UNSET
    }
    if before.body != base.body:
        patch["body"] = before.body
    return ReviseArticle(article_id=undone.past.id, patch=patch, base=base)


def content_of(article: Article) -> Content:
    assert article.content is not None
    return article.content


def discarded_again(undone: Undone) -> ArticleCommand:
    require(undone.past.now.revised <= undone.version, "It was written on since it was a draft again.")
    return DiscardArticle(article_id=undone.past.id)


def edition_before(undone: Undone) -> ArticleCommand:
    edition = undone.before.edition
    assert edition is not None
    return GiveEarlierEdition(article_id=undone.past.id, edition=edition, at=undone.at)


def restored(undone: Undone) -> ArticleCommand:
    was_public = undone.before.status is Status.PUBLISHED
    require(was_public, "Readers did not have it when it was withdrawn; to restore it would give it to them.")
    return RestoreArticle(article_id=undone.past.id, at=undone.at)


def withdrawn_again(undone: Undone) -> ArticleCommand:
    before = (one.event for one in reversed(undone.past.events[: undone.version]))
    notice = next(event.notice for event in before if isinstance(event, ArticleWithdrawn))
    return WithdrawArticle(article_id=undone.past.id, notice=notice)


def called_off(undone: Undone) -> ArticleCommand:
    event: Any = undone.past.event(undone.version).event
    require(event.step in undone.past.now.steps, "This step was taken, or called off since.")
    return UnscheduleStep(article_id=undone.past.id, step_id=event.step.id)


def scheduled_again(undone: Undone) -> ArticleCommand:
    event: Any = undone.past.event(undone.version).event
    step = next((one for one in undone.before.steps if one.id == event.step), None)
    if step is None:
        raise Refused("This step had failed before.")
    return ScheduleStep(article_id=undone.past.id, step_id=step.id, act=step.act, due_at=step.due_at, at=undone.at)


def embargo_before(undone: Undone) -> ArticleCommand:
    require(undone.past.now.embargo == undone.after.embargo, "The embargo was changed since.")
    until = undone.before.embargo
    if until is None:
        return LiftEmbargo(article_id=undone.past.id)
    return SetEmbargo(article_id=undone.past.id, until=until, at=undone.at)


UNDO: dict[type[Any], Callable[[Undone], ArticleCommand]] = {
    ArticleRevised: words_before,
    ArticleSubmitted: lambda undone: ReturnArticle(article_id=undone.past.id),
    ArticleReturned: lambda undone: SubmitArticle(article_id=undone.past.id),
    ArticleApproved: lambda undone: TakeBackApproval(article_id=undone.past.id),
    ArticleApprovalTakenBack: lambda undone: ApproveArticle(article_id=undone.past.id),
    ArticleDiscarded: lambda undone: ReopenArticle(article_id=undone.past.id),
    ArticleReopened: discarded_again,
    ArticleScheduled: called_off,
    ArticleUnscheduled: scheduled_again,
    ArticleEmbargoed: embargo_before,
    ArticleEmbargoLifted: embargo_before,
    ArticlePublished: lambda undone: UnpublishArticle(article_id=undone.past.id),
    ArticleUpdated: edition_before,
    ArticleCorrected: edition_before,
    ArticleUnpublished: edition_before,
    ArticleWithdrawn: restored,
    ArticleRestored: withdrawn_again,
}
"""What takes back an event of each kind. Of those that are not here, nothing can be taken back."""

MOVES = frozenset(UNDO) - {
    ArticleRevised,
    ArticleScheduled,
    ArticleUnscheduled,
    ArticleEmbargoed,
    ArticleEmbargoLifted,
}
