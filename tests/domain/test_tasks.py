"""The work on an article: whose it is, by when, what was noted on it, and who may look at it beforehand."""

from datetime import timedelta

import pytest

from domain.article import ARTICLE, ArticleDrafted
from domain.content import Content
from domain.noting import NOTE_LENGTH_MOST, NOTES_MOST, ResolveNote, WriteNote
from domain.permission import AskedBy, Forbidden
from domain.previewing import PREVIEWS_OPEN_MOST, ClosePreview, OpenPreview
from domain.role import Role
from domain.rules import Change, Command, Refused, Unknown, decide
from domain.section import SECTION, SectionAdded
from domain.staff import STAFF, StaffHired, StaffLeft
from domain.task import (
    TASK,
    AssignArticle,
    NoteResolved,
    NoteWritten,
    PreviewClosed,
    PreviewOpened,
    SetDue,
    Task,
    TaskAssigned,
    TaskCommand,
    TaskDue,
)
from tests.domain.given import DRAFTED, NEWSPAPER, NOON, ONE, TWO, given

JAPAN = SECTION.change("japan", SectionAdded("Japan", 2, "world"))
MONTH = timedelta(days=30)


def hired(staff_id: str, role: Role, *sections: str) -> Change:
    return STAFF.change(staff_id, StaffHired(role, "digest", sections))


STAFFED = (
    *NEWSPAPER,
    JAPAN,
    hired("staff-1", Role.REPORTER),
    hired("reporter", Role.REPORTER),
    hired("contributor", Role.CONTRIBUTOR),
    hired("editor", Role.EDITOR),
    hired("auditor", Role.AUDITOR),
    hired("sporting", Role.EDITOR, "sport"),
    hired("worldly", Role.REPORTER, "world"),
    DRAFTED,
)
NOTED = TASK.change("a1", NoteWritten("n1", "p1", "How much?"))
OPENED = TASK.change("a1", PreviewOpened("v1", ONE))


def assign(to: str) -> AssignArticle:
    return AssignArticle(article_id="a1", to=to)


def note(**fields: str) -> WriteNote:
    return WriteNote(article_id="a1", note_id="n2", **fields)


def preview(id: str = "v2", until: timedelta = MONTH) -> OpenPreview:
    return OpenPreview(article_id="a1", preview_id=id, at=NOON, until=NOON + until)


def by(staff_id: str, command: Command) -> AskedBy:
    return AskedBy(staff_id=staff_id, command=command)


COMMANDS: list[TaskCommand] = [
    assign("staff-1"),
    SetDue(article_id="a1", at=ONE),
    note(text="How much?"),
    ResolveNote(article_id="a1", note_id="n1"),
    preview(),
    ClosePreview(article_id="a1", preview_id="v1"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_there_is_no_work_on_an_article_that_nobody_drafted(command: TaskCommand) -> None:
    with pytest.raises(Unknown, match="no such article"):
        decide(command, given(*STAFFED[:-1]))


# Whose it is, and by when.


def test_an_article_is_somebody_s_work() -> None:
    assert decide(assign("reporter"), given(*STAFFED)) == [TASK.change("a1", TaskAssigned("reporter"))]


def test_an_article_is_nobody_s_work_again() -> None:
    assigned = TASK.change("a1", TaskAssigned("reporter"))
    assert decide(assign(""), given(*STAFFED, assigned)) == [TASK.change("a1", TaskAssigned())]


@pytest.mark.parametrize("to", ["", "reporter"])
def test_to_assign_an_article_to_whom_it_is_assigned_records_nothing(to: str) -> None:
    assert decide(assign(to), given(*STAFFED, TASK.change("a1", TaskAssigned(to)))) == []


def test_no_work_is_given_to_somebody_who_does_not_work_here() -> None:
    with pytest.raises(Refused, match="Nobody with this id works here"):
        decide(assign("stranger"), given(*STAFFED))
    with pytest.raises(Refused, match="Nobody with this id works here"):
        decide(assign("reporter"), given(*STAFFED, STAFF.change("reporter", StaffLeft())))


def test_no_work_is_given_to_somebody_who_may_not_do_it() -> None:
    with pytest.raises(Refused, match="does not include writing"):
        decide(assign("auditor"), given(*STAFFED))
    with pytest.raises(Refused, match="does not work for the section 'world'"):
        decide(assign("sporting"), given(*STAFFED))


def test_who_works_for_a_section_works_for_its_parts() -> None:
    drafted = ARTICLE.change("a2", ArticleDrafted(Content(headline="Snow", section="japan"), "staff-1"))
    command = AssignArticle(article_id="a2", to="worldly")
    assert decide(command, given(*STAFFED, drafted)) == [TASK.change("a2", TaskAssigned("worldly"))]


def test_whose_work_it_is_may_do_it() -> None:
    before = (*STAFFED, TASK.change("a1", TaskAssigned("contributor")))
    assert len(decide(by("contributor", preview()), given(*before))) == 1
    with pytest.raises(Forbidden, match="articles of others"):
        decide(by("reporter", preview()), given(*before))


def test_only_editors_give_work() -> None:
    assert len(decide(by("editor", assign("reporter")), given(*STAFFED))) == 1
    for command in (assign("staff-1"), SetDue(article_id="a1", at=ONE)):
        with pytest.raises(Forbidden, match="does not include: assign"):
            decide(by("staff-1", command), given(*STAFFED))


def test_an_article_is_due_at_a_moment_or_at_none() -> None:
    due = TASK.change("a1", TaskDue(ONE))
    assert decide(SetDue(article_id="a1", at=ONE), given(*STAFFED)) == [due]
    assert decide(SetDue(article_id="a1", at=ONE), given(*STAFFED, due)) == []
    assert decide(SetDue(article_id="a1", at=None), given(*STAFFED, due)) == [TASK.change("a1", TaskDue())]
    assert decide(SetDue(article_id="a1", at=None), given(*STAFFED)) == []


# What was noted on it.


def test_a_note_is_on_the_article_or_on_a_block() -> None:
    written = [TASK.change("a1", NoteWritten("n2", "", "How much?"))]
    assert decide(note(text="How much?"), given(*STAFFED)) == written
    written = [TASK.change("a1", NoteWritten("n2", "p2", "How much?"))]
    assert decide(note(text="How much?", block="p2"), given(*STAFFED)) == written


def test_a_note_is_on_a_block_that_is_there() -> None:
    with pytest.raises(Refused, match="There is no block 'p9'"):
        decide(note(text="How much?", block="p9"), given(*STAFFED))


def test_of_a_confidential_note_the_history_has_a_digest_alone() -> None:
    written = [TASK.change("a1", NoteWritten("n2", "", "", "0f"))]
    assert decide(note(digest="0f"), given(*STAFFED)) == written


def test_a_note_has_words_or_a_digest_of_some() -> None:
    for command in (note(), note(text="How much?", digest="0f")):
        with pytest.raises(Refused, match="needs words"):
            decide(command, given(*STAFFED))


def test_notes_have_bounds() -> None:
    longest = note(text="x" * NOTE_LENGTH_MOST)
    one_too_few = [TASK.change("a1", NoteWritten(f"n-{order}", "", "x")) for order in range(NOTES_MOST - 1)]
    assert len(decide(longest, given(*STAFFED, *one_too_few))) == 1
    with pytest.raises(Refused, match="at most 5000 characters"):
        decide(note(text="x" * (NOTE_LENGTH_MOST + 1)), given(*STAFFED))
    with pytest.raises(Refused, match="at most 500 notes"):
        decide(longest, given(*STAFFED, *one_too_few, NOTED))


def test_a_note_is_not_written_twice() -> None:
    with pytest.raises(Refused, match="exists already"):
        decide(note(text="How much?"), given(*STAFFED, TASK.change("a1", NoteWritten("n2", "", "x"))))


def test_a_note_is_resolved_once() -> None:
    resolve, resolved = ResolveNote(article_id="a1", note_id="n1"), TASK.change("a1", NoteResolved("n1"))
    assert decide(resolve, given(*STAFFED, NOTED)) == [resolved]
    assert decide(resolve, given(*STAFFED, NOTED, resolved)) == []
    with pytest.raises(Unknown, match="no such note"):
        decide(resolve, given(*STAFFED))


@pytest.mark.parametrize("command", [note(text="How much?"), ResolveNote(article_id="a1", note_id="n1")])
def test_who_reads_an_article_may_note_something_on_it(command: Command) -> None:
    before = (*STAFFED, NOTED)
    for staff_id in ("staff-1", "reporter", "editor"):
        assert len(decide(by(staff_id, command), given(*before))) == 1
    with pytest.raises(Forbidden, match="articles of others"):
        decide(by("contributor", command), given(*before))
    with pytest.raises(Forbidden, match="do not work"):
        decide(by("sporting", command), given(*before))
    assigned = TASK.change("a1", TaskAssigned("contributor"))
    assert len(decide(by("contributor", command), given(*before, assigned))) == 1


def test_auditors_note_nothing() -> None:
    with pytest.raises(Forbidden, match="does not include"):
        decide(by("auditor", note(text="How much?")), given(*STAFFED))


# Who may look at it beforehand.


def test_a_preview_is_open_for_thirty_days_at_most() -> None:
    opened = [TASK.change("a1", PreviewOpened("v2", NOON + MONTH))]
    assert decide(preview(), given(*STAFFED)) == opened
    for until in (timedelta(), timedelta(hours=-1), MONTH + timedelta(seconds=1)):
        with pytest.raises(Refused, match="within 30 days"):
            decide(preview(until=until), given(*STAFFED))


def test_twenty_previews_are_open_at_most() -> None:
    opened = [TASK.change("a1", PreviewOpened(f"v-{order}", ONE)) for order in range(PREVIEWS_OPEN_MOST)]
    with pytest.raises(Refused, match="close one first"):
        decide(preview(), given(*STAFFED, *opened))
    closed = TASK.change("a1", PreviewClosed("v-7"))
    assert len(decide(preview(), given(*STAFFED, *opened, closed))) == 1


def test_a_preview_that_has_ended_is_not_open() -> None:
    opened = [TASK.change("a1", PreviewOpened(f"v-{order}", NOON)) for order in range(PREVIEWS_OPEN_MOST)]
    assert len(decide(preview(), given(*STAFFED, *opened))) == 1


def test_a_preview_is_not_opened_twice() -> None:
    with pytest.raises(Refused, match="open already"):
        decide(preview("v1"), given(*STAFFED, OPENED))


def test_a_preview_is_closed_once() -> None:
    close, closed = ClosePreview(article_id="a1", preview_id="v1"), TASK.change("a1", PreviewClosed("v1"))
    assert decide(close, given(*STAFFED, OPENED)) == [closed]
    assert decide(close, given(*STAFFED, OPENED, closed)) == []


def test_only_who_may_revise_an_article_shows_it_to_others() -> None:
    close = ClosePreview(article_id="a1", preview_id="v1")
    for command in (preview(), close):
        for staff_id in ("staff-1", "editor"):
            assert len(decide(by(staff_id, command), given(*STAFFED, OPENED))) == 1
        for staff_id in ("reporter", "contributor", "auditor", "sporting"):
            with pytest.raises(Forbidden):
                decide(by(staff_id, command), given(*STAFFED, OPENED))


def test_the_work_stands_beside_the_article() -> None:
    changes = (
        TASK.change("a1", TaskAssigned("reporter")),
        TASK.change("a1", TaskDue(TWO)),
        NOTED,
        TASK.change("a1", NoteResolved("n1")),
        OPENED,
    )
    fold = given(*STAFFED, *changes)
    task: Task = fold(TASK, "a1")
    assert (task.version, task.assignee, task.due_at, task.previews) == (5, "reporter", TWO, (("v1", ONE),))
    assert [(one.id, one.block, one.order, one.resolved) for one in task.notes] == [("n1", "p1", 3, True)]
    assert fold(ARTICLE, "a1") == given(DRAFTED)(ARTICLE, "a1")
