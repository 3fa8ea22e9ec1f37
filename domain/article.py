"""An article: the working copy that editors change, and the editions that readers get."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct, structs

from domain.content import Content, Edition, Revision, difference, revised
from domain.rules import Aggregate, Change, Event, Fold, LeftAlone, Outdated, Unknown, decide, require
from domain.section import SECTION
from domain.slug import Slug, claim
from domain.tag import NamedTag, add_unknown
from domain.writer import WRITER


class Status(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"


# Events.


class ArticleDrafted(Event, frozen=True):
    """`author`: the staff member, or who imported it; `external_id`: what another system calls it."""

    content: Content
    author: str
    external_id: str = ""


class ArticleRevised(Event, frozen=True):
    """`external_id` is there if the revision came from the other system, not from an editor."""

    revision: Revision
    external_id: str = ""


class ArticlePublished(Event, frozen=True):
    edition: Edition


class ArticleUpdated(Event, frozen=True):
    edition: Edition


class ArticleUnpublished(Event, frozen=True):
    pass


class ArticleViewsCarriedOver(Event, frozen=True):
    """Views that an older system had counted, at moments that nobody knows."""

    views: int


ArticleEvent = (
    ArticleDrafted | ArticleRevised | ArticlePublished | ArticleUpdated | ArticleUnpublished | ArticleViewsCarriedOver
)


# State: only what the rules below need.


class Article(Struct, frozen=True):
    """`version` counts the events; `revised` is the version that last changed the working copy."""

    version: int = 0
    revised: int = 0
    status: Status | None = None
    content: Content | None = None
    edition: Edition | None = None
    author: str = ""
    external_id: str = ""
    edited: bool = False
    views_carried_over: int = 0

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
            return Article(status=Status.DRAFT, content=content, author=author, external_id=external_id)
        case ArticleRevised(revision, external_id):
            assert article.content is not None
            content = revised(article.content, revision)
            return structs.replace(article, content=content, edited=article.edited or not external_id)
        case ArticlePublished(edition) | ArticleUpdated(edition):
            return structs.replace(article, status=Status.PUBLISHED, edition=edition)
        case ArticleUnpublished():
            return structs.replace(article, status=Status.UNPUBLISHED, edited=True)
        case ArticleViewsCarriedOver(views):
            return structs.replace(article, views_carried_over=article.views_carried_over + views)


ARTICLE = Aggregate("article", Article(), evolve)


# Commands, and what the newsroom decides on them. `made_on` is the version that the editor saw; None asks for no check.


class ArticleCommand(Struct, frozen=True, kw_only=True):
    article_id: str

    @property
    def stream(self) -> str:
        return ARTICLE.stream(self.article_id)


class DraftArticle(ArticleCommand, frozen=True, kw_only=True):
    content: Content
    author: str
    tags: tuple[NamedTag, ...] = ()


class ReviseArticle(ArticleCommand, frozen=True, kw_only=True):
    """`patch` holds the fields that change; a `body` in it is the whole list of blocks."""

    patch: dict[str, object]
    made_on: int | None
    tags: tuple[NamedTag, ...] = ()


class PublishArticle(ArticleCommand, frozen=True, kw_only=True):
    """`headline_slug`: the address to claim if no editor chose one."""

    at: datetime
    headline_slug: Slug
    made_on: int | None


class UpdateArticle(ArticleCommand, frozen=True, kw_only=True):
    at: datetime
    made_on: int | None


class UnpublishArticle(ArticleCommand, frozen=True, kw_only=True):
    made_on: int | None = None


class ImportArticle(ArticleCommand, frozen=True, kw_only=True):
    """What another system holds of an article: draft it, or bring what was imported before to this content."""

    external_id: str
    content: Content
    author: str
    at: datetime
    headline_slug: Slug
    tags: tuple[NamedTag, ...] = ()
    published_at: datetime | None = None
    views: int = 0


@decide.register
def draft(command: DraftArticle, fold: Fold) -> list[Change]:
    require(fold(ARTICLE, command.article_id).status is None, "The article exists already.")
    require_sound(command.content, fold)
    return [
        *add_unknown(command.tags, fold),
        ARTICLE.change(command.article_id, ArticleDrafted(command.content, command.author)),
    ]


@decide.register
def revise(command: ReviseArticle, fold: Fold) -> list[Change]:
    _, content = as_seen(command.article_id, command.made_on, fold)
    new = structs.replace(content, **command.patch)
    if new == content:
        return []
    require_sound(new, fold)
    return [
        *add_unknown(command.tags, fold),
        ARTICLE.change(command.article_id, ArticleRevised(difference(content, new))),
    ]


@decide.register
def publish(command: PublishArticle, fold: Fold) -> list[Change]:
    article, content = as_seen(command.article_id, command.made_on, fold)
    if article.status is Status.PUBLISHED:
        require(not article.unpublished_changes, "The article is published; an update brings its changes to readers.")
        return []
    return first_edition(
        command.article_id, article.edition, content, command.headline_slug, command.at, command.at, fold
    )


@decide.register
def update(command: UpdateArticle, fold: Fold) -> list[Change]:
    article, content = as_seen(command.article_id, command.made_on, fold)
    require(article.status is Status.PUBLISHED, "Only a published article can be updated.")
    assert article.edition is not None
    if not article.unpublished_changes:
        return []
    return next_edition(command.article_id, article.edition, content, command.at, fold)


@decide.register
def unpublish(command: UnpublishArticle, fold: Fold) -> list[Change]:
    article, _ = as_seen(command.article_id, command.made_on, fold)
    if article.status is Status.UNPUBLISHED:
        return []
    require(article.status is Status.PUBLISHED, "Only a published article can be unpublished.")
    return [ARTICLE.change(command.article_id, ArticleUnpublished())]


@decide.register
def take_over(command: ImportArticle, fold: Fold) -> list[Change]:
    require_sound(command.content, fold)
    tags = add_unknown(command.tags, fold)
    article = fold(ARTICLE, command.article_id)
    if article.content is None:
        drafted = ArticleDrafted(command.content, command.author, command.external_id)
        return [*tags, ARTICLE.change(command.article_id, drafted), *take_over_publication(command, fold)]
    if article.content == command.content:
        return take_over_publication(command, fold) if article.status is Status.DRAFT else []
    if article.edited:
        raise LeftAlone("An editor changed the article since it was imported.")
    revision = ArticleRevised(difference(article.content, command.content), command.external_id)
    changes = [*tags, ARTICLE.change(command.article_id, revision)]
    if article.edition is None:
        return [*changes, *take_over_publication(command, fold)]
    return [*changes, *next_edition(command.article_id, article.edition, command.content, command.at, fold)]


def take_over_publication(command: ImportArticle, fold: Fold) -> list[Change]:
    if command.published_at is None:
        return []
    at = command.published_at
    published = first_edition(command.article_id, None, command.content, command.headline_slug, at, at, fold)
    if command.views:
        published.append(ARTICLE.change(command.article_id, ArticleViewsCarriedOver(command.views)))
    return published


def first_edition(
    article_id: str,
    former: Edition | None,
    content: Content,
    headline_slug: str,
    published_at: datetime,
    at: datetime,
    fold: Fold,
) -> list[Change]:
    """Published, for the first time or again: what readers knew keeps its address and its place in time."""
    if former is not None:
        published_at, headline_slug = former.published_at, former.slug
    slug, claimed = claim(content.slug or headline_slug, article_id, fold)
    edition = Edition(slug=slug, published_at=published_at, updated_at=at, content=content)
    return [*claimed, ARTICLE.change(article_id, ArticlePublished(edition))]


def next_edition(article_id: str, former: Edition, content: Content, at: datetime, fold: Fold) -> list[Change]:
    slug, claimed = claim(content.slug or former.slug, article_id, fold)
    edition = structs.replace(former, slug=slug, updated_at=at, content=content)
    return [*claimed, ARTICLE.change(article_id, ArticleUpdated(edition))]


def as_seen(article_id: str, made_on: int | None, fold: Fold) -> tuple[Article, Content]:
    """The article and its working copy, if that is still the one that the editor saw."""
    article = fold(ARTICLE, article_id)
    if article.content is None:
        raise Unknown("There is no such article.")
    if made_on is not None and made_on > article.version:
        raise Outdated(f"The article has not come to version {made_on}; it is at {article.version}.")
    if made_on is not None and made_on < article.revised:
        raise Outdated(f"The working copy changed with version {article.revised}; this was made on {made_on}.")
    return article, article.content


def require_sound(content: Content, fold: Fold) -> None:
    """What the content names is there, and its blocks can be told apart."""
    require(fold(SECTION, content.section).exists, f"There is no section '{content.section}'.")
    for writer in content.writers:
        require(fold(WRITER, writer).exists, f"There is no writer '{writer}'.")
    ids = [block.id for block in content.body]
    require(all(ids), "Every block needs an id.")
    require(len(set(ids)) == len(ids), "Two blocks have the same id.")
