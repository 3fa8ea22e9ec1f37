"""What was done is taken back by the table, and what others wrote since stays."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from cms import newsroom as rooms
from cms import staff, undo_account
from cms.newsroom import Newsroom
from cms.undo import UNDO, Past
from cms.undo_account import Plan
from domain.article import (
    ARTICLE,
    ArticleApprovalTakenBack,
    ArticleApproved,
    ArticleCorrected,
    ArticleDiscarded,
    ArticleEmbargoed,
    ArticleEmbargoLifted,
    ArticlePublished,
    ArticleReopened,
    ArticleRestored,
    ArticleReturned,
    ArticleRevised,
    ArticleScheduled,
    ArticleSubmitted,
    ArticleUndone,
    ArticleUnpublished,
    ArticleUnscheduled,
    ArticleUpdated,
    ArticleWithdrawn,
    Status,
    StepAct,
)
from domain.body import Paragraph
from domain.content import Content
from domain.drafting import ApproveArticle, DiscardArticle, DraftArticle, ReopenArticle, ReturnArticle, SubmitArticle
from domain.merging import Clash
from domain.publishing import CorrectArticle, RestoreArticle, WithdrawArticle
from domain.role import Role
from domain.rules import Command, Event, Refused, Unknown
from domain.scheduling import LiftEmbargo, ScheduleStep, SetEmbargo, UnscheduleStep
from domain.section import SetSection
from domain.undoing import TakeBackApproval
from tests.cms.desk import NEVER_SECONDS, NOON, Clock, draft, furnish, publish, recorded, revise, unpublish, update

DAY = timedelta(days=1)
DOCS = (Path(__file__).parents[2] / "docs" / "versions.md").read_text()

SUBMIT = SubmitArticle(article_id="a1")
RETURN = ReturnArticle(article_id="a1", note="Where?")
APPROVE = ApproveArticle(article_id="a1")
TAKE_BACK_APPROVAL = TakeBackApproval(article_id="a1")
DISCARD = DiscardArticle(article_id="a1")
REOPEN = ReopenArticle(article_id="a1")
CORRECT = CorrectArticle(article_id="a1", at=NOON, note="It rained twice.")
WITHDRAW = WithdrawArticle(article_id="a1", notice="It did not rain.")
RESTORE = RestoreArticle(article_id="a1", at=NOON)
HEADLINE = revise({"headline": "Rain, rain"})
STANDFIRST = revise({"standfirst": "It pours."})


SCHEDULE = ScheduleStep(article_id="a1", step_id="s1", act=StepAct.PUBLISH, due_at=NOON + DAY, at=NOON)
EMBARGO = SetEmbargo(article_id="a1", until=NOON + DAY, at=NOON)


class Story(NamedTuple):
    before: Sequence[Command]
    act: Command
    taken_back_by: type[Event]
    status: Status


STORIES: dict[type[Event], Story] = {
    ArticleRevised: Story([draft()], HEADLINE, ArticleRevised, Status.DRAFT),
    ArticleSubmitted: Story([draft()], SUBMIT, ArticleReturned, Status.DRAFT),
    ArticleReturned: Story([draft(), SUBMIT], RETURN, ArticleSubmitted, Status.IN_REVIEW),
    ArticleApproved: Story([draft(), SUBMIT], APPROVE, ArticleApprovalTakenBack, Status.IN_REVIEW),
    ArticleApprovalTakenBack: Story([draft(), SUBMIT, APPROVE], TAKE_BACK_APPROVAL, ArticleApproved, Status.APPROVED),
    ArticleDiscarded: Story([draft()], DISCARD, ArticleReopened, Status.DRAFT),
    ArticleReopened: Story([draft(), DISCARD], REOPEN, ArticleDiscarded, Status.DISCARDED),
    ArticleScheduled: Story([draft()], SCHEDULE, ArticleUnscheduled, Status.DRAFT),
    ArticleUnscheduled: Story([draft(), SCHEDULE], UnscheduleStep(article_id="a1"), ArticleScheduled, Status.DRAFT),
    ArticleEmbargoed: Story([draft()], EMBARGO, ArticleEmbargoLifted, Status.DRAFT),
    ArticleEmbargoLifted: Story([draft(), EMBARGO], LiftEmbargo(article_id="a1"), ArticleEmbargoed, Status.DRAFT),
    ArticlePublished: Story([draft()], publish(), ArticleUnpublished, Status.UNPUBLISHED),
    ArticleUpdated: Story([draft(), publish(), HEADLINE], update(), ArticleUpdated, Status.PUBLISHED),
    ArticleCorrected: Story([draft(), publish(), HEADLINE], CORRECT, ArticleUpdated, Status.PUBLISHED),
    ArticleUnpublished: Story([draft(), publish()], unpublish(), ArticlePublished, Status.PUBLISHED),
    ArticleWithdrawn: Story([draft(), publish()], WITHDRAW, ArticleRestored, Status.PUBLISHED),
    ArticleRestored: Story([draft(), publish(), WITHDRAW], RESTORE, ArticleWithdrawn, Status.WITHDRAWN),
}


def past(newsroom: Newsroom, id: str = "a1") -> Past:
    return Past(id, newsroom.history.stream(ARTICLE.stream(id)))


def undo(newsroom: Newsroom, version: int | None = None, by: str = "ed") -> list[Event]:
    """What is recorded of the article."""
    before = past(newsroom)
    newsroom.execute(before.undoing(before.latest() if version is None else version, NOON), by)
    return [one.event for one in past(newsroom).events[len(before.events) :]]


def content(newsroom: Newsroom, id: str = "a1") -> Content:
    found = newsroom.article(id).content
    assert found is not None
    return found


def everything(newsroom: Newsroom, *commands: Command, by: str = "ann") -> None:
    for command in commands:
        newsroom.execute(command, by)


# One act.


def test_the_table_stands_in_the_documentation_and_every_row_has_a_story() -> None:
    table = DOCS.partition("| is taken back by |")[2].partition("\n\n")[0]
    first_cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    assert {name for cell in first_cells for name in re.findall(r"\w+", cell)} == {kind.__name__ for kind in UNDO}
    assert set(STORIES) == set(UNDO)


@pytest.mark.parametrize("kind", UNDO, ids=lambda kind: kind.__name__)
def test_an_act_is_taken_back_by_the_table_and_that_can_be_taken_back_too(
    newsroom: Newsroom, kind: type[Event]
) -> None:
    story = STORIES[kind]
    everything(newsroom, *story.before)
    before = newsroom.article("a1")
    newsroom.execute(story.act, "ann")
    after, version = newsroom.article("a1"), past(newsroom).latest()
    assert type(past(newsroom).event(version).event) is kind

    act, note = undo(newsroom)
    assert (type(act), note) == (story.taken_back_by, ArticleUndone(version))
    undone = newsroom.article("a1")
    assert undone.status is story.status
    if kind is ArticleRevised:
        assert undone.content == before.content
    if before.edition is not None:
        assert undone.edition is not None
        assert undone.edition.content == before.edition.content
    assert past(newsroom).events[-2].by == "ed"
    assert undo(newsroom, version) == []

    *_, note = undo(newsroom, version + 1)
    assert note == ArticleUndone(version + 1, redone=version)
    again = newsroom.article("a1")
    assert (again.content, set(again.undone)) == (after.content, {version + 1})
    if kind is not ArticleReturned:
        assert again.status is after.status


def test_asked_again_and_again_one_act_after_the_other_is_taken_back(newsroom: Newsroom) -> None:
    everything(newsroom, draft(), HEADLINE, SUBMIT, STANDFIRST)
    assert [undo(newsroom)[-1] for _ in range(3)] == [ArticleUndone(4), ArticleUndone(3), ArticleUndone(2)]
    assert (content(newsroom), newsroom.article("a1").status) == (draft().content, Status.DRAFT)
    with pytest.raises(Refused, match=r"There is nothing to take back."):
        undo(newsroom)


def test_a_draft_is_not_taken_back(newsroom: Newsroom) -> None:
    everything(newsroom, draft())
    with pytest.raises(Refused, match=r"This cannot be taken back."):
        undo(newsroom, 1)


def test_what_is_not_there_is_not_taken_back(newsroom: Newsroom) -> None:
    everything(newsroom, draft())
    with pytest.raises(Unknown):
        undo(newsroom, 2)


def test_a_revision_is_taken_back_and_later_words_of_others_stay(newsroom: Newsroom) -> None:
    everything(newsroom, draft(), HEADLINE, STANDFIRST, publish())
    undo(newsroom, 2)
    assert (content(newsroom).headline, content(newsroom).standfirst) == ("Rain at last", "It pours.")


def test_a_revision_whose_words_somebody_changed_since_is_not_taken_back(newsroom: Newsroom) -> None:
    everything(newsroom, draft(), HEADLINE, revise({"headline": "Sun"}))
    with pytest.raises(Clash) as clash:
        undo(newsroom, 2)
    assert clash.value.paths == ("headline",)


def test_a_revision_that_nothing_is_left_of_takes_no_words_to_take_back(newsroom: Newsroom) -> None:
    everything(newsroom, draft(), HEADLINE, revise({"headline": draft().content.headline}))
    assert undo(newsroom, 2) == [ArticleUndone(2)]
    assert undo(newsroom, 2) == []


def test_a_correction_that_changed_no_word_does_not_stand_in_the_way(newsroom: Newsroom) -> None:
    everything(
        newsroom, draft(), publish(), HEADLINE, update(), CorrectArticle(article_id="a1", at=NOON, note="Sorry.")
    )
    assert undo(newsroom) == [ArticleUndone(5)]
    undo(newsroom)
    undo(newsroom)
    edition = newsroom.article("a1").edition
    assert edition is not None
    assert edition.content == newsroom.article("a1").content == draft().content
    assert [one.note for one in edition.corrections] == ["Sorry."]


def test_an_act_that_another_has_overtaken_is_not_taken_back_before_that_one(newsroom: Newsroom) -> None:
    everything(newsroom, draft(), SUBMIT, APPROVE)
    with pytest.raises(Refused, match=r"Version 3 has overtaken this; take that back first."):
        undo(newsroom, 2)
    undo(newsroom, 3)
    undo(newsroom, 2)
    assert newsroom.article("a1").status is Status.DRAFT


def test_what_was_done_again_overtakes_again(newsroom: Newsroom) -> None:
    everything(newsroom, draft(), SUBMIT, APPROVE)
    undo(newsroom, 3)
    undo(newsroom, 4)
    with pytest.raises(Refused, match="Version 3 has overtaken this"):
        undo(newsroom, 2)


def test_what_was_written_on_since_is_not_discarded_again(newsroom: Newsroom) -> None:
    everything(newsroom, draft(), DISCARD, REOPEN, HEADLINE)
    with pytest.raises(Refused, match="It was written on since"):
        undo(newsroom, 3)


def test_what_readers_did_not_have_is_not_given_to_them_by_taking_back_a_withdrawal(newsroom: Newsroom) -> None:
    everything(newsroom, draft(), publish(), unpublish(), WITHDRAW)
    with pytest.raises(Refused, match="Readers did not have it when it was withdrawn"):
        undo(newsroom)


def test_an_article_is_withdrawn_again_with_the_notice_that_it_had(newsroom: Newsroom) -> None:
    everything(newsroom, draft(), publish(), WITHDRAW, RESTORE)
    assert undo(newsroom) == [ArticleWithdrawn("It did not rain.", "Rain at last", "world"), ArticleUndone(4)]


def test_a_correction_stays_told_when_its_edition_is_taken_back(newsroom: Newsroom) -> None:
    everything(newsroom, draft(), publish(), HEADLINE, CORRECT)
    undo(newsroom)
    edition = newsroom.article("a1").edition
    assert edition is not None
    assert edition.content == draft().content
    assert [one.note for one in edition.corrections] == ["It rained twice."]
    assert content(newsroom).headline == "Rain, rain"


# All that one account did.


@pytest.fixture
def chief(newsroom: Newsroom) -> str:
    return staff.hire(newsroom, "chief@post.example", "The Chief", Role.PUBLISHER, "admin")


def clean(newsroom: Newsroom, chief: str, account: str = "ann") -> Plan:
    planned = undo_account.planned(newsroom, account, NOON.replace(year=2000), chief)
    return undo_account.done(newsroom, planned, chief)


def places(plan: Plan) -> tuple[list[tuple[str, int]], dict[tuple[str, int], str]]:
    """The articles and versions that were taken back, and why others were left."""
    left = {(one.recorded.id, one.recorded.version): one.why for one in plan.left}
    return [(step.recorded.id, step.recorded.version) for step in plan.steps], left


def test_all_that_an_account_did_is_taken_back_newest_first(newsroom: Newsroom, chief: str) -> None:
    everything(newsroom, draft("a1"), draft("a2"), by="bo")
    everything(newsroom, HEADLINE, revise({"headline": "Sun"}, "a2"), SUBMIT, publish("a2", "sun"))
    assert places(clean(newsroom, chief)) == ([("a2", 3), ("a2", 2), ("a1", 3), ("a1", 2)], {})
    assert [newsroom.article(id).status for id in ("a1", "a2")] == [Status.DRAFT, Status.UNPUBLISHED]
    assert [content(newsroom, id) for id in ("a1", "a2")] == [draft().content] * 2


def test_to_take_all_back_twice_does_nothing_more(newsroom: Newsroom, chief: str) -> None:
    everything(newsroom, draft("a1"), by="bo")
    everything(newsroom, HEADLINE, SUBMIT, draft("a2"), publish("a2"))
    first, head = clean(newsroom, chief), newsroom.history.head()
    second = clean(newsroom, chief)
    assert len(first.steps) == 3
    assert (second.steps, places(second)[1]) == ([], places(first)[1])
    assert newsroom.history.head() == head


def test_whoever_takes_back_their_own_acts_takes_them_back_once(newsroom: Newsroom, chief: str) -> None:
    everything(newsroom, draft(), by="bo")
    everything(newsroom, HEADLINE, publish(), by=chief)
    assert len(clean(newsroom, chief, account=chief).steps) == 2
    head = newsroom.history.head()
    assert clean(newsroom, chief, account=chief).steps == []
    assert newsroom.history.head() == head


def test_what_the_account_had_taken_back_from_others_is_done_again(newsroom: Newsroom, chief: str) -> None:
    everything(newsroom, draft(), HEADLINE, by="bo")
    undo(newsroom, 2, by="ann")
    assert content(newsroom).headline == "Rain at last"
    assert places(clean(newsroom, chief)) == ([("a1", 3)], {})
    assert content(newsroom).headline == "Rain, rain"


def test_a_draft_that_nobody_else_touched_is_discarded(newsroom: Newsroom, chief: str) -> None:
    everything(newsroom, draft("a1"), HEADLINE, draft("a2"))
    everything(newsroom, revise({"standfirst": "By Bo."}, "a2"), by="bo")
    taken_back, left = places(clean(newsroom, chief))
    assert (taken_back, left) == ([("a1", 2), ("a1", 1)], {("a2", 1): "Others have worked on it."})
    assert [newsroom.article(id).status for id in ("a1", "a2")] == [Status.DISCARDED, Status.DRAFT]


def test_what_cannot_be_taken_back_is_left_with_the_reason(newsroom: Newsroom, chief: str) -> None:
    everything(newsroom, draft(), by="bo")
    everything(newsroom, HEADLINE, SetSection(slug="sport", name="Sport"))
    everything(newsroom, revise({"headline": "Sun"}), by="bo")
    assert places(clean(newsroom, chief)) == (
        [],
        {
            ("a1", 2): "Somebody else changed this too: headline.",
            ("sport", 1): "This is about the section 'sport', not an article.",
        },
    )


def test_only_what_was_done_since_the_moment_is_taken_back(events_url: str) -> None:
    clock = Clock(NOON)
    with rooms.opened(events_url, clock, roll_up_seconds=NEVER_SECONDS) as newsroom:
        furnish(newsroom)
        chief = staff.hire(newsroom, "chief@post.example", "The Chief", Role.PUBLISHER, "admin")
        for hour, command in enumerate((draft(), HEADLINE, STANDFIRST, SUBMIT)):
            clock.now = NOON + timedelta(hours=hour)
            newsroom.execute(command, "ann")
        for hour in range(6):
            plan = undo_account.planned(newsroom, "ann", NOON + timedelta(hours=hour), chief)
            assert [step.recorded.version for step in plan.steps] == list(range(4, hour, -1))


def test_a_plan_records_nothing_and_is_what_is_then_done(newsroom: Newsroom, chief: str) -> None:
    everything(newsroom, draft(), HEADLINE, SUBMIT, APPROVE, by="ann")
    head = newsroom.history.head()
    plan = undo_account.planned(newsroom, "ann", NOON.replace(year=2000), chief)
    assert newsroom.history.head() == head
    assert undo_account.done(newsroom, plan, chief) == plan


def test_what_somebody_does_between_the_plan_and_the_deed_is_not_trodden_on(newsroom: Newsroom, chief: str) -> None:
    everything(newsroom, draft(), by="bo")
    everything(newsroom, HEADLINE)
    plan = undo_account.planned(newsroom, "ann", NOON.replace(year=2000), chief)
    everything(newsroom, STANDFIRST, by="bo")
    done = undo_account.done(newsroom, plan, chief)
    assert places(done) == ([], {("a1", 2): "Something else was done with the article in this moment; look again."})
    assert places(clean(newsroom, chief)) == ([("a1", 2)], {})


def test_whoever_may_not_do_an_act_takes_back_nothing_by_it(newsroom: Newsroom) -> None:
    everything(newsroom, draft(), SUBMIT)
    reporter = staff.hire(newsroom, "rita@post.example", "Rita", Role.REPORTER, "admin")
    planned = undo_account.planned(newsroom, "ann", NOON.replace(year=2000), reporter)
    assert planned.steps == []
    assert set(places(planned)[1]) == {("a1", 1), ("a1", 2)}


def test_too_many_events_are_refused(newsroom: Newsroom, chief: str, monkeypatch: pytest.MonkeyPatch) -> None:
    everything(newsroom, draft(), HEADLINE)
    monkeypatch.setattr(undo_account, "UNDONE_MOST", 1)
    with pytest.raises(Refused, match=r"That is more than 1 events; name a later moment."):
        clean(newsroom, chief)


# Two accounts at random: whatever is taken back from Ann, no word of Bo is lost.

ARTICLES = ("a1", "a2", "a3")
BLOCKS = ("p1", "p2", "p3", "p4")
COMMANDS = 60


def some_command(newsroom: Newsroom, random: Random, word: str) -> Command:
    id = random.choice(ARTICLES)
    article = newsroom.state(ARTICLE, id)
    if article.content is None:
        return DraftArticle(article_id=id, content=words_of(random, word), author="")
    choices: list[Callable[[], Command]] = [
        lambda: SubmitArticle(article_id=id),
        lambda: ReturnArticle(article_id=id),
        lambda: ApproveArticle(article_id=id),
        lambda: DiscardArticle(article_id=id),
        lambda: ReopenArticle(article_id=id),
        lambda: publish(id, word),
        lambda: update(id),
        lambda: unpublish(id),
        lambda: WithdrawArticle(article_id=id, notice=word),
        lambda: RestoreArticle(article_id=id, at=NOON),
    ]
    if random.random() < 0.3:
        return random.choice(choices)()
    return revise(some_change(random, word, article.content), id)


def words_of(random: Random, word: str) -> Content:
    body = tuple(Paragraph(id=id, text=word) for id in random.sample(BLOCKS, random.randrange(5)))
    return Content(headline=word, standfirst=word, section="world", body=body)


def some_change(random: Random, word: str, content: Content) -> dict[str, object]:
    body = list(content.body)
    match random.randrange(6):
        case 0:
            return {random.choice(["headline", "standfirst", "source"]): word}
        case 1 if body:
            body.pop(random.randrange(len(body)))
        case 2:
            random.shuffle(body)
        case 3 | 4 if body:
            at = random.randrange(len(body))
            body[at] = Paragraph(id=body[at].id, text=word)
        case _:
            free = [id for id in BLOCKS if id not in {block.id for block in body}]
            if free:
                body.insert(random.randrange(len(body) + 1), Paragraph(id=random.choice(free), text=word))
    return {"body": tuple(body)}


def words_in(newsroom: Newsroom, by: str) -> set[tuple[str, str]]:
    """Every word of somebody that stands in a working copy, with its article."""
    return {
        (id, word) for id in ARTICLES for word in re.findall(rf"{by}-\d+", str(newsroom.state(ARTICLE, id).content))
    }


@pytest.mark.parametrize("seed", range(25))
def test_whatever_is_taken_back_from_one_the_words_of_the_other_stay(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    with rooms.opened(f"sqlite:///{tmp_path / 'events.db'}", roll_up_seconds=NEVER_SECONDS) as newsroom:
        furnish(newsroom)
        chief = staff.hire(newsroom, "chief@post.example", "The Chief", Role.PUBLISHER, "admin")
        for n in range(COMMANDS):
            by = random.choice(["ann", "bo"])
            try:
                newsroom.execute(some_command(newsroom, random, f"{by}-{n}"), by)
            except Refused:
                continue
        of_bo, mine = words_in(newsroom, "bo"), len([one for one in recorded(newsroom.history) if one.by == "ann"])
        plan = clean(newsroom, chief)

        assert words_in(newsroom, "bo") >= of_bo
        settled = {(step.recorded.id, step.recorded.version) for step in plan.steps} | set(places(plan)[1])
        assert len(settled) == len(plan.steps) + len(plan.left) <= mine
        kept = {id for id, _ in places(plan)[1]}
        assert {id for id, _ in words_in(newsroom, "ann")} <= kept | gone(newsroom)
        head = newsroom.history.head()
        assert clean(newsroom, chief).steps == []
        assert newsroom.history.head() == head


def gone(newsroom: Newsroom) -> set[str]:
    return {id for id in ARTICLES if newsroom.state(ARTICLE, id).status is Status.DISCARDED}
