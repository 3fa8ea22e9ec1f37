"""What readers want next: by how much views weigh, and what an answer says of them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec import structs

from domain.views import VIEWS, ViewsCounted
from projections import trending
from projections.store import LEVELS, Reads, Store
from projections.trending import Trending, weights
from tests.domain.any_events import UNHURRIED
from tests.projections.test_popular import AS_OF, NOW, PUBLIC, viewed
from tests.projections.told import SITE, follow, told, unpublished

SiteOf = Callable[..., Reads]
MINUTE, HOUR = 6, 360


def scores(answer: Trending | None) -> dict[str, int]:
    assert answer is not None
    return {card.id: card.score for card in answer.items}


def test_a_view_weighs_a_quarter_after_eight_minutes_and_a_ninth_after_sixteen(site: SiteOf) -> None:
    reads = site(*PUBLIC, viewed(a1_0=1, **{f"a2_{8 * MINUTE}": 1, f"a3_{16 * MINUTE}": 1}))
    assert scores(trending.read(reads, SITE, AS_OF)) == {"a1": 1_000, "a2": 250, "a3": 111}


def test_few_views_of_now_beat_many_of_an_hour_ago(site: SiteOf) -> None:
    answer = trending.read(site(*PUBLIC, viewed(a1_3=5, a2_355=100)), SITE, AS_OF)
    assert list(scores(answer)) == ["a1", "a2"]


def test_what_explains_a_score_are_the_views_of_the_last_quarter_of_an_hour_and_of_the_last_hour(site: SiteOf) -> None:
    reads = site(*PUBLIC, viewed(a1_0=1, a1_89=2, a1_90=4, a1_359=8, a1_360=16, a2_600=1))
    answer = trending.read(reads, SITE, AS_OF)
    assert answer is not None
    assert [(card.id, card.views_15m, card.views_1h) for card in answer.items] == [("a1", 3, 15), ("a2", 0, 0)]


def test_views_of_more_than_two_hours_ago_weigh_nothing(site: SiteOf) -> None:
    reads = site(*PUBLIC, viewed(**{f"a1_{2 * HOUR}": 9_999, f"a2_{2 * HOUR - 90}": 1, "a3_-1": 9}))
    assert list(scores(trending.read(reads, SITE, AS_OF))) == ["a2"]


def test_scores_fall_as_time_passes_without_views(site: SiteOf) -> None:
    reads = site(*PUBLIC, viewed(a1=1))
    later = [AS_OF + timedelta(minutes=minutes) for minutes in (0, 8, 30, 60, 100, 130)]
    fallen = [scores(trending.read(reads, SITE, moment)).get("a1", 0) for moment in later]
    assert fallen == sorted(set(fallen), reverse=True)
    assert fallen[-1] == 0


def test_a_section_shows_what_trends_in_its_sub_sections_too(site: SiteOf) -> None:
    reads = site(*PUBLIC, viewed(a1=2, a2=5, a3=9))
    assert scores(trending.read(reads, SITE, AS_OF, section="world")) == {"a2": 5_000, "a1": 2_000}
    assert trending.read(reads, SITE, AS_OF, section="money") is None


def test_no_more_are_shown_than_asked_for_and_by_id_downward_among_equals(site: SiteOf) -> None:
    answer = trending.read(site(*PUBLIC, viewed(a1=2, a2=2, a3=2)), SITE, AS_OF, limit=2)
    assert list(scores(answer)) == ["a3", "a2"]


def test_neither_what_is_not_public_trends_nor_what_crawlers_want(site: SiteOf) -> None:
    crawled = VIEWS.change("counter-1", ViewsCounted({}, bots={"Googlebot": {NOW: {"a1": 9}}}, rules="1"))
    reads = site(*PUBLIC, viewed(a2=5, a3=1, unknown=9), unpublished("a2"), crawled)
    assert list(scores(trending.read(reads, SITE, AS_OF))) == ["a3"]


def test_an_answer_says_the_moment_that_it_holds_for(site: SiteOf) -> None:
    tokyo = structs.replace(SITE, zone=ZoneInfo("Asia/Tokyo"))
    answer = trending.read(site(*PUBLIC), tokyo, AS_OF)
    assert answer == Trending([], datetime.fromtimestamp(NOW * 10, UTC))
    assert answer.as_of.utcoffset() == timedelta(hours=9)


def test_slower_fading_gives_older_views_their_say(site: SiteOf) -> None:
    reads = site(*PUBLIC, viewed(a1_3=5, a2_355=100))
    assert list(scores(trending.read(reads, SITE, AS_OF, fading_minutes=60))) == ["a2", "a1"]


def test_every_store_finds_the_same(stores: list[Store]) -> None:
    ages = {f"a{1 + age % 3}_{age}": 1 + age % 7 for age in range(0, 800, 7)}
    for store in stores:
        follow(store, told(*PUBLIC, viewed(**ages)))
    moments = [AS_OF + timedelta(seconds=seconds) for seconds in range(0, 2_000, 130)]
    first, *others = [[trending.read(store, SITE, moment) for moment in moments] for store in stores]
    assert others == [first] * len(others)


@UNHURRIED
@for_all(st.integers(10**8, 10**9), st.sampled_from([1, 3, 6, 10, 30]))
def test_weights_lie_side_by_side_and_fall_with_age(now: int, minutes: int) -> None:
    given = sorted(weights(now, minutes * MINUTE).items(), key=lambda one: one[0][1])
    buckets = [bucket for bucket, _ in given]
    assert all(level in LEVELS and start % level == 0 for level, start in buckets)
    assert all(level + start == after for (level, start), (_, after) in pairwise(buckets))
    assert sum(buckets[-1]) == now + 1
    found = [weight for _, weight in given]
    assert found == sorted(found)
    assert found[0] > 0
    assert found[-1] == 1_000
    assert 14 * minutes * MINUTE - 90 < now - buckets[0][1] < 15 * minutes * MINUTE
