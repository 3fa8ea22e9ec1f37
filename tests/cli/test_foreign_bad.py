"""A file of another system that is not whole, or not what it should be, is refused in one line."""

import msgspec
import pytest

from tests.cli.foreign import PICTURE, atom, item, post, rss, wxr
from tests.cli.home import Home

LAUGHS = "".join(f'<!ENTITY l{order} "{f"&l{order - 1};" * 10 if order else "ha"}">' for order in range(12))
DECLARED = f'<!DOCTYPE rss [{LAUGHS}<!ENTITY file SYSTEM "file:///etc/passwd">]><rss'


def declaring(content: bytes) -> bytes:
    return content.replace(b"<rss", DECLARED.encode(), 1).replace(b"fog", b"&l11; &file;", 1)


BAD: dict[str, tuple[str, bytes, str]] = {
    "a feed that is cut off": ("rss", rss(item(), item(guid="urn:2"))[:-40], "no whole XML"),
    "an export that is cut off": ("wxr", wxr(post(1), post(2))[:-60], "no whole XML"),
    "an export without a head": ("wxr", rss(item()), "no export of WordPress"),
    "an empty file": ("wxr", b"", "no whole XML"),
    "an empty feed": ("atom", b"", "no whole XML"),
    "a page": ("rss", b"<html><body><p>Fog</p></body></html>", "neither RSS nor Atom"),
    "no XML": ("rss", b"\x89PNG\r\n\x1a\n", "no whole XML"),
    "letters in another coding than it says": (
        "wxr",
        wxr(post(title="F\u00f6hn")).replace(b"\xc3", b"\xff"),
        "no whole",
    ),
    "entities that grow": ("wxr", declaring(wxr(post(), PICTURE)), "entities of its own"),
    "entities that grow, in a feed": ("rss", declaring(rss(item())), "entities of its own"),
    "entities that grow, named": ("wxr", declaring(wxr(post())), "bad: it declares"),
    "an export as a feed": ("rss", wxr(post(1)), "--format wxr"),
    "an export without posts as a feed": ("atom", wxr(), "--format wxr"),
    "a feed as an edition": ("edition", rss(item()), "name --format rss, atom or wxr"),
    "a feed as news in JSON": ("ninjs", b"\xef\xbb\xbf\n" + rss(item()), "name --format rss, atom or wxr"),
    "XML of two bytes a letter": ("edition", rss(item()).decode().encode("utf-16"), "name --format rss, atom or wxr"),
    "no JSON": ("ninjs", b'[{"uri": "urn:1"', "no JSON"),
}


@pytest.mark.parametrize("options", [[], ["--skip-bad"]], ids=["", "also if bad items are skipped"])
@pytest.mark.parametrize("what", BAD)
def test_a_file_that_is_not_whole_is_refused_as_a_whole(home: Home, what: str, options: list[str]) -> None:
    form, content, says = BAD[what]
    file = home.folder / "bad"
    file.write_bytes(content)
    result = home.run("import", file, "--format", form, *options)
    assert result.exit_code == 1
    (line,) = result.stderr.strip().splitlines()
    assert says in line
    assert "root:" not in line
    assert home.head() == 0


ITEMS: dict[str, tuple[str, list[bytes], str]] = {
    "a date that is none": (
        "wxr",
        [wxr(post(1), post(2, post_date_gmt="soon"))],
        "item 2 (https://ilvar.example/?p=2)",
    ),
    "a date to come": (
        "wxr",
        [wxr(post(1), post(2, post_date_gmt="2999-01-01 00:00:00"))],
        "published_at: lies in the",
    ),
    "the same again": ("rss", [rss(item(), item())], "external_id: stands in item 1 (https://ilvar.example/?p=1)"),
    "no name": ("ninjs", [b'{"uri": "urn:1", "headline": "x"}\n{"headline": "y"}'], "item 2: uri: there is none"),
    "no object": ("ninjs", [b'{"uri": "urn:1", "headline": "x"}\n7'], "item 2: no object"),
    "no end": ("ninjs", [b'{"uri": "urn:1", "headline": "x"}\n{'], "item 2: "),
    "tags in tags in tags": ("rss", [rss(item(), item("urn:2", "<div>" * 3_000 + "x"))], "too deeply"),
    "a thousand paragraphs": ("rss", [rss(item(), item("urn:2", "<p>x</p>" * 1_001))], "more than 1000 blocks"),
    "no section": ("ninjs", [b'{"uri": "urn:1", "headline": "x"}'], "name one with --section"),
}


@pytest.mark.parametrize("what", ITEMS)
def test_a_bad_item_is_named_and_the_others_are_recorded_if_asked_for(home: Home, what: str) -> None:
    form, (content,), says = ITEMS[what]
    home.imported({"type": "section", "slug": "news", "name": "News"})
    file = home.folder / "bad"
    file.write_bytes(content)
    options = ["--section", "news"] if what != "no section" else []
    head = home.head()
    result = home.run("import", file, "--format", form, *options)
    assert result.exit_code == 1
    assert says in result.stderr
    assert "1 item is bad" in result.stderr
    assert home.head() == head
    if options:
        home.done("import", file, "--format", form, *options, "--skip-bad")
        assert home.types().count("ArticleDrafted") == 1


def test_control_characters_of_an_old_database_do_not_stop_an_export(home: Home) -> None:
    file = home.folder / "export.xml"
    file.write_bytes(wxr(post(content="The \x0b ferry\x00 sails.")))
    home.done("import", file, "--format", "wxr")
    assert home.types().count("ArticlePublished") == 1


def test_other_codings_are_read_as_they_say(home: Home) -> None:
    file = home.folder / "feed.xml"
    text = (
        atom()
        .decode()
        .replace('encoding="utf-8"', 'encoding="windows-1251"')
        .replace("Mills", "\u041c\u0435\u043b\u044c")
    )
    file.write_bytes(text.encode("windows-1251"))
    home.done("import", file, "--format", "atom")
    assert any("\u041c\u0435\u043b\u044c" in str(recorded.event) for recorded in home.events())


def test_more_kinds_than_can_be_shown_are_counted(home: Home) -> None:
    told = {"uri": "urn:1", "headline": "x", **{f"field{order}": 1 for order in range(300)}}
    home.imported({"type": "section", "slug": "news", "name": "News"})
    file = home.folder / "news.json"
    file.write_bytes(msgspec.json.encode(told))
    said = home.done("import", file, "--format", "ninjs", "--section", "news").stderr
    assert said.count("dropped: ") == 40
    assert "more kinds of what was dropped" in said
