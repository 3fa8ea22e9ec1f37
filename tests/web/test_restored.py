"""All that readers see is computed from the history, and can be computed again."""

from pathlib import Path

from redis import Redis

from cms.settings import Settings
from tests.web.conftest import ROLL_UP_SECONDS
from tests.web.deadline import until
from tests.web.house import Clock, House, Tokens, followed, opened


def a_day_s_work(house: House) -> list[str]:
    """A little of everything; returns all paths that show something of it."""
    ids = []
    for order in range(8):
        ids.append(
            house.published(
                headline=f"Report {order % 5}",
                section=("nation", "energy", "sport")[order % 3],
                tags=["River", f"Tag {order % 2}"],
                writers=["ann", "bob"][: order % 3],
                source="Wire" if order % 2 else "",
                body=[{"kind": "paragraph", "text": f"Text *{order}*."}, {"kind": "image", "url": f"/{order}.svg"}],
            )
        )
        house.clock.forward(minutes=7)
    house.revise(ids[0], 1, headline="Report, updated", slug="updated", tags=["Bridge"])
    house.update(ids[0], 3)
    house.unpublish(ids[1])
    house.unpublish(ids[2])
    house.publish(ids[2], 3)
    for times, id in enumerate(ids[2:]):
        house.view(id, times)
    journal = house.newsroom.history
    until(lambda: not journal.select("select 1 from hit_batch"))
    head = house.head()
    until(lambda: house.get(f"/v1/latest?min_position={head}").status_code == 200)
    of_each = [f"/v1/articles/{id}{more}" for id in ids for more in ("", "/related")]
    slugs = ["updated", "report-0", "report-0-2", "report-1", "report-2", "none"]
    windows = [f"/v1/popular?window={window}" for window in ("1h", "24h", "7d", "30d", "all")]
    lists = ["", "?section=nation", "?section=economy", "?tag=river", "?tag=tag-1", "?writer=bob", "?source=Wire"]
    return [
        *of_each,
        *windows,
        "/v1/popular?section=nation",
        *(f"/v1/articles/by-slug/{slug}" for slug in slugs),
        *(f"/v1/latest{query}" for query in lists),
        "/v1/latest?limit=3",
        "/v1/sections",
        "/v1/tags",
        "/v1/writers",
        "/v1/writers/ann",
    ]


def answers(house: House, paths: list[str]) -> dict[str, tuple[int, bytes, str | None]]:
    found = {path: house.get(path) for path in paths}
    return {path: (r.status_code, r.content, r.headers.get("etag")) for path, r in found.items()}


def test_without_the_read_models_file_every_answer_is_restored_byte_for_byte(
    embedded: Settings, tokens: Tokens, clock: Clock, tmp_path: Path
) -> None:
    with opened(embedded, tokens, clock, ROLL_UP_SECONDS) as house:
        paths = a_day_s_work(house)
        before = answers(house, paths)
    for path in tmp_path.glob("reads.db*"):
        # The index of search, a folder, is there if there was time to make one.
        if path.is_file():
            path.unlink()
    with opened(embedded, tokens, clock) as house:
        assert answers(house, paths) == before
    assert {status for status, _, _ in before.values()} == {200, 301, 404}


def test_a_start_with_what_was_kept_answers_the_same(embedded: Settings, tokens: Tokens, clock: Clock) -> None:
    with opened(embedded, tokens, clock, ROLL_UP_SECONDS) as house:
        paths = a_day_s_work(house)
        before = answers(house, paths)
    with opened(embedded, tokens, clock) as house:
        assert answers(house, paths) == before


def test_a_flushed_redis_is_filled_again_while_all_run(shared_house: House, redis: str) -> None:
    paths = a_day_s_work(shared_house)
    before, head = answers(shared_house, paths), shared_house.head()
    with Redis.from_url(redis) as server:
        server.flushdb()
    until(lambda: shared_house.read("/ready")["groups"][0]["position"] == head)
    shared_house.reading.kept.clear()
    assert answers(shared_house, paths) == before


def test_a_redis_that_was_flushed_meanwhile_is_filled_again_at_the_next_start(
    shared: Settings, shared_tokens: Tokens, clock: Clock, redis: str
) -> None:
    with followed(shared), opened(shared, shared_tokens, clock, ROLL_UP_SECONDS) as house:
        paths = a_day_s_work(house)
        before, head = answers(house, paths), house.head()
    with Redis.from_url(redis) as server:
        server.flushdb()
    with followed(shared), opened(shared, shared_tokens, clock) as house:
        until(lambda: house.get(f"/v1/latest?min_position={head}").status_code == 200)
        assert answers(house, paths) == before


def test_both_pairs_of_stores_answer_alike(house: House, shared_house: House) -> None:
    """Ids are random; what is the same in both is how many of what stand where."""
    counts = []
    for here in (house, shared_house):
        paths = a_day_s_work(here)
        found = answers(here, paths)
        counts.append([(status, len(body)) for status, body, _ in found.values()])
    assert counts[0] == counts[1]
