from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import structs

from domain.content import Content, Edition
from domain.tag import TAG, TagAdded
from domain.writer import WRITER, WriterAdded, WriterChanged
from projections import articles, cards, latest, related
from projections.articles import Article, ArticleDocument
from projections.cards import Byline, Card, CardDocument, Picture, WriterName
from projections.related import Related
from projections.store import Drop, Put, Reads
from projections.tags import Tag
from tests.domain.given import ANN, CLIP, NOON, ONE, OPENING, PHOTO, TWO
from tests.projections.told import SITE, edition, published, section, told, unpublished, updated

SiteOf = Callable[..., Reads]

CONTENT = Content(
    headline="Rain at last",
    section="world",
    standfirst="The coast gets wet.",
    tags=("rain", "cape-town"),
    writers=("ann-lee",),
    source="Agence",
    body=(OPENING, PHOTO, CLIP),
)
EDITION = Edition(slug="rain-at-last", published_at=NOON, updated_at=ONE, content=CONTENT)
NAMES = (section("world"), ANN, TAG.change("rain", TagAdded("Rain")), TAG.change("cape-town", TagAdded("Cape Town")))
CARD = Card(
    id="a1",
    slug="rain-at-last",
    url="https://news.example/world/rain-at-last",
    headline="Rain at last",
    standfirst="The coast gets wet.",
    section="world",
    badges=("photo", "video"),
    published_at=NOON,
    updated_at=ONE,
    byline=Byline((WriterName("ann-lee", "Ann Lee"),), "Agence"),
    image=Picture("/media/rain.jpg", "Umbrellas", "", ""),
)


# Writes.


def test_an_edition_puts_the_article_and_its_address() -> None:
    (event,) = told(published("a1", EDITION))
    document = msgspec.json.encode(ArticleDocument(EDITION, version=1))
    assert articles.project(event) == [
        Put("article", "a1", document),
        Put("address", "rain-at-last", b"a1"),
        Drop("notice", "a1"),
    ]


def test_an_edition_puts_the_card_with_slugs_not_names() -> None:
    (event,) = told(published("a1", EDITION))
    document = CardDocument(
        id="a1",
        slug="rain-at-last",
        headline="Rain at last",
        section="world",
        published_at=NOON,
        updated_at=ONE,
        standfirst="The coast gets wet.",
        badges=("photo", "video"),
        writers=("ann-lee",),
        source="Agence",
        image=Picture("/media/rain.jpg", "Umbrellas", "", ""),
    )
    assert cards.project(event) == [Put("card", "a1", msgspec.json.encode(document))]


def test_what_is_unpublished_is_dropped_but_its_address_is_not() -> None:
    (event,) = told(unpublished("a1"))
    assert articles.project(event) == [Drop("article", "a1")]
    assert cards.project(event) == [Drop("card", "a1")]


# Answers.


def test_a_card_is_filled_with_names(site: SiteOf) -> None:
    assert cards.read(site(*NAMES, published("a1", EDITION)), ["a1"], SITE) == [CARD]


def test_an_article_is_its_card_and_all_the_rest(site: SiteOf) -> None:
    reads = site(*NAMES, published("a1", edition()), updated("a1", EDITION))
    assert articles.read(reads, "a1", SITE) == Article(
        **structs.asdict(CARD),
        body=(OPENING, PHOTO, CLIP),
        tags=(Tag("rain", "Rain"), Tag("cape-town", "Cape Town")),
        views=0,
        version=2,
    )


def test_cards_come_in_the_order_they_are_asked_for_without_those_that_are_not_public(site: SiteOf) -> None:
    reads = site(*(published(f"a{n}", edition(slug=f"s{n}")) for n in range(3)), unpublished("a1"))
    assert [card.id for card in cards.read(reads, ["a2", "a1", "a9", "a0"], SITE)] == ["a2", "a0"]


def test_times_are_told_in_the_newsrooms_zone(site: SiteOf) -> None:
    tokyo = structs.replace(SITE, zone=ZoneInfo("Asia/Tokyo"))
    (card,) = cards.read(site(published("a1", EDITION)), ["a1"], tokyo)
    assert (card.published_at, card.published_at.utcoffset()) == (NOON, timedelta(hours=9))


def test_a_card_without_a_picture_has_no_image_and_no_badges(site: SiteOf) -> None:
    (card,) = cards.read(site(published("a1", edition(headline="PHOTO and VIDEO"))), ["a1"], SITE)
    assert (card.image, card.badges) == (None, ())


def test_a_renamed_writer_is_renamed_in_every_byline(site: SiteOf) -> None:
    two = (published(f"a{n}", edition(slug=f"s{n}", writers=("bob", "ann-lee"))) for n in range(2))
    bob = WRITER.change("bob", WriterAdded("Bob Ray"))
    reads = site(ANN, bob, *two, WRITER.change("ann-lee", WriterChanged("Ann Ray")))
    answer = latest.read(reads, SITE)
    assert answer is not None
    byline = Byline((WriterName("bob", "Bob Ray"), WriterName("ann-lee", "Ann Ray")), "")
    assert [card.byline for card in answer.items] == [byline, byline]


def test_an_article_that_is_unknown_or_not_public_has_no_answer(site: SiteOf) -> None:
    reads = site(published("a1", EDITION), unpublished("a1"))
    assert [articles.read(reads, id, SITE) for id in ("a1", "a9")] == [None, None]


# Addresses.

MOVED = (published("a1", edition(slug="rain")), updated("a1", edition(slug="wet")))


def test_an_article_is_found_at_its_address(site: SiteOf) -> None:
    assert articles.at_address(site(*MOVED), "wet") == ("a1", "wet")


def test_an_old_address_leads_to_the_address_of_today(site: SiteOf) -> None:
    assert articles.at_address(site(*MOVED), "rain") == ("a1", "wet")


def test_an_unpublished_article_is_known_at_all_its_addresses_and_has_none_today(site: SiteOf) -> None:
    reads = site(*MOVED, unpublished("a1"))
    assert [articles.at_address(reads, slug) for slug in ("rain", "wet")] == [("a1", None), ("a1", None)]


def test_an_address_that_nobody_had_leads_nowhere(site: SiteOf) -> None:
    assert articles.at_address(site(*MOVED), "snow") == ("", None)


# Related.


def unlike(slug: str, **fields: Any) -> Edition:
    """Its words are in no other."""
    return edition(slug=slug, headline=slug, **fields)


TAGGED = (
    section("world"),
    section("sport"),
    published("a0", unlike("s0", tags=("rain", "wind", "snow"))),
    published("one-old", unlike("s1", section="sport", at=NOON, tags=("rain",))),
    published("one-new", unlike("s2", section="sport", at=ONE, tags=("snow", "chess"))),
    published("two-old", unlike("s3", section="sport", at=NOON, tags=("rain", "wind"))),
    published("two-new", unlike("s4", section="sport", at=ONE, tags=("wind", "snow"))),
    published("near-old", unlike("s5", at=NOON - timedelta(days=1))),
    published("near-new", unlike("s6", at=TWO)),
    published("far", unlike("s7", section="sport", at=TWO, tags=("chess",))),
)
RELATED = ["two-new", "two-old", "one-new", "one-old", "near-new", "near-old"]


def ids(found: list[Related] | None) -> list[str]:
    assert found is not None
    return [one.card.id for one in found]


def test_those_that_share_most_tags_come_first_then_the_newest_of_the_section(site: SiteOf) -> None:
    assert ids(related.read(site(*TAGGED), "a0", SITE)) == RELATED


def test_the_related_are_as_many_as_asked_for(site: SiteOf) -> None:
    reads = site(*TAGGED)
    assert [ids(related.read(reads, "a0", SITE, limit=limit)) for limit in range(1, 7)] == [
        RELATED[:limit] for limit in range(1, 7)
    ]


def test_one_that_shares_a_tag_and_the_section_comes_once(site: SiteOf) -> None:
    reads = site(*TAGGED, updated("near-new", unlike("s6", at=TWO, tags=("snow",))))
    found = ids(related.read(reads, "a0", SITE))
    # Snow is less rare now than rain and wind.
    assert found == ["two-old", "two-new", "one-old", "near-new", "one-new", "near-old"]


def test_the_section_makes_up_for_what_the_tags_lack(site: SiteOf) -> None:
    """Though its newest are the article itself and one that stands there by its tag already."""
    reads = site(
        published("a0", unlike("s0", at=TWO, tags=("rain",))),
        published("tagged", unlike("s1", at=ONE, tags=("rain",))),
        published("near", unlike("s2", at=NOON)),
    )
    assert ids(related.read(reads, "a0", SITE, limit=2)) == ["tagged", "near"]


def test_an_article_without_tags_has_its_section(site: SiteOf) -> None:
    assert ids(related.read(site(*TAGGED), "near-old", SITE)) == ["near-new", "a0"]


def test_an_article_alone_has_no_related_ones(site: SiteOf) -> None:
    assert ids(related.read(site(published("a1", unlike("s1", tags=("rain",)))), "a1", SITE)) == []


def test_an_unpublished_article_is_related_to_nothing(site: SiteOf) -> None:
    reads = site(*TAGGED, unpublished("two-new"), unpublished("near-new"))
    assert ids(related.read(reads, "a0", SITE)) == ["two-old", "one-new", "one-old", "near-old"]
    assert related.read(reads, "two-new", SITE) is None
