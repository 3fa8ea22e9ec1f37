"""The cursor of the latest neither skips nor repeats, whatever is published in between."""

from collections.abc import Callable, Iterator

from tests.web.house import House


def pages(house: House, path: str, between: Callable[[], object] = lambda: None) -> Iterator[list[str]]:
    """Page after page, with something happening between them."""
    after = ""
    while True:
        answer = house.read(path + after)
        yield [item["id"] for item in answer["items"]]
        if answer["next"] is None:
            return
        after = f"&after={answer['next']}"
        between()


def flat(found: Iterator[list[str]]) -> list[str]:
    return [id for page in found for id in page]


def published(house: House, count: int, seconds: float = 60) -> list[str]:
    """Newest first."""
    ids = []
    for order in range(count):
        ids.append(house.published(headline=f"Report {order}", section=("energy", "economy")[order % 2]))
        house.clock.forward(seconds=seconds)
    return ids[::-1]


def test_pages_part_the_whole_list(house: House) -> None:
    ids = published(house, 7)
    assert [len(page) for page in pages(house, "/v1/latest?limit=3")] == [3, 3, 1]
    assert flat(pages(house, "/v1/latest?limit=3")) == ids
    assert [len(page) for page in pages(house, "/v1/latest?limit=7")] == [7]


def test_what_is_published_between_pages_moves_none_of_them(house: House) -> None:
    ids = published(house, 7)
    found = pages(house, "/v1/latest?limit=2", between=lambda: published(house, 1))
    assert flat(found) == ids


def test_a_merged_list_of_sub_sections_pages_the_same(house: House) -> None:
    ids = published(house, 7)
    found = pages(house, "/v1/latest?section=economy&limit=2", between=lambda: published(house, 1))
    assert flat(found) == ids


def test_what_was_published_at_one_moment_is_ordered_by_id_downwards(house: House) -> None:
    ids = published(house, 6, seconds=0)
    assert flat(pages(house, "/v1/latest?limit=1")) == sorted(ids, reverse=True)


def test_an_article_gone_between_pages_takes_no_other_with_it(house: House) -> None:
    ids = published(house, 5)
    found = pages(house, "/v1/latest?limit=2", between=lambda: house.unpublish(ids[1]))
    assert flat(found) == ids


def test_an_update_between_pages_moves_nothing(house: House) -> None:
    ids = published(house, 5)

    def correct() -> None:
        copy = house.ask("GET", f"/editorial/articles/{ids[-1]}").json()
        house.revise(ids[-1], copy["version"], standfirst=f"Since {copy['version']}.")
        house.update(ids[-1], copy["version"] + 1)

    assert flat(pages(house, "/v1/latest?limit=2", between=correct)) == ids


def test_filters_narrow_each_other(house: House) -> None:
    both = house.published(headline="Both", tags=["River"], writers=["ann"], source="Wire")
    house.published(headline="One", tags=["River"], writers=["bob"])
    house.published(headline="None")
    assert house.ids("/v1/latest?tag=river&writer=ann&source=Wire&section=nation") == [both]
    assert house.ids("/v1/latest?tag=river&writer=ann&section=sport") == []
    assert house.ids("/v1/latest?tag=unknown") == []
