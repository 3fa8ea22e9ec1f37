"""Readers look up what was wrong: corrections and withdrawals write themselves into the log."""

import pytest

from domain.role import Role
from tests.web.house import House, problem
from tests.web.test_kept_answers import kept


def correct(house: House, id: str, note: str, made_on: int = 1) -> int:
    position: int = house.done("POST", f"/editorial/articles/{id}/correct", {"note": note}, made_on=made_on)["position"]
    return position


def withdraw(house: House, id: str, notice: str) -> None:
    response = house.ask("POST", f"/editorial/articles/{id}/withdraw", {"notice": notice}, role=Role.PUBLISHER)
    assert response.status_code == 200, response.text


def notes(house: House, query: str = "") -> list[str]:
    return [item["note"] for item in house.read(f"/v1/corrections{query}")["items"]]


def test_corrections_and_withdrawals_are_told_newest_first(house: House) -> None:
    rain, chess = house.published(headline="Rain"), house.published(headline="Chess", section="sport")
    correct(house, rain, "It rained twice.")
    house.clock.forward(hours=1)
    withdraw(house, chess, "It was no chess.")
    assert house.read("/v1/corrections") == {
        "items": [
            {
                "kind": "withdrawal",
                "at": "2024-05-14T17:00:00+04:00",
                "note": "It was no chess.",
                "article": {"id": chess, "headline": "Chess", "section": "sport", "url": None},
            },
            {
                "kind": "correction",
                "at": "2024-05-14T16:00:00+04:00",
                "note": "It rained twice.",
                "article": {
                    "id": rain,
                    "headline": "Rain",
                    "section": "nation",
                    "url": "https://post.example/nation/rain",
                },
            },
        ],
        "next": None,
    }


def test_an_address_goes_and_comes_with_the_article(house: House) -> None:
    rain = house.published(headline="Rain")
    correct(house, rain, "It rained twice.")

    def url() -> str | None:
        (item,) = house.read("/v1/corrections")["items"]
        found: str | None = item["article"]["url"]
        return found

    assert url()
    house.unpublish(rain)
    assert url() is None
    assert kept(house, "/v1/corrections")
    house.publish(rain, 1)
    assert url()


def test_a_restored_article_stays_in_the_log(house: House) -> None:
    rain = house.published(headline="Rain")
    withdraw(house, rain, "It did not rain.")
    house.ask("POST", f"/editorial/articles/{rain}/restore", role=Role.PUBLISHER)
    (item,) = house.read("/v1/corrections")["items"]
    assert (item["kind"], item["article"]["url"]) == ("withdrawal", "https://post.example/nation/rain")


def test_a_section_has_its_own_and_those_below(house: House) -> None:
    wind, chess = house.published(headline="Wind", section="energy"), house.published(headline="Chess", section="sport")
    correct(house, wind, "It was calm.")
    withdraw(house, chess, "It was no chess.")
    assert notes(house, "?section=economy") == ["It was calm."]
    assert notes(house, "?section=sport") == ["It was no chess."]
    problem(house.get("/v1/corrections?section=moon"), 404)


def test_pages_follow_each_other_while_more_is_said(house: House) -> None:
    rain = house.published(headline="Rain")
    for number in range(5):
        house.clock.forward(seconds=1)
        correct(house, rain, f"Note {number}.")
    first = house.read("/v1/corrections?limit=2")
    correct(house, rain, "Note 5.")
    rest = house.read(f"/v1/corrections?limit=3&after={first['next']}")
    assert [item["note"] for item in (*first["items"], *rest["items"])] == [f"Note {n}." for n in (4, 3, 2, 1, 0)]
    assert rest["next"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "after=nonsense", "after=4000000000000000:a1"])
def test_what_cannot_be_meant_is_refused(house: House, query: str) -> None:
    problem(house.get(f"/v1/corrections?{query}"), 400)


def test_nobody_types_the_log(house: House) -> None:
    for method in ("POST", "PUT", "DELETE"):
        problem(house.ask(method, "/v1/corrections", {}), 405)


def test_an_answer_is_named_and_not_sent_again(house: House) -> None:
    rain = house.published(headline="Rain")
    correct(house, rain, "It rained twice.")
    for _ in ("rendered", "kept"):
        response = house.get("/v1/corrections")
        assert {f"article:{rain}", "corrections"} <= set(response.headers["surrogate-key"].split())
        assert house.get("/v1/corrections", if_none_match=response.headers["etag"]).status_code == 304
        assert house.client.head("/v1/corrections").content == b""
    correct(house, rain, "It rained thrice.")
    assert kept(house, "/v1/corrections") is None


def test_the_log_on_shared_stores(shared_house: House) -> None:
    house = shared_house
    rain = house.published(headline="Rain", section="energy")
    correct(house, rain, "It rained twice.")
    position = house.unpublish(rain)["position"]
    (item,) = house.read(f"/v1/corrections?section=economy&min_position={position}")["items"]
    assert (item["note"], item["article"]["url"]) == ("It rained twice.", None)
