"""What the specifications of feeds ask for, in our own words: RSS 2.0, RFC 4287, JSON Feed 1.1."""

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
LANGUAGE = r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"
RFC_822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
RFC_3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
CHANNEL_ONCE = {"title", "link", "description"}
CHANNEL_AT_MOST_ONCE = {"language", "lastBuildDate", "docs", "generator", "ttl"}
ITEM_AT_MOST_ONCE = {"title", "link", "description", "guid", "pubDate", f"{ATOM}updated", CONTENT}
ITEM_REST = {"category"}

Document = dict[str, Any]


def parsed(document: bytes) -> Any:
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))


# RSS.


def rss_faults(document: bytes, address: str) -> Iterator[str]:
    root = parsed(document)
    if root.tag != "rss" or root.attrib != {"version": "2.0"} or [one.tag for one in root] != ["channel"]:
        yield "The root is one of RSS 2.0 with one channel."
    (channel,) = root
    yield from channel_faults(channel, address)
    items = channel.findall("item")
    yield from (fault for item in items for fault in item_faults(item))
    guids = [item.findtext("guid") for item in items]
    if len(set(guids)) != len(guids):
        yield "Two items have one guid."


def channel_faults(channel: Any, address: str) -> Iterator[str]:
    tags = [one.tag for one in channel]
    yield from (f"channel: {tags.count(tag)} {tag}" for tag in CHANNEL_ONCE if tags.count(tag) != 1)
    yield from (f"channel: several {tag}" for tag in CHANNEL_AT_MOST_ONCE if tags.count(tag) > 1)
    unknown = {tag for tag in tags if "{" not in tag} - CHANNEL_ONCE - CHANNEL_AT_MOST_ONCE - {"item"}
    yield from (f"channel: what is {tag}?" for tag in unknown)
    if not re.fullmatch(LANGUAGE, channel.findtext("language")):
        yield "channel: no language"
    if not channel.findtext("ttl").isdigit():
        yield "channel: ttl is no number of minutes"
    yield from date_faults(channel, "lastBuildDate")
    yield from address_faults(channel, "link")
    own = [link for link in channel.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if [(link.get("href"), link.get("type")) for link in own] != [(address, "application/rss+xml")]:
        yield "channel: it does not name its own address once"


def item_faults(item: Any) -> Iterator[str]:
    tags = [one.tag for one in item]
    if "title" not in tags or ("description" in tags and tags.index("description") > tags.index(CONTENT)):
        yield "item: no title, or the description after the content"
    if item.findtext("description") == "":
        yield "item: a description without words"
    yield from (f"item: several {tag}" for tag in ITEM_AT_MOST_ONCE if tags.count(tag) > 1)
    yield from (f"item: what is {tag}?" for tag in tags if "{" not in tag and tag not in ITEM_AT_MOST_ONCE | ITEM_REST)
    guid = item.find("guid")
    if guid is None or guid.get("isPermaLink") != "false" or not re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", guid.text):
        yield "item: no guid"
    yield from date_faults(item, "pubDate")
    yield from address_faults(item, "link")
    for name in (CONTENT, "description"):
        yield from html_faults(item.findtext(name) or "")
    for media in item.iterfind("{http://search.yahoo.com/mrss/}content"):
        yield from absolute_faults(media.get("url"))


def date_faults(element: Any, tag: str) -> Iterator[str]:
    for found in element.iterfind(tag):
        if not RFC_822.fullmatch(found.text) or f"{parsedate_to_datetime(found.text):%a, %d %b %Y}" != found.text[:16]:
            yield f"{tag}: {found.text}"


def address_faults(element: Any, tag: str) -> Iterator[str]:
    for found in element.iterfind(tag):
        yield from absolute_faults(found.text)


def absolute_faults(address: str) -> Iterator[str]:
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
        yield f"not a whole address: {address}"


def html_faults(text: str) -> Iterator[str]:
    """No address depends on where it is read, and nothing runs."""
    whole: Any = html.fragment_fromstring(text, create_parent=True)
    for part in whole:
        yield from (f"{one.tag} in content" for one in part.iter("script", "style", "iframe", "object", "embed"))
        for _, _, address, _ in part.iterlinks():
            if not address.startswith("mailto:"):
                yield from absolute_faults(address)


# Atom.

SCHEMA = f"""
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="feed"><ref name="common"/><interleave>
    <ref name="id"/><ref name="title"/><ref name="updated"/>
    <oneOrMore><ref name="author"/></oneOrMore>
    <optional><element name="generator"><ref name="common"/><text/></element></optional>
    <ref name="links"/><ref name="categories"/><ref name="foreign"/>
    <zeroOrMore><ref name="entry"/></zeroOrMore>
  </interleave></element></start>
  <define name="entry"><element name="entry"><ref name="common"/><interleave>
    <ref name="id"/><ref name="title"/><ref name="updated"/>
    <optional><element name="published"><ref name="date"/></element></optional>
    <optional><element name="summary"><ref name="words"/></element></optional>
    <optional><element name="content"><ref name="words"/></element></optional>
    <zeroOrMore><ref name="author"/></zeroOrMore>
    <ref name="links"/><ref name="categories"/><ref name="foreign"/>
  </interleave></element></define>
  <define name="common">
    <optional><attribute name="xml:lang"><data type="language"/></attribute></optional>
    <optional><attribute name="xml:base"><ref name="iri"/></attribute></optional>
  </define>
  <define name="iri"><data type="anyURI"><param name="minLength">1</param></data></define>
  <define name="id"><element name="id"><ref name="common"/><data type="anyURI">
    <param name="pattern">[a-z][a-z0-9+.\\-]*:.+</param></data></element></define>
  <define name="title"><element name="title"><ref name="words"/></element></define>
  <define name="updated"><element name="updated"><ref name="date"/></element></define>
  <define name="date"><ref name="common"/><data type="dateTime">
    <param name="pattern">{RFC_3339.replace("(?:", "(")}</param></data></define>
  <define name="words"><ref name="common"/>
    <optional><attribute name="type"><choice><value>text</value><value>html</value></choice></attribute></optional>
    <text/></define>
  <define name="author"><element name="author"><ref name="common"/><interleave>
    <element name="name"><data type="string"><param name="minLength">1</param></data></element>
    <optional><element name="uri"><ref name="iri"/></element></optional>
    <optional><element name="email"><text/></element></optional>
  </interleave></element></define>
  <define name="links"><zeroOrMore><element name="link"><ref name="common"/>
    <attribute name="href"><ref name="iri"/></attribute>
    <attribute name="rel"><choice><value>self</value><value>alternate</value><value>next</value></choice></attribute>
    <attribute name="type"><data type="string"><param name="pattern">[a-z]+/[a-z+]+</param></data></attribute>
  </element></zeroOrMore></define>
  <define name="categories"><zeroOrMore><element name="category"><ref name="common"/>
    <attribute name="term"/>
    <optional><attribute name="scheme"><ref name="iri"/></attribute></optional>
    <optional><attribute name="label"/></optional>
  </element></zeroOrMore></define>
  <define name="foreign"><zeroOrMore><ref name="other"/></zeroOrMore></define>
  <define name="other"><element><anyName><except><nsName/><nsName ns=""/></except></anyName>
    <zeroOrMore><attribute><anyName/></attribute></zeroOrMore>
    <mixed><zeroOrMore><ref name="other"/></zeroOrMore></mixed>
  </element></define>
</grammar>
"""
ATOM_SCHEMA = etree.RelaxNG(parsed(SCHEMA.strip().encode()))


def atom_faults(document: bytes, address: str) -> Iterator[str]:
    feed = parsed(document)
    if not ATOM_SCHEMA.validate(feed):
        yield str(ATOM_SCHEMA.error_log)
        return
    entries = feed.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) != len(ids):
        yield "Two entries have one id."
    if [link.get("href") for link in links(feed, "self")] != [address]:
        yield "It does not name its own address once."
    for part in (feed, *entries):
        if len(links(part, "alternate")) != 1:
            yield "Not one address of the page that says the same."
        for link in part.iterfind(f"{ATOM}link"):
            yield from absolute_faults(link.get("href"))
        for scheme in part.iterfind(f"{ATOM}category"):
            yield from absolute_faults(scheme.get("scheme"))
    for content in feed.iter(f"{ATOM}content"):
        yield from html_faults(content.text or "")


def links(part: Any, rel: str) -> list[Any]:
    return [link for link in part.findall(f"{ATOM}link") if link.get("rel") == rel]


# JSON Feed.

ADDRESS = {"type": "string", "pattern": "^https?://[^/]+"}
WORDS = {"type": "string", "minLength": 1}
DATE = {"type": "string", "pattern": f"^{RFC_3339}$"}
AUTHORS = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "properties": {"name": WORDS, "url": ADDRESS, "avatar": ADDRESS},
        "anyOf": [{"required": [name]} for name in ("name", "url", "avatar")],
        "additionalProperties": False,
    },
}
# Names that begin with an underscore are anybody's own, and hold objects.
OWN = {"^_[a-zA-Z]": {"type": "object"}}
JSON_ITEM = {
    "type": "object",
    "required": ["id"],
    "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
    "properties": {
        "id": WORDS,
        "url": ADDRESS,
        "external_url": ADDRESS,
        "title": WORDS,
        "content_html": {"type": "string"},
        "content_text": {"type": "string"},
        "summary": WORDS,
        "image": ADDRESS,
        "banner_image": ADDRESS,
        "date_published": DATE,
        "date_modified": DATE,
        "authors": AUTHORS,
        "tags": {"type": "array", "items": WORDS},
        "language": {"type": "string", "pattern": f"^{LANGUAGE}$"},
    },
    "patternProperties": OWN,
    "additionalProperties": False,
}
JSON_FEED: Document = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": WORDS,
        "home_page_url": ADDRESS,
        "feed_url": ADDRESS,
        "description": WORDS,
        "user_comment": WORDS,
        "next_url": ADDRESS,
        "icon": ADDRESS,
        "favicon": ADDRESS,
        "authors": AUTHORS,
        "language": {"type": "string", "pattern": f"^{LANGUAGE}$"},
        "expired": {"type": "boolean"},
        "items": {"type": "array", "items": JSON_ITEM},
    },
    "patternProperties": OWN,
    "additionalProperties": False,
}
