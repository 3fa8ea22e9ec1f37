"""What is decided on editions: published, updated, corrected, taken away and brought back."""

from datetime import datetime
from typing import Annotated, ClassVar

from msgspec import Meta, structs

from domain.article import (
    ARTICLE,
    Article,
    ArticleCorrected,
    ArticlePublished,
    ArticleRestored,
    ArticleUnpublished,
    ArticleUpdated,
    ArticleWithdrawn,
)
from domain.content import Content, Correction, Edition
from domain.role import Privilege
from domain.rules import Change, Fold, Refused, decide, require
from domain.section import require_open
from domain.slug import Slug, claim
from domain.workflow import Act, ArticleCommand, as_seen, is_so_already, moved, require_allowed, require_approval

PublicNote = Annotated[str, Meta(min_length=1, max_length=2_000)]


class PublishArticle(ArticleCommand, frozen=True, kw_only=True):
    """`headline_slug`: the address to claim if no editor chose one."""

    privilege: ClassVar[Privilege] = Privilege.PUBLISH

    at: datetime
    headline_slug: Slug


class UpdateArticle(ArticleCommand, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.PUBLISH

    at: datetime


class CorrectArticle(ArticleCommand, frozen=True, kw_only=True):
    """`note`: what was wrong, for readers."""

    privilege: ClassVar[Privilege] = Privilege.CORRECT

    at: datetime
    note: PublicNote


class UnpublishArticle(ArticleCommand, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.PUBLISH


class WithdrawArticle(ArticleCommand, frozen=True, kw_only=True):
    """`notice`: what readers are told in the article's place."""

    privilege: ClassVar[Privilege] = Privilege.WITHDRAW

    notice: PublicNote


class RestoreArticle(ArticleCommand, frozen=True, kw_only=True):
    privilege: ClassVar[Privilege] = Privilege.WITHDRAW

    at: datetime


@decide.register
def publish(command: PublishArticle, fold: Fold) -> list[Change]:
    article, content = as_seen(command, fold)
    if is_so_already(article, Act.PUBLISH):
        require(not article.unpublished_changes, "The article is published; an update brings its changes to readers.")
        return []
    require_allowed(article, Act.PUBLISH)
    require_readable(command, article, command.at, fold)
    if article.edition is None:
        return first_published(command.article_id, content, command.headline_slug, command.at, fold)
    edition, claimed = next_edition(command.article_id, article.edition, content, command.at, fold)
    return [*claimed, ARTICLE.change(command.article_id, ArticlePublished(edition))]


@decide.register
def update(command: UpdateArticle, fold: Fold) -> list[Change]:
    article, content = as_seen(command, fold)
    require_allowed(article, Act.UPDATE)
    if not article.unpublished_changes:
        return []
    require_readable(command, article, command.at, fold)
    return updated(command.article_id, edition_of(article), content, command.at, fold)


@decide.register
def correct(command: CorrectArticle, fold: Fold) -> list[Change]:
    article, content = as_seen(command, fold)
    require_allowed(article, Act.CORRECT)
    if not article.unpublished_changes and was_said(article, command.note):
        return []
    require_readable(command, article, command.at, fold)
    edition, claimed = next_edition(command.article_id, edition_of(article), content, command.at, fold)
    corrections = (*edition.corrections, Correction(command.at, command.note))
    corrected = ArticleCorrected(structs.replace(edition, corrections=corrections))
    return [*claimed, ARTICLE.change(command.article_id, corrected)]


@decide.register
def unpublish(command: UnpublishArticle, fold: Fold) -> list[Change]:
    return moved(command, Act.UNPUBLISH, ArticleUnpublished(), fold)


@decide.register
def withdraw(command: WithdrawArticle, fold: Fold) -> list[Change]:
    article, content = as_seen(command, fold)
    known_by = article.edition.content if article.edition else content
    withdrawn = ArticleWithdrawn(command.notice, known_by.headline, known_by.section)
    return moved(command, Act.WITHDRAW, withdrawn, fold)


@decide.register
def restore(command: RestoreArticle, fold: Fold) -> list[Change]:
    article, _ = as_seen(command, fold)
    if is_so_already(article, Act.RESTORE):
        return []
    require_allowed(article, Act.RESTORE)
    require_no_embargo(article, command.at)
    edition = structs.replace(edition_of(article), updated_at=command.at)
    return [ARTICLE.change(command.article_id, ArticleRestored(edition))]


def require_readable(command: ArticleCommand, article: Article, at: datetime, fold: Fold) -> None:
    """The words that are to become an edition may be read, and stand where readers know them or may get new ones."""
    require_no_embargo(article, at)
    require_room(article, fold)
    require_approval(command, article, fold)


def require_room(article: Article, fold: Fold) -> None:
    """What readers knew in a section may stay there when it is closed; nothing else comes to it."""
    assert article.content is not None
    section = article.content.section
    if article.edition is None or article.edition.content.section != section:
        require_open(section, fold)


def require_no_embargo(article: Article, at: datetime) -> None:
    if article.embargo is not None and at < article.embargo:
        raise Refused(f"There is an embargo until {article.embargo.isoformat()}.")


def first_published(article_id: str, content: Content, headline_slug: str, at: datetime, fold: Fold) -> list[Change]:
    slug, claimed = claim(content.slug or headline_slug, article_id, fold)
    edition = Edition(slug=slug, published_at=at, updated_at=at, content=content)
    return [*claimed, ARTICLE.change(article_id, ArticlePublished(edition))]


def updated(article_id: str, former: Edition, content: Content, at: datetime, fold: Fold) -> list[Change]:
    edition, claimed = next_edition(article_id, former, content, at, fold)
    return [*claimed, ARTICLE.change(article_id, ArticleUpdated(edition))]


def next_edition(
    article_id: str, former: Edition, content: Content, at: datetime, fold: Fold
) -> tuple[Edition, list[Change]]:
    """What readers knew keeps its place in time, and its address unless an editor chose another."""
    slug, claimed = claim(content.slug or former.slug, article_id, fold)
    return structs.replace(former, slug=slug, updated_at=at, content=content), claimed


def edition_of(article: Article) -> Edition:
    if article.edition is None:
        raise Refused("The article was never published.")
    return article.edition


def was_said(article: Article, note: str) -> bool:
    corrections = edition_of(article).corrections
    return bool(corrections) and corrections[-1].note == note
