"""What is taken back is taken back by an act, and the history says which."""

import pytest
from msgspec import structs

from domain.article import (
    ARTICLE,
    ArticleApprovalTakenBack,
    ArticleApproved,
    ArticleReturned,
    ArticleRevised,
    ArticleSubmitted,
    ArticleUndone,
    ArticleUnpublished,
    ArticleWithdrawn,
)
from domain.content import Content, Correction, Revision
from domain.drafting import ApproveArticle, ReturnArticle, ReviseArticle
from domain.permission import AskedBy, Forbidden
from domain.publishing import UpdateArticle
from domain.role import Role
from domain.rules import Change, Refused, decide
from domain.section import SECTION, SectionFourEyesSet
from domain.staff import STAFF, StaffHired
from domain.undoing import GiveEarlierEdition, TakeBackApproval, UndoArticle
from tests.domain.given import DRAFTED, NEWSPAPER, ONE, PUBLISHED, RAIN, claimed, edition, given, published, updated

SUBMITTED = ARTICLE.change("a1", ArticleSubmitted())
APPROVED = ARTICLE.change("a1", ArticleApproved())
UNAPPROVED = ARTICLE.change("a1", ArticleApprovalTakenBack())
RETURNED = ARTICLE.change("a1", ArticleReturned())
IN_REVIEW = (*NEWSPAPER, DRAFTED, SUBMITTED)
LIVE = (*NEWSPAPER, DRAFTED, *PUBLISHED)
FOUR_EYES = SECTION.change("world", SectionFourEyesSet(True))

OTHER = Content(headline="Rain, rain", section="world")
TAKE_BACK_APPROVAL = TakeBackApproval(article_id="a1")
UNDO_SUBMITTED = UndoArticle(article_id="a1", version=2, seen=2, act=ReturnArticle(article_id="a1"))


def undone(version: int, redone: int = 0) -> Change:
    return ARTICLE.change("a1", ArticleUndone(version, redone))


def revised_by(editor: str, **fields: str) -> Change:
    return ARTICLE.change("a1", ArticleRevised(Revision(**fields), editor=editor))  # type: ignore[arg-type]


def hired(id: str, role: Role) -> Change:
    return STAFF.change(id, StaffHired(role, "digest"))


# Acts that take back.


def test_the_act_that_takes_back_is_recorded_with_the_version_that_it_takes_back() -> None:
    assert decide(UNDO_SUBMITTED, given(*IN_REVIEW)) == [RETURNED, undone(2)]


def test_what_was_taken_back_is_not_taken_back_twice() -> None:
    assert decide(UNDO_SUBMITTED, given(*IN_REVIEW, RETURNED, undone(2))) == []


def test_what_was_done_again_can_be_taken_back_again() -> None:
    again = given(*IN_REVIEW, RETURNED, undone(2), SUBMITTED, undone(3, redone=2))
    undo = UndoArticle(article_id="a1", version=2, seen=6, act=ReturnArticle(article_id="a1"))
    assert decide(undo, again) == [RETURNED, undone(2)]


def test_what_nothing_is_left_of_is_taken_back_once_so_that_what_came_before_it_can_be() -> None:
    act = ReviseArticle(article_id="a1", patch={"headline": RAIN.headline})
    command = UndoArticle(article_id="a1", version=2, seen=2, act=act)
    assert decide(command, given(*IN_REVIEW)) == [undone(2)]
    assert decide(command, given(*IN_REVIEW, undone(2))) == []


def test_what_somebody_did_in_the_same_moment_is_looked_at_first() -> None:
    with pytest.raises(Refused, match="in this moment; look again"):
        decide(UNDO_SUBMITTED, given(*IN_REVIEW, APPROVED))


def test_whoever_takes_back_must_be_allowed_the_act_that_does_it() -> None:
    staff = (hired("rita", Role.REPORTER), hired("ed", Role.EDITOR))
    with pytest.raises(Forbidden):
        decide(AskedBy(staff_id="rita", command=UNDO_SUBMITTED), given(*IN_REVIEW, *staff))
    assert decide(AskedBy(staff_id="ed", command=UNDO_SUBMITTED), given(*IN_REVIEW, *staff)) == [RETURNED, undone(2)]


def test_a_revision_that_takes_back_is_by_whoever_takes_back() -> None:
    act = ReviseArticle(article_id="a1", patch={"headline": "Rain"})
    undo = UndoArticle(article_id="a1", version=2, seen=2, act=act)
    changes = decide(AskedBy(staff_id="ed", command=undo), given(*IN_REVIEW, hired("ed", Role.EDITOR)))
    assert changes == [revised_by("ed", headline="Rain"), undone(2)]


# Approvals.


def test_an_approval_is_taken_back_and_the_article_is_in_review() -> None:
    assert decide(TAKE_BACK_APPROVAL, given(*IN_REVIEW, APPROVED)) == [UNAPPROVED]
    assert decide(TAKE_BACK_APPROVAL, given(*IN_REVIEW, APPROVED, UNAPPROVED)) == []
    assert given(*IN_REVIEW, APPROVED, UNAPPROVED)(ARTICLE, "a1").status == "in_review"


def test_what_is_published_has_no_approval_to_take_back() -> None:
    with pytest.raises(Refused, match=r"There is no approval any more; it is published."):
        decide(TAKE_BACK_APPROVAL, given(*LIVE))


@pytest.mark.parametrize("ended", [(UNAPPROVED,), (RETURNED, SUBMITTED)])
def test_without_the_approval_its_writer_is_again_asked_for_other_eyes(ended: tuple[Change, ...]) -> None:
    fold = given(*IN_REVIEW, FOUR_EYES, APPROVED, *ended)
    with pytest.raises(Refused, match="somebody else has to approve it"):
        decide(ApproveArticle(article_id="a1", by="staff-1"), fold)
    assert decide(ApproveArticle(article_id="a1", by="staff-2"), fold) == [APPROVED]


# Editions.


def test_an_earlier_edition_is_given_again_quietly() -> None:
    fold = given(*LIVE, updated(edition(OTHER, updated_at=ONE)))
    give = GiveEarlierEdition(article_id="a1", edition=edition(), at=ONE)
    assert decide(give, fold) == [updated(edition(updated_at=ONE))]


def test_what_readers_were_told_was_wrong_they_stay_told() -> None:
    told = (Correction(ONE, "It rained twice."),)
    corrected = structs.replace(edition(OTHER, updated_at=ONE), corrections=told)
    give = GiveEarlierEdition(article_id="a1", edition=edition(), at=ONE)
    (change,) = decide(give, given(*LIVE, updated(corrected)))
    assert (change.event.edition.content, change.event.edition.corrections) == (RAIN, told)


def test_an_earlier_edition_has_its_address_back() -> None:
    fold = given(*LIVE, claimed("wet"), updated(edition(OTHER, slug="wet")))
    give = GiveEarlierEdition(article_id="a1", edition=edition(), at=ONE)
    assert decide(give, fold) == [updated(edition(updated_at=ONE))]


def test_what_was_unpublished_is_published_with_the_edition_that_it_had() -> None:
    fold = given(*LIVE, revised_by("ann", headline="Not for readers"), ARTICLE.change("a1", ArticleUnpublished()))
    give = GiveEarlierEdition(article_id="a1", edition=edition(), at=ONE)
    assert decide(give, fold) == [published(edition(updated_at=ONE))]


def test_readers_who_have_that_edition_already_get_nothing_new() -> None:
    assert decide(GiveEarlierEdition(article_id="a1", edition=edition(), at=ONE), given(*LIVE)) == []


@pytest.mark.parametrize("before", [(*NEWSPAPER, DRAFTED), (*LIVE, ARTICLE.change("a1", ArticleWithdrawn("No.")))])
def test_what_readers_never_had_or_what_was_withdrawn_is_not_given_again(before: tuple[Change, ...]) -> None:
    with pytest.raises(Refused):
        decide(GiveEarlierEdition(article_id="a1", edition=edition(), at=ONE), given(*before))


def test_an_earlier_edition_lets_nobody_publish_words_of_their_own() -> None:
    """The words that wait in the working copy are seen by nobody, whatever readers get meanwhile."""
    fold = given(*LIVE, FOUR_EYES, revised_by("ann", headline="Unseen"), updated(edition(updated_at=ONE)))
    with pytest.raises(Refused, match="somebody else has to approve it"):
        decide(UpdateArticle(article_id="a1", by="ann", at=ONE), fold)


def test_the_acts_that_take_back_need_the_privilege_of_what_they_do() -> None:
    acts = (TakeBackApproval, ApproveArticle), (GiveEarlierEdition, UpdateArticle)
    assert all(act.privilege is like.privilege for act, like in acts)
