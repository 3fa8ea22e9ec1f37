"""The parts of the sitemap: by months, that change with their own articles only."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from domain.page import PAGE, PagePublished
from domain.rules import Change
from domain.tag import TAG, TagAdded, TagMerged
from domain.writer import WRITER, WriterAdded
from projections import latest, sitemap
from projections.sitemap import Address, Part
from projections.store import Put, Reads
from tests.domain.given import NOON
from tests.projections.told import edition, published, section, told, unpublished, updated

SiteOf = Callable[..., Reads]
APRIL = datetime(2021, 4, 30, 23, 59, tzinfo=UTC)
MAY = datetime(2021, 5, 2, tzinfo=UTC)
OLD = (
    published("a2", edition(slug="second", at=MAY + timedelta(days=3))),
    published("a1", edition(slug="first", at=MAY)),
    published("a0", edition(slug="before", at=APRIL)),
)


def test_an_edition_says_that_its_month_changed() -> None:
    (event,) = told(updated("a1", edition(at=APRIL)))
    assert sitemap.project(event) == [Put("month", "2021-04", msgspec.json.encode(NOON))]
    (place,) = latest.project(event)
    assert "month:2021-04" in getattr(place, "lists", ())


def test_a_month_is_that_of_universal_time() -> None:
    assert sitemap.month(datetime(2021, 5, 1, 3, tzinfo=timezone(timedelta(hours=4)))) == "2021-04"
    assert sitemap.month(datetime(851, 1, 1, tzinfo=UTC)) == "0851-01"


def test_the_index_names_each_month_and_what_is_no_article(site: SiteOf) -> None:
    assert sitemap.parts(site(*OLD)) == [Part("2021-04", NOON), Part("2021-05", NOON), Part("site")]


def test_a_month_without_articles_is_no_part(site: SiteOf) -> None:
    reads = site(*OLD, unpublished("a0"))
    assert [part.name for part in sitemap.parts(reads)] == ["2021-05", "site"]
    assert sitemap.part(reads, "2021-04") is None


def test_a_part_has_its_articles_in_the_order_of_their_publication(site: SiteOf) -> None:
    found = sitemap.part(site(section("world"), *OLD), "2021-05")
    assert found == [Address("/world/first", MAY), Address("/world/second", MAY + timedelta(days=3))]


def test_a_month_of_many_articles_is_several_parts(site: SiteOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "PART_ADDRESSES_MOST", 3)
    at = [MAY + timedelta(hours=n) for n in range(7)]
    reads = site(*(published(f"a{n}", edition(slug=f"s{n}", at=at[n])) for n in range(7)))
    names = [part.name for part in sitemap.parts(reads)]
    assert names == ["2021-05", "2021-05-2", "2021-05-3", "site"]
    parts = [sitemap.part(reads, name) or [] for name in names[:3]]
    assert [[address.path for address in part] for part in parts] == [
        [f"/world/s{n}" for n in numbers] for numbers in ((0, 1, 2), (3, 4, 5), (6,))
    ]
    assert sitemap.part(reads, "2021-05-4") is None


@pytest.mark.parametrize("name", ["", "2021", "2021-5", "2021-05-0", "site-2", "2021-06", "front"])
def test_there_is_no_other_part(site: SiteOf, name: str) -> None:
    assert sitemap.part(site(*OLD), name) is None


def test_what_is_no_article_is_told_too(site: SiteOf) -> None:
    said: list[Change] = [
        section("world"),
        section("asia", parent="world"),
        TAG.change("rain", TagAdded("Rain")),
        TAG.change("showers", TagAdded("Showers")),
        TAG.change("unused", TagAdded("Unused")),
        TAG.change("showers", TagMerged("rain")),
        WRITER.change("ann", WriterAdded("Ann", "")),
        PAGE.change("imprint", PagePublished("Imprint")),
        published("a1", edition(slug="s1", tags=("showers",), at=MAY)),
    ]
    assert sitemap.part(site(*said), "site") == [
        *map(Address, ("/", "/world", "/asia", "/tag/rain", "/writer/ann")),
        Address("/page/imprint", NOON),
    ]
