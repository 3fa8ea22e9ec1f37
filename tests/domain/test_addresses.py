import pytest
from hypothesis import example
from hypothesis import given as for_all
from msgspec import convert, structs

from domain.content import Revision
from domain.publishing import PublishArticle, UpdateArticle
from domain.rules import Change, Refused, decide
from domain.slug import Slug, candidates, claim
from tests.domain.any_events import UNHURRIED, slugs
from tests.domain.given import (
    DRAFTED,
    NEWSPAPER,
    NOON,
    ONE,
    PUBLISHED,
    RAIN,
    TWO,
    claimed,
    edition,
    given,
    published,
    revised,
    updated,
)

ID = "Q7-x_9AbCdEfGhIjKlMnOp"
NUMBERED = ["rain", *(f"rain-{n}" for n in range(2, 10))]
LETTERED = ["rain-q7x9ab", "rain-q7x9abcdefgh", "rain-q7x9abcdefghijklmnop"]


def taken(*slugs: str) -> list[Change]:
    return [claimed(slug, article="another") for slug in slugs]


def test_a_free_address_is_claimed_as_it_is() -> None:
    assert claim("rain", ID, given()) == ("rain", [claimed("rain", article=ID)])


@pytest.mark.parametrize("n", range(2, 10))
def test_if_it_is_taken_a_number_from_2_to_9_follows(n: int) -> None:
    slug = f"rain-{n}"
    assert claim("rain", ID, given(*taken(*NUMBERED[: n - 1]))) == (slug, [claimed(slug, article=ID)])


@pytest.mark.parametrize("pieces", range(3))
def test_if_all_numbers_are_taken_a_piece_of_the_articles_id_follows(pieces: int) -> None:
    slug = LETTERED[pieces]
    before = given(*taken(*NUMBERED, *LETTERED[:pieces]))
    assert claim("rain", ID, before) == (slug, [claimed(slug, article=ID)])


def test_an_article_that_holds_the_address_claims_nothing() -> None:
    assert claim("rain", ID, given(claimed("rain", article=ID))) == ("rain", [])


def test_an_article_that_holds_a_numbered_address_keeps_it() -> None:
    assert claim("rain", ID, given(*taken("rain"), claimed("rain-2", article=ID))) == ("rain-2", [])


def test_an_address_is_refused_when_all_its_variants_are_taken() -> None:
    with pytest.raises(Refused, match="'rain' and all its variants are taken"):
        claim("rain", ID, given(*taken(*NUMBERED, *LETTERED)))


@UNHURRIED
@for_all(slugs)
@example("a" * 100)
@example("a" * 96 + "-aaa")
def test_every_variant_of_an_address_is_an_address(wanted: str) -> None:
    variants = list(candidates(wanted, ID))
    assert convert(variants, list[Slug]) == variants


def test_variants_of_the_longest_address_differ() -> None:
    assert len(set(candidates("a" * 100, ID))) == 12


def test_two_articles_of_one_headline_get_two_addresses() -> None:
    publish = PublishArticle(article_id="a1", at=NOON, headline_slug="rain-at-last", made_on=None)
    assert decide(publish, given(*NEWSPAPER, DRAFTED, *taken("rain-at-last"))) == [
        claimed("rain-at-last-2"),
        published(edition(slug="rain-at-last-2")),
    ]


WET = structs.replace(RAIN, slug="wet")
CHOSEN = revised(Revision(slug="wet"))
MOVED = (claimed("wet"), updated(edition(WET, slug="wet", updated_at=ONE)))


def test_a_changed_address_is_claimed_by_the_next_edition_not_by_the_revision() -> None:
    update = UpdateArticle(article_id="a1", at=ONE, made_on=None)
    assert decide(update, given(*NEWSPAPER, DRAFTED, *PUBLISHED, CHOSEN)) == list(MOVED)


def test_the_address_that_an_article_left_is_still_its_own() -> None:
    before = given(*NEWSPAPER, DRAFTED, *PUBLISHED, CHOSEN, *MOVED)
    assert claim("rain-at-last", "another", before) == (
        "rain-at-last-2",
        [claimed("rain-at-last-2", article="another")],
    )


def test_an_article_goes_back_to_an_address_that_it_left_without_a_claim() -> None:
    back = revised(Revision(slug="rain-at-last"))
    update = UpdateArticle(article_id="a1", at=TWO, made_on=None)
    again = structs.replace(RAIN, slug="rain-at-last")
    assert decide(update, given(*NEWSPAPER, DRAFTED, *PUBLISHED, CHOSEN, *MOVED, back)) == [
        updated(edition(again, slug="rain-at-last", updated_at=TWO))
    ]


def test_an_editor_who_takes_a_choice_back_leaves_the_address_as_it_is() -> None:
    update = UpdateArticle(article_id="a1", at=TWO, made_on=None)
    assert decide(update, given(*NEWSPAPER, DRAFTED, *PUBLISHED, CHOSEN, *MOVED, revised(Revision(slug="")))) == [
        updated(edition(RAIN, slug="wet", updated_at=TWO))
    ]
