"""Posts of a WordPress export become articles that keep their addresses; nobody reads more of them than before."""

from collections import Counter
from typing import Any

import pytest

from domain.body import Heading, Image, List, Paragraph, Quote, Video
from domain.section import SECTION as SECTIONS
from tests.cli.foreign import PICTURE, bare, brought, edition, post, require_draft, wxr
from tests.cli.home import Home
from tests.web.deadline import until

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
    said = brought(home, "wxr", wxr(post(**fields)))
    assert "drafts: 1 x post that is " in said
    assert "dropped" not in said
    require_draft(home)


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


def test_what_has_no_title_is_called_by_its_first_words(home: Home) -> None:
    brought(home, "wxr", wxr(post(title="", content="The <b>ferry</b> sails.")))
    assert edition(home).content.headline == "The ferry sails."


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
