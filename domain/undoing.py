"""What is decided on taking back: an act is undone by another act, and the history says which."""

from datetime import datetime
from typing import ClassVar

from msgspec import structs

from domain.article import (
    ARTICLE,
    ArticleApprovalTakenBack,
    ArticlePublished,
    ArticleUndone,
    ArticleUpdated,
    Status,
)
from domain.content import Edition
from domain.permission import require_permitted
from domain.publishing import edition_of, require_no_embargo
from domain.role import Privilege
from domain.rules import Change, Fold, Refused, decide, require
from domain.slug import claim
from domain.workflow import ArticleCommand, as_seen, words


class UndoArticle(ArticleCommand, frozen=True, kw_only=True):
    """Take back what the event of `version` did, by an `act` that was found for the article as it was at `seen`.

    Whoever asks must be allowed the act; None: it was found to be taken back already. `redone`: the version that the
    event of `version` had itself taken back.
    """

    privilege: ClassVar[Privilege] = Privilege.REVISE_OWN

    version: int
    seen: int
    act: ArticleCommand | None
    redone: int = 0


class TakeBackApproval(ArticleCommand, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.APPROVE


class GiveEarlierEdition(ArticleCommand, frozen=True, kw_only=True):
    """Readers get an edition again that they had. What they were told was wrong, they stay told."""

    privilege: ClassVar[Privilege] = Privilege.PUBLISH

    edition: Edition
    at: datetime


@decide.register
def undo(command: UndoArticle, fold: Fold) -> list[Change]:
    article, _ = as_seen(command, fold)
    if command.act is not None and command.by:
        require_permitted(command.act, command.by, fold)
    if command.version in article.undone:
        return []
    if command.act is None or article.version != command.seen:
        raise Refused("Something else was done with the article in this moment; look again.")
    changes = decide(structs.replace(command.act, by=command.by), fold)
    # Even if nothing is left to take back, as of a correction that changed no word: what came before it can be, then.
    return [*changes, ARTICLE.change(command.article_id, ArticleUndone(command.version, command.redone))]


@decide.register
def take_back_approval(command: TakeBackApproval, fold: Fold) -> list[Change]:
    article, _ = as_seen(command, fold)
    if article.status is Status.IN_REVIEW:
        return []
    require(article.status is Status.APPROVED, f"There is no approval any more; it is {words(article.status)}.")
    return [ARTICLE.change(command.article_id, ArticleApprovalTakenBack())]


@decide.register
def give_earlier_edition(command: GiveEarlierEdition, fold: Fold) -> list[Change]:
    article, _ = as_seen(command, fold)
    former, is_public = edition_of(article), article.status is Status.PUBLISHED
    can_be = is_public or article.status is Status.UNPUBLISHED
    require(can_be, f"It must be published or unpublished for this; this one is {words(article.status)}.")
    require_no_embargo(article, command.at)
    slug, claimed = claim(command.edition.slug, command.article_id, fold)
    edition = structs.replace(former, slug=slug, updated_at=command.at, content=command.edition.content)
    if is_public and edition == structs.replace(former, updated_at=command.at):
        return []
    given = ArticleUpdated(edition) if is_public else ArticlePublished(edition)
    return [*claimed, ARTICLE.change(command.article_id, given)]
