"""RSS 2.0, with what the Best Practices Profile recommends beside it."""

from email.utils import format_datetime
from html import escape

from cms import xml
from cms.feeds.document import GENERATOR, Document, Item
from cms.xml import Element, put, put_each
from projections.store import EPOCH

MEDIA_TYPE = "application/rss+xml"
ATOM, CONTENT = "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/modules/content/"
CREATOR, MEDIA = "http://purl.org/dc/elements/1.1/", "http://search.yahoo.com/mrss/"
PREFIXES: dict[str | None, str] = {"atom": ATOM, "content": CONTENT, "dc": CREATOR, "media": MEDIA}
# How long a reader may wait before it asks again; that costs next to nothing when nothing has changed.
WAIT_MINUTES = "5"


def rss(document: Document) -> bytes:
    root = xml.root("rss", PREFIXES, version="2.0")
    channel = put(root, "channel")
    put(channel, "title", document.title)
    put(channel, "link", document.home)
    put(channel, "description", document.description)
    put(channel, "language", document.language)
    if document.updated_at > EPOCH:
        put(channel, "lastBuildDate", format_datetime(document.updated_at))
    put(channel, "docs", "http://www.rssboard.org/rss-specification")
    put(channel, "generator", GENERATOR)
    put(channel, "ttl", WAIT_MINUTES)
    put(channel, f"{{{ATOM}}}link", rel="self", type=MEDIA_TYPE, href=document.address)
    if document.next:
        put(channel, f"{{{ATOM}}}link", rel="next", type=MEDIA_TYPE, href=document.next)
    for item in document.items:
        put_item(channel, item)
    return xml.written(root)


def put_item(channel: Element, item: Item) -> None:
    element = put(channel, "item")
    put(element, "title", item.title)
    put(element, "link", item.url)
    put(element, "guid", item.id, isPermaLink="false")
    put(element, "pubDate", format_datetime(item.published_at))
    put(element, f"{{{ATOM}}}updated", item.updated_at.isoformat())
    put_each(element, f"{{{CREATOR}}}creator", (author.name for author in item.authors))
    if item.source:
        put(element, f"{{{CREATOR}}}source", item.source)
    put_each(element, "category", (category.label for category in item.categories))
    # Readers take a description for HTML, and the text for the description if there is none before it.
    if item.beginning:
        put(element, "description", escape(item.beginning, quote=False))
    put(element, f"{{{CONTENT}}}encoded", item.html)
    if item.image:
        put_image(element, item)


def put_image(element: Element, item: Item) -> None:
    """An enclosure would have to say how many bytes it has."""
    assert item.image is not None
    image = put(element, f"{{{MEDIA}}}content", url=item.image.url, medium="image")
    for tag, text in (("description", item.image.caption or item.image.alt), ("credit", item.image.credit)):
        if text:
            put(image, f"{{{MEDIA}}}{tag}", text)
