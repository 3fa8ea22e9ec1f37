"""A closed section takes no new articles; what it holds goes on as before."""

import pytest
from msgspec import structs

from domain.article import ARTICLE, ArticleDrafted, ArticleRevised, ArticleUnpublished
from domain.content import Revision
from domain.drafting import DraftArticle, ReviseArticle
from domain.importing import ImportArticle
from domain.permission import AskedBy, Forbidden
from domain.publishing import CorrectArticle, PublishArticle, UpdateArticle
from domain.role import Role
from domain.rules import Change, Command, Refused, Unknown, decide
from domain.section import (
    SECTION,
    CloseSection,
    ReopenSection,
    SectionAdded,
    SectionClosed,
    SectionFourEyesSet,
    SectionReopened,
    SetFourEyes,
    SetSection,
)
from domain.staff import STAFF, StaffHired
from tests.domain.given import DRAFTED, NEWSPAPER, NOON, ONE, PUBLISHED, RAIN, edition, given, updated

CLOSED = SECTION.change("world", SectionClosed())
REOPENED = SECTION.change("world", SectionReopened())
SPORT_CLOSED = SECTION.change("sport", SectionClosed())
FOUR_EYES = SECTION.change("world", SectionFourEyesSet(True))

PUBLISH = PublishArticle(article_id="a1", at=NOON, headline_slug="rain-at-last")
UPDATE = UpdateArticle(article_id="a1", at=ONE)
IMPORT = ImportArticle(
    article_id="a1", external_id="x-1", content=RAIN, author="system:import", at=NOON, headline_slug="rain-at-last"
)
IMPORTED = ARTICLE.change("a1", ArticleDrafted(RAIN, "system:import", "x-1"))
MOVED_TO_SPORT = ARTICLE.change("a1", ArticleRevised(Revision(section="sport")))


def refused(command: Command, *before: Change, section: str = "world") -> None:
    with pytest.raises(Refused, match=f"The section '{section}' is closed: it takes no new articles"):
        decide(command, given(*NEWSPAPER, *before))


def test_a_section_is_closed_and_reopened() -> None:
    assert decide(CloseSection(slug="world"), given(*NEWSPAPER)) == [CLOSED]
    assert decide(ReopenSection(slug="world"), given(*NEWSPAPER, CLOSED)) == [REOPENED]


def test_a_section_that_is_so_already_records_nothing() -> None:
    assert decide(CloseSection(slug="world"), given(*NEWSPAPER, CLOSED)) == []
    assert decide(ReopenSection(slug="world"), given(*NEWSPAPER)) == []
    assert decide(SetFourEyes(slug="world", required=False), given(*NEWSPAPER)) == []


def test_a_section_asks_for_four_eyes_or_no_longer() -> None:
    assert decide(SetFourEyes(slug="world", required=True), given(*NEWSPAPER)) == [FOUR_EYES]
    no_longer = SECTION.change("world", SectionFourEyesSet(False))
    assert decide(SetFourEyes(slug="world", required=False), given(*NEWSPAPER, FOUR_EYES)) == [no_longer]


@pytest.mark.parametrize(
    "command", [CloseSection(slug="money"), ReopenSection(slug="money"), SetFourEyes(slug="money", required=True)]
)
def test_only_a_section_that_is_there_can_be_arranged(command: Command) -> None:
    with pytest.raises(Unknown, match="There is no section 'money'"):
        decide(command, given(*NEWSPAPER))


def test_a_section_with_open_sections_in_it_can_be_closed() -> None:
    asia = SECTION.change("asia", SectionAdded("Asia", 0, "world"))
    assert decide(CloseSection(slug="world"), given(*NEWSPAPER, asia)) == [CLOSED]


def test_a_closed_section_can_still_be_renamed() -> None:
    assert len(decide(SetSection(slug="world", name="The world"), given(*NEWSPAPER, CLOSED))) == 1


def test_nothing_is_drafted_in_a_closed_section() -> None:
    command = DraftArticle(article_id="a1", content=RAIN, author="staff-1")
    refused(command, CLOSED)
    assert decide(command, given(*NEWSPAPER, CLOSED, REOPENED)) == [DRAFTED]


def test_nothing_is_moved_to_a_closed_section() -> None:
    refused(ReviseArticle(article_id="a1", patch={"section": "sport"}), DRAFTED, SPORT_CLOSED, section="sport")


def test_what_was_drafted_before_can_be_revised_and_moved_out() -> None:
    patches: list[dict[str, object]] = [{"headline": "Rain again"}, {"section": "sport"}]
    for patch in patches:
        assert len(decide(ReviseArticle(article_id="a1", patch=patch), given(*NEWSPAPER, DRAFTED, CLOSED))) == 1


def test_nothing_is_first_published_in_a_closed_section() -> None:
    refused(PUBLISH, DRAFTED, CLOSED)


def test_what_readers_knew_there_is_published_again_updated_and_corrected() -> None:
    revision = ARTICLE.change("a1", ArticleRevised(Revision(standfirst="It pours.")))
    before = (*NEWSPAPER, DRAFTED, *PUBLISHED, CLOSED)
    unpublished = ARTICLE.change("a1", ArticleUnpublished())
    assert len(decide(PUBLISH, given(*before, unpublished))) == 1
    assert len(decide(UPDATE, given(*before, revision))) == 1
    assert len(decide(CorrectArticle(article_id="a1", at=ONE, note="It rained."), given(*before))) == 1


def test_what_was_on_its_way_to_a_section_that_was_closed_since_does_not_arrive() -> None:
    refused(UPDATE, DRAFTED, *PUBLISHED, MOVED_TO_SPORT, SPORT_CLOSED, section="sport")


def test_what_has_left_a_section_that_was_closed_since_does_not_come_back_to_it() -> None:
    sport = structs.replace(RAIN, section="sport")
    there = updated(edition(sport, updated_at=ONE))
    back = ARTICLE.change("a1", ArticleRevised(Revision(section="world")))
    refused(UPDATE, DRAFTED, *PUBLISHED, MOVED_TO_SPORT, there, back, CLOSED)


def test_nothing_new_is_imported_into_a_closed_section() -> None:
    refused(IMPORT, CLOSED)
    refused(structs.replace(IMPORT, published_at=NOON), IMPORTED, CLOSED)
    moved = structs.replace(IMPORT, content=structs.replace(RAIN, section="sport"))
    refused(moved, IMPORTED, SPORT_CLOSED, section="sport")


def test_what_was_imported_before_may_be_imported_again() -> None:
    assert decide(IMPORT, given(*NEWSPAPER, IMPORTED, CLOSED)) == []
    changed = structs.replace(IMPORT, content=structs.replace(RAIN, standfirst="It pours."))
    assert len(decide(changed, given(*NEWSPAPER, IMPORTED, CLOSED))) == 1


@pytest.mark.parametrize(
    "command",
    [
        SetSection(slug="world", name="The world"),
        SetSection(slug="world", name="World", parent="sport"),
        SetSection(slug="money", name="Money"),
        CloseSection(slug="world"),
        ReopenSection(slug="world"),
        SetFourEyes(slug="world", required=True),
    ],
)
def test_who_works_for_one_section_arranges_no_other(command: Command) -> None:
    hired = STAFF.change("s1", StaffHired(Role.PUBLISHER, "digest", ("sport",)))
    with pytest.raises(Forbidden, match="You do not work for the section"):
        decide(AskedBy(staff_id="s1", command=command), given(*NEWSPAPER, hired))
    assert decide(AskedBy(staff_id="s1", command=CloseSection(slug="sport")), given(*NEWSPAPER, hired)) == [
        SPORT_CLOSED
    ]
