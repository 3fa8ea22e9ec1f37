"""What is decided on working copies: drafted, revised, reviewed, discarded. Readers see none of it."""

from collections.abc import Iterable
from typing import Annotated, ClassVar

from msgspec import Meta, structs

from domain.article import (
    ARTICLE,
    ArticleApproved,
    ArticleDiscarded,
    ArticleDrafted,
    ArticleReopened,
    ArticleReturned,
    ArticleRevised,
    ArticleSubmitted,
)
from domain.body import BLOCKS_MOST
from domain.content import Content, difference
from domain.merging import merged
from domain.role import Privilege
from domain.rules import Change, Fold, decide, require
from domain.section import SECTION, require_open
from domain.tag import NamedTag, add_unknown
from domain.workflow import (
    Act,
    ArticleCommand,
    as_seen,
    is_so_already,
    moved,
    require_allowed,
    require_four_eyes,
)
from domain.writer import WRITER

Note = Annotated[str, Meta(max_length=5_000)]


class DraftArticle(ArticleCommand, frozen=True, kw_only=True):
    """`related`: ids in the content that somebody names now, and that have to be there."""

    privilege: ClassVar[Privilege] = Privilege.DRAFT

    content: Content
    author: str
    tags: tuple[NamedTag, ...] = ()
    related: tuple[str, ...] = ()


class ReviseArticle(ArticleCommand, frozen=True, kw_only=True):
    """`patch` holds the fields that change; a `body` in it is the whole list of blocks.

    `base`: the working copy that the editor saw, to be merged with what others changed since. `related`: as for a
    draft; what is brought back names nothing anew.
    """

    privilege: ClassVar[Privilege] = Privilege.REVISE_OWN

    patch: dict[str, object]
    base: Content | None = None
    tags: tuple[NamedTag, ...] = ()
    related: tuple[str, ...] = ()


class SubmitArticle(ArticleCommand, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.SUBMIT


class ReturnArticle(ArticleCommand, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.RETURN

    note: Note = ""


class ApproveArticle(ArticleCommand, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.APPROVE


class DiscardArticle(ArticleCommand, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.DISCARD


class ReopenArticle(ArticleCommand, frozen=True, kw_only=True):
    """A draft again, after it was discarded."""

    privilege: ClassVar[Privilege] = Privilege.DISCARD


@decide.register
def draft(command: DraftArticle, fold: Fold) -> list[Change]:
    require(fold(ARTICLE, command.article_id).status is None, "The article exists already.")
    require_sound(command.content, fold)
    require_there(command.related, fold)
    require_open(command.content.section, fold)
    drafted = ArticleDrafted(command.content, command.author)
    return [*add_unknown(command.tags, fold), ARTICLE.change(command.article_id, drafted)]


@decide.register
def revise(command: ReviseArticle, fold: Fold) -> list[Change]:
    article, content = as_seen(command, fold)
    require_allowed(article, Act.REVISE)
    base = command.base or content
    yours = structs.replace(base, **command.patch)
    require_apart(yours)
    new = merged(base, content, yours)
    if new == content:
        return []
    require_sound(new, fold)
    require_there([id for id in command.related if id not in content.related], fold)
    require_open_if_moved(content, new, fold)
    revision = ArticleRevised(difference(content, new), editor=command.by)
    return [*add_unknown(command.tags, fold), ARTICLE.change(command.article_id, revision)]


@decide.register
def submit(command: SubmitArticle, fold: Fold) -> list[Change]:
    return moved(command, Act.SUBMIT, ArticleSubmitted(), fold)


@decide.register
def return_(command: ReturnArticle, fold: Fold) -> list[Change]:
    return moved(command, Act.RETURN, ArticleReturned(command.note), fold)


@decide.register
def approve(command: ApproveArticle, fold: Fold) -> list[Change]:
    article, _ = as_seen(command, fold)
    if not is_so_already(article, Act.APPROVE):
        require_four_eyes(command, article, fold)
    return moved(command, Act.APPROVE, ArticleApproved(), fold)


@decide.register
def discard(command: DiscardArticle, fold: Fold) -> list[Change]:
    return moved(command, Act.DISCARD, ArticleDiscarded(), fold)


@decide.register
def reopen(command: ReopenArticle, fold: Fold) -> list[Change]:
    return moved(command, Act.REOPEN, ArticleReopened(), fold)


def require_sound(content: Content, fold: Fold) -> None:
    """What the content names is there, and its blocks can be told apart."""
    require(fold(SECTION, content.section).exists, f"There is no section '{content.section}'.")
    for writer in content.writers:
        require(fold(WRITER, writer).exists, f"There is no writer '{writer}'.")
    require(len(content.body) <= BLOCKS_MOST, f"An article has at most {BLOCKS_MOST} blocks.")
    require_apart(content)


def require_there(articles: Iterable[str], fold: Fold) -> None:
    """Drafted at least: who chooses an article for another may do so before readers get it."""
    for id in articles:
        require(fold(ARTICLE, id).status is not None, f"There is no article '{id}'.")


def require_open_if_moved(before: Content, after: Content, fold: Fold) -> None:
    """What is in a section that was closed may be written on; nothing else comes to it."""
    if after.section != before.section:
        require_open(after.section, fold)


def require_apart(content: Content) -> None:
    """A merge knows blocks by their ids alone: of two with the same, one would be lost."""
    ids = [block.id for block in content.body]
    require(all(ids), "Every block needs an id.")
    require(len(set(ids)) == len(ids), "Two blocks have the same id.")
