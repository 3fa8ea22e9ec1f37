"""What every store of read models does, on real servers: documents, lists and counts."""

import pytest

from projections.store import Add, Bucket, Drop, Place, Put, Store, Write

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


def test_lists_know_their_size(store: Store) -> None:
    apply(store, Place("a1", "1:a1", ("latest", "tag:rain")), Place("a2", "2:a2", ("latest",)))
    assert store.size(["tag:rain", "tag:none", "latest"]) == [1, 0, 2]
    assert store.size([]) == []


# Counts.


def placed(*ids: str, lists: tuple[str, ...] = ("latest",)) -> list[Write]:
    return [Place(id, f"1:{id}", lists) for id in ids]


def test_the_most_counted_in_some_buckets_come_first(store: Store) -> None:
    apply(store, *placed("a1", "a2"), Add("a1", 7, 1), Add("a2", 7, 5), Add("a1", 8, 9), Add("a1", 9, 100))
    assert store.top([(1, 7)], ["latest"], 10) == [("a2", 5), ("a1", 1)]
    assert store.top([(1, 7), (1, 8)], ["latest"], 10) == [("a1", 10), ("a2", 5)]
    assert store.top([(1, 6)], ["latest"], 10) == []


@pytest.mark.parametrize("bucket", [(1, 360), (360, 360), (8640, 0)], ids=["ten seconds", "an hour", "a day"])
def test_counts_are_summed_up_at_every_level(store: Store, bucket: Bucket) -> None:
    apply(store, *placed("a1"), Add("a1", 360, 2))
    apply(store, Add("a1", 360, 3))
    assert store.top([bucket], ["latest"], 10) == [("a1", 5)]


def test_totals_hold_what_lies_in_no_bucket_too(store: Store) -> None:
    apply(store, *placed("a1", "a2"), Add("a1", 7, 1), Add("a2", 7, 2), Add("a1", None, 70))
    assert store.top(None, ["latest"], 10) == [("a1", 71), ("a2", 2)]
    assert store.totals(["a2", "a9", "a1"]) == [2, 0, 71]
    assert store.totals([]) == []
    assert store.top([(1, 7)], ["latest"], 10) == [("a2", 2), ("a1", 1)]


def test_of_equal_counts_the_higher_id_comes_first(store: Store) -> None:
    apply(store, *placed("a1", "a3", "a2"), *(Add(id, 7, 4) for id in ("a1", "a2", "a3")))
    assert store.top([(1, 7)], ["latest"], 10) == [("a3", 4), ("a2", 4), ("a1", 4)]
    assert store.top(None, ["latest"], 2) == [("a3", 4), ("a2", 4)]


def test_the_most_counted_are_asked_for_within_lists(store: Store) -> None:
    apply(
        store,
        *placed("a1", lists=("latest", "section:world")),
        *placed("a2", lists=("latest", "section:asia")),
        *placed("a3", lists=("latest", "section:sport")),
        *(Add(id, 7, count) for id, count in (("a1", 1), ("a2", 2), ("a3", 3))),
    )
    assert store.top([(1, 7)], ["section:world", "section:asia"], 10) == [("a2", 2), ("a1", 1)]
    assert store.top(None, ["section:none"], 10) == []


def test_what_stands_in_no_list_is_never_among_the_most_counted(store: Store) -> None:
    """However many of them come before what does."""
    hidden = [f"h{n}" for n in range(250)]
    apply(store, *placed("a1", "a2"), Add("a1", 7, 1), Add("a2", 7, 9), *(Add(id, 7, 5) for id in hidden))
    apply(store, Place("a2"))
    assert store.top([(1, 7)], ["latest"], 10) == [("a1", 1)]
    assert store.top(None, ["latest"], 10) == [("a1", 1)]


def test_counts_go_on_while_an_id_stands_in_no_list(store: Store) -> None:
    apply(store, *placed("a1"), Add("a1", 7, 1))
    apply(store, Place("a1"), Add("a1", 7, 1))
    apply(store, *placed("a1"))
    assert store.top([(1, 7)], ["latest"], 10) == [("a1", 2)]


def test_a_sum_of_hundreds_of_buckets_is_one_question(store: Store) -> None:
    apply(store, *placed("a1"), *(Add("a1", bucket, 1) for bucket in range(800)))
    assert store.top([(1, bucket) for bucket in range(800)], ["latest"], 1) == [("a1", 800)]
