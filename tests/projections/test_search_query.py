"""What somebody typed into the search box is a query, whatever it is."""

import pytest

from projections.folding import forms, words
from projections.search_query import TERMS_MOST, Query, parse


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Ferry isl", Query(words=("ferry", "isl"), typed=True)),
        ("ferry isl ", Query(words=("ferry", "isl"))),
        ("ferry ferry ", Query(words=("ferry",))),
        ('"united states" ferry ', Query(words=("ferry",), phrases=(("united", "states"),))),
        ("«United States»", Query(phrases=(("united", "states"),))),
        ('"united st', Query(phrases=(("united", "st"),))),
        ('ferry -islands -"the gulf" ', Query(words=("ferry",), without=(("islands",), ("the", "gulf")))),
        ("north-south ", Query(words=("north", "south"))),
        ("- * ( ~ ", Query()),
    ],
)
def test_words_phrases_and_what_is_to_stand_nowhere(text: str, query: Query) -> None:
    assert parse(text) == query


def test_no_more_than_so_many_words_are_looked_for() -> None:
    assert len(parse(" ".join(f"w{n}" for n in range(100))).words) == TERMS_MOST


@pytest.mark.parametrize(
    ("word", "found_by"),
    [
        ("Ferry", ("ferry",)),
        ("İSTANBUL", ("istanbul",)),
        ("ışıq", ("isiq",)),
        ("Ёлка", ("елка",)),
        ("cafe\u0301", ("cafe",)),
        ("Straße", ("strasse",)),
        ("Əliyev", ("eliyev", "aliyev")),
    ],
)
def test_a_word_is_found_by_all_that_a_keyboard_has(word: str, found_by: tuple[str, ...]) -> None:
    assert forms(word) == found_by


def test_what_is_written_without_spaces_is_words_of_one_character() -> None:
    assert words("東京 Tokyo") == ["東", "京", "tokyo"]
