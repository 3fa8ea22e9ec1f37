"""What the newsroom does by itself when its moment has come, and what nobody does before."""

from datetime import datetime, timedelta

import pytest
from msgspec import structs

from domain.article import (
    ARTICLE,
    Article,
    ArticleDiscarded,
    ArticleEmbargoed,
    ArticleEmbargoLifted,
    ArticleReturned,
    ArticleScheduled,
    ArticleStepFailed,
    ArticleStepTaken,
    ArticleSubmitted,
    ArticleUnpublished,
    ArticleUnscheduled,
    ArticleWithdrawn,
    FailedStep,
    Status,
    Step,
    StepAct,
)
from domain.content import Revision
from domain.drafting import DiscardArticle, ReturnArticle
from domain.importing import ImportArticle
from domain.publishing import (
    CorrectArticle,
    PublishArticle,
    RestoreArticle,
    UnpublishArticle,
    UpdateArticle,
    WithdrawArticle,
)
from domain.rules import Change, Command, LeftAlone, Outdated, Refused, Unknown, decide
from domain.scheduling import (
    AHEAD_MOST,
    STEPS_MOST,
    LiftEmbargo,
    ScheduleStep,
    SetEmbargo,
    TakeStep,
    UnscheduleStep,
)
from domain.section import SECTION, SectionFourEyesSet
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
INSTANT = timedelta(microseconds=1)

DRAFT = (*NEWSPAPER, DRAFTED)
LIVE = (*DRAFT, *PUBLISHED)
NEW_HEADLINE = revised(Revision(headline="Rain, rain"))
RAINIER = structs.replace(RAIN, headline="Rain, rain")
SUBMITTED = ARTICLE.change("a1", ArticleSubmitted())
UNPUBLISHED = ARTICLE.change("a1", ArticleUnpublished())
WITHDRAWN = ARTICLE.change("a1", ArticleWithdrawn("It did not rain.", "Rain at last", "world"))
DISCARDED = ARTICLE.change("a1", ArticleDiscarded())
FOUR_EYES = SECTION.change("world", SectionFourEyesSet(True))

PUBLISH = Step("s1", StepAct.PUBLISH, ONE)
UPDATE = Step("s2", StepAct.UPDATE, TWO)
UNPUBLISH = Step("s3", StepAct.UNPUBLISH, THREE)


def scheduled(step: Step) -> Change:
    return ARTICLE.change("a1", ArticleScheduled(step))


def unscheduled(step: Step) -> Change:
    return ARTICLE.change("a1", ArticleUnscheduled(step.id))


def taken(step: Step) -> Change:
    return ARTICLE.change("a1", ArticleStepTaken(step.id))


def failed(step: Step, reason: str) -> Change:
    return ARTICLE.change("a1", ArticleStepFailed(step.id, reason))


def embargoed(until: datetime) -> Change:
    return ARTICLE.change("a1", ArticleEmbargoed(until))


def schedule(step: Step, at: datetime = NOON, made_on: int | None = None) -> ScheduleStep:
    return ScheduleStep(
        article_id="a1", made_on=made_on, step_id=step.id, act=step.act, due_at=step.due_at, at=at, by="staff-1"
    )


def take(step: Step, at: datetime | None = None) -> TakeStep:
    return TakeStep(article_id="a1", step_id=step.id, at=at or step.due_at, headline_slug="rain-at-last")


def embargo(until: datetime, at: datetime = NOON) -> SetEmbargo:
    return SetEmbargo(article_id="a1", until=until, at=at)


def article(*changes: Change) -> Article:
    return given(*changes)(ARTICLE, "a1")


# Scheduling.


@pytest.mark.parametrize("before", [DRAFT, (*DRAFT, SUBMITTED), (*LIVE, UNPUBLISHED), LIVE])
def test_a_publication_is_scheduled_whether_or_not_it_is_possible_now(before: tuple[Change, ...]) -> None:
    assert decide(schedule(PUBLISH), given(*before)) == [scheduled(PUBLISH)]


def test_an_article_that_is_to_be_published_is_shown_as_scheduled_and_stays_what_it_is() -> None:
    shown = article(*DRAFT, SUBMITTED, scheduled(PUBLISH))
    assert (shown.status, shown.shown_status) == (Status.IN_REVIEW, Status.SCHEDULED)
    assert article(*LIVE, scheduled(UNPUBLISH)).shown_status is Status.PUBLISHED


def test_steps_are_kept_in_the_order_of_their_moments() -> None:
    assert article(*DRAFT, *map(scheduled, (UNPUBLISH, PUBLISH, UPDATE))).steps == (PUBLISH, UPDATE, UNPUBLISH)


def test_a_step_that_is_ahead_already_is_not_scheduled_again() -> None:
    assert decide(schedule(PUBLISH), given(*DRAFT, scheduled(PUBLISH))) == []


@pytest.mark.parametrize("due_at", [NOON, NOON - INSTANT])
def test_what_is_past_cannot_be_scheduled(due_at: datetime) -> None:
    for command in (schedule(structs.replace(PUBLISH, due_at=due_at)), embargo(due_at)):
        with pytest.raises(Refused, match="not in the future"):
            decide(command, given(*DRAFT))


def test_nothing_is_planned_more_than_five_years_ahead() -> None:
    last = NOON + AHEAD_MOST
    for at_the_last, too_late in (
        (schedule(structs.replace(PUBLISH, due_at=last)), schedule(structs.replace(PUBLISH, due_at=last + INSTANT))),
        (embargo(last), embargo(last + INSTANT)),
    ):
        assert decide(at_the_last, given(*DRAFT))
        with pytest.raises(Refused, match="more than five years"):
            decide(too_late, given(*DRAFT))


def test_an_article_has_only_so_many_steps_ahead() -> None:
    many = [Step(f"m{n}", StepAct.PUBLISH, ONE + n * INSTANT) for n in range(STEPS_MOST)]
    assert decide(schedule(many[-1]), given(*DRAFT, *map(scheduled, many[:-1])))
    with pytest.raises(Refused, match="at most 20 steps"):
        decide(schedule(UNPUBLISH), given(*DRAFT, *map(scheduled, many)))


def test_two_steps_at_one_moment_have_no_order() -> None:
    same = Step("s9", StepAct.UNPUBLISH, ONE)
    with pytest.raises(Refused, match="has a step already: to publish it"):
        decide(schedule(same), given(*DRAFT, scheduled(PUBLISH)))


@pytest.mark.parametrize("end", [DISCARDED, WITHDRAWN], ids=["discarded", "withdrawn"])
def test_nothing_is_scheduled_for_what_is_given_up(end: Change) -> None:
    with pytest.raises(Refused, match="Nothing can be planned"):
        decide(schedule(PUBLISH), given(*LIVE, end))


@pytest.mark.parametrize("step", [UPDATE, UNPUBLISH], ids=["update", "unpublish"])
def test_what_readers_do_not_have_is_neither_updated_nor_unpublished(step: Step) -> None:
    early = structs.replace(step, due_at=ONE - INSTANT)
    for before, refused in ((DRAFT, step), ((*LIVE, UNPUBLISHED), step), ((*DRAFT, scheduled(PUBLISH)), early)):
        with pytest.raises(Refused, match=f"nothing to {step.act}"):
            decide(schedule(refused), given(*before))
    assert decide(schedule(step), given(*LIVE)) == [scheduled(step)]
    assert decide(schedule(step), given(*DRAFT, scheduled(PUBLISH))) == [scheduled(step)]


def test_a_schedule_is_made_on_the_working_copy_that_the_editor_saw() -> None:
    with pytest.raises(Outdated, match="changed with version 2"):
        decide(schedule(PUBLISH, made_on=1), given(*DRAFT, NEW_HEADLINE))


def test_what_was_never_drafted_has_no_schedule_and_no_embargo() -> None:
    commands: list[Command] = [
        schedule(PUBLISH),
        UnscheduleStep(article_id="a1"),
        embargo(ONE),
        LiftEmbargo(article_id="a1"),
    ]
    for command in commands:
        with pytest.raises(Unknown, match="no such article"):
            decide(command, given(*NEWSPAPER))
    assert decide(take(PUBLISH), given(*NEWSPAPER)) == []


# Unscheduling.


def test_a_step_ahead_is_removed() -> None:
    before = (*DRAFT, scheduled(PUBLISH), scheduled(UPDATE))
    changes = decide(UnscheduleStep(article_id="a1", step_id="s2"), given(*before))
    assert changes == [unscheduled(UPDATE)]
    assert article(*before, *changes).steps == (PUBLISH,)


def test_all_steps_ahead_are_removed_at_once_and_none_twice() -> None:
    before = (*DRAFT, scheduled(PUBLISH), scheduled(UPDATE))
    changes = decide(UnscheduleStep(article_id="a1"), given(*before))
    assert changes == [unscheduled(PUBLISH), unscheduled(UPDATE)]
    assert decide(UnscheduleStep(article_id="a1"), given(*before, *changes)) == []


def test_a_step_that_was_taken_meanwhile_is_not_removed_quietly() -> None:
    with pytest.raises(Unknown, match="it was taken, or removed before"):
        decide(UnscheduleStep(article_id="a1", step_id="s1"), given(*DRAFT, scheduled(PUBLISH), taken(PUBLISH)))


def test_a_step_that_failed_is_shown_until_somebody_removes_it() -> None:
    before = (*DRAFT, scheduled(PUBLISH), failed(PUBLISH, "No."))
    assert article(*before).failed == (FailedStep("s1", StepAct.PUBLISH, ONE, "No."),)
    changes = decide(UnscheduleStep(article_id="a1", step_id="s1"), given(*before))
    assert changes == [unscheduled(PUBLISH)]
    assert article(*before, *changes).failed == ()


@pytest.mark.parametrize(
    ("before", "command", "event"),
    [
        ((*DRAFT, SUBMITTED), ReturnArticle(article_id="a1"), ArticleReturned()),
        (DRAFT, DiscardArticle(article_id="a1"), ArticleDiscarded()),
        (
            LIVE,
            WithdrawArticle(article_id="a1", notice="It did not rain."),
            ArticleWithdrawn("It did not rain.", "Rain at last", "world"),
        ),
    ],
    ids=["returned", "discarded", "withdrawn"],
)
def test_what_is_returned_discarded_or_withdrawn_has_no_steps_any_more(
    before: tuple[Change, ...], command: Command, event: ArticleReturned
) -> None:
    changes = decide(command, given(*before, scheduled(PUBLISH), scheduled(UNPUBLISH)))
    assert changes == [unscheduled(PUBLISH), unscheduled(UNPUBLISH), ARTICLE.change("a1", event)]


def test_a_draft_that_is_returned_is_a_draft_already_and_has_no_steps_any_more() -> None:
    assert decide(ReturnArticle(article_id="a1"), given(*DRAFT, scheduled(PUBLISH))) == [unscheduled(PUBLISH)]


def test_who_unpublishes_by_hand_leaves_what_was_planned_for_later() -> None:
    changes = decide(UnpublishArticle(article_id="a1"), given(*LIVE, scheduled(PUBLISH)))
    assert changes == [UNPUBLISHED]
    assert article(*LIVE, scheduled(PUBLISH), *changes).steps == (PUBLISH,)


# Taking steps.


def test_a_step_is_taken_together_with_what_it_does() -> None:
    changes = decide(take(PUBLISH), given(*DRAFT, scheduled(PUBLISH)))
    first = edition(updated_at=ONE)
    assert changes == [taken(PUBLISH), claimed(), published(structs.replace(first, published_at=ONE))]


def test_an_update_brings_readers_the_working_copy_of_that_moment() -> None:
    before = (*LIVE, scheduled(UPDATE), NEW_HEADLINE)
    assert decide(take(UPDATE), given(*before)) == [taken(UPDATE), updated(edition(RAINIER, updated_at=TWO))]


def test_a_scheduled_article_is_taken_from_readers() -> None:
    assert decide(take(UNPUBLISH), given(*LIVE, scheduled(UNPUBLISH))) == [taken(UNPUBLISH), UNPUBLISHED]


def test_what_is_published_late_says_when_that_was() -> None:
    *_, change = decide(take(PUBLISH, at=THREE), given(*DRAFT, scheduled(PUBLISH)))
    assert change.event.edition.published_at == THREE


def test_no_step_is_taken_before_its_moment() -> None:
    assert decide(take(PUBLISH, at=ONE - INSTANT), given(*DRAFT, scheduled(PUBLISH))) == []


@pytest.mark.parametrize("gone", [taken(PUBLISH), unscheduled(PUBLISH), failed(PUBLISH, "No.")])
def test_a_step_that_is_not_there_any_more_is_not_taken(gone: Change) -> None:
    assert decide(take(PUBLISH), given(*DRAFT, scheduled(PUBLISH), gone)) == []


def test_a_step_waits_for_those_before_it_however_late_they_are() -> None:
    before = (*DRAFT, scheduled(PUBLISH), scheduled(UNPUBLISH))
    assert decide(take(UNPUBLISH), given(*before)) == []
    assert decide(take(UNPUBLISH), given(*before, *decide(take(PUBLISH, at=THREE), given(*before))))


@pytest.mark.parametrize("meanwhile", [(), (NEW_HEADLINE,)], ids=["unchanged", "revised since"])
def test_what_somebody_published_before_is_not_published_again(meanwhile: tuple[Change, ...]) -> None:
    assert decide(take(PUBLISH), given(*DRAFT, scheduled(PUBLISH), *PUBLISHED, *meanwhile)) == [taken(PUBLISH)]


def test_a_step_that_has_nothing_to_do_is_taken() -> None:
    assert decide(take(UPDATE), given(*LIVE, scheduled(UPDATE))) == [taken(UPDATE)]
    assert decide(take(UNPUBLISH), given(*LIVE, scheduled(UNPUBLISH), UNPUBLISHED)) == [taken(UNPUBLISH)]


def test_a_step_that_the_rules_forbid_fails_alone_and_says_why() -> None:
    before = (*LIVE, scheduled(UPDATE), UNPUBLISHED)
    reason = "To update an article, it must be published; this one is unpublished."
    assert decide(take(UPDATE), given(*before)) == [failed(UPDATE, reason)]


def test_where_four_eyes_are_asked_for_words_that_nobody_approved_are_not_published() -> None:
    ((_, event),) = decide(take(PUBLISH), given(*DRAFT, FOUR_EYES, scheduled(PUBLISH)))
    assert isinstance(event, ArticleStepFailed)
    assert "approved" in event.reason


# Embargoes.


def test_an_embargo_is_set_moved_and_lifted_each_once() -> None:
    set_, moved = embargoed(ONE), embargoed(TWO)
    assert decide(embargo(ONE), given(*DRAFT)) == [set_]
    assert decide(embargo(ONE), given(*DRAFT, set_)) == []
    assert decide(embargo(TWO), given(*DRAFT, set_)) == [moved]
    lifted = ARTICLE.change("a1", ArticleEmbargoLifted())
    assert decide(LiftEmbargo(article_id="a1"), given(*DRAFT, set_)) == [lifted]
    assert decide(LiftEmbargo(article_id="a1"), given(*DRAFT, set_, lifted)) == []


def test_what_is_discarded_gets_no_embargo() -> None:
    with pytest.raises(Refused, match="Nothing can be planned"):
        decide(embargo(ONE), given(*DRAFT, DISCARDED))


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (DRAFT, PublishArticle(article_id="a1", at=ONE, headline_slug="rain")),
        ((*LIVE, UNPUBLISHED), PublishArticle(article_id="a1", at=ONE, headline_slug="rain")),
        ((*LIVE, NEW_HEADLINE), UpdateArticle(article_id="a1", at=ONE)),
        (LIVE, CorrectArticle(article_id="a1", at=ONE, note="It rained twice.")),
        ((*LIVE, WITHDRAWN), RestoreArticle(article_id="a1", at=ONE)),
    ],
    ids=["published", "published again", "updated", "corrected", "restored"],
)
def test_before_the_embargo_ends_nobody_gives_it_to_readers_and_then_anybody(
    before: tuple[Change, ...], command: PublishArticle
) -> None:
    with pytest.raises(Refused, match="There is an embargo until"):
        decide(command, given(*before, embargoed(ONE + INSTANT)))
    assert decide(command, given(*before, embargoed(ONE)))


def test_an_embargo_does_not_keep_an_article_with_readers() -> None:
    assert decide(UnpublishArticle(article_id="a1"), given(*LIVE, embargoed(ONE))) == [UNPUBLISHED]


def test_an_import_leaves_an_article_with_an_embargo_alone() -> None:
    come = ImportArticle(
        article_id="a1",
        external_id="x-1",
        content=RAIN,
        author="system:import",
        at=NOON,
        headline_slug="rain",
        published_at=NOON,
    )
    assert decide(come, given(*DRAFT))
    assert decide(come, given(*DRAFT, embargoed(ONE))) == []
    with pytest.raises(LeftAlone):
        decide(structs.replace(come, content=RAINIER), given(*DRAFT, embargoed(ONE)))


@pytest.mark.parametrize("step", [PUBLISH, UPDATE], ids=["publish", "update"])
def test_nothing_is_scheduled_before_the_embargo_ends(step: Step) -> None:
    with pytest.raises(Refused, match=f"to {step.act} at .* before the end of the embargo"):
        decide(schedule(step), given(*LIVE, embargoed(step.due_at + INSTANT)))
    assert decide(schedule(step), given(*LIVE, embargoed(step.due_at))) == [scheduled(step)]


@pytest.mark.parametrize("step", [PUBLISH, UPDATE], ids=["publish", "update"])
def test_an_embargo_that_a_step_would_break_is_not_set(step: Step) -> None:
    with pytest.raises(Refused, match=f"to {step.act} at {step.due_at.isoformat()}".replace("+", r"\+")):
        decide(embargo(step.due_at + INSTANT), given(*LIVE, scheduled(step)))
    assert decide(embargo(step.due_at), given(*LIVE, scheduled(step))) == [embargoed(step.due_at)]


def test_a_step_may_take_an_article_from_readers_whatever_its_embargo() -> None:
    assert decide(schedule(UNPUBLISH), given(*LIVE, embargoed(THREE + INSTANT))) == [scheduled(UNPUBLISH)]
    assert decide(embargo(THREE + INSTANT), given(*LIVE, scheduled(UNPUBLISH))) == [embargoed(THREE + INSTANT)]


def test_a_step_that_meets_an_embargo_all_the_same_fails() -> None:
    (change,) = decide(take(PUBLISH), given(*DRAFT, scheduled(PUBLISH), embargoed(TWO)))
    assert change == failed(PUBLISH, f"There is an embargo until {TWO.isoformat()}.")
