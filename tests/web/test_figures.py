"""What the desk sees of who looks at what, and when."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from msgspec import structs

from cms.asks import View
from cms.settings import Settings
from domain.role import Role
from tests.agents import BROWSER, CRAWLER, OTHER_BROWSER
from tests.web.deadline import until
from tests.web.house import Answer, Clock, House, hired, opened, problem

LIBRARY = "python-httpx/0.28"
SVG = "{http://www.w3.org/2000/svg}"
SUBJECTS = ("", "/sections/nation", "/writers/ann", "/tags/trade")


@pytest.fixture(params=["house", "shared_house"])
def any_house(request: pytest.FixtureRequest) -> House:
    """On the embedded default, and on PostgreSQL and Redis."""
    house: House = request.getfixturevalue(request.param)
    return house


def look(house: House, article: str, *clients: str, agent: str = BROWSER, section: str = "nation") -> None:
    """Each of these readers looks at it once, and what they made is counted."""

    async def all_of_them() -> None:
        counted = (house.newsroom.count(View(article, section, 0, client, agent)) for client in clients)
        await asyncio.gather(*counted)

    asyncio.run(all_of_them())
    counted(house)


def counted(house: House) -> None:
    """All that is on disk stands in the history, and in the read models."""
    until(lambda: not house.newsroom.history.select("select 1 as one from hit_batch limit 1"))
    house.read(f"/v1/latest?min_position={house.head()}")


def figures(house: House, path: str = "", query: str = "") -> Answer:
    answer = house.ask("GET", f"/editorial{path}/figures{query}")
    assert answer.status_code == 200, answer.text
    body: Answer = answer.json()
    return body


def picture(house: House, path: str = "", query: str = "") -> ElementTree.Element:
    answer = house.ask("GET", f"/editorial{path}/figures.svg{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("image/svg+xml")
    return ElementTree.fromstring(answer.content)


def of(answer: Answer, what: str) -> dict[str, Any]:
    """By hour or day: what was not nothing."""
    return {item["at"]: item[what] for item in answer["items"] if item[what]}


def totals(answer: Answer) -> tuple[int | None, ...]:
    return tuple(answer["totals"][name] for name in ("views", "daily_readers", "bots", "unsure"))


# What is counted.


def test_views_and_readers_of_an_article_by_the_hour(any_house: House) -> None:
    house = any_house
    id = house.published()
    look(house, id, "192.0.2.1", "192.0.2.2", "192.0.2.1")
    house.clock.forward(hours=1)
    look(house, id, "192.0.2.1", "192.0.2.3")
    answer = figures(house, f"/articles/{id}")
    assert of(answer, "views") == {"2024-05-14T16:00:00+04:00": 3, "2024-05-14T17:00:00+04:00": 2}
    assert of(answer, "readers") == {"2024-05-14T16:00:00+04:00": 2, "2024-05-14T17:00:00+04:00": 2}
    assert totals(answer) == (5, 3, 0, 0)
    assert len(answer["items"]) == 24
    assert (answer["by"], answer["name"], answer["readers_error"]) == ("hour", "Ferries return to the river", 0.0081)
    assert (answer["from"], answer["to"]) == ("2024-05-13T18:00:00+04:00", "2024-05-14T18:00:00+04:00")
    assert answer["as_of"] == "2024-05-14T17:00:00+04:00"


def test_somebody_who_comes_on_two_days_counts_on_each(any_house: House) -> None:
    house = any_house
    id = house.published()
    look(house, id, "192.0.2.1", "192.0.2.1")
    house.clock.forward(hours=8)
    look(house, id, "192.0.2.1")
    answer = figures(house, f"/articles/{id}", "?by=day")
    days = {"2024-05-14T00:00:00+04:00": 2, "2024-05-15T00:00:00+04:00": 1}
    assert of(answer, "views") == days
    assert of(answer, "readers") == dict.fromkeys(days, 1)
    assert totals(answer) == (3, 2, 0, 0)
    assert len(answer["items"]) == 30


def test_known_crawlers_stand_apart_and_whoever_does_not_tell_is_among_the_readers(any_house: House) -> None:
    house = any_house
    id = house.published(writers=["ann"], tags=["Trade"])
    look(house, id, "192.0.2.1")
    look(house, id, "192.0.2.2", "192.0.2.3", agent=LIBRARY)
    look(house, id, *(f"192.0.2.{n}" for n in range(10, 15)), agent=CRAWLER)
    for path in (*SUBJECTS, f"/articles/{id}"):
        assert totals(figures(house, path)) == (3, 3, 5, 2), path
        assert totals(figures(house, path, "?by=day")) == (3, 3, 5, 2), path


def test_a_view_over_http_is_in_the_figures(house: House) -> None:
    id = house.published()
    for agent in (BROWSER, BROWSER, OTHER_BROWSER, CRAWLER):
        assert house.client.post(f"/v1/articles/{id}/views", headers={"user-agent": agent}).status_code == 204
    counted(house)
    assert totals(figures(house, f"/articles/{id}")) == (3, 2, 1, 0)


def test_a_section_holds_its_parts_and_the_site_all(any_house: House) -> None:
    house = any_house
    energy, economy, sport = (house.published(section=section) for section in ("energy", "economy", "sport"))
    look(house, energy, "192.0.2.1", "192.0.2.2", section="energy")
    look(house, economy, "192.0.2.2", "192.0.2.3", section="economy")
    look(house, sport, "192.0.2.3", section="sport")
    for by in ("hour", "day"):
        assert totals(figures(house, "/sections/energy", f"?by={by}")) == (2, 2, 0, 0)
        assert totals(figures(house, "/sections/economy", f"?by={by}")) == (4, 3, 0, 0)
        assert totals(figures(house, "", f"?by={by}")) == (5, 3, 0, 0)


def test_a_writers_and_a_tags_articles_are_put_together(any_house: House) -> None:
    house = any_house
    one, two = (
        house.published(writers=["ann"], tags=["Trade"]),
        house.published(writers=["ann", "bob"], tags=["Tariffs"]),
    )
    look(house, one, "192.0.2.1", "192.0.2.2")
    look(house, two, "192.0.2.2", "192.0.2.3")
    assert [totals(figures(house, f"/writers/{slug}"))[:2] for slug in ("ann", "bob")] == [(4, 3), (2, 2)]
    assert [totals(figures(house, f"/tags/{slug}"))[:2] for slug in ("trade", "tariffs")] == [(2, 2), (2, 2)]
    house.done("POST", "/editorial/tags/tariffs/merge", {"into": "trade"})
    counted(house)
    for slug in ("trade", "tariffs"):
        answer = figures(house, f"/tags/{slug}")
        assert (answer["name"], totals(answer)[:2]) == ("Trade", (4, 3))


def test_what_is_no_longer_public_stays_in_the_sites_figures_and_its_own(house: House) -> None:
    id = house.published()
    look(house, id, "192.0.2.1")
    house.unpublish(id)
    assert totals(figures(house))[0] == totals(figures(house, f"/articles/{id}"))[0] == 1
    assert totals(figures(house, "/sections/nation"))[0] == 0


# When.


def in_zone(embedded: Settings, clock: Clock, zone: str) -> Iterator[House]:
    settings = structs.replace(embedded, timezone=zone)
    with opened(settings, hired(settings, clock), clock, 0.05) as house:
        yield house


@pytest.fixture
def kathmandu(embedded: Settings, clock: Clock) -> Iterator[House]:
    yield from in_zone(embedded, clock, "Asia/Kathmandu")


@pytest.fixture
def berlin(embedded: Settings, clock: Clock) -> Iterator[House]:
    yield from in_zone(embedded, clock, "Europe/Berlin")


def test_hours_and_days_are_those_of_the_newsrooms_clocks(kathmandu: House) -> None:
    house, id = kathmandu, kathmandu.published()
    # 17:59 and 18:00 there, and the last and the first minute of a day.
    for hour, minute in ((12, 14), (12, 15), (18, 14), (18, 15)):
        house.clock.now = datetime(2024, 5, 14, hour, minute, tzinfo=UTC)
        look(house, id, "192.0.2.1")
    hours = ["14T17:00", "14T18:00", "14T23:00", "15T00:00"]
    for path in (f"/articles/{id}", "", "/sections/nation"):
        for what in ("views", "readers"):
            by_hour = of(figures(house, path), what)
            assert by_hour == {f"2024-05-{hour}:00+05:45": 1 for hour in hours}
        by_day = figures(house, path, "?by=day&from=2024-05-13&to=2024-05-15")
        assert [item["views"] for item in by_day["items"]] == [0, 3, 1]
        assert [item["readers"] for item in by_day["items"]] == [0, 1, 1]


def test_a_day_on_which_clocks_are_put_back_has_25_hours(berlin: House) -> None:
    house = berlin
    house.clock.now = datetime(2024, 10, 26, 21, 30, tzinfo=UTC)
    id = house.published()
    for _ in range(27):
        look(house, id, "192.0.2.1")
        house.clock.forward(hours=1)
    for path in (f"/articles/{id}", "/sections/nation"):
        days = figures(house, path, "?by=day&from=2024-10-26&to=2024-10-28")["items"]
        assert [(day["at"][8:], day["views"], day["readers"]) for day in days] == [
            ("26T00:00:00+02:00", 1, 1),
            ("27T00:00:00+02:00", 25, 1),
            ("28T00:00:00+01:00", 1, 1),
        ]
        hours = figures(house, path, "?from=2024-10-27&to=2024-10-27")["items"]
        assert [hour["at"][11:] for hour in hours[1:5]] == [
            "01:00:00+02:00",
            "02:00:00+02:00",
            "02:00:00+01:00",
            "03:00:00+01:00",
        ]
        assert [(hour["views"], hour["readers"]) for hour in hours] == [(1, 1)] * 25


@pytest.mark.parametrize("query", ["?by=day&from=2024-05-13", "?by=day&from=2024-05-13T00:00&to=2024-05-15T00:00"])
def test_days_are_exact_wherever_the_newsroom_lies(house: House, query: str) -> None:
    """Views in each hour of two days, told apart by their numbers."""
    house.clock.now = datetime(2024, 5, 12, 20, 30, tzinfo=UTC)
    id = house.published()
    for hour in range(40):
        look(house, id, *["192.0.2.1"] * (hour + 1))
        house.clock.forward(hours=1)
    days = figures(house, f"/articles/{id}", query)["items"]
    assert [day["views"] for day in days] == [sum(range(1, 25)), sum(range(25, 41))]


def test_views_stay_exact_for_ever_and_readers_are_told_by_the_day_after_a_month(any_house: House) -> None:
    house = any_house
    id = house.published()
    look(house, id, "192.0.2.1", "192.0.2.2")
    house.clock.forward(hours=2)
    look(house, id, "192.0.2.1")
    house.clock.forward(days=33)
    look(house, id, "192.0.2.9")
    until(lambda: not house.newsroom.history.select("select 1 as one from readers where hour < 1716000000 limit 1"))
    for path in (f"/articles/{id}", "", "/sections/nation"):
        hours = figures(house, path, "?from=2024-05-14&to=2024-05-14")
        assert of(hours, "views") == {"2024-05-14T16:00:00+04:00": 2, "2024-05-14T18:00:00+04:00": 1}
        assert {item["readers"] for item in hours["items"]} == {None}
        assert totals(hours) == (3, None, 0, 0)
        days = figures(house, path, "?by=day&from=2024-05-13&to=2024-06-16")
        assert of(days, "readers") == {"2024-05-14T00:00:00+04:00": 2, "2024-06-16T00:00:00+04:00": 1}
        assert totals(days) == (4, 3, 0, 0)
        picture(house, path, "?from=2024-05-14&to=2024-05-14")


# Two headlines.


def test_two_headlines_can_be_compared(any_house: House) -> None:
    house = any_house
    id = house.published(headline="Ferries return")
    see(house, id, 4)
    house.clock.forward(hours=2)
    house.revise(id, 1, headline="The river has its ferries back")
    house.update(id, 3)
    see(house, id, 9)
    house.clock.forward(hours=3)
    answer = figures(house, f"/articles/{id}")
    assert answer["editions"] == [
        {
            "version": 4,
            "headline": "The river has its ferries back",
            "since": "2024-05-14T18:00:00+04:00",
            "until": None,
            "views": 9,
            "views_per_hour": 3.0,
        },
        {
            "version": 2,
            "headline": "Ferries return",
            "since": "2024-05-14T16:00:00+04:00",
            "until": "2024-05-14T18:00:00+04:00",
            "views": 4,
            "views_per_hour": 2.0,
        },
    ]
    assert totals(answer)[0] == 13


def test_what_stood_for_a_few_minutes_has_no_views_per_hour(house: House) -> None:
    id = house.published()
    see(house, id, 4)
    house.clock.forward(minutes=9)
    (edition,) = figures(house, f"/articles/{id}")["editions"]
    assert (edition["views"], edition["views_per_hour"]) == (4, None)
    house.clock.forward(minutes=1)
    (edition,) = figures(house, f"/articles/{id}")["editions"]
    assert edition["views_per_hour"] == 24.0


def see(house: House, id: str, times: int) -> None:
    """As readers do: the edition is the one that stands."""
    house.read(f"/v1/articles/{id}?min_position={house.head()}")
    house.view(id, times)
    counted(house)


def test_an_edition_ends_when_the_article_is_taken_from_readers(house: House) -> None:
    id = house.published()
    see(house, id, 2)
    house.clock.forward(hours=1)
    house.unpublish(id)
    house.clock.forward(hours=7)
    (edition,) = figures(house, f"/articles/{id}")["editions"]
    assert (edition["until"], edition["views"], edition["views_per_hour"]) == ("2024-05-14T17:00:00+04:00", 2, 2.0)


def test_what_was_never_published_has_no_edition(house: House) -> None:
    answer = figures(house, f"/articles/{house.draft()['id']}")
    assert (answer["editions"], totals(answer)) == ([], (0, 0, 0, 0))


# What cannot be answered.


@pytest.mark.parametrize("form", ["figures", "figures.svg"])
@pytest.mark.parametrize("path", ["/articles/none", "/sections/none", "/writers/none", "/tags/none"])
def test_of_what_is_not_there_there_are_no_figures(house: House, path: str, form: str) -> None:
    problem(house.ask("GET", f"/editorial{path}/{form}"), 404)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2024-04-12&to=2024-05-14", "from"),
        ("by=day&from=2022-01-01", "from"),
        ("from=2024-05-15", "from"),
        ("from=2024-05-14&to=2024-05-13", "to"),
        ("from=nonsense", "from"),
        ("to=2024-02-30", "to"),
        ("by=week", "by"),
    ],
)
def test_what_cannot_be_meant_is_refused(house: House, query: str, field: str) -> None:
    for form in ("figures", "figures.svg"):
        body = problem(house.ask("GET", f"/editorial/{form}?{query}"), 400)
        assert [error["path"] for error in body["errors"]] == [field]


def test_as_many_hours_as_may_be_asked_for_are_answered(house: House) -> None:
    id = house.published()
    look(house, id, "192.0.2.1")
    for path in (f"/articles/{id}", "", "/sections/nation"):
        answer = figures(house, path, "?from=2024-04-13T17:00&to=2024-05-14T17:00")
        assert (len(answer["items"]), totals(answer)[0]) == (744, 1)


def test_whoever_may_look_at_the_desk_sees_figures_and_others_do_not(house: House) -> None:
    id = house.draft()["id"]
    for path in ("figures", "figures.svg", "sections/nation/figures"):
        assert house.get(f"/editorial/{path}").status_code == 401
        assert house.ask("GET", f"/editorial/{path}", role=Role.CONTRIBUTOR).status_code == 200
    assert house.ask("GET", f"/editorial/articles/{id}/figures", role=Role.CONTRIBUTOR).status_code == 403


# The picture.


@pytest.mark.parametrize("query", ["", "?by=day", "?from=2024-04-13T17:00", "?by=day&from=2023-05-01"])
def test_figures_are_drawn(any_house: House, query: str) -> None:
    house = any_house
    id = house.published(headline="Ferries & <bridges>", writers=["ann"], tags=["Trade"])
    look(house, id, "192.0.2.1", "192.0.2.2")
    for path in (*SUBJECTS, f"/articles/{id}"):
        drawn = picture(house, path, query)
        assert drawn.tag == f"{SVG}svg"
        name, words = drawn.find(f"{SVG}title"), drawn.find(f"{SVG}desc")
        assert name is not None
        assert words is not None
        assert name.text == figures(house, path)["name"]
        assert "2 views, 2 readers" in str(words.text)
        assert {"Views", "Readers"} <= {text.text for text in drawn.iter(f"{SVG}text")}


def test_a_picture_runs_and_fetches_nothing(house: House) -> None:
    look(house, house.published(), "192.0.2.1")
    answer = house.ask("GET", "/editorial/figures.svg")
    words = answer.text.replace(SVG.strip("{}"), "")
    for word in ("<script", "http:", "https:", "//", "@import", "url(", "href", " on", "javascript"):
        assert word not in words.replace(" one", ""), word
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "private, no-store"
    assert len(answer.content) < 20_000
