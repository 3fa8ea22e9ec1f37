"""What leaves before the loop is asked is what the loop would answer, or nothing."""

from typing import Any

import pytest

from cms.web import cors
from tests.web.deadline import until
from tests.web.house import Clock, House

Headers = set[tuple[str, str]]
READER = "https://reader.example"


@pytest.fixture
def path(house: House) -> str:
    until(house.reading.follows.is_set)
    paragraphs = [{"kind": "paragraph", "text": "The river rose by a hand in the night. " * 40}]
    path = f"/v1/articles/{house.published(body=paragraphs)}"
    house.get(path, accept_encoding="identity")
    return path


def scope(path: str, method: str = "GET", **headers: str) -> Any:
    path, _, query = path.partition("?")
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": named}


def at_once(house: House, path: str, **asked: str) -> tuple[int, Headers, bytes] | None:
    messages = house.door.at_once(scope(path, **asked))
    return messages and sent(messages)


def sent(messages: tuple[Any, Any]) -> tuple[int, Headers, bytes]:
    start, body = messages
    return start["status"], {(name.decode(), value.decode()) for name, value in start["headers"]}, body["body"]


def in_loop(house: House, path: str, **headers: str) -> tuple[int, Headers]:
    response = house.get(path, **headers)
    return response.status_code, set(response.headers.items())


@pytest.mark.parametrize("coding", ["identity", "br", "zstd", "gzip"])
def test_it_is_what_the_loop_answers_in_every_coding(house: House, path: str, coding: str) -> None:
    status, headers = in_loop(house, path, accept_encoding=coding)
    found = at_once(house, path, accept_encoding=coding)
    assert found is not None
    assert found[:2] == (status, headers)
    assert ("content-length", str(len(found[2]))) in headers


def test_an_answer_that_the_client_has_is_told_to_be_unchanged(house: House, path: str) -> None:
    etag = house.get(path, accept_encoding="identity").headers["etag"]
    found = at_once(house, path, if_none_match=etag)
    assert found is not None
    assert found == (*in_loop(house, path, accept_encoding="identity", if_none_match=etag), b"")
    assert found[0] == 304


def test_what_was_not_made_yet_is_left_to_the_loop(house: House, path: str) -> None:
    assert at_once(house, path, accept_encoding="br") is None
    assert at_once(house, f"{path}?min_position=1") is None
    assert at_once(house, "/v1/latest") is None
    for method in ("HEAD", "POST", "OPTIONS"):
        assert at_once(house, path, method=method) is None
    assert house.door.at_once({"type": "websocket", "path": path}) is None


def test_what_was_touched_or_has_ended_is_left_to_the_loop(house: House, path: str, clock: Clock) -> None:
    for kept in ("/v1/latest", "/v1/popular"):
        house.get(kept)
        assert at_once(house, kept)
    clock.forward(seconds=10)
    assert at_once(house, "/v1/popular") is None
    assert at_once(house, "/v1/latest")
    house.unpublish(path.rpartition("/")[2])
    assert at_once(house, path) is None
    assert at_once(house, "/v1/latest") is None


def test_what_another_process_may_have_applied_is_looked_for_first(house: House, path: str) -> None:
    until(house.reading.follows.is_set)
    house.reading.follows.clear()
    house.get(path)
    house.reading.looked_at = 0.0
    assert at_once(house, path) is None
    house.reading.follows.set()
    assert at_once(house, path)


@pytest.mark.parametrize("origins", [{READER}, {"*"}])
def test_a_page_of_another_origin_is_told_that_it_may_read_it(house: House, path: str, origins: set[str]) -> None:
    around = cors.around(house.door, frozenset(origins))
    messages = around.at_once(scope(path, origin=READER))
    assert messages
    _, headers, _ = sent(messages)
    assert ("access-control-allow-origin", min(origins)) in headers
    assert ("vary", "Accept-Encoding, Origin" if READER in origins else "Accept-Encoding") in headers
    assert around.at_once(scope("/feeds/latest.json")) is None
