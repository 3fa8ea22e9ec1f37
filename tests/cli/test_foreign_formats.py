"""What feeds and exports of other systems hold is recorded once, and what is dropped of it is told."""

import msgspec
import pytest

from cms.ids import article_id
from domain.body import Image, Paragraph
from domain.drafting import ReviseArticle
from domain.writer import WriterAdded
from tests.cli.foreign import (
    ENTRY,
    GUID,
    NINJS,
    PICTURE,
    atom,
    bare,
    brought,
    edition,
    item,
    post,
    require_draft,
    rss,
    wxr,
)
from tests.cli.home import SECTION, Home
from tests.web.deadline import until


def test_an_item_of_a_feed_is_an_article_of_the_feed_s_section(home: Home) -> None:
    picture = '<media:content url="https://ilvar.example/fog.jpg" medium="image"/>'
    sound = '<enclosure url="https://ilvar.example/fog.mp3" type="audio/mpeg" length="1"/>'
    said = brought(home, "rss", rss(item(html="<p>The <i>ferry</i>.<script>1</script></p>", more=picture + sound)))
    found = edition(home)
    content = found.content
    assert (content.headline, content.standfirst) == ("Ferry & fog", "It sails again.")
    assert (content.section, content.tags, content.writers) == ("the-ilvar-gazette", ("ferries",), ("bo-birch",))
    assert content.source == "The Ilvar Gazette"
    assert found.published_at.isoformat() == "2024-03-01T06:00:00+00:00"
    assert bare(content.body) == [Image(url="https://ilvar.example/fog.jpg"), Paragraph(text="The *ferry*.")]
    assert "dropped: 1 x script (item 1 (https://ilvar.example/?p=1))" in said
    assert "1 x enclosure audio/mpeg" in said


def test_an_entry_of_atom_keeps_its_first_date_and_no_address_of_a_person(home: Home) -> None:
    brought(home, "atom", atom())
    found = edition(home, "urn:ilvar:7")
    assert found.content.headline == "Mills & weirs"
    assert found.content.tags == ("the-river",)
    assert found.published_at.isoformat() == "2024-03-01T06:00:00+00:00"
    assert bare(found.content.body) == [Paragraph(text="The **mill** turns.")]
    assert not any("ann@" in str(recorded) for recorded in home.events())


def test_older_feeds_are_read_too(home: Home) -> None:
    rdf = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Old</title>
    <link>https://old.example</link></channel><item rdf:about="https://old.example/1"><title>Rain</title>
    <link>https://old.example/1</link><description>It rains.</description><dc:date>2003-01-02T03:04:05Z</dc:date></item>
    </rdf:RDF>"""
    brought(home, "rss", rdf.encode())
    assert edition(home, "https://old.example/1").published_at.year == 2003


def test_an_item_without_a_date_is_a_draft_and_one_without_a_name_is_bad(home: Home) -> None:
    undated = item(guid="12").replace("pubDate", "someDate")
    assert "drafts: 1 x item without a date (item 1 (12))" in brought(home, "rss", rss(undated))
    require_draft(home, "https://ilvar.example/#12")
    file = home.folder / "bad.xml"
    file.write_bytes(rss(item(), "<item><title>Lost</title><description>x</description></item>"))
    result = home.run("import", file, "--format", "rss")
    assert "item 2 (Lost): external_id: there is neither a guid nor a link" in result.stderr
    assert home.types().count("ArticleDrafted") == 1


def test_a_feed_goes_to_the_section_that_is_asked_for_if_it_stands(home: Home) -> None:
    home.imported(SECTION)
    brought(home, "rss", rss(item()), "--section", "nation")
    assert edition(home).content.section == "nation"
    assert home.types().count("SectionAdded") == 1
    result = home.run("import", home.folder / "rss.file", "--format", "rss", "--section", "moon")
    assert result.exit_code == 1
    assert "there is no section 'moon'" in result.stderr


def test_what_was_recorded_is_told_by_its_kind(home: Home) -> None:
    said = brought(home, "rss", rss(item(), item("urn:2")))
    assert said.startswith("2 articles, 1 section, 1 writer recorded; the history is at")
    said = brought(home, "rss", rss(item(), item("urn:3")))
    assert said.startswith("1 article recorded; 1 unchanged; the history")


def test_of_an_item_that_is_bad_nothing_is_told_as_dropped(home: Home) -> None:
    script, undated = "<p>Fog</p><script>1</script>", item("urn:2", "<div>" * 3_000).replace("pubDate", "someDate")
    again = item(html=script).replace("pubDate", "someDate")
    said = brought(home, "rss", rss(item(html=script), undated, again, item("urn:4", script)), "--skip-bad")
    assert "dropped: 2 x script (item 1 (https://ilvar.example/?p=1), item 4 (urn:4))" in said
    assert "drafts" not in said
    assert "; 2 left out; " in said


def test_a_section_for_an_edition_is_wrong_use(home: Home) -> None:
    result = home.run("import", home.file(SECTION), "--section", "nation")
    assert result.exit_code == 2
    assert "each article of an edition names its section" in result.stderr


def test_sections_of_a_file_come_last_in_the_menu(home: Home) -> None:
    home.imported({**SECTION, "position": 3}, {"type": "section", "slug": "sport", "name": "Sport"})
    brought(home, "wxr", wxr(post()))
    brought(home, "rss", rss(item("urn:2")))
    with home.serving() as server:
        menu = server.read("/v1/sections")["items"]
    assert [section["slug"] for section in menu] == ["sport", "nation", "town", "the-ilvar-gazette"]


EVERY: dict[str, tuple[bytes, bytes]] = {
    "rss": (rss(item()), rss(item(html="<p>It sank.</p>"))),
    "atom": (atom(ENTRY), atom(ENTRY.replace("turns", "stands"))),
    "wxr": (wxr(post(), PICTURE), wxr(post(content="It sank."), PICTURE)),
    "ninjs": (msgspec.json.encode(NINJS), msgspec.json.encode({**NINJS, "body_text": "It sank."})),
}


@pytest.mark.parametrize("form", EVERY)
def test_repeated_it_records_nothing_and_changed_it_revises(home: Home, form: str) -> None:
    first, changed = EVERY[form]
    home.imported(SECTION)
    brought(home, form, first)
    head = home.head()
    assert "recorded" not in brought(home, form, first)
    assert home.head() == head
    brought(home, form, changed)
    assert home.types(head) == ["ArticleRevised", "ArticleUpdated"]
    home.done("verify")


def test_what_editors_changed_of_writers_and_articles_stays(home: Home) -> None:
    brought(home, "rss", rss(item()))
    home.imported({"type": "writer", "slug": "bo-birch", "name": "Bo B. Birch", "bio": "Rivers."})
    with home.newsroom() as room:
        room.execute(ReviseArticle(article_id=article_id(GUID), patch={"standfirst": "x"}, made_on=None), "an editor")
    head = home.head()
    said = brought(home, "rss", rss(item(html="<p>It sank.</p>")))
    assert "item 1 (https://ilvar.example/?p=1): An editor changed the article" in said
    assert home.head() == head
    assert [event.event.name for event in home.events() if isinstance(event.event, WriterAdded)] == ["Bo Birch"]


def test_a_running_server_shows_what_a_feed_brought(home: Home) -> None:
    with home.serving() as server:
        brought(home, "rss", rss(item()))
        until(lambda: len(server.all_latest()) == 1)
        assert "<p>The ferry sails.</p>" in server.read(f"/v1/articles/{article_id(GUID)}")["html"]
