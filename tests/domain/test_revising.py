import pytest
from msgspec import structs

from domain.body import Heading, Paragraph
from domain.content import Revision
from domain.drafting import ReviseArticle
from domain.rules import Outdated, Refused, Unknown, decide
from domain.tag import TAG, NamedTag, TagAdded
from tests.domain.given import DRAFTED, ENDING, NEWSPAPER, OPENING, PUBLISHED, given, revised

BEFORE = (*NEWSPAPER, DRAFTED)
NEW_HEADLINE = revised(Revision(headline="Rain, rain"))


def revise(made_on: int | None = None, **patch: object) -> ReviseArticle:
    return ReviseArticle(article_id="a1", patch=patch, made_on=made_on)


def test_a_revision_records_the_fields_that_changed() -> None:
    patch = revise(headline="Rain, rain", standfirst="", section="world")
    assert decide(patch, given(*BEFORE)) == [NEW_HEADLINE]


def test_a_field_can_be_emptied() -> None:
    assert decide(revise(writers=()), given(*BEFORE)) == [revised(Revision(writers=()))]


def test_a_revision_records_a_block_whose_words_changed_and_no_other() -> None:
    dried = Paragraph(id="p2", text="Then it dried.")
    assert decide(revise(body=(OPENING, dried)), given(*BEFORE)) == [revised(Revision(blocks=(dried,)))]


def test_a_revision_records_a_new_block_and_where_it_stands() -> None:
    heading = Heading(id="h1", text="The clouds")
    assert decide(revise(body=(OPENING, heading, ENDING)), given(*BEFORE)) == [
        revised(Revision(blocks=(heading,), order=("p1", "h1", "p2")))
    ]


def test_blocks_that_moved_are_not_repeated() -> None:
    assert decide(revise(body=(ENDING, OPENING)), given(*BEFORE)) == [revised(Revision(order=("p2", "p1")))]


def test_a_block_that_went_is_missing_in_the_order() -> None:
    assert decide(revise(body=(ENDING,)), given(*BEFORE)) == [revised(Revision(order=("p2",)))]


def test_a_body_can_be_emptied() -> None:
    assert decide(revise(body=()), given(*BEFORE)) == [revised(Revision(order=()))]


def test_a_revision_that_changes_nothing_records_nothing() -> None:
    same = revise(headline="Rain at last", body=(OPENING, ENDING))
    assert decide(same, given(*BEFORE)) == []


def test_a_tag_comes_to_be_in_a_revision_too() -> None:
    command = ReviseArticle(article_id="a1", patch={"tags": ("rain",)}, made_on=None, tags=(NamedTag("rain", "Rain"),))
    assert decide(command, given(*BEFORE)) == [
        TAG.change("rain", TagAdded("Rain")),
        revised(Revision(tags=("rain",))),
    ]


def test_a_published_article_is_revised_without_a_word_to_readers() -> None:
    assert decide(revise(headline="Rain, rain"), given(*BEFORE, *PUBLISHED)) == [NEW_HEADLINE]


def test_what_was_made_on_the_working_copy_is_accepted() -> None:
    assert decide(revise(2, section="sport"), given(*BEFORE, NEW_HEADLINE)) == [revised(Revision(section="sport"))]


def test_a_publication_since_then_does_not_outdate_a_revision() -> None:
    assert decide(revise(1, headline="Rain, rain"), given(*BEFORE, *PUBLISHED)) == [NEW_HEADLINE]


def test_who_asks_for_no_check_is_never_outdated() -> None:
    newer = given(*BEFORE, NEW_HEADLINE)
    assert decide(revise(None, section="sport"), newer) == [revised(Revision(section="sport"))]


def test_a_revision_of_an_older_working_copy_is_outdated() -> None:
    with pytest.raises(Outdated, match="changed with version 2; this was made on 1"):
        decide(revise(1, section="sport"), given(*BEFORE, NEW_HEADLINE))


def test_an_older_working_copy_is_outdated_even_if_nothing_would_change() -> None:
    with pytest.raises(Outdated):
        decide(revise(1, headline="Rain, rain"), given(*BEFORE, NEW_HEADLINE))


def test_a_revision_of_no_working_copy_is_outdated() -> None:
    with pytest.raises(Outdated, match="changed with version 1; this was made on 0"):
        decide(revise(0, section="sport"), given(*BEFORE))


@pytest.mark.parametrize("made_on", [3, 99])
def test_a_version_that_is_not_there_yet_is_outdated(made_on: int) -> None:
    with pytest.raises(Outdated, match=f"not come to version {made_on}; it is at 2"):
        decide(revise(made_on, section="sport"), given(*BEFORE, *PUBLISHED[1:]))


def test_what_was_never_drafted_cannot_be_revised() -> None:
    with pytest.raises(Unknown, match="no such article"):
        decide(revise(headline="Rain, rain"), given(*NEWSPAPER))


def test_a_revision_names_a_section_that_is_there() -> None:
    with pytest.raises(Refused, match="There is no section 'money'"):
        decide(revise(section="money"), given(*BEFORE))


def test_a_revision_names_writers_that_are_there() -> None:
    with pytest.raises(Refused, match="There is no writer 'bob'"):
        decide(revise(writers=("bob",)), given(*BEFORE))


@pytest.mark.parametrize(
    ("block", "refusal"),
    [
        (Paragraph(text="Then it dried."), "Every block needs an id"),
        (structs.replace(ENDING, id="p1"), "Two blocks have the same id"),
    ],
)
def test_a_revision_keeps_blocks_apart(block: Paragraph, refusal: str) -> None:
    with pytest.raises(Refused, match=refusal):
        decide(revise(body=(OPENING, block)), given(*BEFORE))
