"""A view counts once, however often it is asked for, and only of what is public."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from httpx import Response

from cms import committer, tally
from cms.settings import Settings
from domain.role import Role
from tests.agents import CRAWLER
from tests.cms.database import standstill
from tests.cms.desk import views
from tests.web.deadline import until
from tests.web.house import House, problem

# Ids that clients of two servers send at the same moment.
AT_ONCE = 60
WAITING_MOST = 5


def viewed(house: House, id: str, query: str = "", last: str = "views", **headers: str) -> Response:
    # As clients send what is not ASCII, if they send it.
    named = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return house.client.post(f"/v1/articles/{id}/{last}{query}", headers=named)


def counted(house: House, id: str) -> int:
    total: int = house.read(f"/v1/articles/{id}")["views"]
    return total


def rolled_up(house: House, id: str, total: int) -> None:
    """So many, when all that was viewed before is counted."""
    other = house.published(headline="Asked last")
    viewed(house, other)
    until(lambda: counted(house, other) == 1)
    assert counted(house, id) == total


def public(house: House, id: str) -> bool:
    return house.get(f"/v1/articles/{id}").is_success


# Ids.


def test_a_view_that_is_asked_for_again_counts_once(house: House) -> None:
    id = house.published()
    for _ in range(3):
        assert viewed(house, id, "?view=v1").status_code == 204
    assert viewed(house, id, "?view=v2").status_code == 204
    rolled_up(house, id, 2)
    assert viewed(house, id, "?view=v1").status_code == 204
    rolled_up(house, id, 2)


def test_an_idempotency_key_is_an_id_too(house: House) -> None:
    id = house.published()
    for _ in range(3):
        assert viewed(house, id, Idempotency_Key="k1").status_code == 204
    assert viewed(house, id, "?view=k1").status_code == 204
    rolled_up(house, id, 1)


@pytest.mark.parametrize(("query", "headers"), [("?view=v1", {}), ("", {"Idempotency_Key": "v1"})])
def test_a_beacon_that_is_sent_again_counts_once(house: House, query: str, headers: dict[str, str]) -> None:
    id = house.published()
    for _ in range(3):
        assert viewed(house, id, query, "beacon", **headers).status_code == 202
    assert viewed(house, id, "?view=v1").status_code == 204
    rolled_up(house, id, 1)


def test_views_without_an_id_count_each(house: House) -> None:
    id = house.published()
    for _ in range(3):
        assert viewed(house, id).status_code == 204
    rolled_up(house, id, 3)


def test_the_same_id_for_another_article_is_another_view(house: House) -> None:
    one, other = house.published(headline="One"), house.published(headline="Other")
    for id in (one, other, one, other):
        assert viewed(house, id, "?view=v1").status_code == 204
    rolled_up(house, one, 1)
    rolled_up(house, other, 1)


def test_an_id_counts_again_when_its_day_is_over(house: House) -> None:
    id = house.published()
    viewed(house, id, "?view=v1")
    house.clock.forward(hours=23, minutes=59)
    rolled_up(house, id, 1)
    viewed(house, id, "?view=v1")
    rolled_up(house, id, 1)
    house.clock.forward(minutes=2)
    until(lambda: not house.newsroom.history.select("select id from view_id"))
    viewed(house, id, "?view=v1")
    rolled_up(house, id, 2)


@pytest.mark.parametrize("last", ["views", "beacon"])
@pytest.mark.parametrize(
    ("query", "headers"),
    [
        (f"?view={'x' * 101}", {}),
        ("?view=", {}),
        ("", {"Idempotency_Key": "x" * 101}),
        ("?view=v%C3%A9", {}),
        ("?view=v%201", {}),
        ("?view=v1%0A", {}),
        ("", {"Idempotency_Key": "vé"}),
    ],
)
def test_an_id_that_is_none_or_too_long_or_of_other_characters_is_refused(
    house: House, last: str, query: str, headers: dict[str, str]
) -> None:
    id = house.published()
    problem(viewed(house, id, query, last, **headers), 400)
    assert viewed(house, id, f"?view={'x' * 100}").status_code == 204
    rolled_up(house, id, 1)


@pytest.mark.parametrize("last", ["views", "beacon"])
def test_two_ids_of_one_view_are_the_same(house: House, last: str) -> None:
    id = house.published()
    refused = problem(viewed(house, id, "?view=v1", last, Idempotency_Key="v2"), 400)
    assert "different ids of one view" in refused["detail"]
    assert viewed(house, id, "?view=v1", last, Idempotency_Key="v1").is_success
    rolled_up(house, id, 1)


def test_servers_that_get_one_id_at_the_same_moment_count_it_once(two: tuple[House, House]) -> None:
    id = two[0].published()
    for house in two:
        until(partial(public, house, id))
    ids = [f"v{n}" for n in range(AT_ONCE)]
    # From both ends, so that batches of both meet in several ids, in another order.
    orders = [
        (house, name) for pair in zip(ids, reversed(ids), strict=True) for house, name in zip(two, pair, strict=True)
    ]

    def view(asked: tuple[House, str]) -> int:
        house, name = asked
        return viewed(house, id, f"?view={name}").status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(view, orders * 2)) == {204}
    assert on_disk(two[0], id) == AT_ONCE


def on_disk(house: House, id: str) -> int:
    """In the journal and in the history, while nothing is rolled up."""
    history = house.newsroom.history
    while True:
        head = history.head()
        rows = history.select("select hits from hit_batch")
        waiting = [hit.hits for row in rows for hit in tally.decode(bytes(row["hits"])) if hit.article == id]
        if head == history.head():
            return sum(waiting) + views(history)[id]


# Only what is public.


def withdrawn(house: House, id: str) -> int:
    answer = house.ask("POST", f"/editorial/articles/{id}/withdraw", {"notice": "It was not so."}, role=Role.PUBLISHER)
    assert answer.status_code == 200
    return 410


def unpublished(house: House, id: str) -> int:
    house.unpublish(id)
    return 404


@pytest.mark.parametrize("last", ["views", "beacon"])
@pytest.mark.parametrize("taken", [withdrawn, unpublished])
@pytest.mark.parametrize("known", ["known to the server", "not viewed before"])
def test_what_is_no_longer_public_is_not_counted(
    house: House, last: str, taken: Callable[[House, str], int], known: str
) -> None:
    id = house.published()
    before = 2 if known == "known to the server" else 0
    house.view(id, before)
    status = taken(house, id)
    for query in ("", "?view=v1"):
        problem(viewed(house, id, query, last), status)
    assert before == stored(house, id)


def test_what_was_never_public_is_not_counted(house: House) -> None:
    id = house.draft()["id"]
    for last in ("views", "beacon"):
        problem(viewed(house, id, last=last), 404)
        problem(viewed(house, "nothing", last=last), 404)
    assert stored(house, id) == 0


def stored(house: House, id: str) -> int:
    """What the history will say of an article that nobody can read."""
    other = house.published(headline="Asked last")
    viewed(house, other)
    until(lambda: counted(house, other) == 1)
    (total,), _ = house.reading.store.read(lambda reads: reads.totals([id]))
    return total


def test_what_is_public_again_is_counted_again(house: House) -> None:
    id = house.published()
    house.view(id)
    house.unpublish(id)
    problem(viewed(house, id), 404)
    house.publish(id, 3)
    house.view(id)
    rolled_up(house, id, 2)


@pytest.mark.parametrize("last", ["views", "beacon"])
@pytest.mark.parametrize("query", ["", "?view=v1"])
def test_no_cache_keeps_the_answer(house: House, last: str, query: str) -> None:
    id = house.published()
    for _ in range(2):
        assert viewed(house, id, query, last).headers["cache-control"] == "no-store"


# Those that do not wait.


def test_a_beacon_is_answered_at_once_and_counted_soon(house: House) -> None:
    id = house.published()
    for _ in range(3):
        answer = viewed(house, id, last="beacon")
        assert (answer.status_code, answer.content) == (202, b"")
    rolled_up(house, id, 3)


def test_a_beacon_does_not_wait_for_the_disk(house: House, embedded: Settings) -> None:
    id = house.published()
    assert viewed(house, id).status_code == 204
    with standstill(embedded.events):
        assert [viewed(house, id, last="beacon").status_code for _ in range(3)] == [202] * 3
    rolled_up(house, id, 4)


# When the disk does not keep up.


@pytest.mark.parametrize("last", ["views", "beacon"])
def test_a_server_with_too_much_waiting_asks_to_come_back_and_loses_nothing(
    house: House, embedded: Settings, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    monkeypatch.setattr(committer, "WAITING_MOST", WAITING_MOST)
    id = house.published()
    assert viewed(house, id).status_code == 204
    with ThreadPoolExecutor(4 * WAITING_MOST) as pool:
        with standstill(embedded.events):
            asked = [pool.submit(viewed, house, id, last=last) for _ in range(4 * WAITING_MOST)]
            refused = until(lambda: [one.result() for one in asked if one.done() and one.result().status_code == 503])
            for answer in refused:
                problem(answer, 503)
                assert answer.headers["retry-after"] == "1"
            # Editors wait apart from readers.
            assert len(house.newsroom.committer.waiting) == 0
        statuses = [one.result().status_code for one in asked]
    taken = statuses.count(204 if last == "views" else 202)
    assert taken + statuses.count(503) == len(asked)
    assert taken >= WAITING_MOST
    rolled_up(house, id, 1 + taken)
    assert viewed(house, id, last=last).is_success


# Crawlers.


def test_a_crawler_is_answered_like_a_reader_and_stands_in_no_list(house: House) -> None:
    id = house.published()
    for _ in range(3):
        answer = viewed(house, id, User_Agent=CRAWLER)
        assert (answer.status_code, answer.content) == (204, b"")
    rolled_up(house, id, 0)
    for path in ("/v1/popular", "/v1/popular?window=all", "/v1/trending"):
        assert id not in house.ids(path)
