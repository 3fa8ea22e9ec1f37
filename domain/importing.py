"""What is decided on articles that another system holds."""

from datetime import datetime

from domain.article import ARTICLE, ArticleDrafted, ArticleRevised, ArticleViewsCarriedOver, Status
from domain.content import Content, difference
from domain.drafting import require_open_if_moved, require_sound
from domain.publishing import first_published, updated
from domain.rules import Change, Fold, LeftAlone, decide
from domain.section import require_open
from domain.slug import Slug
from domain.tag import NamedTag, add_unknown
from domain.workflow import ArticleCommand


class ImportArticle(ArticleCommand, frozen=True, kw_only=True):
    """Draft what another system holds of an article, or bring what was imported before to this content."""

    external_id: str
    content: Content
    author: str
    at: datetime
    headline_slug: Slug
    tags: tuple[NamedTag, ...] = ()
    published_at: datetime | None = None
    views: int = 0


@decide.register
def take_over(command: ImportArticle, fold: Fold) -> list[Change]:
    require_sound(command.content, fold)
    article = fold(ARTICLE, command.article_id)
    if article.content is None:
        return [*drafted(command, fold), *take_over_publication(command, fold)]
    if article.content == command.content:
        is_untouched_draft = article.status is Status.DRAFT and not article.edited
        return take_over_publication(command, fold) if is_untouched_draft else []
    if article.edited:
        raise LeftAlone("An editor changed the article since it was imported.")
    changes = revised(command, article.content, fold)
    if article.edition is None:
        return [*changes, *take_over_publication(command, fold)]
    return [*changes, *updated(command.article_id, article.edition, command.content, command.at, fold)]


def drafted(command: ImportArticle, fold: Fold) -> list[Change]:
    require_open(command.content.section, fold)
    event = ArticleDrafted(command.content, command.author, command.external_id)
    return [*add_unknown(command.tags, fold), ARTICLE.change(command.article_id, event)]


def revised(command: ImportArticle, content: Content, fold: Fold) -> list[Change]:
    require_open_if_moved(content, command.content, fold)
    event = ArticleRevised(difference(content, command.content), command.external_id)
    return [*add_unknown(command.tags, fold), ARTICLE.change(command.article_id, event)]


def take_over_publication(command: ImportArticle, fold: Fold) -> list[Change]:
    """With what was viewed elsewhere, which a draft keeps for when it is published."""
    changes: list[Change] = []
    if command.published_at is not None:
        require_open(command.content.section, fold)
        id, slug = command.article_id, command.headline_slug
        changes += first_published(id, command.content, slug, command.published_at, fold)
    if command.views and not fold(ARTICLE, command.article_id).views_carried_over:
        changes.append(ARTICLE.change(command.article_id, ArticleViewsCarriedOver(command.views)))
    return changes
