"""What every answer carries, so that caches and readers need ask for nothing twice."""

import time

import pytest

from cms.answers import CACHE_CONTROL
from tests.web.house import House

LISTED = (
    "/v1/latest",
    "/v1/latest?section=nation",
    "/v1/popular",
    "/v1/trending",
    "/v1/sections",
    "/v1/tags",
    "/v1/writers",
)


def all_paths(house: House) -> list[str]:
    id = house.published(headline="Rain", tags=["River"], writers=["ann"])
    house.published(headline="Snow", tags=["River"])
    of_it = [f"/v1/articles/{id}", f"/v1/articles/{id}/related", "/v1/articles/by-slug/rain", "/v1/writers/ann"]
    return [*LISTED, *of_it]


def test_every_answer_says_how_it_may_be_kept(house: House) -> None:
    for path in all_paths(house):
        for _ in ("rendered", "kept"):
            headers = house.get(path).headers
            assert headers["content-type"] == "application/json", path
            assert headers["etag"].startswith('"'), path
            assert headers["cache-control"] == CACHE_CONTROL.decode(), path
            assert headers["vary"] == "Accept-Encoding", path
            assert headers["position"] == str(house.head()), path
            assert headers["surrogate-key"], path


def test_what_is_kept_is_what_was_rendered(house: House) -> None:
    for path in all_paths(house):
        rendered, kept = house.get(path), house.get(path)
        assert (kept.content, dict(kept.headers)) == (rendered.content, dict(rendered.headers)), path


def test_an_answer_is_named_by_what_it_shows(house: House) -> None:
    id = house.published(tags=["River"], writers=["ann"])
    keys = house.get(f"/v1/articles/{id}").headers["surrogate-key"].split()
    assert {f"article:{id}", "tag:river", "writer:ann"} <= set(keys)
    assert {"latest", f"article:{id}"} <= set(house.get("/v1/latest").headers["surrogate-key"].split())
    for path, key in (
        ("popular", "popular"),
        ("trending", "popular"),
        ("sections", "section"),
        ("tags", "tag"),
        ("writers", "writer"),
    ):
        assert key in house.get(f"/v1/{path}").headers["surrogate-key"].split()


@pytest.mark.parametrize("said", ["{}", "W/{}", '"other", {}', '"other",W/{}', "*"])
def test_what_a_client_has_is_not_sent_again(house: House, said: str) -> None:
    for path in all_paths(house):
        etag = house.get(path).headers["etag"]
        response = house.get(path, if_none_match=said.format(etag))
        assert (response.status_code, response.content) == (304, b""), path
        for name in ("cache-control", "surrogate-key", "vary", "position"):
            assert response.headers[name], (path, name)
        assert response.headers["etag"] == etag


def test_what_a_client_has_is_not_sent_again_before_an_answer_is_kept_either(house: House) -> None:
    paths = all_paths(house)
    etags = {path: house.get(path).headers["etag"] for path in paths}
    house.reading.kept.clear()
    for path in paths:
        response = house.get(path, if_none_match=etags[path])
        assert (response.status_code, response.content) == (304, b""), path
        assert response.headers["etag"] == etags[path]


def test_what_has_changed_is_sent(house: House) -> None:
    house.published()
    for path in ("/v1/latest", "/v1/tags"):
        etag = house.get(path).headers["etag"]
        house.published(headline=f"More {path}", tags=[path])
        response = house.get(path, if_none_match=etag)
        assert (response.status_code, response.headers["etag"] != etag) == (200, True)


def test_the_same_answer_has_the_same_tag_whenever_it_is_given(house: House) -> None:
    id = house.published()
    before = house.get("/v1/sections").headers
    house.unpublish(id)
    after = house.get("/v1/sections").headers
    assert before["etag"] == after["etag"]
    assert int(after["position"]) > int(before["position"])


def test_head_is_get_without_a_body(house: House) -> None:
    missing = ["/v1/nothing", "/v1/articles/none", "/v1/latest?limit=0"]
    for path in [*all_paths(house), *missing, "/health", "/ready", "/schema/openapi.json", "/v1/latest?min_position=x"]:
        got, head = house.get(path), house.client.head(path)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        assert dict(head.headers) == dict(got.headers), path


def test_head_of_what_the_client_has_is_not_modified(house: House) -> None:
    etag = house.get("/v1/latest").headers["etag"]
    assert house.client.head("/v1/latest", headers={"If-None-Match": etag}).status_code == 304


def test_problems_are_not_kept_and_say_the_position(house: House) -> None:
    draft = house.draft()
    for path in (f"/v1/articles/{draft['id']}", "/v1/latest?section=none", "/v1/latest?limit=0"):
        assert house.get(path).headers["position"] == str(house.head())
    house.publish(draft["id"])
    assert house.get(f"/v1/articles/{draft['id']}").status_code == 200


# min_position.


def test_a_position_that_is_reached_is_answered(house: House) -> None:
    draft = house.draft()
    position = house.publish(draft["id"])["position"]
    answer = house.get(f"/v1/latest?min_position={position}&limit=1")
    assert [item["id"] for item in answer.json()["items"]] == [draft["id"]]
    assert int(answer.headers["position"]) >= position
    assert house.get("/v1/latest?limit=1").content == answer.content


def test_a_position_beyond_the_history_is_refused_at_once(house: House) -> None:
    started = time.monotonic()
    for _ in range(20):
        answer = house.get(f"/v1/latest?min_position={house.head() + 1}")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.headers["position"] == str(house.head())
    assert time.monotonic() - started < 20 * 1.5, "it waited"


def test_how_the_process_stands_is_kept_by_nobody(house: House) -> None:
    for path in ("/health", "/ready"):
        assert house.get(path).headers["cache-control"] == "no-store"
