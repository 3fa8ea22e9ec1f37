"""An article: the working copy that editors change, and the editions that readers get."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct, structs

from domain.content import Content, Edition, Revision, revised
from domain.rules import Aggregate, Event


class Status(StrEnum):
    """`SCHEDULED` is how an article shows that a step ahead of it publishes it; the status below stays as it is."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


class StepAct(StrEnum):
    """What a schedule can do."""

    PUBLISH = "publish"
    UPDATE = "update"
    UNPUBLISH = "unpublish"


class Step(Struct, frozen=True):
    """What is to be done with an article when its moment has come."""

    id: str
    act: StepAct
    due_at: datetime


class FailedStep(Step, frozen=True):
    reason: str


# Events.


class ArticleDrafted(Event, frozen=True):
    """`author`: the staff member, or who imported it; `external_id`: what another system calls it."""

    content: Content
    author: str
    external_id: str = ""


class ArticleRevised(Event, frozen=True):
    """`external_id` is there if the revision came from the other system, not from an editor.

    `editor`: the staff member whose words these are; those recorded before there were four eyes do not say.
    """

    revision: Revision
    external_id: str = ""
    editor: str = ""


class ArticleSubmitted(Event, frozen=True):
    pass


class ArticleReturned(Event, frozen=True):
    """`note`: what its writer is asked to do."""

    note: str = ""


class ArticleApproved(Event, frozen=True):
    pass


class ArticleApprovalTakenBack(Event, frozen=True):
    """It is in review again, and nobody has seen its words."""


class ArticleDiscarded(Event, frozen=True):
    pass


class ArticleReopened(Event, frozen=True):
    """What was discarded is a draft again."""


class ArticleScheduled(Event, frozen=True):
    step: Step


class ArticleUnscheduled(Event, frozen=True):
    """The step will not be taken."""

    step: str


class ArticleStepTaken(Event, frozen=True):
    """The step's moment had come; what it did stands beside it."""

    step: str


class ArticleStepFailed(Event, frozen=True):
    """The step's moment had come, and the newsroom's rules forbade it."""

    step: str
    reason: str


class ArticleEmbargoed(Event, frozen=True):
    """Nobody gives it to readers before that moment."""

    until: datetime


class ArticleEmbargoLifted(Event, frozen=True):
    pass


class EditionGiven(Event, frozen=True):
    """Of any of these, what readers care for is the edition that they get from now on."""

    edition: Edition


class ArticlePublished(EditionGiven, frozen=True):
    pass


class ArticleUpdated(EditionGiven, frozen=True):
    pass


class ArticleCorrected(EditionGiven, frozen=True):
    """The last of `edition.corrections` is what this one tells readers."""


class ArticleRestored(EditionGiven, frozen=True):
    """A withdrawal has ended."""


class ArticleTaken(Event, frozen=True):
    """Of any of these, what readers care for is that the article is no longer there."""


class ArticleUnpublished(ArticleTaken, frozen=True):
    pass


class ArticleWithdrawn(ArticleTaken, frozen=True):
    """`notice`: what readers are told in its place.

    `headline` and `section` are those that they knew it by; those recorded before there was a log do not say.
    """

    notice: str
    headline: str = ""
    section: str = ""


class ArticleUndone(Event, frozen=True):
    """What the event of `version` did is taken back; how, stands beside it.

    `redone`: where that event had itself taken one back, the version of that one, which counts again.
    """

    version: int
    redone: int = 0


class ArticleViewsCarriedOver(Event, frozen=True):
    """Views that an older system had counted, at moments that nobody knows."""

    views: int


ArticleEvent = (
    ArticleDrafted
    | ArticleRevised
    | ArticleSubmitted
    | ArticleReturned
    | ArticleApproved
    | ArticleApprovalTakenBack
    | ArticleDiscarded
    | ArticleReopened
    | ArticleScheduled
    | ArticleUnscheduled
    | ArticleStepTaken
    | ArticleStepFailed
    | ArticleEmbargoed
    | ArticleEmbargoLifted
    | ArticlePublished
    | ArticleUpdated
    | ArticleCorrected
    | ArticleUnpublished
    | ArticleWithdrawn
    | ArticleRestored
    | ArticleUndone
    | ArticleViewsCarriedOver
)


# State: only what the rules below need.

FAILED_SHOWN_MOST = 20
UNREAD = frozenset({Status.DRAFT, Status.IN_REVIEW, Status.APPROVED, Status.UNPUBLISHED})


class Article(Struct, frozen=True):
    """`version` counts the events; `revised` is the version that last changed the working copy.

    `hands`: the staff whose words no second person has seen yet; `approved`: those whose words the approval that
    stands has seen. `steps` are ahead; `failed` were, and could not be taken. `embargo`: the moment before which nobody
    publishes. `returned`: what its writer was asked to do, until it is submitted again. `undone`: the versions whose
    events were taken back.
    """

    version: int = 0
    revised: int = 0
    status: Status | None = None
    content: Content | None = None
    edition: Edition | None = None
    author: str = ""
    external_id: str = ""
    edited: bool = False
    views_carried_over: int = 0
    hands: frozenset[str] = frozenset()
    approved: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()
    failed: tuple[FailedStep, ...] = ()
    embargo: datetime | None = None
    returned: str | None = None
    undone: frozenset[int] = frozenset()

    @property
    def shown_status(self) -> Status | None:
        """`status`, or that a step ahead publishes it."""
        ahead = any(step.act is StepAct.PUBLISH for step in self.steps)
        return Status.SCHEDULED if ahead and self.status in UNREAD else self.status

    @property
    def unpublished_changes(self) -> bool:
        return self.edition is None or self.edition.content != self.content


def evolve(article: Article, event: ArticleEvent) -> Article:
    version = article.version + 1
    changed = _evolve(article, event)
    is_revision = isinstance(event, ArticleDrafted | ArticleRevised)
    return structs.replace(changed, version=version, revised=version if is_revision else article.revised)


def _evolve(article: Article, event: ArticleEvent) -> Article:
    match event:
        case ArticleDrafted(content, author, external_id):
            hands = frozenset({author})
            return Article(status=Status.DRAFT, content=content, author=author, external_id=external_id, hands=hands)
        case ArticleRevised(revision, external_id, editor):
            assert article.content is not None
            content = revised(article.content, revision)
            # Nobody has approved these words: they are to be looked at again.
            status = Status.IN_REVIEW if article.status is Status.APPROVED else article.status
            hands = article.hands | {editor} if editor else article.hands
            edited = article.edited or not external_id
            return structs.replace(
                article, status=status, content=content, edited=edited, hands=hands, approved=frozenset()
            )
        case ArticleSubmitted():
            return structs.replace(article, status=Status.IN_REVIEW, edited=True, returned=None)
        case ArticleReturned(note):
            return structs.replace(unapproved(article), status=Status.DRAFT, edited=True, returned=note)
        case ArticleApproved():
            hands, approved = frozenset[str](), article.hands
            return structs.replace(article, status=Status.APPROVED, edited=True, hands=hands, approved=approved)
        case ArticleApprovalTakenBack():
            return structs.replace(unapproved(article), status=Status.IN_REVIEW, edited=True)
        case ArticleDiscarded():
            return structs.replace(article, status=Status.DISCARDED, edited=True, returned=None)
        case ArticleReopened():
            return structs.replace(article, status=Status.DRAFT, edited=True)
        case ArticleScheduled(step):
            steps = tuple(sorted((*article.steps, step), key=lambda step: (step.due_at, step.id)))
            return structs.replace(article, steps=steps, edited=True)
        case ArticleUnscheduled(step_id):
            # A step that failed is no longer shown, once somebody has seen to it.
            failed = tuple(one for one in article.failed if one.id != step_id)
            return structs.replace(without(article, step_id), failed=failed, edited=True)
        case ArticleStepTaken(step_id):
            return without(article, step_id)
        case ArticleStepFailed(step_id, reason):
            failed = tuple(FailedStep(s.id, s.act, s.due_at, reason) for s in article.steps if s.id == step_id)
            return structs.replace(without(article, step_id), failed=(*article.failed, *failed)[-FAILED_SHOWN_MOST:])
        case ArticleEmbargoed(until):
            return structs.replace(article, embargo=until, edited=True)
        case ArticleEmbargoLifted():
            return structs.replace(article, embargo=None, edited=True)
        case EditionGiven(edition):
            # What readers get may be older than the working copy: of that, still nobody has seen more.
            hands = frozenset() if edition.content == article.content else article.hands
            return structs.replace(article, status=Status.PUBLISHED, edition=edition, hands=hands, returned=None)
        case ArticleUnpublished():
            return structs.replace(article, status=Status.UNPUBLISHED, edited=True)
        case ArticleWithdrawn():
            return structs.replace(article, status=Status.WITHDRAWN, edited=True)
        case ArticleUndone(undone, redone):
            return structs.replace(article, undone=(article.undone | {undone}) - {redone}, edited=True)
        case ArticleViewsCarriedOver(views):
            return structs.replace(article, views_carried_over=article.views_carried_over + views)


def unapproved(article: Article) -> Article:
    """The words that the approval had seen are to be looked at again."""
    return structs.replace(article, hands=article.hands | article.approved, approved=frozenset())


def without(article: Article, step_id: str) -> Article:
    return structs.replace(article, steps=tuple(step for step in article.steps if step.id != step_id))


ARTICLE = Aggregate("article", Article(), evolve)
