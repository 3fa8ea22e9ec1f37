"""A withdrawn article leaves a notice in its place, until it is restored."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec import structs

from domain.article import ARTICLE, ArticleCorrected, ArticleRestored, ArticleWithdrawn
from domain.content import Correction, Edition
from domain.rules import Change
from domain.views import VIEWS, ViewsCounted
from projections import articles, cards, latest, popular, related
from projections.articles import Notice
from projections.store import Drop, Place, Put, Reads, key
from tests.domain.given import NOON, ONE, TWO
from tests.projections.told import SITE, edition, published, section, told, unpublished

SiteOf = Callable[..., Reads]

WET = edition(slug="wet", at=ONE, tags=("rain",), writers=("ann",), source="Agence")
NEWS = (
    section("world"),
    published("a1", edition(slug="dry", at=NOON, tags=("rain",), writers=("ann",), source="Agence")),
    published("a2", WET),
    published("a3", edition(slug="sunny", at=TWO, tags=("rain",), writers=("ann",), source="Agence")),
)
LISTS: list[dict[str, str]] = [{}, {"section": "world"}, {"tag": "rain"}, {"writer": "ann"}, {"source": "Agence"}]
WITHDRAWN = ARTICLE.change("a2", ArticleWithdrawn("It did not rain."))


def restored(edition: Edition = WET) -> Change:
    return ARTICLE.change("a2", ArticleRestored(edition))


def listed(reads: Reads, filters: dict[str, str]) -> list[str]:
    answer = latest.read(reads, SITE, limit=20, **filters)
    assert answer is not None
    return [card.id for card in answer.items]


def related_to(reads: Reads, id: str) -> list[str]:
    found = related.read(reads, id, SITE)
    assert found is not None
    return [one.card.id for one in found]


def test_a_withdrawal_drops_the_article_and_puts_the_notice() -> None:
    (event,) = told(WITHDRAWN)
    notice = msgspec.json.encode(Notice(NOON, "It did not rain."))
    assert articles.project(event) == [Drop("article", "a2"), Put("notice", "a2", notice)]
    assert cards.project(event) == [Drop("card", "a2")]
    assert latest.project(event) == [Place("a2")]


def test_a_restoration_puts_all_back_and_drops_the_notice() -> None:
    (event,) = told(restored())
    assert Drop("notice", "a2") in articles.project(event)
    assert latest.project(event) == [
        Place(
            "a2",
            key(ONE, "a2"),
            ("latest", "section:world", "tag:rain", "writer:ann", "source:Agence", "month:2025-03"),
        )
    ]


@pytest.mark.parametrize("filters", LISTS, ids=str)
def test_what_is_withdrawn_is_gone_from_every_list_and_comes_back_at_its_old_place(
    site: SiteOf, filters: dict[str, str]
) -> None:
    assert listed(site(*NEWS), filters) == ["a3", "a2", "a1"]
    assert listed(site(*NEWS, WITHDRAWN), filters) == ["a3", "a1"]
    assert listed(site(*NEWS, WITHDRAWN, restored()), filters) == ["a3", "a2", "a1"]


def test_what_is_withdrawn_is_no_longer_read_nor_related(site: SiteOf) -> None:
    reads = site(*NEWS, WITHDRAWN)
    assert articles.read(reads, "a2", SITE) is None
    assert cards.read(reads, ["a2"], SITE) == []
    assert related.read(reads, "a2", SITE) is None
    assert related_to(reads, "a1") == ["a3"]
    assert related_to(site(*NEWS, WITHDRAWN, restored()), "a1") == ["a3", "a2"]


def test_what_is_withdrawn_is_not_among_the_most_read_and_keeps_its_views(site: SiteOf) -> None:
    bucket = int(NOON.timestamp()) // 10
    views = VIEWS.change("counter-1", ViewsCounted({bucket: {"a1": 1, "a2": 3}}))
    as_of = NOON + timedelta(minutes=1)

    def most_read(reads: Reads) -> list[str]:
        answer = popular.read(reads, SITE, as_of=as_of)
        assert answer is not None
        return [one.id for one in answer.items]

    assert most_read(site(*NEWS, views)) == ["a2", "a1"]
    assert most_read(site(*NEWS, views, WITHDRAWN)) == ["a1"]
    assert most_read(site(*NEWS, views, WITHDRAWN, restored())) == ["a2", "a1"]


def test_the_notice_is_read_in_its_place_at_its_address(site: SiteOf) -> None:
    reads = site(*NEWS, WITHDRAWN)
    assert articles.notice(reads, "a2") == Notice(NOON, "It did not rain.")
    assert articles.at_address(reads, "wet") == ("a2", None)


def test_what_is_public_or_unpublished_or_unknown_has_no_notice(site: SiteOf) -> None:
    reads = site(*NEWS, unpublished("a1"), WITHDRAWN, restored())
    assert [articles.notice(reads, id) for id in ("a1", "a2", "a3", "a9")] == [None] * 4


def test_what_was_unpublished_and_then_withdrawn_has_a_notice(site: SiteOf) -> None:
    reads = site(*NEWS, unpublished("a2"), WITHDRAWN)
    assert articles.notice(reads, "a2") == Notice(NOON, "It did not rain.")
    assert listed(reads, {}) == ["a3", "a1"]


def test_corrections_are_told_in_the_newsrooms_zone_and_outlast_a_withdrawal(site: SiteOf) -> None:
    corrected = structs.replace(WET, corrections=(Correction(TWO, "It rained twice."),))
    reads = site(*NEWS, ARTICLE.change("a2", ArticleCorrected(corrected)), WITHDRAWN, restored(corrected))
    article = articles.read(reads, "a2", structs.replace(SITE, zone=ZoneInfo("Asia/Tokyo")))
    assert article is not None
    (correction,) = article.corrections
    assert correction == Correction(TWO, "It rained twice.")
    assert correction.at.utcoffset() == timedelta(hours=9)
