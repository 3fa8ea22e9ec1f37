from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.recorded import Recorded
from projections import site
from projections.follow import PassedOver, catch_up
from projections.sqlite_store import SQLiteStore
from projections.store import LEVELS, Store, Touched, cover, id_of, key
from tests.domain.any_events import UNHURRIED, ids, moments
from tests.projections.told import edition, history, published, rebuilt, told

EVENTS = told(*(published(f"a{n}", edition(slug=f"rain-{n}")) for n in range(5)))


@pytest.fixture
def memory() -> Iterator[Store]:
    with closing(SQLiteStore(":memory:")) as store:
        yield store


def test_a_follower_reads_to_the_end_of_the_history(memory: Store) -> None:
    assert catch_up(history(EVENTS), memory, site.project) == 5
    assert list(memory.dump()) == rebuilt(EVENTS)


def test_a_follower_goes_on_where_it_stopped(memory: Store) -> None:
    catch_up(history(EVENTS[:3]), memory, site.project)
    assert catch_up(history(EVENTS), memory, site.project) == 5
    assert list(memory.dump()) == rebuilt(EVENTS)


def test_a_follower_at_the_end_stays_there(memory: Store) -> None:
    catch_up(history(EVENTS), memory, site.project)
    assert catch_up(history(EVENTS), memory, site.project) == 5


def test_an_empty_history_leads_nowhere(memory: Store) -> None:
    assert catch_up(history([]), memory, site.project) == 0


@pytest.mark.parametrize("until", [0, 1, 3, 5, 9])
def test_time_travel_is_following_until_a_position(memory: Store, until: int) -> None:
    assert catch_up(history(EVENTS), memory, site.project, until=until, batch=2) == min(until, 5)
    assert list(memory.dump()) == rebuilt(EVENTS[:until])


def test_every_batch_tells_what_it_touched(memory: Store) -> None:
    told_of: list[Touched] = []
    catch_up(history(EVENTS), memory, site.project, batch=2, applied=told_of.append)
    assert [(touched.previous, touched.position) for touched in told_of] == [(0, 2), (2, 4), (4, 5)]
    assert told_of == memory.touched_since(0)


def test_a_follower_that_lost_a_batch_takes_the_next(memory: Store) -> None:
    """Another one applies the same events while this one reads them."""

    def overtaken(position: int, limit: int) -> Sequence[Recorded | PassedOver]:
        found = history(EVENTS)(position, limit)
        if position == 2:
            catch_up(history(EVENTS), memory, site.project, until=4)
        return found

    assert catch_up(overtaken, memory, site.project, batch=2) == 5
    assert list(memory.dump()) == rebuilt(EVENTS)


# Keys and buckets.


@UNHURRIED
@for_all(st.lists(st.tuples(moments, ids)))
def test_keys_lie_in_the_order_of_moments_then_ids(placed: list[tuple[datetime, str]]) -> None:
    by_key = sorted(placed, key=lambda place: key(*place))
    assert by_key == sorted(placed)


@UNHURRIED
@for_all(moments, ids)
def test_a_key_gives_its_id_back(at: datetime, id: str) -> None:
    assert id_of(key(at, id)) == id


@UNHURRIED
@for_all(st.integers(0, 30_000), st.integers(0, 30_000))
def test_a_cover_is_exactly_the_buckets_of_its_range(first: int, length: int) -> None:
    covered = [bucket for level, start in cover(first, first + length) for bucket in range(start, start + level)]
    assert covered == list(range(first, first + length))


@UNHURRIED
@for_all(st.integers(0, 10**9), st.integers(0, 31 * 8640))
def test_a_cover_has_few_parts_and_each_is_one_that_counts_are_summed_in(first: int, length: int) -> None:
    parts = cover(first, first + length)
    assert all(level in LEVELS and start % level == 0 for level, start in parts)
    assert len(parts) <= length / 8640 + 2 * (96 + 90)


@pytest.mark.parametrize(
    ("first", "end", "parts"),
    [
        (5, 5, []),
        (5, 7, [(1, 5), (1, 6)]),
        (89, 181, [(1, 89), (90, 90), (1, 180)]),
        (0, 8640 + 90, [(8640, 0), (90, 8640)]),
    ],
)
def test_a_cover_takes_the_widest_parts_that_fit(first: int, end: int, parts: list[tuple[int, int]]) -> None:
    assert cover(first, end) == parts
