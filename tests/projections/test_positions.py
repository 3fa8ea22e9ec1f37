"""How every store keeps its place in the history, and tells what a batch touched."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from projections.store import Add, Drop, Moved, Place, Put, Reads, Store, Touched
from tests.domain.newsday import opened
from tests.projections.told import follow, rebuilt

BATCHES_KEPT = 1_000
RAIN = Put("card", "a1", b"{}")


def test_a_new_store_stands_at_the_beginning(store: Store) -> None:
    assert (store.position(), list(store.dump())) == (0, [("position", "0")])


def test_a_batch_moves_the_position(store: Store) -> None:
    store.apply([RAIN], 0, 7)
    assert store.position() == 7


def test_a_batch_that_writes_nothing_moves_the_position_too(store: Store) -> None:
    assert store.apply([], 0, 7) == Touched(0, 7, frozenset())
    assert store.position() == 7


@pytest.mark.parametrize("previous", [0, 6, 8])
def test_a_batch_that_does_not_begin_where_the_store_stands_is_refused(store: Store, previous: int) -> None:
    store.apply([RAIN], 0, 7)
    before = list(store.dump())
    with pytest.raises(Moved):
        store.apply([Drop("card", "a1"), Add("a1", 1, 1), Place("a1", "1:a1", ("latest",))], previous, 9)
    assert list(store.dump()) == before
    assert store.touched_since(7) == []


def test_a_store_goes_on_after_a_refusal(store: Store) -> None:
    with pytest.raises(Moved):
        store.apply([RAIN], 3, 7)
    store.apply([RAIN], 0, 7)
    assert store.get("card", ["a1"]) == [b"{}"]


def test_an_answer_comes_with_the_position_of_what_it_tells(store: Store) -> None:
    store.apply([RAIN], 0, 7)
    assert store.read(lambda reads: reads.get("card", ["a1"])) == ([b"{}"], 7)


def test_an_answer_is_of_one_state_though_a_batch_comes_while_it_is_asked(openings: list[Store]) -> None:
    reader, writer, *_ = openings
    writer.apply([RAIN, Put("article", "a1", b"old")], 0, 1)
    batches = iter([[RAIN, Put("article", "a1", b"new")]])

    def question(reads: Reads) -> list[bytes | None]:
        first = reads.get("article", ["a1"])
        for writes in batches:
            writer.apply(writes, 1, 2)
        return first + reads.get("article", ["a1"])

    answer, position = reader.read(question)
    assert (answer, position) in [([b"old", b"old"], 1), ([b"new", b"new"], 2)]


# What was touched.


def test_a_batch_touches_what_it_writes_and_the_lists_that_it_leaves(store: Store) -> None:
    first = store.apply([Put("card", "a1", b"{}"), Place("a1", "1:a1", ("latest", "tag:rain"))], 0, 1)
    second = store.apply([Drop("article", "a1"), Place("a1", "1:a1", ("latest",)), Add("a2", 7, 1)], 1, 2)
    assert first == Touched(0, 1, frozenset({"card", "article:a1", "latest", "tag:", "tag:rain"}))
    assert second == Touched(
        1, 2, frozenset({"article", "article:a1", "latest", "tag:", "tag:rain", "popular", "views:a2"})
    )


def test_the_batches_since_a_position_come_in_their_order(store: Store) -> None:
    batches = [store.apply([Put("tag", str(at), b"{}")], at, at + 5) for at in range(0, 60, 5)]
    assert store.touched_since(0) == batches
    assert store.touched_since(30) == batches[6:]
    assert store.touched_since(60) == []


@pytest.mark.parametrize("position", [3, 7, 11], ids=["within a batch", "within the last batch", "not there yet"])
def test_what_was_touched_since_a_position_that_no_batch_ends_at_is_unknown(store: Store, position: int) -> None:
    store.apply([RAIN], 0, 5)
    store.apply([RAIN], 5, 10)
    assert store.touched_since(position) is None


def test_a_store_remembers_a_thousand_batches(store: Store) -> None:
    for at in range(BATCHES_KEPT + 2):
        store.apply([], at, at + 1)
    assert store.touched_since(1) is None
    assert len(store.touched_since(2) or []) == BATCHES_KEPT


# Forgetting.


def test_a_cleared_store_is_as_a_new_one(store: Store) -> None:
    store.apply([RAIN, Place("a1", "1:a1", ("latest",)), Add("a1", 7, 1)], 0, 7)
    store.clear()
    assert list(store.dump()) == [("position", "0")]
    assert store.touched_since(0) == []
    assert store.touched_since(7) is None


def test_a_cleared_store_is_filled_again(store: Store) -> None:
    store.apply([RAIN, Place("a1", "1:a1", ("tag:rain",)), Add("a1", 7, 1)], 0, 7)
    store.clear()
    again = store.apply([Place("a1", "1:a1", ("tag:wind",)), Add("a1", 7, 1)], 0, 3)
    assert again.keys == {"tag:", "tag:wind", "popular", "views:a1"}
    assert (store.size(["tag:rain", "tag:wind"]), store.totals(["a1"])) == ([0, 1], [1])
    assert store.touched_since(0) == [again]


def test_clearing_an_empty_store_changes_nothing(store: Store) -> None:
    store.clear()
    assert store.position() == 0


# Several stores, several followers.


def test_all_stores_hold_the_same_after_the_same_writes(stores: list[Store]) -> None:
    events = opened(seed=1).pass_by(300)
    for store in stores:
        follow(store, events, batch=40)
    assert [list(store.dump()) for store in stores] == [rebuilt(events)] * len(stores)


def test_what_one_process_applied_another_one_sees(openings: list[Store]) -> None:
    one, other, *_ = openings
    touched = one.apply([RAIN], 0, 7)
    assert other.read(lambda reads: reads.get("card", ["a1"])) == ([b"{}"], 7)
    assert other.touched_since(0) == [touched]


@pytest.mark.parametrize("batch", [1, 7])
def test_three_racing_followers_equal_one(openings: Sequence[Store], batch: int) -> None:
    events = opened(seed=2).pass_by(200)
    *racers, judge = openings
    start = Barrier(len(racers))

    def race(store: Store) -> None:
        start.wait()
        follow(store, events, batch)

    with ThreadPoolExecutor(len(racers)) as threads:
        list(threads.map(race, racers))
    assert list(judge.dump()) == rebuilt(events)
