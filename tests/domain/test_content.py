import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec import structs

from domain.body import Block, Divider, Embed, badges, first_image
from domain.content import Content, Revision, difference, revised
from tests.domain.any_events import UNHURRIED, contents
from tests.domain.given import CLIP, OPENING, PHOTO, RAIN


@UNHURRIED
@for_all(contents, contents)
def test_the_difference_leads_from_any_content_to_any_other(old: Content, new: Content) -> None:
    assert revised(old, difference(old, new)) == new


@UNHURRIED
@for_all(contents, contents, st.data())
def test_the_difference_leads_there_when_both_share_blocks(old: Content, new: Content, data: st.DataObject) -> None:
    """Two bodies that were thought up apart share hardly a block."""
    known = {block.id: block for block in (*new.body, *old.body)}
    mixed = structs.replace(new, body=tuple(data.draw(st.permutations(list(known.values())))))
    assert revised(old, difference(old, mixed)) == mixed


@UNHURRIED
@for_all(contents)
def test_there_is_no_difference_between_equals(content: Content) -> None:
    assert difference(content, content) == Revision()


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ((), ()),
        ((OPENING, Divider(id="d1"), Embed(id="e1", url="https://video.example/rain")), ()),
        ((OPENING, PHOTO), ("photo",)),
        ((CLIP,), ("video",)),
        ((CLIP, PHOTO, PHOTO), ("photo", "video")),
    ],
)
def test_badges_tell_what_the_body_shows(body: tuple[Block, ...], shown: tuple[str, ...]) -> None:
    assert badges(body) == shown


def test_words_in_a_headline_make_no_badge() -> None:
    boast = structs.replace(RAIN, headline="PHOTO and VIDEO: rain at last", standfirst="With photos")
    assert badges(boast.body) == ()


def test_the_first_image_stands_for_the_article() -> None:
    second = structs.replace(PHOTO, id="i2", alt="Puddles")
    assert first_image((OPENING, CLIP, PHOTO, second)) == PHOTO


def test_a_body_without_an_image_has_no_first_one() -> None:
    assert first_image((OPENING, CLIP)) is None
