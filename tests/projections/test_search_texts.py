"""What search reads of inline Markdown: its words, in a time that grows with its length alone."""

import time

import pytest

from projections.search import plain


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("**Rain** and *fog*, _so_ it is", "Rain and fog, so it is"),
        ("snake_case stays, 2 \\* 3 too", "snake_case stays, 2 * 3 too"),
        ("[the river](/a) \\[sic\\]", "the river [sic]"),
        ("\\*x*", "*x"),
    ],
)
def test_marks_are_not_heard(text: str, sounds: str) -> None:
    assert plain(text) == sounds


@pytest.mark.parametrize("text", ["a" + 20_000 * "_" + "a", 20_000 * "*", 5_000 * "[a](", 20_000 * "["])
def test_a_long_run_of_marks_takes_no_longer_than_words_do(text: str) -> None:
    started = time.process_time()
    plain(text)
    assert time.process_time() - started < 0.5
