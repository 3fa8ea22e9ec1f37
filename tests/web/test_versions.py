"""No version is lost: each is listed, read, compared with any other, and brought back."""

from typing import Any

import pytest

from domain.role import Role
from tests.web.house import Answer, House, problem

SIX = {"kind": "paragraph", "id": "a", "text": "The first one left at six in the morning."}
SEVEN = {**SIX, "text": "The first one left at seven in the morning."}
DIVIDER = {"kind": "divider", "id": "b"}
PICTURE = {"kind": "image", "id": "c", "url": "/static/ferry.svg"}
HEADLINE = "Ferries return to the river"


@pytest.fixture
def id(house: House) -> str:
    """Drafted, published, and revised twice since: at version 4."""
    id = house.published(body=[SIX, DIVIDER], tags=["River"])
    house.clock.forward(hours=1)
    house.revise(id, 1, headline="Ferries stay", body=[SEVEN, PICTURE])
    house.revise(id, 3, standfirst="After all.")
    return id


def path(id: str, of: str) -> str:
    return f"/editorial/articles/{id}/{of}"


def read(house: House, id: str, of: str) -> Answer:
    response = house.ask("GET", path(id, of))
    assert response.status_code == 200, response.text
    answer: Answer = response.json()
    return answer


def differences(house: House, id: str, query: str = "") -> dict[str, Answer]:
    return {item["path"]: item for item in read(house, id, f"diff{query}")["items"]}


def copy(house: House, id: str) -> Answer:
    answer: Answer = house.ask("GET", f"/editorial/articles/{id}").json()
    return answer


# Listed and read.


def test_the_versions_say_what_was_done_and_when_and_by_whom(house: House, id: str) -> None:
    answer = read(house, id, "versions")
    lines = answer["items"]
    assert [(line["version"], line["event"]) for line in lines] == [
        (1, "ArticleDrafted"),
        (2, "ArticlePublished"),
        (3, "ArticleRevised"),
        (4, "ArticleRevised"),
    ]
    assert [line["at"][:16] for line in lines] == ["2024-05-14T16:00"] * 2 + ["2024-05-14T17:00"] * 2
    assert len({line["by"] for line in lines}) == 1
    assert lines[-1]["position"] == house.head()
    assert answer["next"] is None


def test_the_versions_after_a_position_are_listed_alone(house: House, id: str) -> None:
    second = read(house, id, "versions")["items"][1]["position"]
    assert [line["version"] for line in read(house, id, f"versions?after={second}")["items"]] == [3, 4]
    assert read(house, id, f"versions?after={house.head()}") == {"items": [], "next": None}


def test_the_versions_are_this_article_s_alone(house: House, id: str) -> None:
    other = house.draft()["id"]
    assert [line["version"] for line in read(house, other, "versions")["items"]] == [1]


def test_any_version_is_read_as_it_stood(house: House, id: str) -> None:
    found = [read(house, id, f"versions/{version}") for version in (1, 2, 3, 4)]
    assert [answer["version"] for answer in found] == [1, 2, 3, 4]
    assert [answer["revised"] for answer in found] == [1, 1, 3, 4]
    assert [answer["status"] for answer in found] == ["draft", "published", "published", "published"]
    assert [answer["headline"] for answer in found] == [HEADLINE, HEADLINE, "Ferries stay", "Ferries stay"]
    assert [answer["unpublished_changes"] for answer in found] == [True, False, True, True]
    assert found[0]["body"] == [SIX, DIVIDER]
    assert found[3] == copy(house, id)


# Compared.


def test_two_versions_differ_by_field_and_block(house: House, id: str) -> None:
    found = differences(house, id, "?from=1&to=4")
    assert set(found) == {"headline", "standfirst", "body.a", "body.b", "body.c"}
    assert (found["headline"]["old"], found["headline"]["new"]) == (HEADLINE, "Ferries stay")
    assert (found["body.b"]["old"], found["body.b"]["new"]) == (DIVIDER, None)
    assert (found["body.c"]["old"], found["body.c"]["new"]) == (None, PICTURE)


def test_within_a_paragraph_the_words_that_changed_are_told(house: House, id: str) -> None:
    words = differences(house, id, "?from=1&to=3")["body.a"]["words"]
    assert [(piece["op"], piece["text"]) for piece in words] == [
        ("=", "The first one left at"),
        ("-", "six"),
        ("+", "seven"),
        ("=", "in the morning."),
    ]


def test_backwards_the_same_is_told_the_other_way(house: House, id: str) -> None:
    there, back = differences(house, id, "?from=1&to=4"), differences(house, id, "?from=4&to=1")
    assert set(there) == set(back)
    assert all((there[at]["old"], there[at]["new"]) == (back[at]["new"], back[at]["old"]) for at in there)


def test_blocks_that_only_moved_differ_in_their_order(house: House, id: str) -> None:
    house.revise(id, 4, body=[PICTURE, SEVEN])
    found = differences(house, id, "?from=4&to=5")
    assert set(found) == {"body"}
    assert (found["body"]["old"], found["body"]["new"]) == (["a", "c"], ["c", "a"])


def test_by_default_the_working_copy_is_compared_with_what_readers_have(house: House, id: str) -> None:
    assert differences(house, id) == differences(house, id, "?from=live&to=4") == differences(house, id, "?from=2")
    assert set(differences(house, id, "?from=3")) == {"standfirst"}
    house.update(id, 4)
    assert differences(house, id) == {}
    assert set(differences(house, id, "?from=1&to=live")) == {"headline", "standfirst", "body.a", "body.b", "body.c"}


def test_what_readers_never_had_is_not_compared(house: House) -> None:
    id = house.draft()["id"]
    says = problem(house.ask("GET", path(id, "diff")), 409)["detail"]
    assert says == "The article was never published; name a version to compare with."
    assert differences(house, id, "?from=1") == {}


# Brought back.


def test_a_version_is_brought_back_as_a_revision(house: House, id: str) -> None:
    restored = house.done("POST", path(id, "versions/1/restore"), made_on=4)
    assert restored["version"] == 5
    assert differences(house, id, "?from=1") == differences(house, id) == {}
    assert read(house, id, "versions")["items"][-1]["event"] == "ArticleRevised"
    assert copy(house, id)["status"] == "published"
    house.done("POST", path(id, "versions/4/restore"), made_on=5)
    assert differences(house, id, "?from=4") == {}


def test_to_bring_back_what_stands_records_nothing(house: House, id: str) -> None:
    head = house.head()
    assert house.done("POST", path(id, "versions/4/restore"), made_on=4)["version"] == 4
    assert house.head() == head


def test_a_version_is_brought_back_strictly_or_not_at_all(house: House, id: str) -> None:
    head = house.head()
    problem(house.ask("POST", path(id, "versions/1/restore"), headers={"If-Match": '"3"'}), 412)
    problem(house.ask("POST", path(id, "versions/1/restore")), 428)
    problem(house.ask("POST", path(id, "versions/1/restore?base=4"), headers={"If-Match": '"4"'}), 400)
    assert house.head() == head


def test_a_version_is_brought_back_beside_what_others_changed_since(house: House, id: str) -> None:
    """Whoever saw version 3 takes its headline and body back; the standfirst that came with 4 stays."""
    house.done("POST", path(id, "versions/1/restore?base=3"))
    answer = copy(house, id)
    assert (answer["headline"], answer["standfirst"], answer["body"]) == (HEADLINE, "After all.", [SIX, DIVIDER])


def test_to_bring_back_what_another_changed_since_is_a_clash(house: House, id: str) -> None:
    house.revise(id, 4, headline="Ferries sink")
    head = house.head()
    response = house.ask("POST", path(id, "versions/1/restore?base=4"))
    found = problem(response, 409, "base", "theirs", "yours", "events")
    assert [error["path"] for error in found["errors"]] == ["headline"]
    headlines = [found[side]["headline"] for side in ("base", "theirs", "yours")]
    assert headlines == ["Ferries stay", "Ferries sink", HEADLINE]
    assert [event["version"] for event in found["events"]] == [5]
    assert house.head() == head


# What is not there, and who may not.


@pytest.mark.parametrize("of", ["versions/5", "diff?from=5", "diff?to=5", "diff?from=0"])
def test_a_version_that_the_article_has_not_come_to_is_not_found(house: House, id: str, of: str) -> None:
    problem(house.ask("GET", path(id, of)), 404)


def test_a_version_that_is_not_there_is_not_brought_back(house: House, id: str) -> None:
    head = house.head()
    for precondition in ({"If-Match": '"4"'}, {"If-Match": '"5"'}):
        problem(house.ask("POST", path(id, "versions/5/restore"), headers=precondition), 404)
    problem(house.ask("POST", path(id, "versions/5/restore?base=4")), 404)
    assert house.head() == head


@pytest.mark.parametrize("of", ["versions", "versions/1", "diff", "diff?from=1"])
def test_of_an_article_that_nobody_drafted_there_are_no_versions(house: House, of: str) -> None:
    problem(house.ask("GET", path("none", of)), 404)


@pytest.mark.parametrize(
    ("of", "at"),
    [
        ("versions/0", "version"),
        (f"versions/{10**30}", "version"),
        ("versions?after=-1", "after"),
        (f"versions?after={10**30}", "after"),
        ("diff?from=first", "from"),
        ("diff?from=1&to=-1", "to"),
        (f"diff?from={10**30}", "from"),
    ],
)
def test_what_is_no_version_is_named(house: House, id: str, of: str, at: str) -> None:
    (error,) = problem(house.ask("GET", path(id, of)), 400)["errors"]
    assert error["path"] == at


@pytest.mark.parametrize(
    ("role", "reads", "restores"),
    [
        (Role.CONTRIBUTOR, 403, 403),
        (Role.REPORTER, 200, 403),
        (Role.EDITOR, 200, 200),
        (Role.AUDITOR, 200, 403),
    ],
)
def test_those_who_read_drafts_read_versions_and_those_who_revise_any_bring_them_back(
    house: House, id: str, role: Role, reads: int, restores: int
) -> None:
    found: list[Any] = [house.ask("GET", path(id, of), role=role) for of in ("versions", "versions/1", "diff")]
    assert [response.status_code for response in found] == [reads] * 3
    restored = house.ask("POST", path(id, "versions/1/restore"), role=role, headers={"If-Match": '"4"'})
    assert restored.status_code == restores


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.REPORTER])
def test_whoever_wrote_it_reads_its_versions_and_brings_them_back(house: House, role: Role) -> None:
    id = house.ask("POST", "/editorial/articles", {"headline": HEADLINE, "section": "nation"}, role=role).json()["id"]
    house.revise(id, 1, headline="Ferries stay")
    for of in ("versions", "versions/1", "diff?from=1"):
        assert house.ask("GET", path(id, of), role=role).status_code == 200, of
    restored = house.ask("POST", path(id, "versions/1/restore"), role=role, headers={"If-Match": '"2"'})
    assert (restored.status_code, copy(house, id)["headline"]) == (200, HEADLINE)
