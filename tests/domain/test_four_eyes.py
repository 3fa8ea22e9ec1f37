"""In a section that asks for it, readers get only what somebody has approved who did not write it."""

from typing import Any

import pytest
from msgspec import structs

from domain.article import (
    ARTICLE,
    Article,
    ArticleApproved,
    ArticleDrafted,
    ArticleRestored,
    ArticleSubmitted,
    ArticleUnpublished,
    ArticleUpdated,
    ArticleWithdrawn,
)
from domain.content import Revision
from domain.drafting import ApproveArticle
from domain.permission import AskedBy
from domain.publishing import CorrectArticle, PublishArticle, UpdateArticle
from domain.role import Role
from domain.rules import Change, Refused, decide
from domain.section import SECTION, SectionFourEyesSet
from domain.staff import STAFF, StaffHired
from tests.domain.given import (
    DRAFTED,
    NEWSPAPER,
    ONE,
    PUBLISHED,
    RAIN,
    claimed,
    edition,
    given,
    published,
    revised,
    updated,
)

WRITER, REVISER, OTHER = "staff-1", "staff-2", "staff-3"
STAFFED = tuple(STAFF.change(id, StaffHired(Role.EDITOR, "digest")) for id in (WRITER, REVISER, OTHER))
FOUR_EYES = SECTION.change("world", SectionFourEyesSet(True))

SUBMITTED = ARTICLE.change("a1", ArticleSubmitted())
APPROVED = ARTICLE.change("a1", ArticleApproved())
RAINIER = structs.replace(RAIN, headline="Rain, rain")


def by(staff_id: str) -> Change:
    return revised(Revision(headline="Rain, rain"), editor=staff_id)


IN_REVIEW = (DRAFTED, SUBMITTED)
AT_ONE = [claimed(), published(structs.replace(edition(updated_at=ONE), published_at=ONE))]
LIVE = (*IN_REVIEW, APPROVED, *PUBLISHED)

APPROVE = ApproveArticle(article_id="a1")
PUBLISH = PublishArticle(article_id="a1", at=ONE, headline_slug="rain-at-last")
UPDATE = UpdateArticle(article_id="a1", at=ONE)
CORRECT = CorrectArticle(article_id="a1", at=ONE, note="It rained twice.")

OWN_WORDS = "You wrote some of this; in this section somebody else has to approve it"
NOBODY_APPROVED = "published when somebody has approved it who did not write it"


def asked(command: Any, *before: Change, by: str, section: tuple[Change, ...] = (FOUR_EYES,)) -> list[Change]:
    return decide(AskedBy(staff_id=by, command=command), given(*NEWSPAPER, *STAFFED, *section, *before))


def hands(*changes: Change) -> frozenset[str]:
    article: Article = given(*changes)(ARTICLE, "a1")
    return article.hands


# Approved.


def test_who_wrote_it_does_not_approve_it() -> None:
    with pytest.raises(Refused, match=OWN_WORDS):
        asked(APPROVE, *IN_REVIEW, by=WRITER)


def test_who_revised_it_does_not_approve_it() -> None:
    for staff_id in (WRITER, REVISER):
        with pytest.raises(Refused, match=OWN_WORDS):
            asked(APPROVE, *IN_REVIEW, by(REVISER), by=staff_id)


def test_somebody_else_approves_it() -> None:
    assert asked(APPROVE, *IN_REVIEW, by(REVISER), by=OTHER) == [APPROVED]


def test_whoever_revises_what_was_approved_does_not_approve_that_and_its_writer_may() -> None:
    """The words of the writer were seen before; those that are new are another's."""
    before = (*IN_REVIEW, APPROVED, by(REVISER))
    with pytest.raises(Refused, match=OWN_WORDS):
        asked(APPROVE, *before, by=REVISER)
    assert asked(APPROVE, *before, by=WRITER) == [APPROVED]


def test_what_is_approved_already_is_so_for_its_writer_too() -> None:
    assert asked(APPROVE, *IN_REVIEW, APPROVED, by=WRITER) == []


def test_an_older_revision_that_does_not_say_whose_it_is_adds_no_hand() -> None:
    assert hands(DRAFTED, revised(Revision(headline="Rain, rain"))) == {WRITER}
    assert hands(DRAFTED, by(REVISER)) == {WRITER, REVISER}


# Published.


@pytest.mark.parametrize("staff_id", [WRITER, OTHER])
@pytest.mark.parametrize("before", [(DRAFTED,), IN_REVIEW], ids=["draft", "in review"])
def test_nobody_publishes_what_nobody_approved(staff_id: str, before: tuple[Change, ...]) -> None:
    with pytest.raises(Refused, match=NOBODY_APPROVED):
        asked(PUBLISH, *before, by=staff_id)


@pytest.mark.parametrize("staff_id", [WRITER, OTHER])
def test_what_was_approved_anybody_publishes_who_may(staff_id: str) -> None:
    assert asked(PUBLISH, *IN_REVIEW, APPROVED, by=staff_id) == AT_ONE


def test_what_was_revised_after_its_approval_is_approved_once_more() -> None:
    with pytest.raises(Refused, match=NOBODY_APPROVED):
        asked(PUBLISH, *IN_REVIEW, APPROVED, by(REVISER), by=OTHER)
    assert asked(PUBLISH, *IN_REVIEW, APPROVED, by(REVISER), APPROVED, by=REVISER) != []


def test_what_nobody_asks_for_publishes_only_what_was_approved() -> None:
    """A schedule has no eyes of its own."""
    with pytest.raises(Refused, match=NOBODY_APPROVED):
        decide(PUBLISH, given(*NEWSPAPER, FOUR_EYES, *IN_REVIEW))
    with pytest.raises(Refused, match=NOBODY_APPROVED):
        decide(UPDATE, given(*NEWSPAPER, FOUR_EYES, *LIVE, by(REVISER)))
    assert decide(PUBLISH, given(*NEWSPAPER, FOUR_EYES, *IN_REVIEW, APPROVED)) == AT_ONE


def test_an_article_is_moved_there_only_to_be_looked_at_again() -> None:
    elsewhere = ARTICLE.change("a1", ArticleDrafted(structs.replace(RAIN, section="sport"), WRITER))
    moved = revised(Revision(section="world"), editor=WRITER)
    before = (elsewhere, SUBMITTED, APPROVED, moved)
    with pytest.raises(Refused, match=NOBODY_APPROVED):
        asked(PUBLISH, *before, by=WRITER)
    with pytest.raises(Refused, match=OWN_WORDS):
        asked(APPROVE, *before, by=WRITER)


# Changed after it was published.


@pytest.mark.parametrize("command", [UPDATE, CORRECT], ids=["update", "correct"])
def test_what_one_hand_changed_another_gives_to_readers(command: Any) -> None:
    with pytest.raises(Refused, match=OWN_WORDS):
        asked(command, *LIVE, by(REVISER), by=REVISER)
    for staff_id in (WRITER, OTHER):
        (change,) = asked(command, *LIVE, by(REVISER), by=staff_id)
        assert change.event.edition.content == RAINIER


def test_a_correction_that_changes_no_word_needs_no_second_pair_of_eyes() -> None:
    assert asked(CORRECT, *LIVE, by=WRITER) != []


def test_what_readers_have_is_nobodys_words_alone_any_more() -> None:
    assert hands(*LIVE) == frozenset()
    assert hands(*LIVE, by(REVISER), updated(edition(RAINIER))) == frozenset()


def test_what_comes_back_to_readers_is_given_by_another_hand_too() -> None:
    unpublished = (*LIVE, ARTICLE.change("a1", ArticleUnpublished()), by(REVISER))
    with pytest.raises(Refused, match=OWN_WORDS):
        asked(PUBLISH, *unpublished, by=REVISER)
    assert asked(PUBLISH, *unpublished, by=OTHER) != []


def test_the_end_of_a_withdrawal_makes_nothing_seen_that_was_written_since() -> None:
    restored = (ARTICLE.change("a1", ArticleWithdrawn("No.")), ARTICLE.change("a1", ArticleRestored(edition())))
    assert hands(*LIVE, by(REVISER), *restored) == {REVISER}
    with pytest.raises(Refused, match=OWN_WORDS):
        asked(UPDATE, *LIVE, by(REVISER), *restored, by=REVISER)
    (change,) = asked(UPDATE, *LIVE, by(REVISER), *restored, by=OTHER)
    assert isinstance(change.event, ArticleUpdated)


def test_nobody_gets_around_it_by_moving_what_readers_have_to_another_section() -> None:
    moved = revised(Revision(section="sport"), editor=REVISER)
    with pytest.raises(Refused, match=OWN_WORDS):
        asked(UPDATE, *LIVE, moved, by=REVISER)
    assert asked(UPDATE, *LIVE, moved, by=OTHER) != []


# Elsewhere.


@pytest.mark.parametrize(
    "section",
    [
        (),
        (SECTION.change("sport", SectionFourEyesSet(True)),),
        (FOUR_EYES, SECTION.change("world", SectionFourEyesSet(False))),
    ],
    ids=["none", "another", "no longer"],
)
def test_where_no_section_asks_for_it_one_pair_of_eyes_is_enough(section: tuple[Change, ...]) -> None:
    assert asked(APPROVE, *IN_REVIEW, by=WRITER, section=section) == [APPROVED]
    assert asked(PUBLISH, DRAFTED, by=WRITER, section=section) == AT_ONE
    assert asked(UPDATE, *LIVE, by(REVISER), by=REVISER, section=section) == [updated(edition(RAINIER, updated_at=ONE))]
    assert decide(PUBLISH, given(*NEWSPAPER, *section, DRAFTED)) == AT_ONE
