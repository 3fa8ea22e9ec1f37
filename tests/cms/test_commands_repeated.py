"""A client that heard no answer asks again under the same key: nothing is recorded twice."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import NamedTuple

import pytest
from msgspec import structs

from cms import newsroom as rooms
from cms.asks import Key, KeyReused
from cms.newsroom import Newsroom
from domain.article import StepAct
from domain.content import Edition
from domain.drafting import ApproveArticle, DiscardArticle, ReopenArticle, ReturnArticle, SubmitArticle
from domain.front import ArrangeFront, DeclareBreaking, EndBreaking
from domain.importing import ImportArticle
from domain.noting import ResolveNote, WriteNote
from domain.page import PublishPage, TakeDownPage
from domain.permission import AskedBy
from domain.previewing import ClosePreview, OpenPreview
from domain.publishing import CorrectArticle, RestoreArticle, WithdrawArticle
from domain.role import Role
from domain.rules import Command, Outdated, Refused, Unknown, decide
from domain.scheduling import LiftEmbargo, ScheduleStep, SetEmbargo, TakeStep, UnscheduleStep
from domain.section import CloseSection, ReopenSection, SetFourEyes, SetSection
from domain.source import SetSource
from domain.staff import ChangeDetails, ChangeStaff, DismissStaff, GiveRole, HireStaff, MoveToSections
from domain.tag import AddAlias, MergeTag, NamedTag, PartTag, SetTag
from domain.task import AssignArticle, SetDue
from domain.undoing import GiveEarlierEdition, TakeBackApproval, UndoArticle
from domain.writer import SetWriter
from tests.cms.database import standstill
from tests.cms.desk import NOON, RAIN, Clock, draft, publish, recorded, revise, together, unpublish, until, update

KEY = Key("key-1", "body-1")
ROUNDS = 40


SUBMIT = SubmitArticle(article_id="a1")
CORRECT = CorrectArticle(article_id="a1", at=NOON, note="It rained twice.")
FIRST_EDITION = Edition(slug="rain-at-last", published_at=NOON, updated_at=NOON, content=draft().content)
WITHDRAW = WithdrawArticle(article_id="a1", notice="It did not rain.")
HIRE = HireStaff(staff_id="s1", role=Role.EDITOR, digest="0f")
NOTE = WriteNote(article_id="a1", note_id="n1", text="How much rain?")
PREVIEW = OpenPreview(article_id="a1", preview_id="p1", at=NOON, until=NOON + timedelta(days=3))
DISCARD = DiscardArticle(article_id="a1")
BREAKING = DeclareBreaking(article_id="a1", at=NOON, until=NOON + timedelta(hours=1))


RAIN_TAG, WET_TAG = SetTag(slug="rain", name="Rain"), SetTag(slug="wet", name="Wet")
ABOUT = PublishPage(slug="about", title="About us")


ONE = NOON + timedelta(hours=1)
SCHEDULE = ScheduleStep(article_id="a1", step_id="s1", act=StepAct.PUBLISH, due_at=ONE, at=NOON)
EMBARGO = SetEmbargo(article_id="a1", until=ONE, at=NOON)


class Story(NamedTuple):
    before: Sequence[Command]
    command: Command


IMPORTED = ImportArticle(
    article_id="i1",
    external_id="x-1",
    content=RAIN,
    author="system:import",
    at=NOON,
    headline_slug="rain-at-last",
    tags=(NamedTag("weather", "Weather"),),
    published_at=NOON,
    views=7,
)

ACCEPTED = {
    "a section is added": Story([], SetSection(slug="sport", name="Sport")),
    "a section is renamed and moved": Story([], SetSection(slug="world", name="The world", position=3)),
    "a section is what it is to be": Story([], SetSection(slug="world", name="World")),
    "a section is closed": Story([], CloseSection(slug="world")),
    "a section is reopened": Story([CloseSection(slug="world")], ReopenSection(slug="world")),
    "a section asks for four eyes": Story([], SetFourEyes(slug="world", required=True)),
    "a tag is added": Story([], RAIN_TAG),
    "a tag is renamed": Story([RAIN_TAG], SetTag(slug="rain", name="Showers")),
    "a tag is merged": Story([RAIN_TAG, WET_TAG], MergeTag(slug="wet", into="rain")),
    "a tag gets an alias": Story([RAIN_TAG], AddAlias(slug="pluie", into="rain")),
    "a tag is parted": Story([RAIN_TAG, WET_TAG, MergeTag(slug="wet", into="rain")], PartTag(slug="wet")),
    "a source is added": Story([], SetSource(slug="agence", name="Agence")),
    "a page is published": Story([], ABOUT),
    "a page is published anew": Story([ABOUT], structs.replace(ABOUT, title="Who we are", made_on=1)),
    "a page is taken down": Story([ABOUT], TakeDownPage(slug="about")),
    "a writer is added": Story([], SetWriter(slug="bo-rune", name="Bo Rune")),
    "a writer is changed": Story([], SetWriter(slug="ann-lee", name="Ann Lee", bio="Writes on rain.")),
    "an article is drafted": Story([], draft()),
    "an article is drafted with a new tag": Story([], structs.replace(draft(), tags=(NamedTag("rain", "Rain"),))),
    "an article is revised": Story([draft()], revise({"headline": "Rain, and more"}, made_on=1)),
    "an article says already what it is to say": Story([draft()], revise({"headline": "Rain at last"}, made_on=1)),
    "an article is revised beside others": Story(
        [draft(), revise({"standfirst": "It pours."})],
        structs.replace(revise({"headline": "Rain, and more"}), base=draft().content),
    ),
    "an article is submitted": Story([draft()], SUBMIT),
    "an article is returned": Story([draft(), SUBMIT], ReturnArticle(article_id="a1", note="Where?")),
    "an article is approved": Story([draft(), SUBMIT], ApproveArticle(article_id="a1")),
    "an article is discarded": Story([draft()], DISCARD),
    "an article is reopened": Story([draft(), DISCARD], ReopenArticle(article_id="a1")),
    "an article is published": Story([draft()], publish(made_on=1)),
    "an article is published already": Story([draft(), publish()], publish(made_on=2)),
    "an article is updated": Story([draft(), publish(), revise({"standfirst": "It pours."})], update(made_on=3)),
    "an article has nothing to update": Story([draft(), publish()], update(made_on=2)),
    "an article is corrected": Story([draft(), publish()], CORRECT),
    "an article is unpublished": Story([draft(), publish()], unpublish()),
    "an article is withdrawn": Story([draft(), publish()], WITHDRAW),
    "an article is restored": Story([draft(), publish(), WITHDRAW], RestoreArticle(article_id="a1", at=NOON)),
    "an article is scheduled": Story([draft()], SCHEDULE),
    "an article is scheduled no longer": Story([draft(), SCHEDULE], UnscheduleStep(article_id="a1", step_id="s1")),
    "an article has no step to remove": Story([draft()], UnscheduleStep(article_id="a1")),
    "a step of an article is taken": Story(
        [draft(), SCHEDULE], TakeStep(article_id="a1", step_id="s1", at=ONE, headline_slug="rain-at-last")
    ),
    "an article has an embargo": Story([draft()], EMBARGO),
    "an embargo is lifted": Story([draft(), EMBARGO], LiftEmbargo(article_id="a1")),
    "an approval is taken back": Story(
        [draft(), SUBMIT, ApproveArticle(article_id="a1")], TakeBackApproval(article_id="a1")
    ),
    "an earlier edition is given again": Story(
        [draft(), publish(), revise({"standfirst": "It pours."}), update()],
        GiveEarlierEdition(article_id="a1", edition=FIRST_EDITION, at=NOON),
    ),
    "a revision is taken back": Story(
        [draft(), revise({"headline": "Rain, and more"})],
        UndoArticle(article_id="a1", version=2, seen=2, act=revise({"headline": "Rain at last"})),
    ),
    "an article is imported": Story([], IMPORTED),
    "an article is imported again": Story([IMPORTED], structs.replace(IMPORTED, views=9)),
    "an article is somebody's work": Story([draft(), HIRE], AssignArticle(article_id="a1", to="s1")),
    "an article is due": Story([draft()], SetDue(article_id="a1", at=NOON)),
    "a note is written": Story([draft()], NOTE),
    "a note is resolved": Story([draft(), NOTE], ResolveNote(article_id="a1", note_id="n1")),
    "a preview is opened": Story([draft()], PREVIEW),
    "a preview is closed": Story([draft(), PREVIEW], ClosePreview(article_id="a1", preview_id="p1")),
    "an article is drafted by somebody who may": Story([HIRE], AskedBy(staff_id="s1", command=draft())),
    "an article is revised by somebody who may": Story(
        [HIRE, draft()], AskedBy(staff_id="s1", command=revise({"headline": "Rain, and more"}, made_on=1))
    ),
    "somebody is hired": Story([], HIRE),
    "somebody is hired for a section": Story([], structs.replace(HIRE, sections=("world",))),
    "somebody gets another role": Story([HIRE], GiveRole(staff_id="s1", role=Role.PUBLISHER)),
    "somebody has the role already": Story([HIRE], GiveRole(staff_id="s1", role=Role.EDITOR)),
    "somebody moves to a section": Story([HIRE], MoveToSections(staff_id="s1", sections=("world",))),
    "somebody gets another name": Story([HIRE], ChangeDetails(staff_id="s1", digest="1e")),
    "somebody leaves": Story([HIRE], DismissStaff(staff_id="s1")),
    "a front is arranged": Story([draft(), publish()], ArrangeFront(front="", pins=("a1",), made_on=0)),
    "an article is declared breaking": Story([draft(), publish()], BREAKING),
    "an article is breaking no more": Story([draft(), publish(), BREAKING], EndBreaking(article_id="a1")),
    "an article is breaking no more already": Story(
        [draft(), publish(), BREAKING, EndBreaking(article_id="a1")], EndBreaking(article_id="a1")
    ),
    "somebody gets another role and name": Story(
        [HIRE],
        ChangeStaff(staff_id="s1", role=Role.ADMIN, digest="1e"),
    ),
}


def test_every_command_has_a_story_here() -> None:
    assert {type(story.command) for story in ACCEPTED.values()} == set(decide.registry) - {object}


@pytest.mark.parametrize("story", ACCEPTED.values(), ids=ACCEPTED)
def test_an_accepted_command_repeated_records_nothing_and_is_answered_as_the_first_time(
    newsroom: Newsroom, other_newsroom: Newsroom, story: Story
) -> None:
    for command in story.before:
        newsroom.execute(command, "ann")
    first = newsroom.execute(story.command, "ann", KEY)
    history = recorded(newsroom.history)
    for room in (newsroom, other_newsroom):
        assert room.execute(story.command, "ann", KEY) == structs.replace(first, events=0)
    assert recorded(newsroom.history) == history
    assert first.position == newsroom.history.position_of(first.stream, first.version) > 0


def test_a_repeated_command_is_answered_as_the_first_time_whatever_came_in_between(newsroom: Newsroom) -> None:
    newsroom.execute(draft(), "ann")
    first = newsroom.execute(publish(), "ann", KEY)
    newsroom.execute(unpublish(), "bo")
    assert newsroom.execute(publish(), "ann", KEY) == structs.replace(first, events=0)
    assert newsroom.execute(publish(), "ann").events == 1


def test_a_key_is_looked_up_before_the_version_that_a_command_was_made_on(newsroom: Newsroom) -> None:
    newsroom.execute(draft(), "ann")
    strict = revise({"headline": "Rain, and more"}, made_on=1)
    first = newsroom.execute(strict, "ann", KEY)
    assert newsroom.execute(strict, "ann", KEY) == structs.replace(first, events=0)
    with pytest.raises(Outdated):
        newsroom.execute(strict, "ann")


def test_a_key_given_to_another_body_is_refused_before_anything_else(newsroom: Newsroom) -> None:
    newsroom.execute(draft(), "ann", KEY)
    head = newsroom.history.head()
    for command in (draft("a2"), publish("there is no such article")):
        with pytest.raises(KeyReused):
            newsroom.execute(command, "ann", Key(KEY.id, "body-2"))
    assert newsroom.history.head() == head


def test_the_key_of_another_actor_is_another_key(newsroom: Newsroom) -> None:
    newsroom.execute(draft("a1"), "ann", KEY)
    assert newsroom.execute(draft("a2"), "bo", Key(KEY.id, "body-2")).events == 1


def test_a_refused_command_uses_up_no_key(newsroom: Newsroom) -> None:
    with pytest.raises(Unknown):
        newsroom.execute(publish(), "ann", KEY)
    newsroom.execute(draft(), "ann")
    assert newsroom.execute(publish(), "ann", KEY).events == 2


def test_a_command_that_waits_beside_its_repetition_is_recorded_once(newsroom: Newsroom, events_url: str) -> None:
    with standstill(events_url):
        ahead = newsroom.submit(draft("a1"), "ann")
        until(lambda: not newsroom.committer.waiting)
        waiting = [newsroom.submit(draft("a2"), "ann", KEY) for _ in range(3)]
        reused = newsroom.submit(draft("a3"), "ann", Key(KEY.id, "body-2"))
    assert ahead.result().events == 1
    first, *others = [answer.result() for answer in waiting]
    assert first.events == 1
    assert others == [structs.replace(first, events=0)] * 2
    with pytest.raises(KeyReused):
        reused.result()


def test_one_key_given_to_two_newsrooms_at_once_is_recorded_once(newsroom: Newsroom, other_newsroom: Newsroom) -> None:
    for n in range(ROUNDS):
        key, command = Key(f"round-{n}", "body"), draft(f"a{n}")
        one, other = together(
            partial(newsroom.execute, command, "ann", key), partial(other_newsroom.execute, command, "ann", key)
        )
        assert sorted((one.events, other.events)) == [0, 1]
        assert structs.replace(one, events=0) == structs.replace(other, events=0)
        assert newsroom.history.version_of(command.stream) == 1


def test_of_two_bodies_under_one_key_at_once_one_is_recorded(newsroom: Newsroom, other_newsroom: Newsroom) -> None:
    def attempt(room: Newsroom, command: Command, key: Key) -> bool:
        try:
            return room.execute(command, "ann", key).events == 1
        except KeyReused:
            return False

    for n in range(ROUNDS // 2):
        one, other = draft(f"a{n}"), draft(f"b{n}")
        won = together(
            partial(attempt, newsroom, one, Key(f"round-{n}", "one")),
            partial(attempt, other_newsroom, other, Key(f"round-{n}", "other")),
        )
        assert sorted(won) == [False, True]
        assert sorted(newsroom.history.version_of(c.stream) for c in (one, other)) == [0, 1]


@pytest.mark.parametrize(("hours", "forgotten"), [(23, False), (25, True)])
def test_a_key_is_kept_for_a_day(events_url: str, hours: int, forgotten: bool) -> None:
    with rooms.opened(events_url, Clock(NOON)) as newsroom:
        newsroom.execute(SetWriter(slug="ann-lee", name="Ann Lee"), "ann", KEY)
    with rooms.opened(events_url, Clock(NOON + timedelta(hours=hours))) as newsroom:
        answer = newsroom.submit(SetWriter(slug="bo-rune", name="Bo Rune"), "ann", Key(KEY.id, "body-2"))
    assert isinstance(answer.exception(), KeyReused) is not forgotten


def test_a_refusal_leaves_those_who_wait_beside_it_alone(newsroom: Newsroom, events_url: str) -> None:
    with standstill(events_url):
        ahead = newsroom.submit(draft("a1"), "ann")
        until(lambda: not newsroom.committer.waiting)
        refused = newsroom.submit(draft("a1"), "bo")
        beside = newsroom.submit(draft("a2"), "bo")
    assert ahead.result().events == beside.result().events == 1
    with pytest.raises(Refused):
        refused.result()
