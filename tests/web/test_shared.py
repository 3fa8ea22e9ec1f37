"""On PostgreSQL and Redis, and with several processes on one history."""

import time
from concurrent.futures import ThreadPoolExecutor

from cms.settings import Settings
from tests.web.deadline import until
from tests.web.house import Clock, House, Tokens, followed, opened


def at(house: House, position: int, path: str = "/v1/latest") -> list[str]:
    return house.ids(f"{path}{'&' if '?' in path else '?'}min_position={position}")


def test_the_main_road_on_shared_stores(shared_house: House) -> None:
    house = shared_house
    draft = house.draft(tags=["River"], section="energy", writers=["ann"])
    published = house.publish(draft["id"])
    id, position = draft["id"], published["position"]
    for path in ("/v1/latest", "/v1/latest?section=economy", "/v1/latest?tag=river", "/v1/latest?writer=ann"):
        assert at(house, position, path) == [id], path
    house.view(id, times=3)
    until(lambda: [item["views"] for item in house.read("/v1/popular")["items"]] == [3])
    until(lambda: house.read(f"/v1/articles/{id}")["views"] == 3)
    house.revise(id, 1, slug="ferries")
    position = house.update(id, 3)["position"]
    assert house.read(f"/v1/articles/by-slug/ferries?min_position={position}")["views"] == 3
    assert house.get("/v1/articles/by-slug/ferries-return-to-the-river").status_code == 301
    position = house.unpublish(id)["position"]
    assert at(house, position) == []
    assert house.get(f"/v1/articles/{id}").status_code == 404
    assert at(house, house.publish(id, 3)["position"]) == [id]


def test_what_one_process_records_the_other_shows(two: tuple[House, House]) -> None:
    expected: list[str] = []
    for order in range(6):
        writer, reader = two[order % 2], two[1 - order % 2]
        draft = writer.draft(headline=f"Report {order}")
        position = reader.publish(draft["id"])["position"]
        expected.append(draft["id"])
        for house in two:
            assert sorted(at(house, position)) == sorted(expected)
            assert sorted(house.ids("/v1/latest")) == sorted(expected)


def test_a_kept_answer_is_dropped_in_every_process(two: tuple[House, House]) -> None:
    one, other = two
    id = one.published(headline="Rain")
    until(lambda: other.ids("/v1/latest") == [id])
    assert other.ids("/v1/latest") == [id]
    one.unpublish(id)
    until(lambda: other.ids("/v1/latest") == [])


def test_two_processes_that_decide_at_once_never_both_win(two: tuple[House, House]) -> None:
    id = two[0].draft()["id"]

    def revise(order: int) -> int:
        answer = two[order % 2].ask(
            "PATCH", f"/editorial/articles/{id}", {"standfirst": f"From {order}."}, headers={"If-Match": '"1"'}
        )
        return answer.status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(revise, range(12))) == [200, *[412] * 11]


def test_two_processes_never_give_one_address_twice(two: tuple[House, House]) -> None:
    def publish(order: int) -> str:
        return two[order % 2].published(headline="Rain")

    with ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(publish, range(12)))
    head = two[0].head()
    slugs = [two[0].read(f"/v1/articles/{id}?min_position={head}")["slug"] for id in ids]
    assert len(set(slugs)) == len(ids)


def test_a_key_holds_in_every_process(two: tuple[House, House]) -> None:
    def draft(order: int) -> str:
        body = {"headline": "Rain", "section": "nation"}
        answer = two[order % 2].ask("POST", "/editorial/articles", body, headers={"Idempotency-Key": "once"})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(draft, range(12)))) == 1


# Readers that wait.


def test_a_reader_waits_for_what_the_read_models_do_not_have_yet(
    shared: Settings, shared_tokens: Tokens, clock: Clock
) -> None:
    with opened(shared, shared_tokens, clock) as house, ThreadPoolExecutor(1) as pool:
        draft = house.draft()
        position = house.publish(draft["id"])["position"]
        asked = pool.submit(house.get, f"/v1/latest?min_position={position}")
        with followed(shared):
            answer = asked.result(60)
            if answer.status_code == 503:  # The machine was too busy for two seconds.
                answer = until(lambda: (a := house.get(f"/v1/latest?min_position={position}")).is_success and a)
        assert [item["id"] for item in answer.json()["items"]] == [draft["id"]]
        assert int(answer.headers["position"]) >= position


def test_a_reader_waits_two_seconds_at_most(shared: Settings, shared_tokens: Tokens, clock: Clock) -> None:
    with opened(shared, shared_tokens, clock) as house:
        position = house.published() and house.head()
        started = time.monotonic()
        answer = house.get(f"/v1/latest?min_position={position}")
        waited_seconds = time.monotonic() - started
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.headers["content-type"] == "application/problem+json"
        assert 1.9 <= waited_seconds < 20
        assert house.get("/v1/latest").json()["items"] == []
