"""Small files of other systems, in our own words; and what became of them."""

from html import escape
from typing import Any

import msgspec

from cms.ids import article_id
from domain.article import ARTICLE
from domain.body import Block
from domain.content import Edition
from tests.cli.home import Home

GUID = "https://ilvar.example/?p=1"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>The Ilvar Gazette</title><link>https://ilvar.example/</link>{}</channel></rss>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>The Ilvar Gazette</title><id>urn:ilvar</id>
<link href="https://ilvar.example/"/>{}</feed>"""

ENTRY = """<entry><id>urn:ilvar:7</id><title type="html">Mills &amp;amp; weirs</title>
<link href="https://ilvar.example/mills"/><updated>2024-03-02T10:00:00+04:00</updated>
<published>2024-03-01T10:00:00+04:00</published><author><name>Ann Ash</name><email>ann@ilvar.example</email></author>
<category term="River" label="The river"/><summary>Old wheels turn.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>The <b>mill</b> turns.</p></div></content></entry>"""


def item(guid: str = "https://ilvar.example/?p=1", html: str = "<p>The ferry sails.</p>", more: str = "") -> str:
    return f"""<item><title>Ferry &amp; fog</title><link>https://ilvar.example/ferry</link><guid>{guid}</guid>
<dc:creator>Bo Birch</dc:creator><category>Ferries</category><pubDate>Fri, 01 Mar 2024 10:00:00 +0400</pubDate>
<description>It sails again.</description><content:encoded>{escape(html)}</content:encoded>{more}</item>"""


def rss(*items: str) -> bytes:
    return RSS.format("".join(items)).encode()


def atom(*entries: str) -> bytes:
    return ATOM.format("".join(entries or [ENTRY])).encode()


WXR = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/{version}/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/{version}/">
<channel><title>Gazette</title><link>https://ilvar.example</link><wp:wxr_version>{version}</wp:wxr_version>
<wp:base_site_url>https://ilvar.example</wp:base_site_url>
<wp:author><wp:author_login>bo</wp:author_login><wp:author_email>bo@ilvar.example</wp:author_email>
<wp:author_display_name><![CDATA[Bo Birch]]></wp:author_display_name></wp:author>
<wp:category><wp:category_nicename>town</wp:category_nicename><wp:category_parent></wp:category_parent>
<wp:cat_name><![CDATA[Town & river]]></wp:cat_name></wp:category>
<wp:category><wp:category_nicename>ferries</wp:category_nicename><wp:category_parent>town</wp:category_parent>
<wp:cat_name>Ferries</wp:cat_name></wp:category>
{items}
</channel></rss>"""

PICTURE = """<item><title>Fog</title><guid>https://ilvar.example/?attachment_id=90</guid><wp:post_id>90</wp:post_id>
<wp:status>inherit</wp:status><wp:post_type>attachment</wp:post_type>
<wp:attachment_url>https://ilvar.example/up/fog.jpg</wp:attachment_url><excerpt:encoded>Fog at six.</excerpt:encoded>
<wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value>A pier</wp:meta_value></wp:postmeta>
</item>"""


def post(id: int = 1, content: str = "The ferry sails.", terms: str = "", more: str = "", **fields: Any) -> str:
    given = {
        "title": "Ferry & fog",
        "status": "publish",
        "post_type": "post",
        "post_name": f"ferry-{id}",
        "post_date_gmt": "2024-03-01 06:00:00",
        **fields,
    }
    title = given.pop("title")
    own = "".join(f"<wp:{name}>{escape(str(value))}</wp:{name}>" for name, value in given.items())
    return f"""<item><title>{escape(title)}</title><guid>https://ilvar.example/?p={id}</guid>
<dc:creator>bo</dc:creator><content:encoded><![CDATA[{content}]]></content:encoded>
<excerpt:encoded><![CDATA[It sails <b>again</b>.]]></excerpt:encoded><wp:post_id>{id}</wp:post_id>{own}
{terms or '<category domain="category" nicename="ferries">Ferries</category>'}{more}</item>"""


def wxr(*items: str, version: str = "1.2") -> bytes:
    return WXR.format(version=version, items="\n".join(items)).encode()


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


def require_draft(home: Home, external_id: str = GUID) -> None:
    with home.newsroom() as room:
        found = room.history.fold(ARTICLE, article_id(external_id))[1]
    assert found.content is not None
    assert found.edition is None


def bare(body: tuple[Block, ...]) -> list[Block]:
    return [msgspec.structs.replace(block, id="") for block in body]
