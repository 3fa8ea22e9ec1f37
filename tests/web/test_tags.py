"""The desk's tags: renamed, merged, parted; old addresses lead on."""

from typing import Any

import pytest
from httpx import Response

from cms.web.tags import LISTED_MOST
from domain.role import Role
from domain.tag import SetTag
from tests.web.house import House, problem


def ask(house: House, method: str, path: str, body: Any = None) -> Response:
    return house.ask(method, f"/editorial/tags{path}", body)


def done(house: House, method: str, path: str, body: Any = None) -> None:
    assert ask(house, method, path, body).status_code == 200


def merge(house: House, slug: str, into: str) -> None:
    done(house, "POST", f"/{slug}/merge", {"into": into})


def counts(house: House) -> dict[str, int]:
    return {tag["slug"]: tag["articles"] for tag in house.read("/v1/tags")["items"]}


def led(house: House, path: str) -> str:
    response = house.get(path)
    assert response.status_code == 301, response.text
    assert response.headers["cache-control"] == "public, no-cache"
    assert response.headers["surrogate-key"] == "alias all"
    return str(response.headers["location"])


@pytest.fixture
def river(house: House) -> str:
    return house.published(headline="The river", tags=["River", "Ferries"])


@pytest.fixture
def stream(house: House, river: str) -> str:
    """Published after `river`; both tags are about the same."""
    house.clock.forward(minutes=1)
    return house.published(headline="The stream", tags=["Stream", "River"])


def test_a_renamed_tag_has_its_new_name_everywhere(house: House, river: str) -> None:
    done(house, "PUT", "/river", {"name": "The river"})
    assert house.read(f"/v1/articles/{river}")["tags"][0] == {"slug": "river", "name": "The river"}
    assert house.read("/v1/tags/river") == {"slug": "river", "name": "The river", "articles": 1}


def test_a_tag_is_there_before_an_article_carries_it(house: House) -> None:
    done(house, "PUT", "/weather", {"name": "Weather"})
    assert house.read("/v1/tags/weather") == {"slug": "weather", "name": "Weather", "articles": 0}
    assert counts(house) == {}


def test_articles_of_a_merged_tag_are_found_under_the_other_each_once(house: House, river: str, stream: str) -> None:
    merge(house, "stream", "river")
    assert house.ids("/v1/latest?tag=river") == [stream, river]
    assert counts(house) == {"river": 2, "ferries": 1}
    assert house.read(f"/v1/articles/{stream}")["tags"] == [{"slug": "river", "name": "River"}]
    assert house.read("/v1/tags/river")["articles"] == 2


def test_articles_of_merged_tags_are_related(house: House, river: str) -> None:
    house.clock.forward(minutes=1)
    brook = house.published(headline="A brook", section="sport", tags=["Brook"])
    house.clock.forward(minutes=1)
    other = house.published(headline="A match", section="sport", tags=["Football"])
    assert house.ids(f"/v1/articles/{brook}/related") == [other]
    merge(house, "brook", "river")
    assert house.ids(f"/v1/articles/{brook}/related") == [river, other]


def test_an_old_address_leads_to_the_same_question_about_the_other_tag(house: House, river: str, stream: str) -> None:
    merge(house, "stream", "river")
    assert led(house, "/v1/tags/stream") == "/v1/tags/river"
    assert led(house, "/v1/latest?tag=stream") == "/v1/latest?tag=river"
    assert led(house, "/v1/latest?limit=1&tag=stream&source=Wire") == "/v1/latest?limit=1&tag=river&source=Wire"
    after = house.read("/v1/latest?tag=river&limit=1")["next"]
    location = led(house, f"/v1/latest?tag=stream&limit=1&after={after}")
    assert house.ids(location) == [river]


def test_an_alias_leads_there_too(house: House, river: str) -> None:
    done(house, "PUT", "/river/aliases/fluss")
    assert led(house, "/v1/tags/fluss") == "/v1/tags/river"
    tagged = house.published(headline="Der Fluss", tags=["Fluss"])
    assert house.read(f"/v1/articles/{tagged}")["tags"] == [{"slug": "river", "name": "River"}]
    assert set(house.ids("/v1/latest?tag=river")) == {river, tagged}
    assert house.ask("GET", f"/editorial/articles/{tagged}").json()["tags"] == ["fluss"]


def test_what_led_to_a_tag_goes_on_to_the_one_that_took_it(house: House, river: str, stream: str) -> None:
    merge(house, "stream", "river")
    merge(house, "river", "ferries")
    assert led(house, "/v1/tags/stream") == "/v1/tags/ferries"
    assert house.ids("/v1/latest?tag=ferries") == [stream, river]
    assert counts(house) == {"ferries": 2}
    done(house, "POST", "/river/part")
    assert led(house, "/v1/tags/stream") == "/v1/tags/river"
    assert counts(house) == {"river": 2, "ferries": 1}


def test_a_parted_tag_has_its_own_articles_again(house: House, river: str, stream: str) -> None:
    merge(house, "stream", "river")
    done(house, "POST", "/stream/part")
    assert house.ids("/v1/latest?tag=stream") == [stream]
    assert counts(house) == {"river": 2, "ferries": 1, "stream": 1}
    assert [tag["slug"] for tag in house.read(f"/v1/articles/{stream}")["tags"]] == ["stream", "river"]


def test_no_tag_leads_in_a_circle(house: House, river: str, stream: str) -> None:
    merge(house, "stream", "river")
    refused = ask(house, "POST", "/river/merge", {"into": "stream"})
    assert problem(refused, 409)["detail"] == "The tag 'stream' has itself given way to 'river'."
    problem(ask(house, "POST", "/river/merge", {"into": "river"}), 409)
    problem(ask(house, "PUT", "/river/aliases/river"), 409)


def test_a_tag_that_nobody_knows_is_not_found(house: House) -> None:
    problem(house.get("/v1/tags/none"), 404)
    problem(ask(house, "POST", "/none/part"), 404)
    problem(ask(house, "POST", "/none/merge", {"into": "river"}), 404)
    for path, body in [("/x", {}), ("/x", {"name": " \t"}), ("/X", {"name": "X"}), ("/x", {"name": "x", "slug": "y"})]:
        problem(ask(house, "PUT", path, body), 400)
    assert house.ids("/v1/latest?tag=none") == []


def test_the_desk_finds_tags_by_name_slug_or_alias(house: House, river: str, stream: str) -> None:
    merge(house, "stream", "river")
    done(house, "PUT", "/river/aliases/fluss")
    done(house, "PUT", "/weather", {"name": "Weather"})
    items = ask(house, "GET", "").json()["items"]
    assert items == [
        {"slug": "ferries", "name": "Ferries", "articles": 1, "aliases": []},
        {"slug": "river", "name": "River", "articles": 2, "aliases": ["fluss", "stream"]},
        {"slug": "weather", "name": "Weather", "articles": 0, "aliases": []},
    ]
    for q in ("RIV", "flu", "stre"):
        assert [tag["slug"] for tag in ask(house, "GET", f"?q={q}").json()["items"]] == ["river"]
    assert ask(house, "GET", "?q=nothing").json() == {"items": [], "next": None}


def test_the_desk_reads_its_tags_page_by_page(house: House) -> None:
    slugs = [f"tag-{n:03}" for n in range(LISTED_MOST + 2)]
    for answer in [house.newsroom.submit(SetTag(slug=slug, name=slug), "test") for slug in slugs[:-1]]:
        answer.result()
    done(house, "PUT", f"/{slugs[-1]}", {"name": "The last"})
    first = ask(house, "GET", "").json()
    assert [tag["slug"] for tag in first["items"]] == slugs[:LISTED_MOST]
    second = ask(house, "GET", f"?after={first['next']}").json()
    assert ([tag["slug"] for tag in second["items"]], second["next"]) == (slugs[LISTED_MOST:], None)


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.REPORTER, Role.AUDITOR])
def test_only_who_may_manage_tags_changes_them(house: House, role: Role) -> None:
    acts: list[tuple[str, str, Any]] = [
        ("PUT", "river", {"name": "River"}),
        ("POST", "river/merge", {"into": "stream"}),
        ("POST", "river/part", None),
        ("PUT", "river/aliases/fluss", None),
    ]
    for method, path, body in acts:
        problem(house.ask(method, f"/editorial/tags/{path}", body, role=role), 403)


# Each act on tags, and what readers had asked for before: all of it has to be told anew.
SHOWN = ("/v1/tags", "/v1/tags/river", "/v1/tags/stream", "/v1/latest?tag=river", "/v1/latest?tag=stream")


@pytest.mark.parametrize("act", ["merge", "part", "alias", "rename"])
def test_every_change_of_a_tag_drops_the_kept_answers_that_show_it(
    house: House, river: str, stream: str, act: str
) -> None:
    if act == "part":
        merge(house, "stream", "river")
    paths = [*SHOWN, *(f"/v1/articles/{id}{end}" for id in (river, stream) for end in ("", "/related"))]
    for path in paths:
        house.get(path)
    match act:
        case "merge":
            merge(house, "stream", "river")
        case "part":
            done(house, "POST", "/stream/part")
        case "alias":
            done(house, "PUT", "/river/aliases/fluss")
        case _:
            done(house, "PUT", "/river", {"name": "The river"})
    now = {path: (house.get(path).status_code, house.get(path).text) for path in paths}
    house.reading.kept.clear()
    assert {path: (house.get(path).status_code, house.get(path).text) for path in paths} == now


def test_shared_read_models_merge_tags_too(shared_house: House) -> None:
    house = shared_house
    one = house.published(headline="The river", tags=["River", "Ferries"])
    house.clock.forward(minutes=1)
    two = house.published(headline="The stream", tags=["Stream", "River"])
    accepted = ask(house, "POST", "/stream/merge", {"into": "river"}).json()
    since = f"min_position={accepted['position']}"
    assert house.ids(f"/v1/latest?tag=river&{since}") == [two, one]
    assert {tag["slug"]: tag["articles"] for tag in house.read(f"/v1/tags?{since}")["items"]} == {
        "river": 2,
        "ferries": 1,
    }
    assert house.ids(f"/v1/articles/{one}/related?{since}") == [two]
    assert led(house, f"/v1/latest?tag=stream&{since}") == "/v1/latest?tag=river"
