"""Readers go back by days of the newsroom's zone."""

from tests.web.house import House, problem
from tests.web.test_kept_answers import kept

DAY = "/v1/archive/2024/05/14"


def count(house: House, path: str = "/v1/archive") -> int:
    articles: int = house.read(path)["articles"]
    return articles


def test_the_archive_counts_by_year_month_and_day(house: House) -> None:
    house.published(headline="Rain")
    house.clock.forward(hours=8)  # Midnight in Baku.
    house.published(headline="Wind")
    house.published(headline="Snow")
    days = [{"day": 15, "articles": 2}, {"day": 14, "articles": 1}]
    may = {"year": 2024, "articles": 3, "months": [{"month": 5, "articles": 3, "days": days}]}
    for path in ("/v1/archive", "/v1/archive/2024", "/v1/archive/2024/05"):
        assert house.read(path) == {"articles": 3, "years": [may]}
    for path in ("/v1/archive/2023", "/v1/archive/2024/06"):
        assert house.read(path) == {"articles": 0, "years": []}


def test_a_day_is_read_page_by_page_while_more_is_published(house: House) -> None:
    ids = [house.published(headline=f"Rain {n}") for n in range(5)]
    first = house.read(f"{DAY}?limit=2")
    late = house.published(headline="Late")
    second = house.read(f"{DAY}?limit=5&after={first['next']}")
    seen = [item["id"] for item in (*first["items"], *second["items"])]
    assert (first["date"], first["articles"], second["articles"]) == ("2024-05-14", 5, 6)
    assert second["next"] is None
    assert set(ids) <= {*seen} <= {*ids, late}
    assert len(seen) == len(set(seen))


def test_a_day_leads_to_the_nearest_that_have_articles(house: House) -> None:
    house.published(headline="Rain")
    house.clock.forward(days=3)
    house.published(headline="Wind")
    empty = house.read("/v1/archive/2024/05/15")
    assert empty == {
        "date": "2024-05-15",
        "articles": 0,
        "items": [],
        "next": None,
        "earlier": "2024-05-14",
        "later": "2024-05-17",
    }
    assert house.read(DAY)["later"] == "2024-05-17"


NOT_THERE = {
    "2021/02/31": "There is no day '2021-02-31' in the calendar.",
    "2023/02/29": "There is no day '2023-02-29' in the calendar.",
    "0000/01/01": "There is no day '0000-01-01' in the calendar.",
    "9999/12/31": "There is no day '9999-12-31' in the calendar.",
    "2024/13": "There is no month '2024-13' in the calendar.",
    "2024/5": "There is no month '2024-5' in the calendar.",
    "2024/5/14": "There is no day '2024-5-14' in the calendar.",
    "monday": "There is no year 'monday' in the calendar.",
    "٢٠٢٤": "There is no year '٢٠٢٤' in the calendar.",
    "2024-05": "There is no year '2024-05' in the calendar.",
    "2024-05/14": "There is no month '2024-05-14' in the calendar.",
}


def test_a_day_that_the_calendar_does_not_have_is_not_there(house: House) -> None:
    for path, said in NOT_THERE.items():
        assert problem(house.get(f"/v1/archive/{path}"), 404)["detail"] == said


def test_what_cannot_be_meant_is_refused(house: House) -> None:
    for query in ("limit=0", "limit=101", "after=nonsense"):
        problem(house.get(f"{DAY}?{query}"), 400)


def test_the_archive_is_kept_until_something_is_published(house: House) -> None:
    id = house.published(headline="Rain")
    paths = ("/v1/archive", "/v1/archive/2024", DAY)
    for path in paths:
        etag = house.get(path).headers["etag"]
        assert kept(house, path)
        assert house.get(path, if_none_match=etag).status_code == 304
    house.unpublish(id)
    assert [count(house, path) for path in paths] == [0, 0, 0]


def test_the_archive_on_shared_stores(shared_house: House) -> None:
    house = shared_house
    id = house.published(headline="Rain")
    position = house.head()
    assert count(house, f"/v1/archive?min_position={position}") == 1
    assert [item["id"] for item in house.read(DAY)["items"]] == [id]
    assert house.ids("/v1/latest?section=nation&writer=ann") == []


def test_a_walk_through_two_filters_misses_nothing_that_stays(house: House) -> None:
    stay = [house.published(headline=f"Stay {n}", tags=["River"], section="energy") for n in range(5)]
    leave = house.published(headline="Leaves", tags=["River"], section="economy")
    seen, after = list[str](), ""
    while True:
        page = house.read(f"/v1/latest?section=economy&tag=river&limit=2{after}")
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
        house.published(headline="More", tags=["River"], section="economy")
        if leave:
            house.unpublish(leave)
            leave = ""
    assert len(seen) == len(set(seen))
    assert set(stay) <= set(seen)
