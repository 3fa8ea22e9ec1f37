from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from domain.article import ARTICLE, ArticleViewsCarriedOver
from domain.recorded import Recorded
from domain.rules import Change
from domain.views import VIEWS, ViewsCounted
from projections import articles, popular
from projections.popular import Popular
from projections.store import Add, Forget, Reads, Write, touched
from tests.domain.given import NOON
from tests.projections.told import SITE, edition, published, section, told, unpublished

SiteOf = Callable[..., Reads]

NOW = 174_083_047
AS_OF = datetime.fromtimestamp(NOW * 10 + 3, UTC)
HOUR, DAY = 360, 8640
PUBLIC = (
    section("world"),
    section("asia", parent="world"),
    section("sport"),
    published("a1", edition(slug="s1", section="world")),
    published("a2", edition(slug="s2", section="asia")),
    published("a3", edition(slug="s3", section="sport")),
)


def viewed(**counts: int) -> Change:
    """`now`: those in the current bucket; `a1_360`: of the article a1, 360 buckets ago."""
    buckets: dict[int, dict[str, int]] = {}
    for name, count in counts.items():
        id, _, age = name.partition("_")
        buckets.setdefault(NOW - int(age or 0), {})[id] = count
    return VIEWS.change("counter-1", ViewsCounted(buckets))


def views(answer: Popular | None) -> dict[str, int]:
    assert answer is not None
    return {card.id: card.views for card in answer.items}


def test_counted_views_are_added_bucket_by_bucket() -> None:
    (event,) = told(VIEWS.change("counter-1", ViewsCounted({7: {"a1": 2, "a2": 1}, 8: {"a1": 5}})))
    *adds, _ = popular.project(event)
    assert adds == [
        *(Add("a1", 7, 2), Add("a2", 7, 1), Add("site:views", 7, 3)),
        *(Add("a1", 8, 5), Add("site:views", 8, 5)),
    ]


def forgotten(event: Recorded) -> list[Write]:
    return [write for write in popular.project(event) if isinstance(write, Forget)]


def test_each_count_lets_what_is_older_than_any_window_be_forgotten() -> None:
    now = popular.bucket(NOON)
    (event,) = told(VIEWS.change("counter-1", ViewsCounted({now - 9: {}, now - 1: {}}, {"Googlebot": {now - 2: {}}})))
    assert forgotten(event) == [Forget(now - 1 - 31 * DAY)]


def test_a_clock_that_was_ahead_lets_nothing_be_forgotten_too_soon() -> None:
    """In the times of recording, or in those of views."""
    now = popular.bucket(NOON)
    (event,) = told(VIEWS.change("counter-1", ViewsCounted({now + 40 * DAY: {}})))
    assert forgotten(event) == [Forget(now - 31 * DAY)]


def test_who_does_not_tell_is_taken_for_a_reader_and_a_known_crawler_is_not() -> None:
    counted = ViewsCounted(
        {7: {"a1": 1}}, bots={"Googlebot": {7: {"a1": 20}}}, unsure={"curl": {7: {"a1": 3, "a2": 4}}}
    )
    (event,) = told(VIEWS.change("counter-1", counted))
    *adds, _ = popular.project(event)
    assert adds == [
        *(Add("a1", 7, 1), Add("site:views", 7, 1)),
        *(Add("a1", 7, 3), Add("a2", 7, 4), Add("site:views", 7, 7)),
        *(Add("unsure:a1", 7, 3), Add("unsure:a2", 7, 4), Add("unsure:site:views", 7, 7)),
        *(Add("bot:a1", 7, 20), Add("bot:site:views", 7, 20)),
    ]


def test_views_of_later_editions_are_counted_for_each_of_them() -> None:
    counted = ViewsCounted({7: {"a1": 9}}, editions={"a1": {4: 5, 6: 1}}, rules="1")
    (event,) = told(VIEWS.change("counter-1", counted))
    *adds, _ = popular.project(event)
    assert adds == [
        *(Add("a1", 7, 9), Add("site:views", 7, 9)),
        *(Add("edition:a1:4", None, 5), Add("edition:a1:6", None, 1)),
    ]


def test_crawlers_make_nothing_popular(site: SiteOf) -> None:
    counted = ViewsCounted(
        {NOW: {"a1": 2}}, bots={"Googlebot": {NOW: {"a1": 9, "a2": 9}}}, unsure={"curl": {NOW: {"a3": 1}}}
    )
    reads = site(*PUBLIC, VIEWS.change("counter-1", counted))
    for window in popular.WINDOWS:
        assert views(popular.read(reads, SITE, AS_OF, window=window)) == {"a1": 2, "a3": 1}


def test_views_by_crawlers_alone_touch_no_answer_that_readers_get() -> None:
    crawled = VIEWS.change("counter-1", ViewsCounted({}, bots={"Googlebot": {NOW: {"a1": 9}}}, rules="1"))
    read = VIEWS.change("counter-1", ViewsCounted({NOW: {"a1": 9}}))
    assert [touched(popular.project(event), []) for event in told(crawled, read)] == [
        {"figures"},
        {"figures", "popular", "views:a1"},
    ]


def test_views_that_were_carried_over_lie_in_no_bucket() -> None:
    (event,) = told(ARTICLE.change("a1", ArticleViewsCarriedOver(70)))
    assert popular.project(event) == [Add("a1", None, 70)]


@pytest.mark.parametrize(("window", "buckets"), [("1h", HOUR), ("24h", DAY), ("7d", 7 * DAY), ("30d", 30 * DAY)])
def test_a_window_ends_with_the_current_bucket_and_begins_its_length_before(
    site: SiteOf, window: str, buckets: int
) -> None:
    inside = viewed(**{"a1_0": 1, f"a1_{buckets - 1}": 2})
    outside = viewed(**{"a1_-1": 10, f"a1_{buckets}": 20, "a2_-1": 10, f"a2_{buckets}": 20})
    assert views(popular.read(site(*PUBLIC, inside, outside), SITE, AS_OF, window=window)) == {"a1": 3}


@pytest.mark.parametrize("seconds", range(0, 10, 3))
def test_a_window_moves_every_ten_seconds(site: SiteOf, seconds: int) -> None:
    reads = site(*PUBLIC, viewed(**{f"a1_{HOUR - 1}": 1}))
    bucket = datetime.fromtimestamp(NOW * 10, UTC)
    now, then = bucket + timedelta(seconds=seconds), bucket + timedelta(seconds=10 + seconds)
    assert views(popular.read(reads, SITE, now, window="1h")) == {"a1": 1}
    assert views(popular.read(reads, SITE, then, window="1h")) == {}


def test_an_answer_says_its_window_and_the_moment_that_it_holds_for(site: SiteOf) -> None:
    tokyo = structs.replace(SITE, zone=ZoneInfo("Asia/Tokyo"))
    answer = popular.read(site(*PUBLIC), tokyo, AS_OF, window="7d")
    assert answer == Popular([], "7d", datetime.fromtimestamp(NOW * 10, UTC))
    assert answer.as_of.utcoffset() == timedelta(hours=9)


def test_all_views_ever_include_those_that_were_carried_over(site: SiteOf) -> None:
    carried = ARTICLE.change("a1", ArticleViewsCarriedOver(70))
    reads = site(*PUBLIC, carried, viewed(**{"a1_0": 1, f"a2_{400 * DAY}": 5}))
    assert views(popular.read(reads, SITE, AS_OF, window="all")) == {"a1": 71, "a2": 5}
    assert views(popular.read(reads, SITE, AS_OF, window="30d")) == {"a1": 1}


def test_the_most_read_come_first_and_by_id_downward_among_equals(site: SiteOf) -> None:
    answer = popular.read(site(*PUBLIC, viewed(a1=2, a2=5, a3=2)), SITE, AS_OF)
    assert list(views(answer).items()) == [("a2", 5), ("a3", 2), ("a1", 2)]


def test_no_more_are_shown_than_asked_for(site: SiteOf) -> None:
    answer = popular.read(site(*PUBLIC, viewed(a1=2, a2=5, a3=3)), SITE, AS_OF, limit=2)
    assert list(views(answer)) == ["a2", "a3"]


def test_counts_of_several_counters_are_one_sum(site: SiteOf) -> None:
    other = VIEWS.change("counter-2", ViewsCounted({NOW: {"a1": 3}}))
    assert views(popular.read(site(*PUBLIC, viewed(a1=2), other), SITE, AS_OF)) == {"a1": 5}


def test_a_section_shows_the_most_read_of_its_sub_sections_too(site: SiteOf) -> None:
    reads = site(*PUBLIC, viewed(a1=2, a2=5, a3=9))
    assert views(popular.read(reads, SITE, AS_OF, section="world")) == {"a2": 5, "a1": 2}
    assert popular.read(reads, SITE, AS_OF, section="money") is None


def test_what_is_not_public_is_not_popular(site: SiteOf) -> None:
    reads = site(*PUBLIC, viewed(a1=2, a2=5, unknown=9), unpublished("a2"))
    assert views(popular.read(reads, SITE, AS_OF)) == {"a1": 2}
    assert views(popular.read(reads, SITE, AS_OF, window="all")) == {"a1": 2}


def test_views_are_kept_for_an_article_that_is_published_again(site: SiteOf) -> None:
    again = published("a2", edition(slug="s2", section="asia"))
    reads = site(*PUBLIC, viewed(a2=5), unpublished("a2"), viewed(a2=1), again)
    assert views(popular.read(reads, SITE, AS_OF)) == {"a2": 6}


def test_an_article_knows_all_its_views(site: SiteOf) -> None:
    carried = ARTICLE.change("a1", ArticleViewsCarriedOver(70))
    article = articles.read(site(*PUBLIC, viewed(a1=2), carried), "a1", SITE)
    assert article is not None
    assert article.views == 72
