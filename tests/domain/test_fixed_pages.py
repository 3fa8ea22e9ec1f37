import pytest
from msgspec import structs

from domain.body import Paragraph
from domain.page import PAGE, PagePublished, PageTakenDown, PublishPage, TakeDownPage
from domain.rules import Outdated, Refused, Unknown, decide
from tests.domain.given import given

WHO_WE_ARE = (Paragraph(id="p1", text="We print the news."),)
ABOUT = PublishPage(slug="about", title="About us", body=WHO_WE_ARE, position=1)
PUBLISHED = PAGE.change("about", PagePublished("About us", WHO_WE_ARE, 1))
TAKEN_DOWN = PAGE.change("about", PageTakenDown())


def test_a_page_is_published() -> None:
    assert decide(ABOUT, given()) == [PUBLISHED]


def test_the_next_version_of_a_page_is_made_on_the_one_before() -> None:
    again = structs.replace(ABOUT, title="Who we are", made_on=1)
    published = PAGE.change("about", PagePublished("Who we are", WHO_WE_ARE, 1))
    assert decide(again, given(PUBLISHED)) == [published]
    for made_on in (0, 1):
        with pytest.raises(Outdated, match=f"The page changed with version 2; this was made on {made_on}"):
            decide(structs.replace(again, made_on=made_on), given(PUBLISHED, published))


def test_a_page_that_is_not_there_has_no_version_to_be_made_on() -> None:
    with pytest.raises(Outdated, match="There is no such page yet"):
        decide(structs.replace(ABOUT, made_on=1), given())


def test_a_page_that_says_what_it_said_records_nothing() -> None:
    assert decide(structs.replace(ABOUT, made_on=1), given(PUBLISHED)) == []


def test_a_page_is_taken_down_and_published_again() -> None:
    assert decide(TakeDownPage(slug="about"), given(PUBLISHED)) == [TAKEN_DOWN]
    assert decide(TakeDownPage(slug="about"), given(PUBLISHED, TAKEN_DOWN)) == []
    assert decide(structs.replace(ABOUT, made_on=2), given(PUBLISHED, TAKEN_DOWN)) == [PUBLISHED]


def test_a_page_is_taken_down_as_it_was_seen() -> None:
    with pytest.raises(Outdated):
        decide(TakeDownPage(slug="about", made_on=1), given(PUBLISHED, PUBLISHED))


def test_only_a_page_that_is_there_is_taken_down() -> None:
    with pytest.raises(Unknown, match="There is no page 'about'"):
        decide(TakeDownPage(slug="about"), given())


@pytest.mark.parametrize("ids", [("p1", "p1"), ("p1", "")])
def test_the_blocks_of_a_page_can_be_told_apart(ids: tuple[str, ...]) -> None:
    body = tuple(Paragraph(id=id, text="We print the news.") for id in ids)
    with pytest.raises(Refused, match="Every block needs an id of its own"):
        decide(structs.replace(ABOUT, body=body), given())
