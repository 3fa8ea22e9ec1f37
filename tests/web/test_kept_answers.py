"""Rendered answers are kept until what they show is touched, and not a moment longer; or shorter."""

import pytest

from cms.answers import Answer
from tests.web.deadline import until
from tests.web.house import House


def kept(house: House, path: str) -> Answer | None:
    """What is kept of an answer, if it is still."""
    place, _, query = path.partition("?")
    return house.reading.kept.get((place, query.encode()), house.newsroom.now)


@pytest.fixture
def article(house: House) -> str:
    """An article that carries all that can be listed; every path below was asked for once."""
    id = house.published(headline="Rain", section="energy", tags=["River"], writers=["ann"], source="Wire")
    for path in (*PATHS, f"/v1/articles/{id}", f"/v1/articles/{id}/related"):
        house.get(path)
        assert kept(house, path), path
    return id


PATHS = (
    "/v1/latest",
    "/v1/latest?section=energy",
    "/v1/latest?section=economy",
    "/v1/latest?section=sport",
    "/v1/latest?tag=river",
    "/v1/latest?tag=bridge",
    "/v1/latest?writer=ann",
    "/v1/latest?source=Wire",
    "/v1/popular",
    "/v1/trending",
    "/v1/sections",
    "/v1/tags",
    "/v1/writers",
    "/v1/articles/by-slug/rain",
    "/v1/archive",
    "/v1/archive/2024/05/14",
)


def dropped(house: House) -> set[str]:
    return {path for path in PATHS if kept(house, path) is None}


def test_a_publication_drops_the_lists_that_it_stands_in(house: House, article: str) -> None:
    house.published(headline="A match", section="sport", tags=["Bridge"])
    assert dropped(house) >= {"/v1/latest", "/v1/latest?section=sport", "/v1/latest?tag=bridge", "/v1/tags"}
    for path in (
        "/v1/latest?section=energy",
        "/v1/latest?section=economy",
        "/v1/latest?tag=river",
        "/v1/latest?writer=ann",
        "/v1/latest?source=Wire",
        "/v1/sections",
        "/v1/writers",
        "/v1/articles/by-slug/rain",
        f"/v1/articles/{article}",
    ):
        assert kept(house, path), path


def test_a_draft_drops_nothing(house: House, article: str) -> None:
    house.draft(headline="A match", section="sport")
    assert dropped(house) == set()


def test_an_update_drops_what_shows_the_article_and_what_it_leaves(house: House, article: str) -> None:
    house.revise(article, 1, tags=["Bridge"], section="sport")
    assert dropped(house) <= {"/v1/tags", "/v1/latest?tag=bridge"}
    house.update(article, 3)
    assert dropped(house) == set(PATHS) - {"/v1/sections", "/v1/writers"}
    assert kept(house, f"/v1/articles/{article}") is None


def test_an_unpublication_drops_every_list_that_the_article_stood_in(house: House, article: str) -> None:
    house.unpublish(article)
    shows = {path for path in PATHS if path.startswith("/v1/latest") and "sport" not in path and "bridge" not in path}
    assert dropped(house) >= shows | {"/v1/articles/by-slug/rain", "/v1/popular"}
    assert all(house.ids(path) == [] for path in shows)


def test_views_drop_what_is_popular_and_the_article_alone(house: House, article: str) -> None:
    shows = {"/v1/popular", "/v1/trending", "/v1/articles/by-slug/rain"}
    house.view(article)
    until(lambda: kept(house, f"/v1/articles/{article}") is None)
    until(lambda: dropped(house) >= shows)
    assert dropped(house) == shows
    assert house.read(f"/v1/articles/{article}")["views"] == 1


def test_an_article_that_is_not_public_leaves_nothing_kept(house: House, article: str) -> None:
    house.unpublish(article)
    assert house.get(f"/v1/articles/{article}").status_code == 404
    assert kept(house, f"/v1/articles/{article}") is None


@pytest.mark.parametrize("path", ["/v1/popular", "/v1/trending"])
def test_what_is_popular_holds_for_ten_seconds_and_no_longer(house: House, article: str, path: str) -> None:
    assert house.read(path)["as_of"] == "2024-05-14T16:00:00+04:00"
    house.clock.forward(seconds=9.9)
    assert kept(house, path)
    assert house.read(path)["as_of"] == "2024-05-14T16:00:00+04:00"
    house.clock.forward(seconds=0.1)
    assert kept(house, path) is None
    assert house.read(path)["as_of"] == "2024-05-14T16:00:10+04:00"


def test_time_drops_nothing_else(house: House, article: str) -> None:
    house.clock.forward(days=1)
    assert dropped(house) == {"/v1/popular", "/v1/trending"}


def test_neither_unknown_parameters_nor_their_order_make_other_answers(house: House, article: str) -> None:
    before = len(house.reading.kept.answers)
    expected = house.get("/v1/latest?section=energy&tag=river")
    for query in (
        "tag=river&section=energy",
        "section=energy&tag=river&utm_source=x",
        "a=1&section=energy&b=&tag=river",
    ):
        answer = house.get(f"/v1/latest?{query}")
        assert (answer.status_code, answer.content) == (200, expected.content)
        assert answer.headers["etag"] == expected.headers["etag"]
    for number in range(20):
        house.get(f"/v1/latest?run={number}")
    assert len(house.reading.kept.answers) == before + 1


def test_a_parameter_that_is_given_twice_means_the_last_whatever_is_kept(house: House) -> None:
    for _ in range(2):
        house.published()
    assert [len(house.ids(f"/v1/latest?{query}")) for query in ("limit=1&limit=2", "limit=2&limit=1")] == [2, 1]


@pytest.mark.parametrize(
    ("path", "same"),
    [
        ("/v1/search?q=rain&section=&tag=&writer=&source=&from=&to=&sort=best&limit=20&page=1", "/v1/search?q=rain"),
        ("/v1/latest?section=&tag=&writer=&source=&limit=&after=&min_position=", "/v1/latest"),
        ("/v1/latest?section&&limit=2", "/v1/latest?limit=2"),
        ("/v1/archive?section=", "/v1/archive"),
        ("/v1/popular?window=&section=", "/v1/popular"),
        ("/v1/corrections?section=&after=", "/v1/corrections"),
        ("/sitemap.xml?part=", "/sitemap.xml"),
        ("/feeds/latest.json?limit=&after=", "/feeds/latest.json"),
    ],
)
def test_a_parameter_that_is_empty_counts_as_not_given(house: House, path: str, same: str) -> None:
    house.published(headline="Rain")
    until(lambda: house.get(same).status_code == 200)
    assert house.get(path).status_code == 200, house.get(path).text
    until(lambda: house.get(path).text == house.get(same).text)
    assert house.get("/v1/changes?after=&section=nope").status_code == 404
