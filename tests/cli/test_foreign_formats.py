"""What feeds and exports of other systems hold is recorded once, and what is dropped of it is told."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cms.ids import article_id
from domain.article import ARTICLE
from domain.body import Block, Embed, Heading, Image, List, Paragraph, Quote, Video
from domain.content import Edition
from domain.drafting import ReviseArticle
from domain.section import SECTION as SECTIONS
from domain.writer import WriterAdded
from tests.cli.foreign import ENTRY, PICTURE, atom, item, post, rss, wxr
from tests.cli.home import SECTION, Home
from tests.web.deadline import until

EXAMPLES = Path(__file__).parents[3] / "shared" / "corpus" / "ninjs" / "examples"
GUID = "https://ilvar.example/?p=1"
NINJS: dict[str, Any] = {
    "uri": "urn:ilvar:1",
    "type": "text",
    "pubstatus": "usable",
    "versioncreated": "2024-03-01T10:00:00+04:00",
    "headline": "Ferry and fog",
    "byline": "By Bo Birch and Ann Ash",
    "description_text": "It sails again.",
    "body_text": "Ferry and fog\n\nThe ferry sails.\n\nIt is full.",
    "subject": [{"name": "Nation"}, {"name": "Ferries", "code": "ferries"}],
}


def brought(home: Home, form: str, content: bytes, *options: str) -> str:
    file = home.folder / f"{form}.file"
    file.write_bytes(content)
    return home.done("import", file, "--format", form, *options).stderr


def edition(home: Home, external_id: str = GUID) -> Edition:
    with home.newsroom() as room:
        found = room.history.fold(ARTICLE, article_id(external_id))[1].edition
    assert found is not None
    return found


def draft(home: Home, external_id: str = GUID) -> None:
    with home.newsroom() as room:
        found = room.history.fold(ARTICLE, article_id(external_id))[1]
    assert found.content is not None
    assert found.edition is None


def bare(body: tuple[Block, ...]) -> list[Block]:
    return [msgspec.structs.replace(block, id="") for block in body]


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
    assert "date that is missing: the item is a draft" in brought(home, "rss", rss(undated))
    draft(home, "https://ilvar.example/#12")
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


CLASSIC = """The <b>ferry</b> sails_at_six &amp; is full.
Bring coats.

<!--more-->[caption id="a" width="3"]<a href="x"><img src="/up/pier.jpg" alt="Pier" /></a> The pier.[/caption]

<blockquote>Never again.
<cite>A sailor</cite></blockquote>
[gallery ids="90,91"][contact-form-7 id="5"]He said [sic] so.

https://youtu.be/abc

[embed]https://vimeo.com/12[/embed]
<h5>Why</h5>
<ul><li>fog<ul><li>thick</li></ul></li></ul>
<iframe src="https://ads.example/x"></iframe>"""


def test_a_post_of_wordpress_is_an_article_with_its_address(home: Home) -> None:
    thumbnail = "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>90</wp:meta_value></wp:postmeta>"
    other = "<wp:postmeta><wp:meta_key>mood</wp:meta_key><wp:meta_value>grey</wp:meta_value></wp:postmeta>"
    comment = "<wp:comment><wp:comment_content>First!</wp:comment_content></wp:comment>"
    terms = """<category domain="category" nicename="uncategorized">Uncategorized</category>
    <category domain="category" nicename="ferries">Ferries</category>
    <category domain="category" nicename="fog">Fog</category>
    <category domain="post_tag" nicename="six">Six</category>"""
    wanted = post(content=CLASSIC, terms=terms, more=thumbnail + other + comment * 2, is_sticky=1)
    said = brought(home, "wxr", wxr(wanted, PICTURE, version="1.0"))
    found = edition(home)
    content = found.content
    assert (found.slug, content.section, content.tags) == ("ferry-1", "ferries", ("fog", "six"))
    assert (content.headline, content.standfirst) == ("Ferry & fog", "It sails again.")
    assert content.writers == ("bo-birch",)
    fog = Image(url="https://ilvar.example/up/fog.jpg", alt="A pier", caption="Fog at six.")
    assert bare(content.body) == [
        Paragraph(text="The **ferry** sails_at_six & is full.\nBring coats."),
        Image(url="https://ilvar.example/up/pier.jpg", alt="Pier", caption="The pier."),
        Quote(text="Never again.", cite="A sailor"),
        fog,
        Paragraph(text="He said [sic] so."),
        Video(url="https://youtu.be/abc"),
        Video(url="https://vimeo.com/12"),
        Heading(text="Why", level=4),
        List(items=("fog", "thick")),
    ]
    for told in ("2 x comment (", "1 x field of a plugin", "shortcode [contact-form-7]", "iframe of ads.example"):
        assert told in said
    assert "1 x picture of a gallery that the file does not hold" in said
    assert "1 x place at the top" in said
    with home.newsroom() as room:
        section = room.history.fold(SECTIONS, "ferries")[1]
        assert (section.name, section.parent) == ("Ferries", "town")
        assert room.history.fold(SECTIONS, "town")[1].name == "Town & river"
    assert not any("@ilvar" in str(recorded) for recorded in home.events())


def test_a_featured_picture_stands_first(home: Home) -> None:
    thumbnail = "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>90</wp:meta_value></wp:postmeta>"
    content = "<!-- wp:paragraph --><p>One.</p><!-- /wp:paragraph -->"
    brought(home, "wxr", wxr(post(content=content, more=thumbnail), PICTURE))
    assert [type(block) for block in edition(home).content.body] == [Image, Paragraph]


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"status": "private"}, {"post_password": "fog"}])
def test_what_only_some_could_read_is_a_draft(home: Home, fields: dict[str, Any]) -> None:
    assert "it is a draft" in brought(home, "wxr", wxr(post(**fields)))
    draft(home)


def test_pages_and_the_bin_of_wordpress_are_left_out_and_told(home: Home) -> None:
    items = [post(1, post_type="page"), post(2, status="trash"), post(3, post_type="nav_menu_item"), PICTURE]
    said = brought(home, "wxr", wxr(*items))
    assert "item of type page" in said
    assert "post that is trash" in said
    assert "nothing to record" in said


def test_a_category_with_the_name_of_a_route_is_moved_aside(home: Home) -> None:
    terms = '<category domain="category" nicename="search">Search</category>'
    brought(home, "wxr", wxr(post(terms=terms)))
    assert edition(home).content.section == "search-section"


def test_news_in_json_is_an_article_whatever_it_leaves_out(home: Home) -> None:
    home.imported(SECTION)
    bare_one = {"uri": "urn:ilvar:2", "headlines": "Rain", "bodies": "It rains.", "subject": "Nation"}
    kept_back = {**NINJS, "uri": "urn:ilvar:3", "pubStatus": "canceled"}
    del kept_back["pubstatus"]
    said = brought(home, "ninjs", msgspec.json.encode([{**NINJS, "mood": "grey"}, bare_one, kept_back]))
    content = edition(home, "urn:ilvar:1").content
    assert (content.section, content.tags, content.writers) == ("nation", ("ferries",), ("bo-birch", "ann-ash"))
    assert content.standfirst == "It sails again."
    assert bare(content.body) == [Paragraph(text="The ferry sails."), Paragraph(text="It is full.")]
    draft(home, "urn:ilvar:2")
    assert "1 x field mood" in said
    assert "1 x item that is canceled" in said
    assert home.types().count("ArticleDrafted") == 2


def test_version_3_with_pictures_films_and_a_section_of_its_own(home: Home) -> None:
    picture = {
        "type": "picture",
        "by": "Ann Ash",
        "descriptions": [{"role": "caption", "value": "Fog."}, {"role": "alt", "value": "A pier"}],
        "renditions": [
            {"href": "https://ilvar.example/big.jpg", "contentType": "image/jpeg", "width": 6000},
            {"href": "https://ilvar.example/web.jpg", "contentType": "image/jpeg", "width": 1200},
        ],
    }
    told = {
        "uri": "urn:ilvar:4",
        "firstCreated": "2024-03-01T06:00:00Z",
        "versionCreated": "2024-03-02T06:00:00Z",
        "headlines": [{"role": "main", "value": "Fog"}],
        "bodies": [
            {"contentType": "text/plain", "value": "x"},
            {"contentType": "text/html", "value": "<p><b>x</b></p>"},
        ],
        "people": [{"name": "Bo Birch", "rel": "author"}, {"name": "A Mayor", "rel": "about"}],
        "infoSources": [{"name": "Gazette", "rel": "publisher"}, {"name": "Wire", "rel": "source"}],
        "subjects": [{"name": "Town", "rel": "section", "literal": "town"}, {"name": "Fog"}],
        "associations": [picture, {"type": "video", "renditions": [{"href": "https://ilvar.example/a.mp4"}]}],
    }
    brought(home, "ninjs", msgspec.json.encode(told))
    found = edition(home, "urn:ilvar:4")
    assert (found.content.section, found.content.source, found.content.writers) == ("town", "Wire", ("bo-birch",))
    assert found.published_at.day == 1
    assert bare(found.content.body) == [
        Image(url="https://ilvar.example/web.jpg", alt="A pier", caption="Fog.", credit="Ann Ash"),
        Video(url="https://ilvar.example/a.mp4"),
        Paragraph(text="**x**"),
    ]


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the examples of ninjs are not beside the repository")
def test_real_news_in_json_is_recorded_with_its_text_or_its_picture(home: Home) -> None:
    home.imported({"type": "section", "slug": "news", "name": "News"})
    files = sorted(EXAMPLES.glob("*.json"))
    lines = [msgspec.json.encode(msgspec.json.decode(file.read_bytes())) for file in files]
    uris = {msgspec.json.decode(line)["uri"] for line in lines}
    # Two of the examples are versions of one item.
    once = {msgspec.json.decode(line)["uri"]: line for line in lines}
    brought(home, "ninjs", b"\n".join(once.values()), "--section", "news")
    bodies = {uri: edition(home, uri).content.body for uri in uris}
    without = [uri for uri, body in bodies.items() if not body]
    assert without == ["urn:8d19cf88-b3ab-4972-8fec-1207599f2872"]
    assert any(isinstance(block, Embed) for body in bodies.values() for block in body)
    head = home.head()
    brought(home, "ninjs", b"\n".join(once.values()), "--section", "news")
    assert home.head() == head


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


def test_an_export_that_is_killed_on_its_way_is_completed_by_the_next(home: Home) -> None:
    count = 400
    file = home.folder / "export.xml"
    file.write_bytes(wxr(*(post(id) for id in range(count))))
    with home.started("import", file, "--format", "wxr") as process:
        until(lambda: (home.folder / "events.db").exists() and home.head() > 100)
        process.kill()
        process.wait(60)
    types = Counter(home.types())
    assert types["ArticleDrafted"] == types["ArticlePublished"] <= count
    home.done("import", file, "--format", "wxr")
    assert Counter(home.types())["ArticlePublished"] == count
    home.done("verify")


def test_what_has_no_title_is_called_by_its_first_words(home: Home) -> None:
    brought(home, "wxr", wxr(post(title="", content="The <b>ferry</b> sails.")))
    assert edition(home).content.headline == "The ferry sails."


def test_a_running_server_shows_what_a_feed_brought(home: Home) -> None:
    with home.serving() as server:
        brought(home, "rss", rss(item()))
        until(lambda: len(server.all_latest()) == 1)
        assert "<p>The ferry sails.</p>" in server.read(f"/v1/articles/{article_id(GUID)}")["html"]
