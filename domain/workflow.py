"""The workflow: what may be done with an article as it stands, what becomes of it, and how a command finds it."""

from enum import StrEnum
from typing import ClassVar

from msgspec import Struct

from domain.article import ARTICLE, Article, ArticleUnscheduled, Status
from domain.content import Content
from domain.role import Privilege
from domain.rules import Change, Event, Fold, Outdated, Refused, Unknown
from domain.section import SECTION


class Act(StrEnum):
    REVISE = "revise"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    DISCARD = "discard"
    REOPEN = "reopen"
    PUBLISH = "publish"
    UPDATE = "update"
    CORRECT = "correct"
    UNPUBLISH = "unpublish"
    WITHDRAW = "withdraw"
    RESTORE = "restore"


S = Status
WORKFLOW: dict[Act, tuple[frozenset[Status], Status | None]] = {
    Act.REVISE: (frozenset(Status) - {S.SCHEDULED, S.DISCARDED}, None),
    Act.SUBMIT: (frozenset({S.DRAFT}), S.IN_REVIEW),
    Act.RETURN: (frozenset({S.IN_REVIEW, S.APPROVED}), S.DRAFT),
    Act.APPROVE: (frozenset({S.IN_REVIEW}), S.APPROVED),
    Act.DISCARD: (frozenset({S.DRAFT, S.IN_REVIEW, S.APPROVED}), S.DISCARDED),
    Act.REOPEN: (frozenset({S.DISCARDED}), S.DRAFT),
    Act.PUBLISH: (frozenset({S.DRAFT, S.IN_REVIEW, S.APPROVED, S.UNPUBLISHED}), S.PUBLISHED),
    Act.UPDATE: (frozenset({S.PUBLISHED}), S.PUBLISHED),
    Act.CORRECT: (frozenset({S.PUBLISHED}), S.PUBLISHED),
    Act.UNPUBLISH: (frozenset({S.PUBLISHED}), S.UNPUBLISHED),
    Act.WITHDRAW: (frozenset({S.PUBLISHED, S.UNPUBLISHED}), S.WITHDRAWN),
    Act.RESTORE: (frozenset({S.WITHDRAWN}), S.PUBLISHED),
}

# After these an article goes another way than the one that was planned.
DROPS_STEPS = frozenset({Act.RETURN, Act.DISCARD, Act.WITHDRAW})


class ArticleCommand(Struct, frozen=True, kw_only=True):
    """`made_on` is the version that the editor saw; None asks for no check. `by`: the staff member, if it is one."""

    privilege: ClassVar[Privilege]

    article_id: str
    made_on: int | None = None
    by: str = ""

    @property
    def stream(self) -> str:
        return ARTICLE.stream(self.article_id)


def as_seen(command: ArticleCommand, fold: Fold) -> tuple[Article, Content]:
    """The article and its working copy, if that is still the one that the editor saw."""
    article = fold(ARTICLE, command.article_id)
    made_on = command.made_on
    if article.content is None:
        raise Unknown("There is no such article.")
    if made_on is not None and made_on > article.version:
        raise Outdated(f"The article has not come to version {made_on}; it is at {article.version}.")
    if made_on is not None and made_on < article.revised:
        raise Outdated(f"The working copy changed with version {article.revised}; this was made on {made_on}.")
    return article, article.content


def require_allowed(article: Article, act: Act) -> None:
    sources, _ = WORKFLOW[act]
    if article.status not in sources:
        states = " or ".join(sorted(map(words, sources)))
        raise Refused(f"To {act} an article, it must be {states}; this one is {words(article.status)}.")


def words(status: Status | None) -> str:
    return "not there" if status is None else status.replace("_", " ")


def is_so_already(article: Article, act: Act) -> bool:
    _, target = WORKFLOW[act]
    return article.status is target


def moved(command: ArticleCommand, act: Act, event: Event, fold: Fold) -> list[Change]:
    """What is decided on an act that changes the status, and of the rest at most that steps were ahead."""
    article, _ = as_seen(command, fold)
    dropped = unscheduled(command.article_id, article) if act in DROPS_STEPS else []
    if is_so_already(article, act):
        return dropped
    require_allowed(article, act)
    return [*dropped, ARTICLE.change(command.article_id, event)]


def unscheduled(article_id: str, article: Article) -> list[Change]:
    """No step that is ahead will be taken."""
    return [ARTICLE.change(article_id, ArticleUnscheduled(step.id)) for step in article.steps]


def asks_for_four_eyes(article: Article, fold: Fold) -> bool:
    """The section that it is in, or the one in which readers have it: nobody gets around either by moving it."""
    copies = (article.content, article.edition.content if article.edition else None)
    return any(fold(SECTION, copy.section).four_eyes for copy in copies if copy is not None)


def require_four_eyes(command: ArticleCommand, article: Article, fold: Fold) -> None:
    """Where a section asks for it, nobody approves words of their own."""
    if asks_for_four_eyes(article, fold) and command.by in article.hands:
        raise Refused("You wrote some of this; in this section somebody else has to approve it.")


def require_approval(command: ArticleCommand, article: Article, fold: Fold) -> None:
    """Where a section asks for four eyes, readers get only what somebody else has seen than those who wrote it."""
    if not asks_for_four_eyes(article, fold) or article.status is Status.APPROVED:
        return
    if article.edition is None or (article.hands and not command.by):
        raise Refused("In this section an article is published when somebody has approved it who did not write it.")
    require_four_eyes(command, article, fold)
