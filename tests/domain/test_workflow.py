"""The road of an article, from draft to print or to the bin: a table, and here every square of it."""

import pytest
from msgspec import structs

from domain.article import (
    ARTICLE,
    Article,
    ArticleApproved,
    ArticleCorrected,
    ArticleDiscarded,
    ArticlePublished,
    ArticleReopened,
    ArticleRestored,
    ArticleReturned,
    ArticleRevised,
    ArticleSubmitted,
    ArticleUnpublished,
    ArticleUpdated,
    ArticleWithdrawn,
    Status,
)
from domain.content import Revision
from domain.drafting import (
    ApproveArticle,
    DiscardArticle,
    ReopenArticle,
    ReturnArticle,
    ReviseArticle,
    SubmitArticle,
)
from domain.publishing import (
    CorrectArticle,
    PublishArticle,
    RestoreArticle,
    UnpublishArticle,
    UpdateArticle,
    WithdrawArticle,
)
from domain.rules import Change, Event, Outdated, Refused, Unknown, decide
from domain.workflow import WORKFLOW, Act, ArticleCommand, words
from tests.domain.given import DRAFTED, NEWSPAPER, ONE, PUBLISHED, RAIN, given, revised

SUBMITTED = ARTICLE.change("a1", ArticleSubmitted())
RETURNED = ARTICLE.change("a1", ArticleReturned("Where did it rain?"))
APPROVED = ARTICLE.change("a1", ArticleApproved())
DISCARDED = ARTICLE.change("a1", ArticleDiscarded())
REOPENED = ARTICLE.change("a1", ArticleReopened())
UNPUBLISHED = ARTICLE.change("a1", ArticleUnpublished())
WITHDRAWN = ARTICLE.change("a1", ArticleWithdrawn("It did not rain."))
NEW_HEADLINE = revised(Revision(headline="Rain, rain"))

DRAFT = (*NEWSPAPER, DRAFTED)
IN_REVIEW = (*DRAFT, SUBMITTED)
LIVE = (*DRAFT, *PUBLISHED)
BEFORE: dict[Status, tuple[Change, ...]] = {
    Status.DRAFT: DRAFT,
    Status.IN_REVIEW: IN_REVIEW,
    Status.APPROVED: (*IN_REVIEW, APPROVED),
    Status.PUBLISHED: LIVE,
    Status.UNPUBLISHED: (*LIVE, UNPUBLISHED),
    Status.WITHDRAWN: (*LIVE, WITHDRAWN),
    Status.DISCARDED: (*DRAFT, DISCARDED),
}

SUBMIT = SubmitArticle(article_id="a1")
RETURN = ReturnArticle(article_id="a1", note="Where did it rain?")
APPROVE = ApproveArticle(article_id="a1")
DISCARD = DiscardArticle(article_id="a1")
REOPEN = ReopenArticle(article_id="a1")
REVISE = ReviseArticle(article_id="a1", patch={"headline": "Rain, rain"})
COMMANDS: dict[Act, tuple[ArticleCommand, type[Event]]] = {
    Act.REVISE: (REVISE, ArticleRevised),
    Act.SUBMIT: (SUBMIT, ArticleSubmitted),
    Act.RETURN: (RETURN, ArticleReturned),
    Act.APPROVE: (APPROVE, ArticleApproved),
    Act.DISCARD: (DISCARD, ArticleDiscarded),
    Act.REOPEN: (REOPEN, ArticleReopened),
    Act.PUBLISH: (PublishArticle(article_id="a1", at=ONE, headline_slug="rain-at-last"), ArticlePublished),
    Act.UPDATE: (UpdateArticle(article_id="a1", at=ONE), ArticleUpdated),
    Act.CORRECT: (CorrectArticle(article_id="a1", at=ONE, note="It did not rain."), ArticleCorrected),
    Act.UNPUBLISH: (UnpublishArticle(article_id="a1"), ArticleUnpublished),
    Act.WITHDRAW: (WithdrawArticle(article_id="a1", notice="It did not rain."), ArticleWithdrawn),
    Act.RESTORE: (RestoreArticle(article_id="a1", at=ONE), ArticleRestored),
}

# The table once more, by hand, so that nobody changes a rule without saying so here:
# `+` it happens, `=` it is so already, `-` it is refused.
TABLE = """
            draft  in_review  approved  published  unpublished  withdrawn  discarded
revise      +      +          +         +          +            +          -
submit      +      =          -         -          -            -          -
return      =      +          +         -          -            -          -
approve     -      +          =         -          -            -          -
discard     +      +          +         -          -            -          =
reopen      =      -          -         -          -            -          +
publish     +      +          +         =          +            -          -
update      -      -          -         =          -            -          -
correct     -      -          -         +          -            -          -
unpublish   -      -          -         +          =            -          -
withdraw    -      -          -         +          +            =          -
restore     -      -          -         =          -            +          -
"""
HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
SQUARES = [(Act(row[0]), Status(status), sign) for row in ROWS for status, sign in zip(HEAD, row[1:], strict=True)]


# An article shows that it is scheduled; what may be done with it is decided on the status below.
STANDING = [status for status in Status if status is not Status.SCHEDULED]


def status_after(*changes: Change) -> Status | None:
    article: Article = given(*changes)(ARTICLE, "a1")
    return article.status


def test_the_table_has_every_square() -> None:
    assert {(act, status) for act, status, _ in SQUARES} == {(act, status) for act in Act for status in STANDING}
    assert len(SQUARES) == len(Act) * len(STANDING)
    assert set(WORKFLOW) == set(Act)
    assert Status.SCHEDULED not in {status for sources, target in WORKFLOW.values() for status in (*sources, target)}


@pytest.mark.parametrize("status", STANDING)
def test_every_status_is_reached(status: Status) -> None:
    assert status_after(*BEFORE[status]) is status


@pytest.mark.parametrize(("act", "status", "sign"), SQUARES)
def test_an_act_is_allowed_so_already_or_refused_with_a_sentence(act: Act, status: Status, sign: str) -> None:
    before = BEFORE[status]
    command, kind = COMMANDS[act]
    sources, target = WORKFLOW[act]
    if sign == "-":
        assert status not in sources
        with pytest.raises(Refused) as refused:
            decide(command, given(*before))
        states = " or ".join(sorted(words(source) for source in sources))
        sentence = f"To {act} an article, it must be {states}; this one is {words(status)}."
        assert str(refused.value) == sentence
        return
    changes = decide(command, given(*before))
    if sign == "=":
        assert status is target
        assert changes == []
        return
    assert status in sources
    assert isinstance(changes[-1].event, kind)
    assert changes[-1].stream == "article:a1"
    if target is not None:
        assert status_after(*before, *changes) is target


@pytest.mark.parametrize("act", Act)
def test_nothing_is_done_with_what_was_never_drafted(act: Act) -> None:
    command, _ = COMMANDS[act]
    with pytest.raises(Unknown, match="no such article"):
        decide(command, given(*NEWSPAPER))


@pytest.mark.parametrize("act", Act)
def test_whoever_saw_an_older_working_copy_is_told_so_before_anything_else(act: Act) -> None:
    command, _ = COMMANDS[act]
    with pytest.raises(Outdated, match="changed with version 2; this was made on 1"):
        decide(structs.replace(command, made_on=1), given(*DRAFT, NEW_HEADLINE))


def test_an_article_is_handed_in_approved_and_so_ready() -> None:
    assert decide(SUBMIT, given(*DRAFT)) == [SUBMITTED]
    assert decide(APPROVE, given(*IN_REVIEW)) == [APPROVED]


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.APPROVED])
def test_a_returned_article_is_a_draft_with_a_note_for_its_writer(status: Status) -> None:
    assert decide(RETURN, given(*BEFORE[status])) == [RETURNED]
    assert status_after(*BEFORE[status], RETURNED) is Status.DRAFT


def test_a_returned_article_is_handed_in_again() -> None:
    assert decide(SUBMIT, given(*IN_REVIEW, RETURNED)) == [SUBMITTED]


def test_a_revision_of_an_approved_article_puts_it_back_in_review() -> None:
    approved = BEFORE[Status.APPROVED]
    assert decide(REVISE, given(*approved)) == [NEW_HEADLINE]
    assert status_after(*approved, NEW_HEADLINE) is Status.IN_REVIEW
    assert decide(APPROVE, given(*approved, NEW_HEADLINE)) == [APPROVED]


@pytest.mark.parametrize("status", [status for status in STANDING if status not in (Status.APPROVED, Status.DISCARDED)])
def test_a_revision_of_any_other_article_leaves_it_where_it_is(status: Status) -> None:
    assert status_after(*BEFORE[status], NEW_HEADLINE) is status


def test_an_approved_article_revised_to_the_same_stays_approved() -> None:
    same = ReviseArticle(article_id="a1", patch={"headline": "Rain at last"})
    assert decide(same, given(*BEFORE[Status.APPROVED])) == []


def test_what_was_discarded_cannot_be_revised() -> None:
    with pytest.raises(Refused, match="this one is discarded"):
        decide(REVISE, given(*BEFORE[Status.DISCARDED]))


def test_what_was_discarded_is_a_draft_again_with_the_words_that_it_had() -> None:
    reworded = (*DRAFT, NEW_HEADLINE, DISCARDED)
    assert decide(REOPEN, given(*reworded)) == [REOPENED]
    article: Article = given(*reworded, REOPENED)(ARTICLE, "a1")
    assert article.status is Status.DRAFT
    assert article.content == structs.replace(RAIN, headline="Rain, rain")
    assert decide(SUBMIT, given(*reworded, REOPENED)) == [SUBMITTED]


def test_an_approval_is_of_the_words_that_were_seen() -> None:
    with pytest.raises(Outdated):
        decide(structs.replace(APPROVE, made_on=2), given(*IN_REVIEW, NEW_HEADLINE))
    assert decide(structs.replace(APPROVE, made_on=3), given(*IN_REVIEW, NEW_HEADLINE)) == [APPROVED]
