"""The desk's writers and sources, as readers meet them."""

from typing import Any

import pytest
from httpx import Response

from domain.role import Role
from tests.web.house import House, problem


def put(house: House, path: str, body: Any) -> Response:
    return house.ask("PUT", f"/editorial/{path}", body)


def test_a_writer_is_added_and_changed(house: House) -> None:
    put(house, "writers/cleo", {"name": "Cleo Day", "bio": "Reads rivers.", "guest": True})
    assert house.read("/v1/writers/cleo") == {
        "slug": "cleo",
        "name": "Cleo Day",
        "bio": "Reads rivers.",
        "guest": True,
    }
    put(house, "writers/cleo", {"name": "Cleo Dawn"})
    assert house.read("/v1/writers/cleo") == {"slug": "cleo", "name": "Cleo Dawn", "bio": "", "guest": False}


def test_a_renamed_writer_has_the_new_name_on_every_card(house: House) -> None:
    id = house.published(writers=["ann"])
    for path in ("/v1/latest", f"/v1/articles/{id}", "/v1/writers"):
        house.read(path)
    put(house, "writers/ann", {"name": "Ann Oak"})
    assert house.read("/v1/latest")["items"][0]["byline"]["writers"] == [{"slug": "ann", "name": "Ann Oak"}]
    assert house.read(f"/v1/articles/{id}")["byline"]["writers"] == [{"slug": "ann", "name": "Ann Oak"}]
    assert [writer["guest"] for writer in house.read("/v1/writers")["items"]] == [False, False]


def test_sources_count_the_articles_that_give_their_name(house: House) -> None:
    put(house, "sources/wire", {"name": "Wire", "url": "https://wire.example"})
    put(house, "sources/agency", {"name": "an Agency"})
    assert [source["articles"] for source in house.read("/v1/sources")["items"]] == [0, 0]
    id = house.published(source="Wire")
    house.published(headline="Another", source="Wire service")
    assert house.read("/v1/sources")["items"] == [
        {"slug": "agency", "name": "an Agency", "url": "", "articles": 0},
        {"slug": "wire", "name": "Wire", "url": "https://wire.example", "articles": 1},
    ]
    house.unpublish(id)
    assert [source["articles"] for source in house.read("/v1/sources")["items"]] == [0, 0]


def test_a_renamed_source_counts_by_its_new_name_and_articles_keep_theirs(house: House) -> None:
    id = house.published(source="Wire")
    put(house, "sources/wire", {"name": "Wire"})
    assert house.read("/v1/sources")["items"][0]["articles"] == 1
    put(house, "sources/wire", {"name": "Wire service"})
    assert house.read("/v1/sources")["items"][0] == {"slug": "wire", "name": "Wire service", "url": "", "articles": 0}
    assert house.ids("/v1/latest?source=Wire") == [id]
    assert house.read(f"/v1/articles/{id}")["byline"]["source"] == "Wire"


def test_what_cannot_be_a_byline_is_refused(house: House) -> None:
    for path, body in [
        ("writers/x", {}),
        ("writers/x", {"name": "\u00a0"}),
        ("writers/x", {"name": "X", "bio": "b" * 5_001}),
        ("writers/x", {"name": "X", "bio": "\x07"}),
        ("writers/x", {"name": "X", "guest": "yes"}),
        ("writers/-x", {"name": "X"}),
        ("sources/x", {"name": ""}),
        ("sources/x", {"name": "X", "url": "javascript:alert(1)"}),
        ("sources/x", {"name": "X", "url": "/here"}),
        ("sources/x", {"name": "X", "kind": "agency"}),
    ]:
        problem(put(house, path, body), 400)


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.REPORTER, Role.AUDITOR])
def test_only_who_may_manage_writers_changes_bylines(house: House, role: Role) -> None:
    for path in ("writers/ann", "sources/wire"):
        problem(house.ask("PUT", f"/editorial/{path}", {"name": "X"}, role=role), 403)
