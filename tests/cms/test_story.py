"""The story of an article, as one colleague would tell it to another."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from msgspec import structs

from cms import staff
from cms.newsroom import Newsroom
from cms.story import Teller, told
from domain import article, task
from domain.article import ArticleEvent, Step, StepAct
from domain.content import Correction, Revision
from domain.drafting import ReturnArticle, SubmitArticle
from domain.recorded import AnyEvent, Recorded
from domain.role import Role
from domain.rules import Event
from domain.task import TaskEvent
from tests.cms.desk import draft, publish, revise
from tests.domain.any_events import EVENTS, UNHURRIED, ids, moments, some_words, words
from tests.domain.given import ENDING, OPENING, PHOTO, RAIN, edition

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
TOLD: frozenset[type[Event]] = frozenset(get_args(ArticleEvent | TaskEvent))
NAMED = {"staff-1": "Ann Ash", "staff-2": "Bob Birch", "": "Somebody"}

steps = st.builds(Step, ids, st.sampled_from(StepAct), moments)
ANY: dict[type[Event], st.SearchStrategy[Event]] = {
    **{kind: drawn for kind, drawn in EVENTS.items() if kind in TOLD},
    article.ArticleReopened: st.builds(article.ArticleReopened),
    article.ArticleScheduled: st.builds(article.ArticleScheduled, steps),
    article.ArticleUnscheduled: st.builds(article.ArticleUnscheduled, ids),
    article.ArticleStepTaken: st.builds(article.ArticleStepTaken, ids),
    article.ArticleStepFailed: st.builds(article.ArticleStepFailed, ids, words),
    article.ArticleEmbargoed: st.builds(article.ArticleEmbargoed, moments),
    article.ArticleEmbargoLifted: st.builds(article.ArticleEmbargoLifted),
    task.TaskAssigned: st.builds(task.TaskAssigned, st.sampled_from(["", "staff-2"])),
    task.TaskDue: st.builds(task.TaskDue, st.none() | moments),
    task.NoteWritten: st.builds(task.NoteWritten, ids, words, words, words),
    task.NoteResolved: st.builds(task.NoteResolved, ids),
    task.PreviewOpened: st.builds(task.PreviewOpened, ids, moments),
    task.PreviewClosed: st.builds(task.PreviewClosed, ids),
}


def tell(event: Any, zone: Any = UTC) -> str:
    one = Recorded(stream="article:a1", version=1, at=SPRING, by="staff-1", command="c1", event=event)
    return Teller(NAMED, zone).sentence(one)


SENTENCES: dict[str, Event] = {
    "Ann Ash drafted it.": article.ArticleDrafted(RAIN, "staff-1"),
    "Ann Ash changed the headline and two paragraphs.": article.ArticleRevised(
        Revision(headline="Rain, rain", blocks=(OPENING, ENDING))
    ),
    "Ann Ash changed the byline, one image and the arrangement of the body.": article.ArticleRevised(
        Revision(writers=(), blocks=(PHOTO,), order=("i1",))
    ),
    "Ann Ash changed nothing.": article.ArticleRevised(Revision()),
    "Ann Ash returned it: “Where is the source?”.": article.ArticleReturned("Where is the source?"),
    "Ann Ash returned it.": article.ArticleReturned(),
    "Ann Ash scheduled its publication for 29 March 2026, 01:30 (+01:00).": article.ArticleScheduled(
        Step("s1", StepAct.PUBLISH, SPRING)
    ),
    "Ann Ash scheduled its removal for 29 March 2026, 03:30 (+02:00).": article.ArticleScheduled(
        Step("s1", StepAct.UNPUBLISH, SPRING + timedelta(hours=1))
    ),
    "Ann Ash withdrew it: “It did not rain.”.": article.ArticleWithdrawn("It did not rain."),
    "Ann Ash took back what version 7 had done.": article.ArticleUndone(7),
    "Ann Ash carried over 5,279 views from another system.": article.ArticleViewsCarriedOver(5279),
    "Ann Ash assigned it to Bob Birch.": task.TaskAssigned("staff-2"),
    "Ann Ash assigned it to nobody.": task.TaskAssigned(),
    "Ann Ash wrote a note on a block: “Really?”.": task.NoteWritten("n1", "p1", "Really?"),
    "Ann Ash wrote a confidential note.": task.NoteWritten("n1", digest="0f"),
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_says_who_did_what(sentence: str) -> None:
    assert tell(SENTENCES[sentence], BERLIN) == sentence


def test_a_correction_is_told_by_its_note() -> None:
    corrections = (Correction(SPRING, "It rained once."), Correction(SPRING, "It rained twice."))
    corrected = article.ArticleCorrected(structs.replace(edition(), corrections=corrections))
    assert tell(corrected) == "Ann Ash corrected it: “It rained twice.”."


def test_every_event_of_an_article_and_of_the_work_on_it_is_drawn_here() -> None:
    assert set(ANY) == TOLD


@settings(UNHURRIED, max_examples=300)
@for_all(st.one_of(*ANY.values()))
def test_every_event_gives_a_sentence_without_an_internal_word(event: Event) -> None:
    sentence = tell(event)
    assert sentence.startswith("Ann Ash ")
    assert sentence.endswith(".")
    said = re.sub(r"“.*”", "", sentence, flags=re.DOTALL)
    assert "  " not in said
    assert "_" not in said
    assert "staff-" not in said
    assert not {kind.__name__ for kind in get_args(AnyEvent)} & set(re.findall(r"\w+", said))


@settings(UNHURRIED)
@for_all(ids.filter(lambda id: len(id) > 3), some_words)
def test_a_confidential_note_and_ids_are_not_told(id: str, digest: str) -> None:
    assert tell(task.NoteWritten(id, id, "", digest)) == "Ann Ash wrote a confidential note on a block."
    assert tell(task.PreviewClosed(id)) == "Ann Ash closed a preview."


def test_the_story_names_people_and_tells_the_work_beside_the_article(newsroom: Newsroom) -> None:
    ann = staff.hire(newsroom, "ann@post.example", "Ann Ash", Role.EDITOR, "admin")
    newsroom.execute(draft(), ann)
    newsroom.execute(revise({"headline": "Rain, rain"}), "system:import")
    note(newsroom, task.TaskAssigned(ann), ann)
    newsroom.execute(SubmitArticle(article_id="a1"), ann)
    newsroom.execute(ReturnArticle(article_id="a1", note="Where?"), "who-left")
    newsroom.execute(publish(), "system:schedule")
    story = told(newsroom.history, "a1", 0, UTC)
    assert [one.sentence for one in story] == [
        "Ann Ash drafted it.",
        "The import changed the headline.",
        "Ann Ash assigned it to Ann Ash.",
        "Ann Ash submitted it for review.",
        "Somebody returned it: “Where?”.",
        "The schedule published it.",
    ]
    assert [one.version for one in story] == [1, 2, 1, 3, 4, 5]
    assert told(newsroom.history, "a1", story[2].position, UTC) == story[3:]


def note(newsroom: Newsroom, event: Any, by: str) -> None:
    """Recorded as it would be, whatever asks for it."""
    at = newsroom.clock()
    newsroom.history.record([Recorded(stream="task:a1", version=1, at=at, by=by, command="c1", event=event)])
