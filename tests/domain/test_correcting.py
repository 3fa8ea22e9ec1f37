"""Mistakes in print: corrected with a word to readers, or withdrawn, and brought back."""

from datetime import datetime, timedelta

import pytest
from msgspec import structs

from domain.article import ARTICLE, Article, ArticleCorrected, ArticleRestored, ArticleUnpublished, ArticleWithdrawn
from domain.content import Content, Correction, Edition, Revision
from domain.publishing import CorrectArticle, PublishArticle, RestoreArticle, UpdateArticle, WithdrawArticle
from domain.rules import Change, Refused, decide
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

THREE = NOON + timedelta(hours=3)
LIVE = (*NEWSPAPER, DRAFTED, *PUBLISHED)
NEW_HEADLINE = revised(Revision(headline="Rain, rain"))
RAINIER = structs.replace(RAIN, headline="Rain, rain")
FIRST = Correction(ONE, "It rained twice.")
SECOND = Correction(TWO, "It rained three times.")


def correct(note: str, at: datetime) -> CorrectArticle:
    return CorrectArticle(article_id="a1", at=at, note=note)


def corrected_edition(content: Content, updated_at: datetime, *corrections: Correction) -> Edition:
    return structs.replace(edition(content, updated_at=updated_at), corrections=corrections)


def corrected(content: Content, updated_at: datetime, *corrections: Correction) -> Change:
    return ARTICLE.change("a1", ArticleCorrected(corrected_edition(content, updated_at, *corrections)))


CORRECTED = (*LIVE, NEW_HEADLINE, corrected(RAINIER, ONE, FIRST))
WITHDRAWN = ARTICLE.change("a1", ArticleWithdrawn("It did not rain.", "Rain at last", "world"))
UNPUBLISHED = ARTICLE.change("a1", ArticleUnpublished())
WITHDRAW = WithdrawArticle(article_id="a1", notice="It did not rain.")
RESTORE = RestoreArticle(article_id="a1", at=TWO)

# Corrections.


def test_a_correction_is_an_edition_that_tells_what_was_wrong_at_its_old_place_in_time() -> None:
    assert decide(correct("It rained twice.", ONE), given(*LIVE, NEW_HEADLINE)) == [corrected(RAINIER, ONE, FIRST)]


def test_a_correction_comes_after_those_before_it() -> None:
    sporty = structs.replace(RAINIER, section="sport")
    before = (*CORRECTED, revised(Revision(section="sport")))
    assert decide(correct("It rained three times.", TWO), given(*before)) == [corrected(sporty, TWO, FIRST, SECOND)]


def test_readers_may_be_told_of_what_the_working_copy_says_already() -> None:
    assert decide(correct("It rained twice.", ONE), given(*LIVE)) == [corrected(RAIN, ONE, FIRST)]


def test_the_same_note_without_a_change_records_nothing() -> None:
    assert decide(correct("It rained twice.", TWO), given(*CORRECTED)) == []


def test_another_note_without_a_change_is_one_more_correction() -> None:
    another = correct("It rained three times.", TWO)
    assert decide(another, given(*CORRECTED)) == [corrected(RAINIER, TWO, FIRST, SECOND)]


def test_the_same_note_with_a_change_is_one_more_correction() -> None:
    again = decide(correct("It rained twice.", TWO), given(*CORRECTED, revised(Revision(headline="Rain at last"))))
    assert again == [corrected(RAIN, TWO, FIRST, Correction(TWO, "It rained twice."))]


def test_a_correction_claims_the_address_that_an_editor_chose() -> None:
    chosen = corrected_edition(structs.replace(RAIN, slug="wet"), ONE, FIRST)
    assert decide(correct("It rained twice.", ONE), given(*LIVE, revised(Revision(slug="wet")))) == [
        claimed("wet"),
        ARTICLE.change("a1", ArticleCorrected(structs.replace(chosen, slug="wet"))),
    ]


def test_an_update_keeps_the_corrections_before_it() -> None:
    sporty = structs.replace(RAINIER, section="sport")
    update = UpdateArticle(article_id="a1", at=TWO)
    assert decide(update, given(*CORRECTED, revised(Revision(section="sport")))) == [
        updated(corrected_edition(sporty, TWO, FIRST))
    ]


def test_published_again_it_keeps_the_corrections_before() -> None:
    publish = PublishArticle(article_id="a1", at=TWO, headline_slug="rain-rain")
    assert decide(publish, given(*CORRECTED, UNPUBLISHED)) == [published(corrected_edition(RAINIER, TWO, FIRST))]


# Withdrawals.


def restored(edition: Edition) -> Change:
    return ARTICLE.change("a1", ArticleRestored(edition))


def test_a_withdrawal_tells_readers_why() -> None:
    assert decide(WITHDRAW, given(*LIVE)) == [WITHDRAWN]


def test_withdrawing_twice_records_nothing() -> None:
    assert decide(WITHDRAW, given(*LIVE, WITHDRAWN)) == []


def test_restored_it_is_the_last_edition() -> None:
    assert decide(RESTORE, given(*CORRECTED, WITHDRAWN)) == [restored(corrected_edition(RAINIER, TWO, FIRST))]


def test_what_was_revised_since_a_withdrawal_waits_for_an_update() -> None:
    before = (*LIVE, WITHDRAWN, NEW_HEADLINE)
    back = restored(edition(RAIN, updated_at=TWO))
    assert decide(RESTORE, given(*before)) == [back]
    article: Article = given(*before, back)(ARTICLE, "a1")
    assert article.unpublished_changes
    update = UpdateArticle(article_id="a1", at=THREE)
    assert decide(update, given(*before, back)) == [updated(edition(RAINIER, updated_at=THREE))]


def test_restoring_what_is_published_records_nothing() -> None:
    assert decide(RESTORE, given(*LIVE)) == []


def test_what_was_unpublished_can_still_be_withdrawn_and_comes_back() -> None:
    assert decide(WITHDRAW, given(*LIVE, UNPUBLISHED)) == [WITHDRAWN]
    assert decide(RESTORE, given(*LIVE, UNPUBLISHED, WITHDRAWN)) == [restored(edition(RAIN, updated_at=TWO))]


def test_a_withdrawn_article_is_restored_not_published() -> None:
    publish = PublishArticle(article_id="a1", at=TWO, headline_slug="rain-at-last")
    with pytest.raises(Refused, match="this one is withdrawn"):
        decide(publish, given(*LIVE, WITHDRAWN))
