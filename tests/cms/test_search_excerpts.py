"""What search shows of an article: the piece where most of the words stand, marked, and all else escaped."""

import pytest

from cms.search_excerpts import EXCERPT_CHARACTERS, Marker, wrong
from projections.search_query import parse


def marker(q: str, **mended: int) -> Marker:
    return Marker(parse(q), lambda word: word.removesuffix("s"), mended)


@pytest.mark.parametrize(
    ("q", "text", "shown"),
    [
        ("ferry ", "The Ferry & two boats", "The <mark>Ferry</mark> &amp; two boats"),
        ("boats ", "A boat, <b>boats</b>", "A <mark>boat</mark>, &lt;b&gt;<mark>boats</mark>&lt;/b&gt;"),
        ("fer", "Ferry or fern; offer", "<mark>Ferry</mark> or <mark>fern</mark>; offer"),
        ("aliyev ", "Ilham Əliyev", "Ilham <mark>Əliyev</mark>"),
        ("us uk ", "U.S. and U.K., əla", "<mark>U.S.</mark> and <mark>U.K.</mark>, əla"),
        ("U.S. ", "US, U.S.-led, us all", "<mark>US</mark>, <mark>U.S.</mark>-led, <mark>us</mark> all"),
        ("dont ", "Don't, don", "<mark>Don&#39;t</mark>, don"),
        ("covid19 ", "COVID-19", "<mark>COVID</mark>-<mark>19</mark>"),
        ("-boat ferry ", "A boat, a ferry", "A boat, a <mark>ferry</mark>"),
    ],
)
def test_words_are_marked_as_they_are_written(q: str, text: str, shown: str) -> None:
    assert marker(q).marked(text) == shown


def test_an_excerpt_is_where_most_of_the_words_stand() -> None:
    filler = "Nothing of it is here. " * 40
    shown = str(
        marker("ferry islands ").excerpt(["A ferry came.", filler, "The ferry to the islands is back.", filler])
    )
    assert "The <mark>ferry</mark> to the <mark>islands</mark> is back." in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < EXCERPT_CHARACTERS + 40


def test_without_any_of_them_it_is_the_beginning() -> None:
    assert marker("ferry ").excerpt(["Rain.", "Wind."]) == "Rain. Wind."


def test_a_typo_is_marked_and_told_by_the_nearest_spelling() -> None:
    knows = marker("presidnet ", presidnet=2)
    assert knows.marked("The president, resident here") == "The <mark>president</mark>, <mark>resident</mark> here"
    assert knows.nearest("presidnet") == "president"
    assert marker("us presidnet ", presidnet=2).marked("U.S. president") == "<mark>U.S.</mark> <mark>president</mark>"


@pytest.mark.parametrize(
    ("word", "spelled", "letters"),
    [("rain", "Rain", 0), ("rain", "ruin", 1), ("rain", "rian", 1), ("rain", "trains", 2), ("eliyev", "Əliyec", 1)],
)
def test_neighbours_that_changed_places_are_one_letter(word: str, spelled: str, letters: int) -> None:
    assert wrong(word, spelled) == letters
