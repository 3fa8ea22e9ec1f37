"""What an article's history tells the desk: its story, and whose words it holds."""

import pytest

from cms.recorders import Statement
from domain.role import Role
from tests.web.house import Answer, House, problem

SIX = {"kind": "paragraph", "id": "a", "text": "The first one left at six in the morning."}
SEVEN = {**SIX, "text": "The first one left at seven in the morning."}
PICTURE = {"kind": "image", "id": "c", "url": "/static/ferry.svg"}


@pytest.fixture
def id(house: House) -> str:
    """Drafted and published by the editor, then revised by the publisher."""
    id = house.published(body=[SIX])
    house.clock.forward(hours=1)
    change = {"headline": "Ferries stay", "body": [PICTURE, SEVEN]}
    answer = house.ask("PATCH", f"/editorial/articles/{id}", change, role=Role.PUBLISHER, headers={"If-Match": '"2"'})
    assert answer.status_code == 200, answer.text
    return id


def read(house: House, id: str, of: str) -> Answer:
    response = house.ask("GET", f"/editorial/articles/{id}/{of}")
    assert response.status_code == 200, response.text
    answer: Answer = response.json()
    return answer


def test_the_story_is_told_in_sentences(house: House, id: str) -> None:
    story = read(house, id, "story")
    assert [one["sentence"] for one in story["items"]] == [
        "Editor drafted it.",
        "Editor published it.",
        "Publisher changed the headline, one image, one paragraph and the arrangement of the body.",
    ]
    last = story["items"][-1]
    assert (last["at"], last["name"], last["version"]) == ("2024-05-14T17:00:00+04:00", "Publisher", 3)
    assert last["position"] == house.head()
    assert story["next"] is None


def test_the_story_goes_on_after_a_position(house: House, id: str) -> None:
    first, *later = read(house, id, "story")["items"]
    assert read(house, id, f"story?after={first['position']}")["items"] == later
    assert read(house, id, f"story?after={house.head()}") == {"items": [], "next": None}


def test_each_version_says_what_made_it(house: House, id: str) -> None:
    told = [one["sentence"] for one in read(house, id, "story")["items"]]
    assert [line["sentence"] for line in read(house, id, "versions")["items"]] == told


def test_blame_names_whoever_changed_a_field_or_block_last(house: House, id: str) -> None:
    found = read(house, id, "blame")
    fields = {one["path"]: (one["version"], one["name"]) for one in found["fields"]}
    assert fields["headline"] == fields["body"] == (3, "Publisher")
    assert fields["standfirst"] == fields["section"] == (1, "Editor")
    assert [(one["id"], one["version"], one["name"]) for one in found["blocks"]] == [
        ("c", 3, "Publisher"),
        ("a", 3, "Publisher"),
    ]
    assert found["blocks"][0]["at"] == "2024-05-14T17:00:00+04:00"


def test_blame_is_told_of_any_version(house: House, id: str) -> None:
    found = read(house, id, "blame?version=2")
    assert {one["version"] for one in (*found["fields"], *found["blocks"])} == {1}
    assert [one["id"] for one in found["blocks"]] == ["a"]


def test_a_name_that_the_vault_no_longer_tells_is_not_told(house: House, id: str) -> None:
    by = read(house, id, "story")["items"][0]["by"]
    house.newsroom.note(Statement("delete from vault where id = ?", [(by,)]))
    assert read(house, id, "story")["items"][0]["sentence"] == "Somebody drafted it."
    assert read(house, id, "blame")["fields"][1]["name"] == "Somebody"


@pytest.mark.parametrize("of", ["story", "blame", "blame?version=9"])
def test_what_is_not_there_has_no_story(house: House, id: str, of: str) -> None:
    problem(house.ask("GET", f"/editorial/articles/{'none' if of != 'blame?version=9' else id}/{of}"), 404)


@pytest.mark.parametrize("of", ["story", "blame"])
@pytest.mark.parametrize(("role", "status"), [(Role.CONTRIBUTOR, 403), (Role.REPORTER, 200), (Role.AUDITOR, 200)])
def test_whoever_reads_the_article_reads_its_story(house: House, id: str, of: str, role: Role, status: int) -> None:
    assert house.ask("GET", f"/editorial/articles/{id}/{of}", role=role).status_code == status
