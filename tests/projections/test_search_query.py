"""What somebody typed into the search box is a query, whatever it is."""

import pytest

from projections.folding import forms, parted, typed, words
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
        ("U.S.-led don't ", Query(words=("us", "led", "dont"))),
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
        ("U.S.", ("us",)),
        ("Don’t", ("dont",)),
    ],
)
def test_a_word_is_found_by_all_that_a_keyboard_has(word: str, found_by: tuple[str, ...]) -> None:
    assert forms(word) == found_by


def test_what_is_written_without_spaces_is_words_of_one_character() -> None:
    assert words("東京 Tokyo") == ["東", "京", "tokyo"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The U.S., the u.k.; D.C", ["the", "us", "the", "uk", "dc"]),
        ("DON'T, isn’t", ["dont", "isnt"]),
        # Endings, other words and surnames stand apart.
        ("Bakı’da, l'Iran, Trump's", ["baki", "da", "l", "iran", "trump", "s"]),
        ("H.Ə.Əliyev", ["h", "e", "eliyev"]),
        ("www.a.b.example 3.a. x", ["www", "a", "b", "example", "3", "a", "x"]),
    ],
)
def test_initials_are_one_word_and_so_is_a_not(text: str, found: list[str]) -> None:
    assert words(text) == found
    plain = text.encode("ascii", "ignore").decode()
    # ASCII is read by a faster pattern.
    assert words(plain) == words(plain + " é")[:-1]


def test_letters_and_digits_are_parted_unless_they_take_turns_without_end() -> None:
    assert parted(["covid19", "of", "2019ncov"]) == ("covid", "19", "of", "2019", "ncov")
    assert parted(["a1" * 20]) == ("a1" * 20,)


def test_what_is_typed_keeps_its_accents() -> None:
    assert typed("Gəncə, İSA and U.S. DON'T cafe\u0301") == ["gəncə", "isa", "and", "us", "dont", "café"]
