"""Editors arrange the front, and readers get it at once; it goes by itself where time ends it."""

from contextlib import closing
from typing import Any

import pytest
from httpx import Response

from cms import audit, staff
from domain.role import Role
from domain.staff import MoveToSections
from projections import front as read_models
from tests.web.deadline import until
from tests.web.house import Answer, House, problem
from tests.web.test_kept_answers import kept

FRONT = "/editorial/front"


def three(house: House) -> list[str]:
    """Articles that readers see, the oldest first."""
    ids = []
    for headline, section in (("Rain", "nation"), ("Wind", "energy"), ("Chess", "sport")):
        house.clock.forward(minutes=1)
        ids.append(house.published(headline=headline, section=section))
    return ids


def put(house: House, body: Answer, made_on: int | None = 0, *, section: str = "", **said: Any) -> Response:
    headers = {} if made_on is None else {"If-Match": f'"{made_on}"'}
    return house.ask("PUT", FRONT + (f"?section={section}" if section else ""), body, headers=headers, **said)


def arrange(house: House, made_on: int = 0, *, section: str = "", **body: Any) -> Answer:
    response = put(house, body, made_on, section=section)
    assert response.status_code == 200, response.text
    accepted: Answer = response.json()
    return accepted


def declare(house: House, id: str, **body: Any) -> Answer:
    return house.done("PUT", f"/editorial/articles/{id}/breaking", body)


def front(house: House, query: str = "") -> Answer:
    return house.read(f"/v1/front{query}")


def shown(house: House, query: str = "") -> list[str]:
    return house.ids(f"/v1/front{query}")


def breaking(house: House) -> list[str]:
    return [card["id"] for card in front(house)["breaking"]]


# Arranging.


def test_an_editor_arranges_the_front_and_readers_get_it(house: House) -> None:
    rain, wind, chess = three(house)
    assert shown(house) == [chess, wind, rain]
    accepted = arrange(house, pins=[rain], packages=[{"title": " The  wind ", "articles": [wind]}])
    assert (accepted["id"], accepted["version"]) == ("site", 1)
    assert front(house) == {
        "items": [house.read(f"/v1/latest?section={section}")["items"][0] for section in ("nation", "sport")],
        "pinned": 1,
        "packages": [{"title": "The wind", "items": house.read("/v1/latest?section=energy")["items"]}],
        "breaking": [],
        "fill": "latest",
    }
    assert house.ids("/v1/latest") == [chess, wind, rain]


def test_a_section_has_a_front_of_its_own(house: House) -> None:
    rain, wind, chess = three(house)
    arrange(house, section="economy", pins=[chess])
    assert shown(house, "?section=economy") == [chess, wind]
    assert shown(house) == [chess, wind, rain]
    assert shown(house, "?section=energy") == [wind]


def test_a_front_is_filled_with_the_most_read(house: House) -> None:
    rain, wind, chess = three(house)
    house.view(rain, times=2)
    arrange(house, fill="popular")
    until(lambda: shown(house) == [rain, chess, wind])
    house.clock.forward(days=1, minutes=1)
    assert shown(house) == [chess, wind, rain]


def test_a_front_is_as_long_as_was_asked_for(house: House) -> None:
    rain, _, chess = three(house)
    arrange(house, pins=[rain])
    assert shown(house, "?limit=2") == [rain, chess]
    for limit in (0, 101):
        problem(house.get(f"/v1/front?limit={limit}"), 400)


def test_a_section_that_is_not_there_has_no_front(house: House) -> None:
    problem(house.get("/v1/front?section=moon"), 404)
    problem(house.ask("GET", f"{FRONT}?section=moon"), 404)
    problem(put(house, {}, section="moon"), 404)
    problem(put(house, {}, section="No slug"), 400)


# Versions.


def test_the_desk_reads_the_arrangement_with_its_version_and_what_is_not_public(house: House) -> None:
    rain, wind, chess = three(house)
    arrange(house, pins=[rain], packages=[{"title": "Wind", "articles": [wind]}], fill="popular")
    house.unpublish(rain)
    declare(house, chess, minutes=60)
    response = house.ask("GET", FRONT)
    assert (response.headers["etag"], response.headers["cache-control"]) == ('"2"', "private, no-cache")
    assert response.json() == {
        "section": None,
        "version": 2,
        "pins": [rain],
        "packages": [{"title": "Wind", "articles": [wind]}],
        "fill": "popular",
        "breaking": [{"article": chess, "until": "2024-05-14T13:03:00Z"}],
    }
    assert shown(house) == [chess]
    house.clock.forward(hours=1)
    assert house.ask("GET", FRONT).json()["breaking"] == []


def test_a_front_that_nobody_arranged_is_at_version_0(house: House) -> None:
    response = house.ask("GET", f"{FRONT}?section=sport")
    assert response.headers["etag"] == '"0"'
    assert response.json() == {
        "section": "sport",
        "version": 0,
        "pins": [],
        "packages": [],
        "fill": "latest",
        "breaking": [],
    }


def test_an_arrangement_names_the_version_that_it_was_made_on(house: House) -> None:
    rain, wind, _ = three(house)
    arrange(house, 0, pins=[rain])
    problem(put(house, {"pins": [wind]}, None), 428)
    problem(put(house, {"pins": [wind]}, 0), 412)
    problem(put(house, {"pins": [wind]}, 2), 412)
    problem(house.ask("PUT", f"{FRONT}?base=1", {"pins": [wind]}), 400)
    declare(house, wind, minutes=1)
    assert arrange(house, 1, pins=[wind])["version"] == 3


def test_the_first_arrangement_needs_no_version(house: House) -> None:
    (rain, *_) = three(house)
    assert put(house, {"pins": [rain]}, None).status_code == 200
    problem(put(house, {"pins": []}, None), 428)


def test_an_arrangement_that_stands_already_records_nothing(house: House) -> None:
    (rain, *_) = three(house)
    first = arrange(house, pins=[rain])
    head = house.head()
    assert arrange(house, 1, pins=[rain]) == first
    assert house.head() == head


def test_an_arrangement_is_safe_to_send_again_under_a_key(house: House) -> None:
    (rain, *_) = three(house)
    body, said = {"pins": [rain]}, {"If-Match": '"0"', "Idempotency-Key": "once"}
    first, second = (house.ask("PUT", FRONT, body, headers=said) for _ in range(2))
    assert second.json() == first.json()


# What is refused.


def test_what_readers_do_not_get_is_put_on_no_front(house: House) -> None:
    draft = house.draft()["id"]
    for id in (draft, "there-is-no-such-article"):
        assert id in problem(put(house, {"pins": [id]}), 409)["detail"]
    (rain, *_) = three(house)
    assert "twice" in problem(put(house, {"pins": [rain, rain]}), 409)["detail"]


ONE_PACKAGE = {"title": "Rain", "articles": ["a1"]}


@pytest.mark.parametrize(
    "body",
    [
        {"pins": [f"a{n}" for n in range(21)]},
        {"pins": ["no id"]},
        {"pins": "a1"},
        {"pins": None},
        {"packages": [ONE_PACKAGE] * 11},
        {"packages": [{"title": "Rain", "articles": []}]},
        {"packages": [{"title": "Rain", "articles": [f"a{n}" for n in range(11)]}]},
        {"packages": [{**ONE_PACKAGE, "title": ""}]},
        {"packages": [{**ONE_PACKAGE, "title": " "}]},
        {"packages": [{**ONE_PACKAGE, "title": "R" * 101}]},
        {"packages": [{**ONE_PACKAGE, "title": "R\x00"}]},
        {"packages": [{**ONE_PACKAGE, "color": "red"}]},
        {"fill": "best"},
        {"pinned": []},
    ],
    ids=lambda body: str(body)[:60],
)
def test_an_arrangement_is_bounded(house: House, body: Answer) -> None:
    assert problem(put(house, body), 400)["errors"]


def test_reporters_look_at_the_arrangement_and_leave_it(house: House) -> None:
    assert house.ask("GET", FRONT, role=Role.REPORTER).status_code == 200
    problem(put(house, {}, role=Role.REPORTER), 403)
    problem(house.ask("GET", FRONT, role=Role.CONTRIBUTOR), 403)
    (rain, *_) = three(house)
    for method, body in (("PUT", {"minutes": 5}), ("DELETE", None)):
        problem(house.ask(method, f"/editorial/articles/{rain}/breaking", body, role=Role.REPORTER), 403)


def test_who_works_for_a_section_arranges_its_front_alone(house: House) -> None:
    rain, wind, chess = three(house)
    editor = staff.find(house.newsroom.history, f"{Role.EDITOR}@chronicle.example")
    assert editor is not None
    house.newsroom.execute(MoveToSections(staff_id=editor, sections=("economy",)), "test")
    for section in ("economy", "energy"):
        arrange(house, section=section, pins=[rain])
    declare(house, wind, minutes=5)
    for section in ("", "sport"):
        problem(put(house, {"pins": [rain]}, section=section), 403)
    problem(house.ask("PUT", f"/editorial/articles/{chess}/breaking", {"minutes": 5}), 403)
    assert breaking(house) == [wind]


def test_a_front_of_the_past_is_asked_of_a_replay(house: House) -> None:
    rain, wind, chess = three(house)
    position = arrange(house, pins=[rain])["position"]
    arrange(house, 1, pins=[wind])
    with closing(audit.replayed(house.newsroom.history, position)) as then:
        found = read_models.read(then, house.door.app.state.site, house.clock())
    assert found is not None
    assert [card.id for card in found.items] == [rain, chess, wind]
    assert shown(house) == [wind, chess, rain]


# Breaking news.


def test_news_breaks_until_its_moment_and_ends_by_itself(house: House) -> None:
    rain, wind, _ = three(house)
    declare(house, rain, minutes=60)
    house.clock.forward(minutes=1)
    declare(house, wind, until="2024-05-14T16:34:00+04:00")
    assert breaking(house) == [wind, rain]
    house.clock.forward(minutes=29.99)
    assert breaking(house) == [wind, rain]
    assert kept(house, "/v1/front")
    house.clock.forward(minutes=0.01)
    assert kept(house, "/v1/front") is None
    (card,) = front(house)["breaking"]
    assert (card["id"], card["headline"], card["until"]) == (rain, "Rain", "2024-05-14T17:03:00+04:00")
    house.clock.forward(minutes=29)
    assert breaking(house) == []
    assert kept(house, "/v1/front")
    house.clock.forward(days=300)
    assert kept(house, "/v1/front")


def test_an_editor_ends_what_is_breaking(house: House) -> None:
    rain, wind, _ = three(house)
    declare(house, rain, minutes=60)
    assert breaking(house) == [rain]
    house.done("DELETE", f"/editorial/articles/{rain}/breaking")
    assert breaking(house) == []
    head = house.head()
    house.done("DELETE", f"/editorial/articles/{wind}/breaking")
    assert house.head() == head


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"minutes": 0}, 400),
        ({"minutes": 1441}, 400),
        ({"minutes": 5, "until": "2024-05-14T13:00:00Z"}, 400),
        ({"until": "2024-05-14"}, 400),
        ({"until": "soon"}, 400),
        ({"hours": 1}, 400),
        ({"until": "2024-05-14T12:00:00Z"}, 409),
        ({"until": "0001-01-01T00:00:00+14:00"}, 400),
        ({"until": "9999-12-31T23:59:59-14:00"}, 400),
    ],
)
def test_breaking_news_is_bounded_in_time(house: House, body: Answer, status: int) -> None:
    (rain, *_) = three(house)
    problem(house.ask("PUT", f"/editorial/articles/{rain}/breaking", body), status)


def test_the_end_of_breaking_news_may_be_said_on_the_newsrooms_clocks(house: House) -> None:
    (rain, *_) = three(house)
    house.done("PUT", f"/editorial/articles/{rain}/breaking", {"until": "2024-05-14T18:00"})
    assert [card["until"] for card in house.read("/v1/front")["breaking"]] == ["2024-05-14T18:00:00+04:00"]


def test_what_readers_do_not_get_does_not_break(house: House) -> None:
    draft = house.draft()["id"]
    problem(house.ask("PUT", f"/editorial/articles/{draft}/breaking", {"minutes": 5}), 409)
    for method, body in (("PUT", {"minutes": 5}), ("DELETE", None)):
        problem(house.ask(method, "/editorial/articles/none/breaking", body), 404)


# Kept answers.


def test_a_kept_front_is_dropped_when_it_is_arranged_anew_and_no_other_is(house: House) -> None:
    (rain, *_) = three(house)
    for path in ("/v1/front", "/v1/front?section=sport", "/v1/latest"):
        house.get(path)
    arrange(house, section="sport", pins=[rain])
    assert kept(house, "/v1/front")
    assert kept(house, "/v1/latest")
    assert kept(house, "/v1/front?section=sport") is None
    arrange(house, pins=[rain])
    assert kept(house, "/v1/front") is None
    declare(house, rain, minutes=5)
    assert breaking(house) == [rain]


def test_a_kept_front_is_dropped_when_a_pinned_article_changes_leaves_and_comes_back(house: House) -> None:
    rain, wind, chess = three(house)
    arrange(house, section="sport", pins=[rain, wind])
    path = "/v1/front?section=sport"
    assert house.ids(path) == [rain, wind, chess]
    house.revise(rain, 1, headline="Showers")
    assert kept(house, path)
    house.update(rain, 3)
    assert kept(house, path) is None
    assert house.read(path)["items"][0]["headline"] == "Showers"
    house.unpublish(rain)
    assert house.ids(path) == [wind, chess]
    assert kept(house, path)
    house.publish(rain, 3)
    assert kept(house, path) is None
    assert house.ids(path) == [rain, wind, chess]


def test_an_answer_is_named_and_not_sent_again(house: House) -> None:
    rain, *_ = three(house)
    arrange(house, pins=[rain])
    for _ in ("rendered", "kept"):
        response = house.get("/v1/front")
        assert {f"article:{rain}", "front:site", "breaking", "latest"} <= set(response.headers["surrogate-key"].split())
        assert house.get("/v1/front", if_none_match=response.headers["etag"]).status_code == 304
        assert house.client.head("/v1/front").content == b""


def test_the_front_on_shared_stores(shared_house: House) -> None:
    house = shared_house
    rain, wind, chess = three(house)
    position = arrange(house, pins=[rain], packages=[{"title": "Wind", "articles": [wind]}])["position"]
    found = front(house, f"?min_position={position}")
    assert ([card["id"] for card in found["items"]], found["pinned"]) == ([rain, chess], 1)
    position = house.unpublish(rain)["position"]
    assert shown(house, f"?min_position={position}") == [chess]
    position = declare(house, chess, minutes=5)["position"]
    assert [card["id"] for card in front(house, f"?min_position={position}")["breaking"]] == [chess]
    house.clock.forward(minutes=5)
    assert breaking(house) == []
    position = house.publish(rain, 1)["position"]
    assert shown(house, f"?min_position={position}") == [rain, chess]
