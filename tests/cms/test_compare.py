from collections.abc import Iterable

import msgspec
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from msgspec import structs

from cms.compare import Difference, Piece, differences, pieces
from domain.body import Divider, Heading, Paragraph
from domain.content import FIELDS, Content
from tests.domain.any_events import UNHURRIED, contents
from tests.domain.given import ENDING, OPENING, PHOTO, RAIN

texts = st.text("ab \n", max_size=30) | st.text(max_size=30)


def joined(found: Iterable[Piece], ops: str) -> str:
    return " ".join(piece.text for piece in found if piece.op in ops)


def test_the_same_has_no_differences() -> None:
    assert differences(RAIN, RAIN) == []


def test_a_text_differs_by_its_words() -> None:
    (found,) = differences(RAIN, structs.replace(RAIN, headline="Rain comes at last"))
    words = (Piece("=", "Rain"), Piece("+", "comes"), Piece("=", "at last"))
    assert found == Difference(path="headline", old="Rain at last", new="Rain comes at last", words=words)


def test_a_list_differs_as_a_whole() -> None:
    (found,) = differences(RAIN, structs.replace(RAIN, tags=("rain",)))
    assert (found.path, list(found.old), list(found.new), found.words) == ("tags", [], ["rain"], ())


def test_a_block_differs_by_its_id_and_its_words() -> None:
    dried = Paragraph(id="p2", text="Then it dried.")
    assert differences(RAIN, structs.replace(RAIN, body=(OPENING, dried))) == [
        Difference(
            path="body.p2",
            old={"kind": "paragraph", "id": "p2", "text": "Then it stopped."},
            new={"kind": "paragraph", "id": "p2", "text": "Then it dried."},
            words=(Piece("=", "Then it"), Piece("-", "stopped."), Piece("+", "dried.")),
        )
    ]


def test_a_block_that_came_or_went_has_one_side() -> None:
    changed = structs.replace(RAIN, body=(OPENING, Divider(id="d1")))
    assert differences(RAIN, changed) == [
        Difference(path="body.p2", old={"kind": "paragraph", "id": "p2", "text": "Then it stopped."}, new=None),
        Difference(path="body.d1", old=None, new={"kind": "divider", "id": "d1"}),
    ]


def test_a_block_of_another_kind_is_compared_by_its_text() -> None:
    (found,) = differences(RAIN, structs.replace(RAIN, body=(Heading(id="p1", text="It rained."), ENDING)))
    assert (found.path, found.words) == ("body.p1", (Piece("=", "It rained."),))


def test_a_picture_has_no_words_to_compare() -> None:
    old, new = (structs.replace(RAIN, body=(structs.replace(PHOTO, alt=alt),)) for alt in ("Umbrellas", "Puddles"))
    assert [(found.path, found.words) for found in differences(old, new)] == [("body.i1", ())]


def test_the_order_differs_if_blocks_moved() -> None:
    moved = structs.replace(RAIN, body=(ENDING, OPENING))
    assert differences(RAIN, moved) == [Difference(path="body", old=["p1", "p2"], new=["p2", "p1"])]


def test_the_order_does_not_differ_if_blocks_only_came_and_went() -> None:
    changed = structs.replace(RAIN, body=(PHOTO, ENDING))
    assert [found.path for found in differences(RAIN, changed)] == ["body.p1", "body.i1"]


def test_every_difference_can_be_answered_as_json() -> None:
    (found,) = differences(RAIN, structs.replace(RAIN, body=(ENDING, OPENING)))
    assert msgspec.json.encode(found) == b'{"path":"body","old":["p1","p2"],"new":["p2","p1"]}'


@settings(UNHURRIED, max_examples=300)
@for_all(texts, texts)
def test_words_joined_again_give_both_texts(old: str, new: str) -> None:
    found = pieces(old, new)
    assert (joined(found, "=-"), joined(found, "=+")) == (old, new)
    assert all(piece.op == "=" for piece in found) == (old == new)


@settings(UNHURRIED, max_examples=200)
@for_all(contents, contents)
def test_there_is_a_difference_for_all_that_differs_and_nothing_else(old: Content, new: Content) -> None:
    paths = [found.path for found in differences(old, new)]
    assert len(set(paths)) == len(paths)
    assert [path for path in paths if path in FIELDS] == [
        name for name in FIELDS if getattr(old, name) != getattr(new, name)
    ]
    assert (not paths) == (old == new)
