"""An article: the working copy that editors change, and the editions that readers get."""

from enum import StrEnum

from msgspec import Struct, structs

from domain.content import Content, Edition, Revision, revised
from domain.rules import Aggregate, Event


class Status(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


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


class ArticleSubmitted(Event, frozen=True):
    pass


class ArticleReturned(Event, frozen=True):
    """`note`: what its writer is asked to do."""

    note: str = ""


class ArticleApproved(Event, frozen=True):
    pass


class ArticleDiscarded(Event, frozen=True):
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
    """`notice`: what readers are told in its place."""

    notice: str


class ArticleViewsCarriedOver(Event, frozen=True):
    """Views that an older system had counted, at moments that nobody knows."""

    views: int


ArticleEvent = (
    ArticleDrafted
    | ArticleRevised
    | ArticleSubmitted
    | ArticleReturned
    | ArticleApproved
    | ArticleDiscarded
    | ArticlePublished
    | ArticleUpdated
    | ArticleCorrected
    | ArticleUnpublished
    | ArticleWithdrawn
    | ArticleRestored
    | ArticleViewsCarriedOver
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
            # Nobody has approved these words: they are to be looked at again.
            status = Status.IN_REVIEW if article.status is Status.APPROVED else article.status
            return structs.replace(article, status=status, content=content, edited=article.edited or not external_id)
        case ArticleSubmitted():
            return structs.replace(article, status=Status.IN_REVIEW, edited=True)
        case ArticleReturned():
            return structs.replace(article, status=Status.DRAFT, edited=True)
        case ArticleApproved():
            return structs.replace(article, status=Status.APPROVED, edited=True)
        case ArticleDiscarded():
            return structs.replace(article, status=Status.DISCARDED, edited=True)
        case EditionGiven(edition):
            return structs.replace(article, status=Status.PUBLISHED, edition=edition)
        case ArticleUnpublished():
            return structs.replace(article, status=Status.UNPUBLISHED, edited=True)
        case ArticleWithdrawn():
            return structs.replace(article, status=Status.WITHDRAWN, edited=True)
        case ArticleViewsCarriedOver(views):
            return structs.replace(article, views_carried_over=article.views_carried_over + views)


ARTICLE = Aggregate("article", Article(), evolve)
