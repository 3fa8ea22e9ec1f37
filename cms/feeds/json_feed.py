"""JSON Feed 1.1."""

from datetime import datetime

import msgspec
from msgspec import Struct

from cms.feeds.document import Document, Item, Named

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


class Beside(Struct, frozen=True):
    """What the format has no word for. `source`: whoever an article comes from."""

    source: str


class JsonItem(Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"beside": "_chronicle"}):
    id: str
    url: str
    title: str
    content_html: str
    summary: str = ""
    image: str | None = None
    date_published: datetime
    date_modified: datetime
    authors: list[Named]
    tags: list[str]
    beside: Beside | None = None


class JsonFeed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    version: str
    title: str
    home_page_url: str
    feed_url: str
    next_url: str | None = None
    authors: list[Named]
    language: str
    items: list[JsonItem]


def json_feed(document: Document) -> bytes:
    feed = JsonFeed(
        version=VERSION,
        title=document.title,
        home_page_url=document.home,
        feed_url=document.address,
        next_url=document.next,
        authors=[Named(document.publisher)],
        language=document.language,
        items=list(map(json_item, document.items)),
    )
    return msgspec.json.encode(feed)


def json_item(item: Item) -> JsonItem:
    return JsonItem(
        id=item.id,
        url=item.url,
        title=item.title,
        content_html=item.html,
        summary=item.summary,
        image=item.image.url if item.image else None,
        date_published=item.published_at,
        date_modified=item.updated_at,
        authors=item.authors,
        tags=[category.label for category in item.categories],
        beside=Beside(item.source) if item.source else None,
    )
