"""What readers get of a front: what editors placed and is public now, then a rule."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.article import ARTICLE, Article, ArticleWithdrawn, Status
from domain.front import FRONT, BreakingDeclared, BreakingEnded, Fill, FrontArranged, Package
from domain.rules import Change
from domain.views import VIEWS, ViewsCounted
from projections import front
from projections.front import Arrangement, Breaking, Front
from projections.sqlite_store import SQLiteStore
from projections.store import Drop, Put, Reads, Store
from tests.domain.any_events import UNHURRIED
from tests.domain.given import NOON, ONE, TWO
from tests.domain.newsday import ARTICLES, SECTIONS, opened
from tests.projections.told import SITE, edition, follow, published, section, told, unpublished, updated

SiteOf = Callable[..., Reads]

MINUTE = timedelta(minutes=1)
NEWS = (
    section("world"),
    section("asia", parent="world"),
    section("sport"),
    *(
        published(f"a{n}", edition(headline=f"Report {n}", slug=f"report-{n}", section=slug, at=NOON - n * MINUTE))
        for n, slug in enumerate(["world", "asia", "sport", "world", "sport", "world"])
    ),
)
FLOOD = Package("The flood", ("a5", "a2"))


def arranged(*pins: str, place: str = "site", packages: tuple[Package, ...] = (), fill: Fill = Fill.LATEST) -> Change:
    return FRONT.change(place, FrontArranged(pins, packages, fill))


def viewed(**views: int) -> Change:
    return VIEWS.change("counter-1", ViewsCounted({int(NOON.timestamp()) // 10: views}))


def declared(article: str, until: timedelta = timedelta(hours=1)) -> Change:
    return FRONT.change("site", BreakingDeclared(article, NOON + until))


def read(reads: Reads, *, section: str | None = None, limit: int = 20, hours: float = 0) -> Front:
    found = front.read(reads, SITE, NOON + timedelta(hours=hours), section=section, limit=limit)
    assert found is not None
    return found


def ids(found: Front) -> list[str]:
    return [card.id for card in found.items]


def packaged(found: Front) -> dict[str, list[str]]:
    return {package.title: [card.id for card in package.items] for package in found.packages}


def breaking(found: Front) -> list[str]:
    return [card.id for card in found.breaking]


def test_an_arrangement_is_one_document_and_a_breaking_article_another() -> None:
    changes = told(arranged("a1", packages=(FLOOD,)), declared("a1"), FRONT.change("site", BreakingEnded("a1")))
    assert [front.project(event) for event in changes] == [
        [Put("front", "site", msgspec.json.encode(Arrangement(("a1",), (FLOOD,))))],
        [Put("breaking", "a1", msgspec.json.encode(Breaking(NOON, ONE)))],
        [Drop("breaking", "a1")],
    ]


def test_a_front_that_nobody_arranged_shows_the_newest(site: SiteOf) -> None:
    found = read(site(*NEWS))
    assert ids(found) == ["a0", "a1", "a2", "a3", "a4", "a5"]
    assert (found.pinned, found.packages, found.breaking) == (0, [], [])


def test_pins_stand_first_and_in_their_order(site: SiteOf) -> None:
    found = read(site(*NEWS, arranged("a4", "a1")))
    assert ids(found) == ["a4", "a1", "a0", "a2", "a3", "a5"]
    assert found.pinned == 2


def test_what_is_packaged_is_not_told_twice(site: SiteOf) -> None:
    found = read(site(*NEWS, arranged("a4", packages=(FLOOD,))))
    assert ids(found) == ["a4", "a0", "a1", "a3"]
    assert packaged(found) == {"The flood": ["a5", "a2"]}


@pytest.mark.parametrize(("limit", "expected"), [(1, ["a4"]), (2, ["a4", "a1"]), (3, ["a4", "a1", "a0"])])
def test_a_front_is_as_long_as_was_asked_for(site: SiteOf, limit: int, expected: list[str]) -> None:
    found = read(site(*NEWS, arranged("a4", "a1", packages=(FLOOD,))), limit=limit)
    assert (ids(found), found.pinned) == (expected, min(limit, 2))


def test_a_front_is_filled_up_whatever_of_the_newest_is_placed_elsewhere(site: SiteOf) -> None:
    first_four = Package("The first", ("a0", "a1", "a2", "a3"))
    assert ids(read(site(*NEWS, arranged(packages=(first_four,))), limit=2)) == ["a4", "a5"]


def test_a_section_has_its_own_front_with_pins_from_anywhere(site: SiteOf) -> None:
    reads = site(*NEWS, arranged("a1"), arranged("a2", place="world"))
    assert ids(read(reads, section="world")) == ["a2", "a0", "a1", "a3", "a5"]
    assert ids(read(reads, section="asia")) == ["a1"]
    assert ids(read(reads, section="sport")) == ["a2", "a4"]


def test_a_section_that_is_not_there_has_no_front(site: SiteOf) -> None:
    assert front.read(site(*NEWS), SITE, NOON, section="moon") is None


def test_a_front_can_be_filled_with_the_most_read_of_a_day_and_then_the_newest(site: SiteOf) -> None:
    reads = site(*NEWS, viewed(a5=9, a3=8, a4=7), arranged("a3", fill=Fill.POPULAR))
    assert ids(read(reads)) == ["a3", "a5", "a4", "a0", "a1", "a2"]
    assert ids(read(reads, limit=2)) == ["a3", "a5"]
    assert ids(read(reads, hours=25)) == ["a3", "a0", "a1", "a2", "a4", "a5"]


def test_a_sections_front_is_filled_with_its_own_most_read(site: SiteOf) -> None:
    reads = site(*NEWS, viewed(a5=9, a4=7, a1=8), arranged(place="world", fill=Fill.POPULAR))
    assert ids(read(reads, section="world")) == ["a5", "a1", "a0", "a3"]


@pytest.mark.parametrize(
    "taken",
    [lambda id: unpublished(id), lambda id: ARTICLE.change(id, ArticleWithdrawn("It did not rain."))],
    ids=["unpublished", "withdrawn"],
)
def test_what_is_taken_from_readers_leaves_the_front_and_comes_back_in_its_place(
    site: SiteOf, taken: Callable[[str], Change]
) -> None:
    news = (*NEWS, arranged("a4", "a1", "a3", packages=(FLOOD,)), declared("a1"))
    gone = read(site(*news, taken("a1"), taken("a5")))
    assert (ids(gone), gone.pinned) == (["a4", "a3", "a0"], 2)
    assert packaged(gone) == {"The flood": ["a2"]}
    assert breaking(gone) == []
    back = (updated("a1", edition(at=NOON)), updated("a5", edition(at=NOON)))
    again = read(site(*news, taken("a1"), taken("a5"), *back))
    assert (ids(again), again.pinned) == (["a4", "a1", "a3", "a0"], 3)
    assert packaged(again) == {"The flood": ["a5", "a2"]}
    assert breaking(again) == ["a1"]


def test_a_package_that_nothing_is_left_of_is_not_shown(site: SiteOf) -> None:
    assert read(site(*NEWS, arranged(packages=(FLOOD,)), unpublished("a5"), unpublished("a2"))).packages == []


def test_breaking_news_stands_on_every_front_until_its_moment(site: SiteOf) -> None:
    reads = site(*NEWS, declared("a2"))
    for slug in (None, "world", "sport"):
        (card,) = read(reads, section=slug).breaking
        assert (card.id, card.headline, card.until) == ("a2", "Report 2", ONE)
    assert breaking(read(reads, hours=0.999)) == ["a2"]
    assert breaking(read(reads, hours=1)) == []


def test_breaking_news_ends_when_somebody_says_so(site: SiteOf) -> None:
    reads = site(*NEWS, declared("a2"), declared("a4"), FRONT.change("site", BreakingEnded("a2")))
    assert breaking(read(reads)) == ["a4"]


def test_the_last_word_on_breaking_news_counts(site: SiteOf) -> None:
    (card,) = read(site(*NEWS, declared("a2"), declared("a2", timedelta(hours=2)))).breaking
    assert card.until == TWO


def test_a_front_of_the_past_is_read_from_a_replay_to_its_position(site: SiteOf) -> None:
    story = (*NEWS, arranged("a4"), arranged("a3"), unpublished("a3"))
    assert [ids(read(site(*story[:length])))[0] for length in range(len(NEWS), len(story) + 1)] == [
        "a0",
        "a4",
        "a3",
        "a0",
    ]


def test_every_store_answers_the_same(stores: list[Store]) -> None:
    events = told(
        *NEWS, viewed(a5=9, a4=7), arranged("a1", packages=(FLOOD,), fill=Fill.POPULAR), declared("a3"), declared("a0")
    )
    answers = []
    for store in stores:
        follow(store, events)
        answers.append([read(store, section=slug, limit=3) for slug in (None, "world", "sport")])
    assert answers[0][0].items
    assert all(answer == answers[0] for answer in answers)


@settings(UNHURRIED, max_examples=30)
@for_all(st.integers(0, 2**32))
def test_on_any_day_a_front_shows_what_is_public_and_nothing_twice(seed: int) -> None:
    day = opened(seed)
    with closing(SQLiteStore(":memory:")) as store:
        follow(store, day.pass_by(150))
        states: dict[str, Article] = {id: day.fold(ARTICLE, id) for id in ARTICLES}
        public = {id for id, article in states.items() if article.status is Status.PUBLISHED}
        for slug in (None, *SECTIONS):
            found = front.read(store, SITE, day.now, section=slug, limit=100)
            assert found is not None
            shown = [*ids(found), *(id for package in packaged(found).values() for id in package)]
            assert len(set(shown)) == len(shown)
            assert set(shown) <= public
            assert slug or set(shown) == public
            assert set(breaking(found)) <= public
