"""Search over HTTP: what is found, in which order, how it is shown, and how soon."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.deadline import until
from tests.web.house import Answer, House, problem


def ready(house: House) -> None:
    """Wait until the index has all that was recorded."""
    until(lambda: house.read("/ready")["groups"][1]["lag"] == 0)
    house.clock.forward(seconds=2)


def asked(house: House, q: str, **more: Any) -> Answer:
    response = house.client.get("/v1/search", params={"q": q, **more})
    assert response.status_code == 200, response.text
    body: Answer = response.json()
    return body


def headlines(house: House, q: str, **more: Any) -> list[str]:
    return [item["headline"] for item in asked(house, q, **more)["items"]]


def paragraphs(*texts: str) -> list[Answer]:
    return [{"kind": "paragraph", "text": text} for text in texts]


@pytest.fixture
def newspaper(house: House) -> House:
    tells = [
        ("Tram lines reopen", "nation", "", "The ferry was the only way across for a year.", ["Traffic"]),
        ("Ferry to the islands returns", "nation", "Twice a day", "A <b>new</b> [boat](https://x.example/ferry).", []),
        ("Budget passes", "economy", "", "President Ilham Əliyev signed it. It was a long night.", ["Money"]),
        ("Oil finds a buyer", "energy", "", "Gas & oil were sold in İstanbul; 'ışık' means light.", []),
        ("Chess final tonight", "sport", "", "War in the gulf of chess. The states united at last.", []),
        ("Housing is dear", "economy", "", "Houses cost more. The president of the united states spoke.", []),
    ]
    for headline, section, standfirst, body, tags in tells:
        house.published(
            headline=headline, section=section, standfirst=standfirst, body=paragraphs(body), tags=tags, writers=["ann"]
        )
        house.clock.forward(days=1)
    ready(house)
    return house


def test_readers_search_the_paper(newspaper: House) -> None:
    house = newspaper
    # A headline counts for more than a body, although that one is as old.
    assert headlines(house, "ferry") == ["Ferry to the islands returns", "Tram lines reopen"]
    assert headlines(house, "ferries") == ["Ferry to the islands returns", "Tram lines reopen"]
    # All words; the last may be incomplete.
    assert headlines(house, "ferry isl") == ["Ferry to the islands returns"]
    # Words in quotes stand together, small words too.
    assert headlines(house, '"united states"') == ["Housing is dear"]
    assert headlines(house, '"war in the gulf"') == ["Chess final tonight"]
    assert headlines(house, '"gulf in the war"') == []
    assert headlines(house, "ferry -islands") == ["Tram lines reopen"]
    assert headlines(house, 'states -"united states"') == ["Chess final tonight"]
    # Addresses of links are no words.
    assert headlines(house, "example") == []


def test_letters_that_a_keyboard_lacks_are_not_needed(newspaper: House) -> None:
    for q in ("Əliyev", "eliyev", "aliyev", "ALIYEV", '"ilham aliyev"', '"ilham eliyev"', "E\u0301liyev"):
        assert headlines(newspaper, q) == ["Budget passes"], q
    for q in ("istanbul", "İSTANBUL", "ıstanbul", "isik", "ışık", "ISIK"):
        assert headlines(newspaper, q) == ["Oil finds a buyer"], q
    (item,) = asked(newspaper, "aliyev")["items"]
    assert item["excerpt"] == "President Ilham <mark>Əliyev</mark> signed it. It was a long night."


def test_what_is_found_is_marked_and_all_else_is_text(newspaper: House) -> None:
    (item,) = asked(newspaper, "boat")["items"]
    assert item["excerpt"] == "Twice a day A &lt;b&gt;new&lt;/b&gt; <mark>boat</mark>."
    (item,) = asked(newspaper, "gas oil")["items"]
    assert item["headline_html"] == "<mark>Oil</mark> finds a buyer"
    assert item["excerpt"].startswith("<mark>Gas</mark> &amp; <mark>oil</mark> were sold in İstanbul")


def test_typos_are_forgiven(newspaper: House) -> None:
    found = asked(newspaper, "presidnet ilhma")
    assert [item["headline"] for item in found["items"]] == ["Budget passes"]
    assert found["did_you_mean"] == "President Ilham"
    assert "<mark>President</mark>" in found["items"][0]["excerpt"]
    assert asked(newspaper, "istambul")["did_you_mean"] == "İstanbul"
    assert asked(newspaper, "istambul ")["did_you_mean"] == "İstanbul"
    assert asked(newspaper, "ferry")["did_you_mean"] is None
    assert asked(newspaper, "zzzzzzzz") == {"items": [], "total": 0, "page": 1, "pages": 0, "did_you_mean": None}


def test_filters_narrow_and_pages_follow_each_other(newspaper: House) -> None:
    house = newspaper
    assert headlines(house, "the", section="economy") == ["Housing is dear"]
    assert headlines(house, "oil", section="economy") == ["Oil finds a buyer"]
    assert headlines(house, "president", tag="money") == ["Budget passes"]
    assert headlines(house, "president", writer="bob") == []
    # Noon of the 14th in London is the 14th in Baku.
    assert headlines(house, "ferry", **{"from": "2024-05-15"}) == ["Ferry to the islands returns"]
    assert headlines(house, "ferry", **{"from": "2024-05-14", "to": "2024-05-14"}) == ["Tram lines reopen"]
    assert headlines(house, "ann", sort="newest", limit=2) == ["Housing is dear", "Chess final tonight"]
    first, second = (asked(house, "ann", limit=4, page=page) for page in (1, 2))
    assert (first["total"], first["pages"], second["page"]) == (6, 2, 2)
    assert len({item["id"] for item in (*first["items"], *second["items"])}) == 6
    problem(house.get("/v1/search?q=x&section=none"), 404)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("q=", "q"),
        ("q=%20", "q"),
        (f"q={'x' * 201}", "q"),
        ("q=x&page=11", "page"),
        ("q=x&page=0", "page"),
        ("q=x&limit=101", "limit"),
        ("q=x&from=2024-05-15&to=2024-05-14", "from"),
        ("q=x&from=yesterday", "from"),
        ("q=x&sort=oldest", "sort"),
    ],
)
def test_what_cannot_be_meant_is_said(house: House, query: str, field: str) -> None:
    told = problem(house.get(f"/v1/search?{query}"), 400)
    assert [error["path"] for error in told["errors"]] == [field]


def test_any_text_is_a_query(newspaper: House) -> None:
    # `.`, brackets, wildcards, ranges, regular expressions: words, or nothing.
    texts = st.one_of(st.text(min_size=1), st.text('"-+*?[]{}()/\\:~^ abferry', min_size=1, max_size=60))

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(texts)
    def holds(q: str) -> None:
        for path in ("/v1/search", "/v1/search/suggestions"):
            response = newspaper.client.get(path, params={"q": q})
            assert response.status_code == (200 if q.strip() and len(q) <= 200 else 400), q

    holds()


def test_names_are_those_of_now(newspaper: House) -> None:
    house = newspaper
    assert headlines(house, "traffic") == ["Tram lines reopen"]
    house.done("PUT", "/editorial/tags/traffic", {"name": "Mobility"})
    house.done("PUT", "/editorial/writers/ann", {"name": "Zoe Zander"})
    ready(house)
    assert headlines(house, "mobility") == ["Tram lines reopen"]
    assert headlines(house, "traffic") == []
    assert len(headlines(house, "zander")) == 6
    assert len(headlines(house, "economy")) == 2


def test_the_site_suggests_what_may_be_typed(newspaper: House) -> None:
    def suggested(q: str) -> list[tuple[str, str]]:
        found = newspaper.read(f"/v1/search/suggestions?q={q}")["items"]
        return [(item["kind"], item["text"]) for item in found]

    assert suggested("fer") == [("headline", "Ferry to the islands returns")]
    assert suggested("ferry to the is") == [("headline", "Ferry to the islands returns")]
    assert suggested("traf") == [("tag", "Traffic")]
    assert suggested("econ") == [("section", "Economy")]
    assert suggested("ann a") == [("writer", "Ann Ash")]
    assert suggested("ferrt") == [("headline", "Ferry to the islands returns")]


def test_a_word_is_found_with_points_a_hyphen_and_an_apostrophe_or_without(house: House) -> None:
    house.published(headline="U.S. tests for COVID-19", body=paragraphs("They don't wait."), tags=["Covid-19"])
    house.published(headline="Of 19 cases COVID is one", body=paragraphs("It is not the flu."))
    ready(house)
    for q in ("US", "U.S.", "u.s", "COVID19", "covid1", "covid19 ", '"covid19"', "dont", "don't", "COVID19 -flu2"):
        assert headlines(house, q) == ["U.S. tests for COVID-19"], q
    assert headlines(house, "cases -covid19") == ["Of 19 cases COVID is one"]
    assert asked(house, "US")["items"][0]["headline_html"] == "<mark>U.S.</mark> tests for COVID-19"
    suggested = house.read("/v1/search/suggestions?q=covid19")["items"]
    assert [item["text"] for item in suggested[:1]] == ["Covid-19"]


def test_what_is_suggested_first_is_as_it_was_typed_and_begins_so(house: House) -> None:
    tags = ["President Trump", "Trump Tower", "Trumpet", "Trump", "Germany", "George"]
    house.published(headline="Gəncə is green", tags=tags)
    house.published(headline="Germans meet", tags=["Trump Tower"])
    ready(house)

    def suggested(q: str) -> list[str]:
        return [item["text"] for item in house.read(f"/v1/search/suggestions?q={q}")["items"]]

    assert suggested("tru") == ["Trump Tower", "Trump", "Trumpet", "President Trump"]
    assert suggested("trump") == ["Trump", "Trump Tower", "Trumpet", "President Trump"]
    assert suggested("gə") == ["Gəncə is green", "George", "Germany", "Germans meet"]
    assert suggested("ge") == ["George", "Germany", "Germans meet", "Gəncə is green"]


def test_an_article_is_found_as_long_as_it_is_public(house: House) -> None:
    ready(house)
    id = house.published(headline="A lighthouse is lit")
    until(lambda: headlines(house, "lighthouse"))
    house.revise(id, 2, headline="A beacon is lit")
    house.update(id, 3)
    until(lambda: headlines(house, "beacon"))
    house.clock.forward(seconds=2)
    assert headlines(house, "lighthouse") == []
    house.unpublish(id)
    until(lambda: headlines(house, "beacon") == [])
    # Drafts are nobody's.
    house.draft(headline="A secret plan")
    ready(house)
    assert headlines(house, "secret") == []


def test_before_there_is_an_index_search_says_when_to_come_again(house: House) -> None:
    response = house.get("/v1/search?q=ferry")
    problem(response, 503)
    assert response.headers["retry-after"]


def test_two_processes_find_the_same(two: tuple[House, House]) -> None:
    one, other = two
    id = one.published(headline="A lighthouse is lit")
    for house in two:
        until(lambda house=house: house.get("/v1/search?q=lighthouse").status_code == 200)  # type: ignore[misc]
        until(lambda house=house: headlines(house, "lighthouse"))  # type: ignore[misc]
    other.unpublish(id)
    for house in two:
        until(lambda house=house: headlines(house, "lighthouse") == [])  # type: ignore[misc]
