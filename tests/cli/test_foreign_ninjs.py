"""News in JSON becomes articles, whatever it leaves out."""

from pathlib import Path

import msgspec
import pytest

from domain.body import Embed, Image, Paragraph, Video
from tests.cli.foreign import NINJS, bare, brought, edition, require_draft
from tests.cli.home import SECTION, Home

EXAMPLES = Path(__file__).parents[3] / "shared" / "corpus" / "ninjs" / "examples"


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
    require_draft(home, "urn:ilvar:2")
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
