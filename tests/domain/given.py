"""What happened before, folded as the newsroom folds it, and a small newspaper for the stories of tests."""

from datetime import UTC, datetime, timedelta
from functools import reduce

from domain.article import ARTICLE, ArticleDrafted, ArticlePublished, ArticleRevised, ArticleUpdated
from domain.body import Image, Paragraph, Video
from domain.content import Content, Edition, Revision
from domain.rules import Aggregate, Change, Fold, State
from domain.section import SECTION, SectionAdded
from domain.slug import SLUG, SlugClaimed
from domain.writer import WRITER, WriterAdded

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
ONE = NOON + timedelta(hours=1)
TWO = NOON + timedelta(hours=2)

WORLD = SECTION.change("world", SectionAdded("World"))
SPORT = SECTION.change("sport", SectionAdded("Sport", 1))
ANN = WRITER.change("ann-lee", WriterAdded("Ann Lee"))
NEWSPAPER = (WORLD, SPORT, ANN)

OPENING = Paragraph(id="p1", text="It rained.")
ENDING = Paragraph(id="p2", text="Then it stopped.")
PHOTO = Image(id="i1", url="/media/rain.jpg", alt="Umbrellas")
CLIP = Video(id="v1", url="https://video.example/rain")

RAIN = Content(headline="Rain at last", section="world", writers=("ann-lee",), body=(OPENING, ENDING))
DRAFTED = ARTICLE.change("a1", ArticleDrafted(RAIN, "staff-1"))


def given(*changes: Change) -> Fold:
    def fold(aggregate: Aggregate[State], id: str, /) -> State:
        events = (change.event for change in changes if change.stream == aggregate.stream(id))
        return reduce(aggregate.evolve, events, aggregate.initial)

    return fold


def edition(content: Content = RAIN, *, slug: str = "rain-at-last", updated_at: datetime = NOON) -> Edition:
    """First published at noon."""
    return Edition(slug=slug, published_at=NOON, updated_at=updated_at, content=content)


def revised(revision: Revision, *, article: str = "a1", external_id: str = "", editor: str = "") -> Change:
    return ARTICLE.change(article, ArticleRevised(revision, external_id, editor))


def claimed(slug: str = "rain-at-last", *, article: str = "a1") -> Change:
    return SLUG.change(slug, SlugClaimed(article))


def published(edition: Edition, *, article: str = "a1") -> Change:
    return ARTICLE.change(article, ArticlePublished(edition))


def updated(edition: Edition, *, article: str = "a1") -> Change:
    return ARTICLE.change(article, ArticleUpdated(edition))


PUBLISHED = (claimed(), published(edition()))
