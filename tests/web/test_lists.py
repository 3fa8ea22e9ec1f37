"""The lists of the desk: what there is, what is mine, what waits for me."""

from typing import Any

import pytest

from domain.role import Role
from domain.staff import MoveToSections
from tests.web.house import Answer, House, article, problem

Lines = list[str]


def lines(house: House, query: str = "", role: Role = Role.EDITOR) -> list[Answer]:
    response = house.ask("GET", f"/editorial/articles?{query}", role=role)
    assert response.status_code == 200, response.text
    items: list[Answer] = response.json()["items"]
    return items


def ids(house: House, query: str = "", role: Role = Role.EDITOR) -> Lines:
    return [line["id"] for line in lines(house, query, role)]


def counts(house: House, query: str = "", role: Role = Role.EDITOR) -> Answer:
    response = house.ask("GET", f"/editorial/counts?{query}", role=role)
    assert response.status_code == 200, response.text
    found: Answer = response.json()
    return found


def drafted(house: House, role: Role = Role.REPORTER, **fields: Any) -> str:
    house.clock.forward(seconds=1)
    response = house.ask("POST", "/editorial/articles", article(**fields), role=role)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def act(house: House, id: str, act: str, body: Any = None, role: Role = Role.EDITOR) -> None:
    house.clock.forward(seconds=1)
    response = house.ask("POST", f"/editorial/articles/{id}/{act}", body, role=role, headers={"If-Match": '"1"'})
    assert response.status_code == 200, response.text


def me(house: House, role: Role) -> str:
    id = drafted(house, role)
    author: str = house.ask("GET", f"/editorial/articles/{id}", role=role).json()["author"]
    return author


def test_those_that_changed_last_come_first(house: House) -> None:
    first, second = drafted(house), drafted(house)
    assert ids(house) == [second, first]
    act(house, first, "submit")
    assert ids(house) == [first, second]


def test_a_line_shows_where_an_article_stands(house: House) -> None:
    id = drafted(house, headline="Rain at last", writers=["ann"])
    act(house, id, "publish")
    (line,) = lines(house)
    assert line["headline"] == "Rain at last"
    assert (line["status"], line["section"], line["version"]) == ("published", "nation", 2)
    assert line["writers"] == ["ann"]
    assert line["published_at"]
    assert not line["unpublished_changes"]


def test_a_change_is_in_the_list_with_its_answer(house: House) -> None:
    id = drafted(house)
    house.revise(id, 1, headline="Another headline")
    assert [line["headline"] for line in lines(house)] == ["Another headline"]


def test_a_list_is_narrowed_by_status_section_writer_and_author(house: House) -> None:
    nation, energy = drafted(house, writers=["ann"]), drafted(house, section="energy", writers=["bob"])
    act(house, energy, "submit")
    author = lines(house)[0]["author"]
    assert ids(house, "status=draft") == [nation]
    assert ids(house, "status=in_review") == [energy]
    assert ids(house, "section=economy") == [energy]
    assert ids(house, "writer=ann") == [nation]
    assert ids(house, f"author={author}") == [energy, nation]
    assert ids(house, "author=nobody") == []
    assert ids(house, "status=draft&writer=bob") == []


@pytest.mark.parametrize("q", ["RAIN", "rain coast", "coast rain", "ähre", "100%", "a_b"])
def test_all_words_are_searched_in_headline_and_standfirst_whatever_their_case(house: House, q: str) -> None:
    id = drafted(house, headline="Rain: ÄHREN at 100% of a_b", standfirst="On the coast")
    drafted(house, headline="Chess: 1000 of acb")
    assert [line["id"] for line in house.ask("GET", "/editorial/articles").json()["items"] if line["id"] == id]
    response = house.client.get(
        "/editorial/articles", params={"q": q}, headers={"Authorization": f"Bearer {house.tokens[Role.EDITOR]}"}
    )
    assert [line["id"] for line in response.json()["items"]] == [id]


def test_pages_follow_one_another_without_a_gap(house: House) -> None:
    drafts = [drafted(house) for _ in range(5)]
    found, after = [], ""
    while True:
        page = house.ask("GET", f"/editorial/articles?limit=2{after}").json()
        found += [line["id"] for line in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == drafts[::-1]


def test_an_unknown_section_is_not_an_empty_one(house: House) -> None:
    problem(house.ask("GET", "/editorial/articles?section=nowhere"), 404)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "after=x", "status=burnt", "mine=perhaps"])
def test_what_cannot_be_meant_is_refused(house: House, query: str) -> None:
    problem(house.ask("GET", f"/editorial/articles?{query}"), 400)


def test_mine_is_what_i_wrote(house: House) -> None:
    ours, _theirs = drafted(house, Role.REPORTER), drafted(house, Role.EDITOR)
    assert ids(house, "mine=true", Role.REPORTER) == [ours]


def test_what_was_submitted_waits_for_those_who_may_approve_and_did_not_write_it(house: House) -> None:
    ours, theirs = drafted(house, Role.EDITOR), drafted(house, Role.REPORTER)
    for id in (ours, theirs):
        act(house, id, "submit")
    assert ids(house, "waiting=true", Role.EDITOR) == [theirs]
    assert set(ids(house, "waiting=true", Role.PUBLISHER)) == {ours, theirs}
    assert ids(house, "waiting=true", Role.REPORTER) == []


def test_what_was_returned_waits_for_its_writer_who_is_told_why(house: House) -> None:
    id = drafted(house, Role.REPORTER)
    assert ids(house, "waiting=true", Role.REPORTER) == []
    act(house, id, "submit")
    act(house, id, "return", {"note": "Where is the source?"})
    assert ids(house, "waiting=true", Role.REPORTER) == [id]
    copy = house.ask("GET", f"/editorial/articles/{id}", role=Role.REPORTER).json()
    assert copy["returned"] == "Where is the source?"
    act(house, id, "submit")
    assert ids(house, "waiting=true", Role.REPORTER) == []
    assert house.ask("GET", f"/editorial/articles/{id}").json()["returned"] is None


def test_contributors_see_their_own_alone(house: House) -> None:
    ours, _ = drafted(house, Role.CONTRIBUTOR), drafted(house, Role.REPORTER)
    assert ids(house, role=Role.CONTRIBUTOR) == [ours]
    assert counts(house, role=Role.CONTRIBUTOR)["by_status"] == {"draft": 1}


def test_whoever_is_limited_to_sections_sees_those_and_their_parts(house: House) -> None:
    editor = me(house, Role.EDITOR)
    energy = drafted(house, section="energy")
    house.newsroom.execute(MoveToSections(staff_id=editor, sections=("economy",)), "test")
    assert ids(house) == [energy]
    assert ids(house, "section=economy") == [energy]
    assert ids(house, "section=nation") == []
    assert counts(house)["by_section"] == {"energy": 1}


def test_counts_tell_how_many_stand_where(house: House) -> None:
    drafted(house, Role.REPORTER)
    act(house, drafted(house, Role.REPORTER, section="energy"), "submit")
    act(house, drafted(house, Role.EDITOR), "publish")
    assert counts(house) == {
        "by_status": {"draft": 1, "in_review": 1, "published": 1},
        "by_section": {"energy": 1, "nation": 2},
        "mine": 1,
        "waiting": 1,
    }
    assert counts(house, "section=economy")["by_status"] == {"in_review": 1}


def test_lists_are_the_same_on_the_other_databases(shared_house: House) -> None:
    house = shared_house
    first, second = drafted(house, headline="Rain 100%"), drafted(house, headline="Rain 1000", writers=["ann"])
    assert ids(house) == [second, first]
    assert ids(house, "q=100%25") == [first]
    assert ids(house, "writer=ann") == [second]
    act(house, first, "submit")
    assert ids(house, "waiting=true") == [first]
    assert ids(house, "mine=true", Role.REPORTER) == [first, second]
    page = house.ask("GET", "/editorial/articles?limit=1").json()
    assert [line["id"] for line in page["items"]] == [first]
    assert ids(house, f"after={page['next']}") == [second]
    assert counts(house)["by_status"] == {"draft": 1, "in_review": 1}


def test_times_are_the_newsrooms(house: House) -> None:
    drafted(house)
    (line,) = lines(house)
    assert line["changed_at"].endswith("+04:00")
