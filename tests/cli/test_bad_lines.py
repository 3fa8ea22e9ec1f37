"""A bad line is named, and then nothing of the file is recorded; or all but the bad lines, if that is asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.home import SECTION, WRITER, Home, Line, article

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()

BAD: dict[str, tuple[Line | bytes, str]] = {
    "broken JSON": (b'{"type": "article", "headline": ', "truncated"),
    "no object": (b"7", "Expected"),
    "unknown type": ({"type": "poem"}, "poem"),
    "no type": ({"headline": "Rain"}, "type"),
    "unknown field": (article(colour="red"), "colour"),
    "no external id": ({**article(), "external_id": ""}, "external_id"),
    "unknown block kind": (article(body=[{"kind": "poem", "text": "x"}]), "poem"),
    "empty paragraph": (article(body=[{"kind": "paragraph", "text": ""}]), "body"),
    "headline of 10,000 characters": (article(headline="x" * 10_000), "headline"),
    "headline of spaces": (article(headline=" "), "headline"),
    "date without an offset": (article(published_at="2024-05-14T12:00:00"), "published_at"),
    "no date": (article(published_at="yesterday"), "published_at"),
    "future date": (article(published_at=TOMORROW), "future"),
    "negative views": (article(views=-1), "views"),
    "invalid UTF-8": (b'{"type": "article", "headline": "\xff"}', "UTF-8"),
    "unnamed section": (article(section="nowhere"), "nowhere"),
    "unknown writer": (article(writers=["nobody"]), "nobody"),
    "section that stands later": (article(section="sport"), "sport"),
    "reserved section": ({"type": "section", "slug": "archive", "name": "Archive"}, "archive"),
    "section with no slug": ({"type": "section", "slug": "No Slug", "name": "x"}, "slug"),
    "section in itself": ({"type": "section", "slug": "a", "name": "A", "parent": "a"}, "parent"),
    "section in none": ({"type": "section", "slug": "a", "name": "A", "parent": "b"}, "parent"),
    "external_id twice": (article("x-1"), "line 3"),
    "two blocks with one id": (article(body=[{"kind": "divider", "id": "a"}] * 2), "body"),
    "a tag without a letter": (article(tags=["!"]), "tags[0]"),
    "an image from nowhere": (article(body=[{"kind": "image", "url": "javascript:x"}]), "url"),
    "a line of more than 2 MiB": (article(standfirst="x" * 3_000_000), "2097152"),
}


def with_one_bad(bad: Line | bytes) -> list[Line | bytes]:
    """The bad line is the fourth."""
    if isinstance(bad, dict) and bad.get("external_id") == "x-1" and bad != article("x-1"):
        bad = {**bad, "external_id": "bad"}
    sport: Line = {"type": "section", "slug": "sport", "name": "Sport"}
    return [SECTION, WRITER, article("x-1"), bad, sport, article("x-2")]


@pytest.mark.parametrize("what", BAD)
def test_one_bad_line_and_nothing_is_recorded(home: Home, what: str) -> None:
    bad, says = BAD[what]
    file = home.file(*with_one_bad(bad))
    result = home.run("import", file)
    assert result.exit_code == 1
    (named, summary) = result.stderr.strip().splitlines()
    assert named.startswith(f"{file}: line 4: ")
    assert says in named.partition("line 4: ")[2]
    assert len(named) < 1_000
    assert "nothing was recorded" in summary
    assert home.head() == 0


@pytest.mark.parametrize("what", BAD)
def test_all_but_the_bad_line_is_recorded_if_asked_for(home: Home, what: str) -> None:
    bad, _ = BAD[what]
    result = home.done("import", home.file(*with_one_bad(bad)), "--skip-bad")
    assert "line 4: " in result.stderr
    assert home.types().count("SectionAdded") == 2
    assert home.types().count("ArticlePublished") == 2
    home.done("verify")


def test_every_bad_line_is_named_up_to_twenty(home: Home) -> None:
    lines = [SECTION, *(article(f"x-{order}", section="nowhere") for order in range(30))]
    result = home.run("import", home.file(*lines))
    assert result.exit_code == 1
    assert result.stderr.count("nowhere") == 20
    assert "and 10 more" in result.stderr
    assert "30 lines are bad" in result.stderr


def test_an_empty_file_records_nothing(home: Home) -> None:
    for lines in ((), (b"", b"   ", b"")):
        result = home.done("import", home.file(*lines))
        assert "nothing to record" in result.stderr
    assert home.head() == 0


def test_empty_lines_count_and_are_passed_over(home: Home) -> None:
    result = home.run("import", home.file(SECTION, b"", article(), b"", b"{"))
    assert "line 5: " in result.stderr
    assert home.done("import", home.file(SECTION, b"", article(), b"")).exit_code == 0


def test_a_file_without_a_last_newline_and_with_foreign_newlines(home: Home) -> None:
    file = home.file(SECTION, article())
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n").rstrip())
    home.done("import", file)
    assert home.types().count("ArticlePublished") == 1


def test_sections_and_writers_may_stand_in_the_newsroom_already(home: Home) -> None:
    home.imported(SECTION, WRITER)
    home.imported(article(writers=["ann"]))
    assert home.types().count("ArticlePublished") == 1


def test_a_file_of_something_else_is_no_edition(home: Home) -> None:
    file = home.folder / "picture.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10_000)
    result = home.run("import", file)
    assert result.exit_code == 1
    assert "line 1: " in result.stderr
    assert home.head() == 0
