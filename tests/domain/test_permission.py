"""Who may ask for what: by role, by article, by section, as it stands in the moment of the decision."""

from typing import Any

import pytest
from msgspec import structs

from domain.admins import ADMINS, THE_ADMINS, AdminAppointed
from domain.article import ARTICLE, ArticleDrafted, ArticleSubmitted
from domain.content import Edition, Revision
from domain.drafting import ApproveArticle, DraftArticle, ReviseArticle, SubmitArticle
from domain.permission import AskedBy, Forbidden, require_reach
from domain.publishing import PublishArticle, UnpublishArticle
from domain.role import Privilege, Role
from domain.rules import Change, Refused, Unknown, decide
from domain.section import SECTION, SectionAdded, SectionMoved, SetSection
from domain.staff import STAFF, GiveRole, StaffHired, StaffLeft, StaffMember, StaffMovedToSections, StaffRoleGiven
from domain.task import TASK, TaskAssigned
from domain.undoing import GiveEarlierEdition
from tests.domain.given import DRAFTED, NEWSPAPER, NOON, PUBLISHED, RAIN, given, revised

ASIA = SECTION.change("asia", SectionAdded("Asia", parent="world"))
JAPAN = SECTION.change("japan", SectionAdded("Japan", parent="asia"))
IN_JAPAN = ARTICLE.change("a1", ArticleDrafted(structs.replace(RAIN, section="japan"), "staff-1"))
SUBMITTED = ARTICLE.change("a1", ArticleSubmitted())
ASSIGNED = TASK.change("a1", TaskAssigned("staff-2"))

REVISE = ReviseArticle(article_id="a1", patch={"headline": "Rain, rain"})
TO_SPORT = ReviseArticle(article_id="a1", patch={"section": "sport"})
SUBMIT = SubmitArticle(article_id="a1")
APPROVE = ApproveArticle(article_id="a1")
PUBLISH = PublishArticle(article_id="a1", at=NOON, headline_slug="rain-at-last")

NOT_THE_ROLE = "Your role does not include"
NOT_THEIRS = "does not reach the articles of others"
NOT_THERE = "You do not work for the section"


def hired(role: Role, *sections: str, id: str = "staff-2") -> Change:
    """DRAFTED is by `staff-1`: whoever else is hired has not written it."""
    return STAFF.change(id, StaffHired(role, "digest", sections))


def asked(command: Any, *before: Change, by: str = "staff-2") -> list[Change]:
    return decide(AskedBy(staff_id=by, command=command), given(*NEWSPAPER, ASIA, JAPAN, *before))


# By role.


def test_what_is_asked_for_is_recorded_in_the_stream_that_it_is_about() -> None:
    assert AskedBy(staff_id="staff-2", command=SUBMIT).stream == SUBMIT.stream == "article:a1"
    assert asked(SUBMIT, hired(Role.EDITOR), DRAFTED) == [SUBMITTED]


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.REPORTER])
@pytest.mark.parametrize("command", [APPROVE, PUBLISH], ids=["approve", "publish"])
def test_even_with_their_own_nobody_does_what_their_role_does_not_include(role: Role, command: Any) -> None:
    with pytest.raises(Forbidden, match=f"{NOT_THE_ROLE}: {command.privilege}"):
        asked(command, hired(role, id="staff-1"), DRAFTED, SUBMITTED, by="staff-1")


def test_what_is_forbidden_is_so_before_any_other_rule() -> None:
    """Nobody learns from a refusal how an article stands that they may not touch."""
    unpublish = UnpublishArticle(article_id="a1")
    with pytest.raises(Forbidden):
        asked(unpublish, hired(Role.REPORTER), DRAFTED)
    with pytest.raises(Refused, match="this one is draft"):
        asked(unpublish, hired(Role.EDITOR), DRAFTED)


def test_a_revision_says_whose_words_it_has_whatever_was_sent() -> None:
    as_another = structs.replace(REVISE, by="staff-1")
    (change,) = asked(as_another, hired(Role.EDITOR), DRAFTED)
    assert change.event.editor == "staff-2"


def test_who_does_not_work_here_may_nothing() -> None:
    for before in ((), (hired(Role.ADMIN), STAFF.change("staff-2", StaffLeft()))):
        for command in (REVISE, SUBMIT, PUBLISH, GiveRole(staff_id="staff-2", role=Role.ADMIN)):
            with pytest.raises(Forbidden, match=NOT_THE_ROLE):
                asked(command, DRAFTED, *before)


def test_who_left_does_not_reach_what_they_wrote() -> None:
    left = (hired(Role.REPORTER, id="staff-1"), STAFF.change("staff-1", StaffLeft()))
    with pytest.raises(Forbidden):
        asked(REVISE, *left, DRAFTED, by="staff-1")


def test_only_an_admin_says_who_has_which_role() -> None:
    promote = GiveRole(staff_id="staff-2", role=Role.ADMIN)
    for role in set(Role) - {Role.ADMIN}:
        with pytest.raises(Forbidden, match=f"{NOT_THE_ROLE}: manage staff"):
            asked(promote, hired(role))
    admin = hired(Role.ADMIN, id="chief")
    assert asked(promote, admin, hired(Role.EDITOR), by="chief") == [
        ADMINS.change(THE_ADMINS, AdminAppointed("staff-2")),
        STAFF.change("staff-2", StaffRoleGiven(Role.ADMIN)),
    ]


def test_what_they_may_is_what_they_may_at_the_moment_of_the_decision() -> None:
    before = (hired(Role.EDITOR), DRAFTED)
    assert asked(PUBLISH, *before)[-1].stream == "article:a1"
    with pytest.raises(Forbidden):
        asked(PUBLISH, *before, STAFF.change("staff-2", StaffRoleGiven(Role.REPORTER)))
    with pytest.raises(Forbidden):
        asked(PUBLISH, *before, STAFF.change("staff-2", StaffMovedToSections(("sport",))))


# By article.


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.REPORTER])
@pytest.mark.parametrize("command", [REVISE, SUBMIT], ids=["revise", "submit"])
def test_whoever_writes_acts_on_their_own_articles_alone(role: Role, command: Any) -> None:
    assert asked(command, hired(role, id="staff-1"), DRAFTED, by="staff-1") != []
    with pytest.raises(Forbidden, match=NOT_THEIRS):
        asked(command, hired(role), DRAFTED)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.PUBLISHER, Role.ADMIN])
def test_whoever_may_revise_any_acts_on_those_of_others(role: Role) -> None:
    assert asked(REVISE, hired(role), DRAFTED) == [revised(Revision(headline="Rain, rain"), editor="staff-2")]


def test_an_article_that_is_theirs_to_do_counts_as_their_own() -> None:
    assert asked(REVISE, hired(Role.CONTRIBUTOR), DRAFTED, ASSIGNED) != []
    with pytest.raises(Forbidden, match=NOT_THEIRS):
        asked(REVISE, hired(Role.CONTRIBUTOR), DRAFTED, ASSIGNED, TASK.change("a1", TaskAssigned("staff-3")))
    assert asked(REVISE, hired(Role.CONTRIBUTOR, id="staff-1"), DRAFTED, ASSIGNED, by="staff-1") != []


def test_an_article_without_an_author_that_is_assigned_to_nobody_is_not_everybodys() -> None:
    imported = ARTICLE.change("a1", ArticleDrafted(RAIN, "system:import"))
    with pytest.raises(Forbidden, match=NOT_THEIRS):
        asked(REVISE, hired(Role.CONTRIBUTOR), imported)


def test_of_an_article_that_is_not_there_everybody_is_told_so() -> None:
    with pytest.raises(Unknown, match="no such article"):
        asked(REVISE, hired(Role.CONTRIBUTOR))


def test_whoever_may_read_drafts_reaches_those_of_others_to_read() -> None:
    fold = given(*NEWSPAPER, DRAFTED, ASSIGNED)
    require_reach(StaffMember(Role.REPORTER), "staff-3", "a1", Privilege.READ_DRAFTS, fold)
    require_reach(StaffMember(Role.CONTRIBUTOR), "staff-1", "a1", Privilege.READ_DRAFTS, fold)
    require_reach(StaffMember(Role.CONTRIBUTOR), "staff-2", "a1", Privilege.READ_DRAFTS, fold)
    with pytest.raises(Forbidden, match=NOT_THEIRS):
        require_reach(StaffMember(Role.CONTRIBUTOR), "staff-3", "a1", Privilege.READ_DRAFTS, fold)
    with pytest.raises(Forbidden, match=NOT_THERE):
        require_reach(StaffMember(Role.REPORTER, ("sport",)), "staff-3", "a1", Privilege.READ_DRAFTS, fold)


# By section.


def test_whoever_works_for_a_section_acts_there_and_nowhere_else() -> None:
    assert asked(REVISE, hired(Role.EDITOR, "sport", "world"), DRAFTED) != []
    with pytest.raises(Forbidden, match=f"{NOT_THERE} 'world'"):
        asked(REVISE, hired(Role.EDITOR, "sport"), DRAFTED)


def test_what_is_part_of_a_section_of_theirs_is_theirs_at_any_depth() -> None:
    assert asked(PUBLISH, hired(Role.EDITOR, "world"), IN_JAPAN) != []
    assert asked(PUBLISH, hired(Role.EDITOR, "asia"), IN_JAPAN) != []
    with pytest.raises(Forbidden, match=f"{NOT_THERE} 'japan'"):
        asked(PUBLISH, hired(Role.EDITOR, "world"), IN_JAPAN, SECTION.change("asia", SectionMoved(0)))


def test_what_a_section_of_theirs_is_part_of_is_not_theirs() -> None:
    with pytest.raises(Forbidden, match=f"{NOT_THERE} 'world'"):
        asked(PUBLISH, hired(Role.EDITOR, "asia"), DRAFTED)


def test_nobody_moves_an_article_to_a_section_that_is_not_theirs_or_takes_one_from_there() -> None:
    limited = hired(Role.EDITOR, "world")
    with pytest.raises(Forbidden, match=f"{NOT_THERE} 'sport'"):
        asked(TO_SPORT, limited, DRAFTED)
    assert asked(structs.replace(TO_SPORT, patch={"section": "japan"}), limited, DRAFTED) != []
    with pytest.raises(Forbidden, match=f"{NOT_THERE} 'sport'"):
        asked(
            structs.replace(TO_SPORT, patch={"section": "world"}),
            limited,
            DRAFTED,
            revised(Revision(section="sport")),
        )
    assert asked(TO_SPORT, hired(Role.EDITOR, "world", "sport"), DRAFTED) != []


def test_nobody_drafts_for_a_section_that_is_not_theirs() -> None:
    draft = DraftArticle(article_id="a2", content=RAIN, author="staff-2")
    assert asked(draft, hired(Role.CONTRIBUTOR, "world"))[-1].stream == "article:a2"
    with pytest.raises(Forbidden, match=f"{NOT_THERE} 'world'"):
        asked(draft, hired(Role.CONTRIBUTOR, "sport"))


def test_their_own_article_is_out_of_reach_in_a_section_that_is_not_theirs() -> None:
    with pytest.raises(Forbidden, match=f"{NOT_THERE} 'world'"):
        asked(REVISE, hired(Role.REPORTER, "sport", id="staff-1"), DRAFTED, by="staff-1")


def test_nobody_moves_a_section_of_theirs_into_one_that_is_not_or_to_the_top() -> None:
    limited = hired(Role.PUBLISHER, "world")
    with pytest.raises(Forbidden, match=f"{NOT_THERE} 'sport'"):
        asked(SetSection(slug="asia", name="Asia", parent="sport"), limited)
    with pytest.raises(Forbidden, match="not for the site as a whole"):
        asked(SetSection(slug="asia", name="Asia", parent=None), limited)
    assert asked(SetSection(slug="asia", name="The East", parent="world"), limited) != []
    assert asked(SetSection(slug="japan", name="Japan", parent="world"), limited) != []
    assert asked(SetSection(slug="asia", name="The East"), limited) != []


def test_nobody_gives_readers_an_earlier_edition_in_a_section_that_is_not_theirs() -> None:
    edition = Edition(slug="rain-at-last", published_at=NOON, updated_at=NOON, content=RAIN)
    command = GiveEarlierEdition(article_id="a1", edition=edition, at=NOON)
    in_sport = revised(Revision(section="sport"))
    with pytest.raises(Forbidden, match=f"{NOT_THERE} 'world'"):
        asked(command, hired(Role.EDITOR, "sport"), DRAFTED, *PUBLISHED, in_sport)


def test_an_admin_with_sections_is_limited_too() -> None:
    with pytest.raises(Forbidden, match=NOT_THERE):
        asked(UnpublishArticle(article_id="a1"), hired(Role.ADMIN, "sport"), DRAFTED, *PUBLISHED)
