"""What every store of read models does, on real servers: documents, lists and counts."""

from contextlib import closing
from random import Random

import pytest

from projections.sqlite_store import SQLiteStore
from projections.store import Add, Bucket, Drop, Forget, Place, Put, Store, Write

RAIN, WIND, SNOW = b'{"headline":"Rain"}', b'{"headline":"Wind"}', b'{"headline":"Snow"}'


def apply(store: Store, *writes: Write) -> None:
    position = store.position()
    store.apply(writes, position, position + 1)


# Documents.


def test_documents_are_given_in_the_order_they_are_asked_for(store: Store) -> None:
    apply(store, Put("card", "a1", RAIN), Put("card", "a2", WIND))
    assert store.get("card", ["a2", "a9", "a1", "a2"]) == [WIND, None, RAIN, WIND]


def test_no_documents_are_asked_for_and_none_given(store: Store) -> None:
    assert store.get("card", []) == []


def test_a_document_is_replaced(store: Store) -> None:
    apply(store, Put("card", "a1", RAIN))
    apply(store, Put("card", "a1", SNOW))
    assert store.get("card", ["a1"]) == [SNOW]


def test_a_document_is_dropped_and_another_kind_of_the_same_id_stays(store: Store) -> None:
    apply(store, Put("card", "a1", RAIN), Put("article", "a1", WIND))
    apply(store, Drop("card", "a1"), Drop("card", "a9"))
    assert (store.get("card", ["a1"]), store.get("article", ["a1"])) == ([None], [WIND])


def test_all_documents_of_a_kind_lie_by_id(store: Store) -> None:
    apply(store, Put("tag", "b", WIND), Put("tag", "a", RAIN), Put("tag", "ab", SNOW), Put("card", "a", RAIN))
    assert store.all("tag") == [("a", RAIN), ("ab", SNOW), ("b", WIND)]
    assert store.all("writer") == []


@pytest.mark.parametrize(
    ("writes", "left"),
    [
        ([Put("card", "a1", RAIN), Put("card", "a1", WIND)], [WIND]),
        ([Put("card", "a1", RAIN), Drop("card", "a1")], [None]),
        ([Drop("card", "a1"), Put("card", "a1", RAIN)], [RAIN]),
    ],
)
def test_of_several_writes_to_a_document_the_last_one_counts(
    store: Store, writes: list[Write], left: list[bytes | None]
) -> None:
    apply(store, *writes)
    assert store.get("card", ["a1"]) == left


# Lists.


def test_the_newest_of_a_list_comes_first(store: Store) -> None:
    apply(store, Place("a1", "1:a1", ("latest",)), Place("a3", "3:a3", ("latest",)), Place("a2", "2:a2", ("latest",)))
    assert store.page([["latest"]], None, 10) == ["3:a3", "2:a2", "1:a1"]


def test_an_id_stands_in_the_lists_of_its_last_place_and_no_others(store: Store) -> None:
    apply(store, Place("a1", "1:a1", ("latest", "tag:rain")))
    apply(store, Place("a1", "1:a1", ("latest", "tag:wind")))
    assert store.size(["latest", "tag:rain", "tag:wind"]) == [1, 0, 1]


def test_an_id_moves_in_its_lists_when_its_key_changes(store: Store) -> None:
    apply(store, Place("a1", "1:a1", ("latest",)), Place("a2", "2:a2", ("latest",)))
    apply(store, Place("a1", "3:a1", ("latest",)))
    assert store.page([["latest"]], None, 10) == ["3:a1", "2:a2"]


def test_an_id_leaves_all_lists(store: Store) -> None:
    apply(store, Place("a1", "1:a1", ("latest", "tag:rain")), Place("a2", "2:a2", ("latest",)))
    apply(store, Place("a1"), Place("a9"))
    assert store.size(["latest", "tag:rain"]) == [1, 0]


def test_of_several_places_in_a_batch_the_last_one_counts(store: Store) -> None:
    apply(store, Place("a1", "1:a1", ("tag:rain",)), Place("a1"), Place("a1", "2:a1", ("tag:wind",)))
    assert store.page([["tag:rain", "tag:wind"]], None, 10) == ["2:a1"]


def test_a_page_ends_where_the_next_one_begins(store: Store) -> None:
    """The five in the middle share their moment: a cursor that knew only that would lose or repeat some."""
    keys = ["1:a", *(f"5:{letter}" for letter in "bcdef"), "9:g"]
    apply(store, *(Place(key[2:], key, ("latest",)) for key in keys))
    for limit in range(1, 9):
        seen: list[str] = []
        for _ in keys:
            seen += store.page([["latest"]], seen[-1] if seen else None, limit)
        assert seen == sorted(keys, reverse=True)


def test_a_page_goes_on_after_one_that_left_meanwhile(store: Store) -> None:
    apply(store, *(Place(f"a{n}", f"{n}:a{n}", ("latest",)) for n in range(5)))
    apply(store, Place("a3"))
    assert store.page([["latest"]], "3:a3", 2) == ["2:a2", "1:a1"]


def test_several_lists_are_merged_and_each_id_comes_once(store: Store) -> None:
    apply(
        store,
        Place("a1", "1:a1", ("section:world",)),
        Place("a2", "2:a2", ("section:asia", "section:world")),
        Place("a3", "3:a3", ("section:asia",)),
        Place("a4", "4:a4", ("section:sport",)),
    )
    within = [["section:world", "section:asia", "section:empty"]]
    assert store.page(within, None, 10) == ["3:a3", "2:a2", "1:a1"]
    assert store.page(within, None, 2) == ["3:a3", "2:a2"]
    assert store.page(within, "3:a3", 2) == ["2:a2", "1:a1"]


def test_what_matches_every_filter_is_found(store: Store) -> None:
    """Every tenth carries the tag: more are looked through than a page holds."""
    lists = {True: ("section:world", "tag:rain"), False: ("section:world",)}
    places = [Place(f"a{n:02}", f"{n:02}:a{n:02}", lists[n % 10 == 0]) for n in range(60)]
    apply(store, *places, Place("b1", "99:b1", ("section:asia", "tag:rain", "writer:ann")))
    within, tagged, written = ["section:world", "section:asia"], ["tag:rain"], ["writer:ann", "writer:bob"]
    assert store.page([within, tagged], None, 3) == ["99:b1", "50:a50", "40:a40"]
    everything = [*(f"{n}:a{n}" for n in (50, 40, 30, 20, 10)), "00:a00"]
    limits = range(2, 9)
    assert [store.page([["section:world"], tagged], None, limit) for limit in limits] == [
        everything[:limit] for limit in limits
    ]
    assert store.page([tagged, within], "40:a40", 3) == ["30:a30", "20:a20", "10:a10"]
    assert store.page([within, tagged, written], None, 3) == ["99:b1"]
    assert store.page([within, ["tag:wind"]], None, 3) == []


def test_those_in_most_lists_come_first_and_the_newest_among_equals(store: Store) -> None:
    apply(
        store,
        Place("a1", "1:a1", ("tag:a", "tag:b", "tag:c")),
        Place("a2", "2:a2", ("tag:a",)),
        Place("a3", "3:a3", ("tag:b", "tag:c")),
        Place("a4", "4:a4", ("tag:c", "tag:d")),
        Place("a5", "5:a5", ("tag:d",)),
    )
    assert store.in_most([["tag:a"], ["tag:b"], ["tag:c"]], 10) == ["1:a1", "3:a3", "4:a4", "2:a2"]
    assert store.in_most([["tag:a"], ["tag:b"], ["tag:c"]], 2) == ["1:a1", "3:a3"]
    assert store.in_most([["tag:none"]], 2) == []


def test_several_lists_of_a_group_count_as_one(store: Store) -> None:
    apply(
        store,
        Place("a1", "1:a1", ("tag:a", "tag:b")),
        Place("a2", "2:a2", ("tag:a", "tag:c")),
        Place("a3", "3:a3", ("tag:b",)),
    )
    assert store.in_most([["tag:a", "tag:b"], ["tag:c"]], 10) == ["2:a2", "3:a3", "1:a1"]
    assert store.in_most([["tag:a"], ["tag:b"]], 10) == ["1:a1", "3:a3", "2:a2"]


def test_several_lists_together_hold_each_id_once(store: Store) -> None:
    apply(store, Place("a1", "1:a1", ("tag:a", "tag:b")), Place("a2", "2:a2", ("tag:b",)))
    assert store.together(["tag:a", "tag:b", "tag:none"]) == 2
    assert store.together(["tag:none"]) == 0


def test_a_list_is_walked_from_its_oldest(store: Store) -> None:
    apply(store, *(Place(f"a{n}", f"{n}:a{n}", ("latest", "tag:rain")[: 1 + n % 2]) for n in (3, 1, 2, 5, 4)))
    assert store.oldest("latest", skip=0, limit=2) == ["1:a1", "2:a2"]
    assert store.oldest("latest", skip=2, limit=2) == ["3:a3", "4:a4"]
    assert store.oldest("latest", skip=4, limit=2) == ["5:a5"]
    assert store.oldest("latest", skip=5, limit=2) == []
    assert store.oldest("tag:rain", skip=1, limit=10) == ["3:a3", "5:a5"]
    assert store.oldest("tag:none", skip=0, limit=10) == []


def test_lists_know_their_size(store: Store) -> None:
    apply(store, Place("a1", "1:a1", ("latest", "tag:rain")), Place("a2", "2:a2", ("latest",)))
    assert store.size(["tag:rain", "tag:none", "latest"]) == [1, 0, 2]
    assert store.size([]) == []


# Counts.


def placed(*ids: str, lists: tuple[str, ...] = ("latest",)) -> list[Write]:
    return [Place(id, f"1:{id}", lists) for id in ids]


def test_the_most_counted_in_some_buckets_come_first(store: Store) -> None:
    apply(store, *placed("a1", "a2"), Add("a1", 7, 1), Add("a2", 7, 5), Add("a1", 8, 9), Add("a1", 9, 100))
    assert store.top({(1, 7): 1}, ["latest"], 10) == [("a2", 5), ("a1", 1)]
    assert store.top({(1, 7): 1, (1, 8): 1}, ["latest"], 10) == [("a1", 10), ("a2", 5)]
    assert store.top({(1, 6): 1}, ["latest"], 10) == []


@pytest.mark.parametrize("bucket", [(1, 360), (90, 360), (8640, 0)], ids=["ten seconds", "a quarter", "a day"])
def test_counts_are_summed_up_at_every_level(store: Store, bucket: Bucket) -> None:
    apply(store, *placed("a1"), Add("a1", 360, 2))
    apply(store, Add("a1", 360, 3))
    assert store.top({bucket: 1}, ["latest"], 10) == [("a1", 5)]


def test_totals_hold_what_lies_in_no_bucket_too(store: Store) -> None:
    apply(store, *placed("a1", "a2"), Add("a1", 7, 1), Add("a2", 7, 2), Add("a1", None, 70))
    assert store.top(None, ["latest"], 10) == [("a1", 71), ("a2", 2)]
    assert store.totals(["a2", "a9", "a1"]) == [2, 0, 71]
    assert store.totals([]) == []
    assert store.top({(1, 7): 1}, ["latest"], 10) == [("a2", 2), ("a1", 1)]


def test_of_equal_counts_the_higher_id_comes_first(store: Store) -> None:
    apply(store, *placed("a1", "a3", "a2"), *(Add(id, 7, 4) for id in ("a1", "a2", "a3")))
    assert store.top({(1, 7): 1}, ["latest"], 10) == [("a3", 4), ("a2", 4), ("a1", 4)]
    assert store.top(None, ["latest"], 2) == [("a3", 4), ("a2", 4)]


def test_the_most_counted_are_asked_for_within_lists(store: Store) -> None:
    apply(
        store,
        *placed("a1", lists=("latest", "section:world")),
        *placed("a2", lists=("latest", "section:asia")),
        *placed("a3", lists=("latest", "section:sport")),
        *(Add(id, 7, count) for id, count in (("a1", 1), ("a2", 2), ("a3", 3))),
    )
    assert store.top({(1, 7): 1}, ["section:world", "section:asia"], 10) == [("a2", 2), ("a1", 1)]
    assert store.top(None, ["section:none"], 10) == []


def test_what_stands_in_no_list_is_never_among_the_most_counted(store: Store) -> None:
    """However many of them come before what does."""
    hidden = [f"h{n}" for n in range(250)]
    apply(store, *placed("a1", "a2"), Add("a1", 7, 1), Add("a2", 7, 9), *(Add(id, 7, 5) for id in hidden))
    apply(store, Place("a2"))
    assert store.top({(1, 7): 1}, ["latest"], 10) == [("a1", 1)]
    assert store.top(None, ["latest"], 10) == [("a1", 1)]


def test_counts_go_on_while_an_id_stands_in_no_list(store: Store) -> None:
    apply(store, *placed("a1"), Add("a1", 7, 1))
    apply(store, Place("a1"), Add("a1", 7, 1))
    apply(store, *placed("a1"))
    assert store.top({(1, 7): 1}, ["latest"], 10) == [("a1", 2)]


def test_a_sum_of_thousands_of_buckets_is_one_question(store: Store) -> None:
    """More than a call in the server's own language takes arguments."""
    apply(store, *placed("a1"), *(Add("a1", bucket, 1) for bucket in range(9_000)))
    weights = {(1, bucket): 1 + bucket % 2 for bucket in range(9_000)}
    assert store.top(weights, ["latest"], 1) == [("a1", 13_500)]


def test_a_bucket_counts_as_often_as_its_weight_says(store: Store) -> None:
    apply(store, *placed("a1", "a2", "a3"), Add("a1", 7, 1), Add("a2", 8, 5), Add("a3", 900, 2), Add("a3", 901, 2))
    assert store.top({(1, 7): 1_000, (1, 8): 250, (90, 900): 3}, ["latest"], 10) == [
        ("a2", 1_250),
        ("a1", 1_000),
        ("a3", 12),
    ]
    assert store.top({(1, 7): 5, (1, 8): 1}, ["latest"], 10) == [("a2", 5), ("a1", 5)]
    assert store.top({}, ["latest"], 10) == []


def test_sums_are_exact_however_large(store: Store) -> None:
    apply(store, *placed("a1", "a2"), Add("a1", 7, 9_007_199_254_740), Add("a2", 7, 9_007_199_254_739))
    assert store.top({(1, 7): 1_000}, ["latest"], 2) == [("a1", 9_007_199_254_740_000), ("a2", 9_007_199_254_739_000)]


def test_each_group_of_buckets_is_summed_up_for_each_id(store: Store) -> None:
    apply(store, Add("a1", 7, 1), Add("a1", 8, 2), Add("a2", 8, 4), Add("bot:a1", 8, 8), Add("a1", 900, 16))
    groups = [[(1, 7), (1, 8)], [(1, 8)], [], [(90, 900), (1, 7)]]
    assert store.sums(groups, ["a2", "a1", "a9", "bot:a1", "a1"]) == [
        [4, 3, 0, 8, 3],
        [4, 2, 0, 8, 2],
        [0, 0, 0, 0, 0],
        [0, 17, 0, 0, 17],
    ]
    assert store.sums(groups, []) == [[], [], [], []]
    assert store.sums([], ["a1"]) == []


def test_sums_of_more_ids_and_buckets_than_fit_in_one_trip(store: Store) -> None:
    ids = [f"a{n:04}" for n in range(1_100)]
    apply(store, *placed(*ids), *(Add(id, 7 * bucket, 1) for bucket in range(3) for id in ids))
    groups = [[(1, 7 * bucket)] for bucket in range(3)] + [[(1, bucket) for bucket in range(1_200)]]
    assert store.sums(groups, ids) == [[1] * 1_100] * 3 + [[3] * 1_100]
    assert store.sums_within(groups, ["latest"]) == [1_100, 1_100, 1_100, 3_300]


def test_each_group_of_buckets_is_summed_up_over_all_that_stand_in_some_lists(store: Store) -> None:
    apply(
        store,
        *placed("a1", lists=("latest", "section:world", "section:asia")),
        *placed("a2", lists=("latest", "section:sport")),
        *(Add(id, 7, count) for id, count in (("a1", 1), ("a2", 2), ("a3", 4), ("bot:a1", 8), ("unsure:a2", 16))),
        *(Add(id, 8, count) for id, count in (("a1", 32), ("bot:a2", 64), ("bot:a3", 128))),
    )
    groups: list[list[Bucket]] = [[(1, 7)], [(1, 7), (1, 8)], [], [(90, 0)]]
    assert store.sums_within(groups, ["latest"]) == [3, 35, 0, 35]
    assert store.sums_within(groups, ["section:world", "section:asia"]) == [1, 33, 0, 33]
    assert store.sums_within(groups, ["latest"], "bot:") == [8, 72, 0, 72]
    assert store.sums_within(groups, ["section:sport"], "unsure:") == [16, 16, 0, 16]
    assert store.sums_within(groups, ["section:none"]) == [0, 0, 0, 0]
    assert store.sums_within(groups, []) == [0, 0, 0, 0]


# Forgetting.


def test_old_buckets_of_ten_seconds_are_dropped_and_all_coarser_ones_stay(store: Store) -> None:
    apply(store, *placed("a1"), *(Add("a1", bucket, 1) for bucket in (7, 8, 9)))
    apply(store, Forget(8))
    assert store.sums([[(1, 7)], [(1, 8)], [(1, 9)], [(90, 0)], [(8640, 0)]], ["a1"]) == [[0], [1], [1], [3], [3]]
    assert store.totals(["a1"]) == [3]


def test_what_is_added_and_forgotten_at_once_is_as_if_one_came_after_the_other(stores: list[Store]) -> None:
    adds, late = [Add("a1", bucket, 1) for bucket in (5, 7, 9, 6)], [Add("a2", 6, 1), Add("a2", 9, 1)]
    writes = [*placed("a1"), *adds, Forget(7), *late, Forget(6), Forget(4), Add("a2", 6, 1)]
    for store in stores:
        apply(store, *writes)
    with closing(SQLiteStore(":memory:")) as one_by_one:
        for write in writes:
            apply(one_by_one, write)
        _, *rows = one_by_one.dump()
    assert [list(store.dump())[1:] for store in stores] == [rows] * len(stores)


def test_thousands_of_buckets_are_forgotten_at_once(stores: list[Store]) -> None:
    for store in stores:
        apply(store, *(Add("a1", bucket, 1) for bucket in range(2_500)))
        apply(store, Add("a1", 1_000_000, 1), Forget(2_400))
        assert store.sums([[(1, bucket)] for bucket in (0, 1_000, 2_399)], ["a1"]) == [[0], [0], [0]]
        assert store.sums([[(1, bucket)] for bucket in (2_400, 2_499, 1_000_000)], ["a1"]) == [[1], [1], [1]]
    first, *others = [list(store.dump()) for store in stores]
    assert others == [first] * len(others)


def test_a_store_that_was_cleared_forgets_nothing_that_came_since(store: Store) -> None:
    apply(store, Add("a1", 7, 1))
    store.clear()
    apply(store, Add("a1", 8, 1))
    apply(store, Forget(8))
    assert store.sums([[(1, 8)]], ["a1"]) == [[1]]


# Lists, by their keys.


def test_a_page_ends_at_a_key_that_it_holds_itself(store: Store) -> None:
    apply(store, *(Place(f"a{n}", f"{n}:a{n}", ("latest", "tag:rain")) for n in range(6)))
    assert store.page([["latest"]], None, 10, "3:") == ["5:a5", "4:a4", "3:a3"]
    assert store.page([["latest"]], "5:", 10, "3:a3") == ["4:a4", "3:a3"]
    assert store.page([["latest"], ["tag:rain"]], "4:a4", 1, "1:") == ["3:a3"]
    assert store.page([["latest"]], "2:", 10, "2:") == []


def test_the_first_key_from_another_on_is_found(store: Store) -> None:
    apply(store, *(Place(f"a{n}", f"{n}:a{n}", ("latest",)) for n in (2, 4)))
    found = [store.oldest("latest", since) for since in ("", "2:a2", "2:a3", "4:", "5:")]
    assert found == [["2:a2"], ["2:a2"], ["4:a4"], ["4:a4"], []]
    assert store.oldest("tag:none") == []


def test_keys_are_counted_from_each_bound_up_to_before_the_next(store: Store) -> None:
    apply(
        store,
        *(Place(f"a{n}", f"{n}:a{n}", ("latest",)) for n in (1, 2, 4)),
        Place("a9", "2:a9", ("latest",)),
        Place("b1", "2:b1", ("tag:b",)),
    )
    assert store.between("latest", ["0:", "1:", "2:", "2:", "3:", "9:"]) == [0, 1, 0, 2, 1]
    assert store.between("latest", ["2:a2", "4:a4"]) == [2]
    assert store.between("tag:none", ["0:", "9:"]) == [0]
    assert store.between("latest", ["0:"]) == []


def test_a_size_is_that_of_what_stands_there_whatever_came_and_went(store: Store) -> None:
    random, names = Random(7), ["latest", "tag:a", "tag:b", "section:x"]
    for _ in range(30):
        ids = [f"a{random.randrange(12)}" for _ in range(random.randrange(1, 8))]
        apply(store, *(Place(id, f"1:{id}", tuple(random.sample(names, random.randrange(5)))) for id in ids))
        assert store.size(names) == [len(store.page([[name]], None, 100)) for name in names]
        assert store.together(names) == len(store.page([names], None, 100))


def test_more_lists_than_one_statement_takes_are_asked_for_at_once(store: Store) -> None:
    names = [f"tag:{n}" for n in range(1_500)]
    apply(store, Place("a1", "1:a1", tuple(names)), Place("a2", "2:a2", ("tag:1499",)))
    assert store.size(names) == [1] * 1_499 + [2]
    apply(store, Place("a1"))
    assert store.size(names) == [0] * 1_499 + [1]


def test_two_filters_that_hardly_meet_are_looked_through_to_the_end(store: Store) -> None:
    """More than one call to a server looks at."""
    old = [Place(f"a{n}", f"{n:05}:a{n}", ("tag:old", "latest")) for n in range(4_500)]
    new = [Place(f"b{n}", f"{n:05}:b{n}", ("tag:new", "latest")) for n in range(4_500, 9_000)]
    apply(store, *old, *new, Place("c", "00001:c", ("tag:old", "tag:new")), Place("d", "00003:d", ("tag:c", "tag:old")))
    assert store.page([["tag:old", "tag:c"], ["tag:new"]], None, 2) == ["00001:c"]
    assert store.page([["tag:new"], ["tag:old"]], "00001:c", 2) == []
    assert store.page([["tag:old"], ["tag:new", "tag:c"]], None, 1) == ["00003:d"]


def test_the_most_counted_of_a_large_list_and_of_a_small_one_are_found(store: Store) -> None:
    """However they are looked for."""
    many = [Place(f"a{n:04}", f"1:a{n:04}", ("latest", "section:x") if n < 5 else ("latest",)) for n in range(2_500)]
    apply(store, *many, *(Add(f"a{n:04}", None, n) for n in range(2_500)))
    assert store.top(None, ["latest"], 2) == [("a2499", 2_499), ("a2498", 2_498)]
    assert store.top(None, ["section:x", "section:none"], 2) == [("a0004", 4), ("a0003", 3)]
