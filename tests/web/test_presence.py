"""Who has an article open, and who holds it: a hint to colleagues, the same in every process."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from cms import newsroom as rooms
from cms import presence, staff
from cms.newsroom import Newsroom
from cms.presence import LEASE, TABS_MOST, Tab
from cms.settings import Settings
from domain.role import Role
from domain.staff import MoveToSections
from tests.cms.desk import together
from tests.web.house import Answer, Clock, House, Tokens, opened, problem

ROUNDS = 6  # Of 8 articles each, as one person has at most 50 tabs.


@pytest.fixture(params=["house", "shared_house"])
def any_house(request: pytest.FixtureRequest) -> House:
    """On each database."""
    house: House = request.getfixturevalue(request.param)
    return house


def path(id: str) -> str:
    return f"/editorial/articles/{id}/presence"


def say(house: House, id: str, role: Role = Role.EDITOR, *, tab: str = "one", editing: bool = False) -> Answer:
    response = house.ask("PUT", path(id), {"tab": tab, "editing": editing}, role=role)
    assert response.status_code == 200, response.text
    answer: Answer = response.json()
    return answer


def edit(house: House, id: str, role: Role = Role.EDITOR, *, tab: str = "one") -> Answer:
    return say(house, id, role, tab=tab, editing=True)


def take_over(house: House, id: str, role: Role, *, tab: str = "one") -> Answer:
    response = house.ask("POST", f"{path(id)}/take-over", {"tab": tab}, role=role)
    assert response.status_code == 200, response.text
    answer: Answer = response.json()
    return answer


def leave(house: House, id: str, role: Role = Role.EDITOR, *, tab: str = "one") -> None:
    response = house.ask("DELETE", f"{path(id)}?tab={tab}", role=role)
    assert response.status_code == 204, response.text


def here(answer: Answer) -> list[str]:
    return [one["name"] for one in answer["here"]]


def holder(answer: Answer) -> str | None:
    holders = [one["name"] for one in answer["here"] if one["holds"]]
    assert len(holders) <= 1
    return holders[0] if holders else None


def rows(house: House) -> int:
    return len(house.newsroom.history.select("select * from presence where article <> ''"))


# Who is here.


def test_colleagues_see_each_other_on_an_article(any_house: House) -> None:
    house = any_house
    id = house.draft()["id"]
    assert here(say(house, id)) == ["Editor"]
    house.clock.forward(seconds=5)
    answer = say(house, id, Role.REPORTER)
    assert here(answer) == ["Editor", "Reporter"]
    assert [one["since"] for one in answer["here"]] == ["2024-05-14T16:00:00+04:00", "2024-05-14T16:00:05+04:00"]
    assert set(answer) == {"here", "holds", "taken_by"}
    assert set(answer["here"][0]) == {"staff", "name", "since", "editing", "holds"}


def test_who_says_nothing_for_half_a_minute_is_gone(any_house: House) -> None:
    house = any_house
    id = house.draft()["id"]
    edit(house, id)
    house.clock.forward(seconds=29)
    assert here(say(house, id, Role.PUBLISHER)) == ["Editor", "Publisher"]
    house.clock.forward(seconds=1)
    assert here(say(house, id, Role.PUBLISHER)) == ["Publisher"]


def test_who_says_it_again_stays(house: House) -> None:
    id = house.draft()["id"]
    for _ in range(5):
        assert [one["since"] for one in say(house, id)["here"]] == ["2024-05-14T16:00:00+04:00"]
        house.clock.forward(seconds=20)


def test_who_leaves_is_gone_at_once(any_house: House) -> None:
    house = any_house
    id = house.draft()["id"]
    edit(house, id)
    leave(house, id)
    answer = edit(house, id, Role.PUBLISHER)
    assert (here(answer), answer["holds"]) == (["Publisher"], True)
    leave(house, id)


def test_each_article_has_its_own_people(house: House) -> None:
    one, other = house.draft()["id"], house.draft()["id"]
    edit(house, one)
    assert edit(house, other, Role.PUBLISHER)["holds"]
    assert sorted(here(edit(house, other))) == ["Editor", "Publisher"]


def test_a_colleague_with_two_tabs_is_here_once(house: House) -> None:
    id = house.draft()["id"]
    assert edit(house, id, tab="one")["holds"]
    answer = edit(house, id, tab="two")
    assert (here(answer), holder(answer), answer["holds"]) == (["Editor"], "Editor", False)
    leave(house, id, tab="one")
    assert edit(house, id, tab="two")["holds"]


def test_nothing_of_this_is_in_the_history(house: House) -> None:
    id = house.draft()["id"]
    head = house.head()
    edit(house, id)
    take_over(house, id, Role.PUBLISHER)
    leave(house, id)
    assert house.head() == head


# Who holds it.


def test_the_first_who_edits_holds_the_article(any_house: House) -> None:
    house = any_house
    id = house.draft()["id"]
    say(house, id, Role.PUBLISHER)
    assert edit(house, id)["holds"]
    answer = edit(house, id, Role.PUBLISHER)
    assert (answer["holds"], holder(answer)) == (False, "Editor")
    assert [one["editing"] for one in answer["here"]] == [True, True]
    assert edit(house, id)["holds"]


def test_who_stops_editing_lets_go(any_house: House) -> None:
    house = any_house
    id = house.draft()["id"]
    edit(house, id)
    assert holder(say(house, id)) is None
    assert edit(house, id, Role.PUBLISHER)["holds"]
    assert holder(edit(house, id)) == "Publisher"


def test_who_is_gone_holds_nothing(any_house: House) -> None:
    house = any_house
    id = house.draft()["id"]
    edit(house, id)
    house.clock.forward(seconds=LEASE.total_seconds())
    assert edit(house, id, Role.PUBLISHER)["holds"]
    answer = edit(house, id)
    assert (answer["holds"], answer["taken_by"]) == (False, None)


def test_to_hold_an_article_is_needed_for_nothing(house: House) -> None:
    id = house.draft()["id"]
    edit(house, id, Role.PUBLISHER)
    house.revise(id, 1, headline="Ferries stay")


# Taken over.


def test_a_publisher_takes_an_article_over_and_the_former_holder_is_told(any_house: House) -> None:
    house = any_house
    id = house.draft()["id"]
    edit(house, id)
    taken = take_over(house, id, Role.PUBLISHER)
    assert (taken["holds"], taken["taken_by"]) == (True, None)
    for _ in range(2):
        told = edit(house, id)
        assert (told["holds"], holder(told), told["taken_by"]["name"]) == (False, "Publisher", "Publisher")
    assert say(house, id)["taken_by"] is None
    assert edit(house, id)["taken_by"] is None


def test_who_comes_to_hold_it_again_is_told_no_more(house: House) -> None:
    id = house.draft()["id"]
    edit(house, id)
    take_over(house, id, Role.PUBLISHER)
    leave(house, id, Role.PUBLISHER)
    answer = edit(house, id)
    assert (answer["holds"], answer["taken_by"]) == (True, None)


def test_of_three_who_take_over_each_is_told_by_whom(house: House) -> None:
    id = house.draft()["id"]
    edit(house, id)
    take_over(house, id, Role.PUBLISHER)
    take_over(house, id, Role.ADMIN)
    assert edit(house, id)["taken_by"]["name"] == "Publisher"
    assert edit(house, id, Role.PUBLISHER)["taken_by"]["name"] == "Admin"
    assert holder(say(house, id, Role.REPORTER)) == "Admin"


def test_an_editor_takes_over_what_nobody_holds(house: House) -> None:
    id = house.draft()["id"]
    edit(house, id, Role.PUBLISHER)
    refused = house.ask("POST", f"{path(id)}/take-over", {"tab": "one"})
    assert "may not take it" in problem(refused, 403)["detail"]
    assert edit(house, id, Role.PUBLISHER)["holds"]
    house.clock.forward(seconds=30)
    assert take_over(house, id, Role.EDITOR)["holds"]


def test_an_editor_takes_over_from_another_tab_of_their_own(any_house: House) -> None:
    house = any_house
    id = house.draft()["id"]
    edit(house, id, tab="one")
    assert take_over(house, id, Role.EDITOR, tab="two")["holds"]
    told = edit(house, id, tab="one")
    assert (told["holds"], told["taken_by"]["name"]) == (False, "Editor")


def test_to_take_over_what_one_holds_changes_nothing(house: House) -> None:
    id = house.draft()["id"]
    edit(house, id)
    answer = take_over(house, id, Role.EDITOR)
    assert (answer["holds"], answer["taken_by"]) == (True, None)


# Who may.


def test_who_may_not_revise_an_article_may_look_and_not_hold_it(house: House) -> None:
    id = house.draft()["id"]
    assert here(say(house, id, Role.REPORTER)) == ["Reporter"]
    problem(house.ask("PUT", path(id), {"tab": "one", "editing": True}, role=Role.REPORTER), 403)
    problem(house.ask("POST", f"{path(id)}/take-over", {"tab": "one"}, role=Role.REPORTER), 403)
    assert holder(say(house, id, Role.REPORTER)) is None


def test_who_may_not_read_an_article_does_not_see_who_is_there(house: House) -> None:
    id = house.draft()["id"]
    problem(house.ask("PUT", path(id), {"tab": "one"}, role=Role.CONTRIBUTOR), 403)
    publisher = staff.find(house.newsroom.history, "publisher@chronicle.example") or ""
    house.newsroom.execute(MoveToSections(staff_id=publisher, sections=("sport",)), "test")
    problem(house.ask("PUT", path(id), {"tab": "one"}, role=Role.PUBLISHER), 403)
    problem(house.ask("POST", f"{path(id)}/take-over", {"tab": "one"}, role=Role.PUBLISHER), 403)


def test_auditors_read_without_being_seen(house: House) -> None:
    id = house.draft()["id"]
    problem(house.ask("PUT", path(id), {"tab": "one"}, role=Role.AUDITOR), 403)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tab": ""},
        {"tab": "x" * 65},
        {"tab": "a b"},
        {"tab": "a\x00"},
        {"tab": "a", "x": 1},
    ],
)
def test_a_tab_that_cannot_be_meant_is_refused(house: House, body: Answer) -> None:
    id = house.draft()["id"]
    problem(house.ask("PUT", path(id), body), 400)
    assert rows(house) == 0


def test_nobody_is_on_an_article_that_is_not_there(house: House) -> None:
    problem(house.ask("PUT", path("nothing"), {"tab": "one"}), 404)
    problem(house.ask("POST", f"{path('nothing')}/take-over", {"tab": "one"}), 404)
    assert rows(house) == 0


# What is kept is bounded, and goes by itself.


def test_the_tabs_of_one_person_are_bounded_and_the_oldest_go(any_house: House) -> None:
    house = any_house
    id = house.draft()["id"]
    say(house, id, Role.PUBLISHER)
    for order in range(TABS_MOST + 3):
        house.clock.forward(milliseconds=10)
        say(house, id, tab=f"tab-{order}")
    found = presence.here(house.newsroom.history, id, house.clock())
    kept = {seen.tab.id for seen in found} - {"one"}
    assert kept == {f"tab-{order}" for order in range(3, TABS_MOST + 3)}
    assert rows(house) == TABS_MOST + 1


def test_whoever_speaks_removes_what_is_past_its_end(any_house: House) -> None:
    house = any_house
    for _ in range(3):
        say(house, house.draft()["id"])
    assert rows(house) == 3
    house.clock.forward(seconds=30)
    leave(house, house.draft()["id"])
    assert rows(house) == 0


# Several processes.


@pytest.fixture(params=["embedded", "shared"])
def settings(request: pytest.FixtureRequest) -> Settings:
    chosen: Settings = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture
def two(settings: Settings, request: pytest.FixtureRequest, clock: Clock) -> Iterator[tuple[House, House]]:
    tokens: Tokens = request.getfixturevalue("tokens" if settings.embedded else "shared_tokens")
    with opened(settings, tokens, clock) as one, opened(settings, tokens, clock) as other:
        yield one, other


def test_all_processes_agree_on_who_is_here_and_who_holds_it(two: tuple[House, House]) -> None:
    one, other = two
    id = one.draft()["id"]
    assert edit(one, id)["holds"]
    answer = edit(other, id, Role.PUBLISHER)
    assert (sorted(here(answer)), holder(answer), answer["holds"]) == (["Editor", "Publisher"], "Editor", False)
    assert take_over(other, id, Role.PUBLISHER)["holds"]
    assert edit(one, id)["taken_by"]["name"] == "Publisher"


def test_of_many_who_begin_at_once_one_holds_it(two: tuple[House, House]) -> None:
    ids = [two[0].draft()["id"] for _ in range(4)]

    def begin(order: int) -> tuple[str, bool]:
        id = ids[order % 4]
        role = (Role.EDITOR, Role.PUBLISHER, Role.ADMIN)[order // 4 % 3]
        return id, edit(two[order % 2], id, role, tab=f"tab-{order}")["holds"]

    with ThreadPoolExecutor(8) as pool:
        held = [id for id, holds in pool.map(begin, range(48)) if holds]
    assert sorted(held) == sorted(ids)


def test_processes_that_commit_at_once_agree_on_one_holder(
    settings: Settings, request: pytest.FixtureRequest, clock: Clock
) -> None:
    """Of many articles at a time, one process in their order and the other against it."""
    request.getfixturevalue("tokens" if settings.embedded else "shared_tokens")

    def edit(room: Newsroom, articles: list[str], name: str) -> None:
        tabs = [Tab(article, name, "one") for article in articles]
        room.note(*(statement for tab in tabs for statement in presence.editing(tab, clock())))

    with rooms.opened(settings.events, clock) as one, rooms.opened(settings.events, clock) as other:
        for order in range(ROUNDS):
            articles = [f"a{order}-{place}" for place in range(8)]
            together(partial(edit, one, articles, "ann"), partial(edit, other, articles[::-1], "bob"))
            for article in articles:
                seen = presence.here(one.history, article, clock())
                assert {found.tab.staff_id for found in seen} == {"ann", "bob"}
                assert [found.holds for found in seen].count(True) == 1
