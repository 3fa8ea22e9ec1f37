"""What auditors read of the history, and that they did."""

import json
from typing import Any

import pytest

from domain.role import Role
from tests.web.house import NAMED, House

# One of the sections is part of another, which the menu notes; the admin is appointed besides being hired.
BEFORE = len(NAMED) + 1 + len(Role) + 1
"""Events that stand in the history when the house opens."""


def events(house: House, query: str = "") -> list[dict[str, Any]]:
    response = house.audit(f"/audit/events?{query}")
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


def types(house: House, query: str) -> list[str]:
    return [item["event"]["type"] for item in events(house, query)]


def test_an_event_says_who_did_what_when(house: House) -> None:
    draft = house.draft(tags=["River"])
    tag, drafted = events(house, f"after={BEFORE}")
    assert drafted["event"]["type"] == "ArticleDrafted"
    assert drafted["event"]["content"]["headline"] == "Ferries return to the river"
    assert drafted["stream"] == f"article:{draft['id']}"
    assert (drafted["version"], drafted["position"]) == (draft["version"], draft["position"])
    assert drafted["at"] == "2024-05-14T12:00:00Z"
    assert drafted["by"] == drafted["event"]["author"]
    assert (tag["stream"], tag["command"]) == ("tag:river", drafted["command"])


def test_the_history_names_nobody(house: House) -> None:
    house.published()
    text = house.audit("/audit/events?limit=1000").text
    for role in Role:
        assert f"{role}@chronicle.example" not in text
        assert house.tokens[role] not in text


def test_events_of_one_stream_tell_the_story_of_an_article(house: House) -> None:
    id = house.published()
    house.published(headline="Another")
    house.revise(id, 1, standfirst="New.")
    house.update(id, 3)
    house.unpublish(id)
    assert types(house, f"stream=article:{id}") == [
        "ArticleDrafted",
        "ArticlePublished",
        "ArticleRevised",
        "ArticleUpdated",
        "ArticleUnpublished",
    ]
    assert types(house, "stream=article:none") == []


def test_events_by_type_and_by_actor(house: House) -> None:
    drafted = house.ask("POST", "/editorial/articles", {"headline": "Rain", "section": "nation"}, role=Role.REPORTER)
    house.publish(drafted.json()["id"])
    assert types(house, "type=ArticlePublished") == ["ArticlePublished"]
    assert types(house, "type=Nothing") == []
    (reporter,) = {item["by"] for item in events(house, "type=ArticleDrafted")}
    (editor,) = {item["by"] for item in events(house, "type=ArticlePublished")}
    assert reporter != editor
    assert types(house, f"actor={reporter}") == ["ArticleDrafted"]
    assert types(house, f"actor={editor}") == ["SlugClaimed", "ArticlePublished"]
    assert types(house, f"actor={editor}&type=ArticleDrafted") == []


def test_events_between_two_times_of_recording(house: House) -> None:
    for hour in range(3):
        house.clock.forward(hours=1)
        house.draft(headline=f"At {13 + hour}")
    said = "type=ArticleDrafted&from=2024-05-14T14:00:00Z"
    headlines = [item["event"]["content"]["headline"] for item in events(house, said)]
    assert headlines == ["At 14", "At 15"]
    assert len(events(house, f"{said}&to=2024-05-14T15:00:00Z")) == 1
    assert len(events(house, "type=ArticleDrafted&to=2024-05-14T17:00:00%2B04:00")) == 0
    assert len(events(house, "type=ArticleDrafted&to=2024-05-14T17:00:01%2B04:00")) == 1


def test_pages_of_events_part_the_history(house: House) -> None:
    for order in range(4):
        house.published(headline=f"Report {order}")
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        page = house.audit(f"/audit/events?limit=5&after={after}").json()
        found += [item["position"] for item in page["items"]]
        after = page["next"]
    assert found == list(range(1, house.head() + 1))


def test_pages_of_a_filter_part_what_it_finds(house: House) -> None:
    ids = [house.published(headline=f"Report {order}") for order in range(5)]
    found: list[str] = []
    after: int | None = 0
    while after is not None:
        page = house.audit(f"/audit/events?type=ArticlePublished&limit=2&after={after}").json()
        found += [item["stream"] for item in page["items"]]
        after = page["next"]
    assert found == [f"article:{id}" for id in ids]


def test_events_one_a_line(house: House) -> None:
    house.published()
    response = house.audit("/audit/events?limit=3", Accept="application/x-ndjson")
    assert response.headers["content-type"].startswith("application/x-ndjson")
    assert response.headers["next"] == "3"
    assert [json.loads(line) for line in response.text.splitlines()] == events(house, "limit=3")
    assert "next" not in house.audit("/audit/events?limit=1000", Accept="application/x-ndjson").headers


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("after=-1", "after"),
        ("after=soon", "after"),
        ("from=yesterday", "from"),
        ("from=2024-05-14T14:00:00", "from"),
        ("to=2024-05-14", "to"),
        (f"stream={'x' * 201}", "stream"),
    ],
)
def test_a_filter_that_means_nothing_is_named(house: House, query: str, path: str) -> None:
    response = house.audit(f"/audit/events?{query}")
    assert response.status_code == 400
    assert [error["path"] for error in response.json()["errors"]] == [path]


def test_an_article_as_it_stood_at_each_version(house: House) -> None:
    id = house.published(headline="One")
    house.revise(id, 1, headline="Two")
    house.update(id, 3)
    house.unpublish(id)
    stood = [house.audit(f"/audit/articles/{id}?version={version}").json() for version in range(1, 6)]
    assert [copy["version"] for copy in stood] == [1, 2, 3, 4, 5]
    assert [copy["headline"] for copy in stood] == ["One", "One", "Two", "Two", "Two"]
    assert [copy["status"] for copy in stood] == ["draft", "published", "published", "published", "unpublished"]
    assert [copy["edition"] and copy["edition"]["content"]["headline"] for copy in stood] == [
        None,
        "One",
        "One",
        "Two",
        "Two",
    ]
    assert house.audit(f"/audit/articles/{id}").json() == stood[-1]


def test_an_article_as_it_stood_at_a_position_of_the_history(house: House) -> None:
    draft = house.draft(headline="One")
    between = house.draft(headline="Another")["position"]
    revised = house.revise(draft["id"], 1, headline="Two")["position"]
    path = f"/audit/articles/{draft['id']}"
    assert house.audit(f"{path}?position={draft['position']}").json()["headline"] == "One"
    assert house.audit(f"{path}?position={between}").json()["headline"] == "One"
    assert house.audit(f"{path}?position={revised}").json()["headline"] == "Two"
    assert house.audit(f"{path}?position={draft['position'] - 1}").status_code == 404


def test_an_article_that_never_stood_so_is_not_found(house: House) -> None:
    id = house.draft()["id"]
    for path in (f"{id}?version=2", f"{id}?version=0", f"{id}?position=0", "none", "none?version=1"):
        assert house.audit(f"/audit/articles/{path}").status_code == 404, path
    assert house.audit(f"/audit/articles/{id}?version=1&position=1").status_code == 400


def test_reading_the_audit_is_itself_noted_and_leaves_the_history_as_it_is(house: House) -> None:
    id = house.draft()["id"]
    head = house.head()
    house.audit(f"/audit/events?stream=article:{id}&limit=7")
    house.audit(f"/audit/articles/{id}?version=1")
    house.ask("GET", "/audit/events", role=Role.REPORTER)
    notes = house.newsroom.history.select("select * from access order by request")
    assert [row["request"].partition("?")[0] for row in notes] == [f"/audit/articles/{id}", "/audit/events"]
    assert "version=1" in notes[0]["request"]
    assert "limit=7" in notes[1]["request"]
    assert {row["at"] for row in notes} == {int(house.clock().timestamp())}
    (auditor,) = {row["staff"] for row in notes}
    assert auditor in {item["stream"].removeprefix("staff:") for item in events(house, "type=StaffHired")}
    assert house.head() == head
