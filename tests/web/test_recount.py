"""What the lists would be under other rules is counted from the history alone, and agrees with what readers get."""

from contextlib import closing
from random import Random

import pytest

from cms import recount
from cms.ids import new_id
from cms.recount import Compared, Rule, Unsure, Weight, fading, in_window
from domain.recorded import Recorded
from domain.views import VIEWS, ViewsCounted
from projections import popular
from projections.popular import WINDOWS
from projections.trending import FADING_MINUTES
from tests.web.deadline import until
from tests.web.house import Answer, House


@pytest.fixture(params=["house", "shared_house"])
def any_house(request: pytest.FixtureRequest) -> House:
    house: House = request.getfixturevalue(request.param)
    return house


def now(house: House) -> int:
    return popular.bucket(house.clock.now)


def counted(house: House, event: ViewsCounted) -> None:
    """As a process of its own would have recorded it, and as the read models have it."""
    history = house.newsroom.history
    recorded = Recorded(
        stream=VIEWS.stream(new_id()), version=1, at=house.clock.now, by="system:views", command=new_id(), event=event
    )
    history.record([recorded])
    caught_up(house)


def caught_up(house: House) -> None:
    """Readers get all that is recorded."""
    until(lambda: house.get(f"/v1/latest?min_position={house.head()}").is_success)


def recounted(
    house: House,
    weight: Weight,
    *,
    live: Weight | None = None,
    words: tuple[str, ...] | None = None,
    unsure: Unsure = Unsure.COUNT,
    section: str | None = None,
    limit: int = 100,
) -> Compared:
    history = house.newsroom.history
    rule = Rule(weight, None if words is None else frozenset(words), unsure)
    with closing(recount.recounted(history, history.head(), rule, live or weight)) as store:
        found = recount.compared(store, house.door.app.state.site, section, limit)
    assert found is not None
    return found


def shown(found: Compared) -> list[tuple[str, int]]:
    return [(line.id, line.count) for line in found.items]


def asked(house: House, path: str, figure: str = "views") -> list[tuple[str, int]]:
    items: list[Answer] = house.read(path)["items"]
    return [(item["id"], item[figure]) for item in items]


@pytest.fixture
def read(any_house: House) -> House:
    """Articles in sections within sections, read by all sorts of agents over a year, as it may happen."""
    house, dice = any_house, Random(7)
    ids = [
        house.published(headline=f"Report {n}", section=dice.choice(["economy", "energy", "sport"])) for n in range(9)
    ]
    hidden = house.published(headline="Taken back")
    ages = [0, 1, 89, 90, 91, 359, 360, 361, 719, 720, 8639, 8640, 60480, 259200, 300_000, 3_000_000]

    def counts() -> dict[int, dict[str, int]]:
        return {
            now(house) - age: {id: dice.randrange(1, 50) for id in dice.sample([*ids, hidden], 5)}
            for age in [*dice.sample(ages, 6), dice.randrange(2_000)]
        }

    for _ in range(12):
        counted(house, ViewsCounted(counts(), bots={"Googlebot": counts()}, unsure={"curl": counts()}, rules="1"))
    house.unpublish(hidden)
    caught_up(house)
    return house


def test_under_the_live_rules_all_is_as_readers_get_it(read: House) -> None:
    for section in (None, "economy", "sport", "nation"):
        within = "" if section is None else f"&section={section}"
        for window, length in WINDOWS.items():
            found = recounted(read, in_window(now(read), length), section=section)
            assert shown(found) == asked(read, f"/v1/popular?window={window}&limit=100{within}"), (window, section)
            assert {line.change for line in found.items} <= {"="}
            assert [line.live_count for line in found.items] == [line.count for line in found.items]
            assert found.gone == []
        found = recounted(read, fading(now(read), FADING_MINUTES), section=section)
        assert shown(found) == asked(read, f"/v1/trending?limit=100{within}", "score"), section


def test_the_live_side_stays_as_readers_get_it_under_whatever_rules(read: House) -> None:
    live = in_window(now(read), WINDOWS["24h"])
    found = recounted(read, in_window(now(read), 720), live=live, words=("curl",), limit=100)
    lines = [line for line in (*found.items, *found.gone) if line.live_rank]
    lines.sort(key=lambda line: line.live_rank or 0)
    assert [(line.id, line.live_count) for line in lines] == asked(read, "/v1/popular?limit=100")


def test_no_replay_changes_what_is_live_or_what_was_recorded(read: House) -> None:
    events, store = read.newsroom.history.after(0, 10_000), list(read.reading.store.dump())
    recounted(read, fading(now(read), 60), words=("google",), unsure=Unsure.LEAVE_OUT)
    assert read.newsroom.history.after(0, 10_000) == events
    assert list(read.reading.store.dump()) == store


@pytest.fixture
def two(house: House) -> tuple[str, str]:
    """The first was read by people, the second by agents that may be judged either way."""
    first, second = house.published(headline="First"), house.published(headline="Second")
    bucket = now(house)
    counted(
        house,
        ViewsCounted(
            {bucket: {first: 10, second: 1}},
            bots={"Googlebot": {bucket: {second: 40}}, "FeedFetcher": {bucket: {second: 20}}},
            unsure={"curl": {bucket: {second: 5}}},
            rules="1",
        ),
    )
    return first, second


@pytest.mark.parametrize(
    ("words", "unsure", "views"),
    [
        (None, Unsure.COUNT, 6),
        (None, Unsure.LEAVE_OUT, 1),
        ((), Unsure.COUNT, 66),
        (("google",), Unsure.COUNT, 26),
        (("google", "feed"), Unsure.COUNT, 6),
        (("google", "feed", "curl"), Unsure.COUNT, 1),
        (("google",), Unsure.LEAVE_OUT, 21),
    ],
)
def test_a_bot_list_judges_anew_whoever_was_recorded_by_name(
    house: House, two: tuple[str, str], words: tuple[str, ...] | None, unsure: Unsure, views: int
) -> None:
    found = recounted(house, in_window(now(house), WINDOWS["24h"]), words=words, unsure=unsure)
    assert dict(shown(found)) == {two[0]: 10, two[1]: views}


def test_another_bot_list_moves_an_article_and_says_from_where(house: House, two: tuple[str, str]) -> None:
    found = recounted(house, in_window(now(house), WINDOWS["24h"]), words=("feed",))
    assert [(line.id, line.rank, line.live_rank, line.change) for line in found.items] == [
        (two[1], 1, 2, "+1"),
        (two[0], 2, 1, "-1"),
    ]


def test_what_enters_and_what_leaves_a_short_list_is_told(house: House, two: tuple[str, str]) -> None:
    found = recounted(house, in_window(now(house), WINDOWS["24h"]), words=("feed",), limit=1)
    assert [(line.id, line.change, line.live_rank) for line in found.items] == [(two[1], "new", 2)]
    assert [(line.id, line.change, line.rank, line.count) for line in found.gone] == [(two[0], "gone", None, 10)]


def test_what_was_long_ago_is_told_apart_by_ten_seconds(house: House) -> None:
    """The store of the live lists has forgotten those buckets."""
    id = house.published()
    long_ago = now(house) - 100 * 8640 + 7
    counted(house, ViewsCounted({long_ago - 1: {id: 1}, long_ago: {id: 2}, long_ago + 1: {id: 4}}))
    counted(house, ViewsCounted({now(house): {id: 100}}))
    assert shown(recounted(house, in_window(long_ago, 1))) == [(id, 2)]
    assert shown(recounted(house, in_window(long_ago, 2))) == [(id, 3)]
    assert shown(recounted(house, in_window(long_ago, None))) == [(id, 3)]
    assert shown(recounted(house, fading(long_ago + 1, FADING_MINUTES)))[0][1] > 4_000


def test_another_fading_trends_otherwise(house: House) -> None:
    fresh, steady = house.published(headline="Fresh"), house.published(headline="Steady")
    counted(house, ViewsCounted({now(house): {fresh: 10}, now(house) - 540: {steady: 60}}))
    assert [id for id, _ in shown(recounted(house, fading(now(house), 8)))] == [fresh, steady]
    assert [id for id, _ in shown(recounted(house, fading(now(house), 240)))] == [steady, fresh]


def test_a_section_that_is_not_there_has_no_lists(house: House) -> None:
    history = house.newsroom.history
    with closing(recount.recounted(history, history.head(), Rule(lambda bucket: 1), lambda bucket: 1)) as store:
        assert recount.compared(store, house.door.app.state.site, "nowhere", 10) is None
