"""Sitemaps, as sitemaps.org and Google's rules for news have them, and robots.txt."""

from collections.abc import Iterable
from datetime import datetime, tzinfo

from cms import xml
from cms.feeds.document import offset
from cms.xml import Element, put
from projections.cards import Card, Site
from projections.sitemap import Address, Part

MEDIA_TYPE = "application/xml"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
# What is for programs and for those who work here, and what only a link should lead to.
CLOSED = ("/editorial/", "/audit/", "/preview/", "/v1/", "/schema", "/metrics")


def index(parts: Iterable[Part], site: Site) -> bytes:
    root = xml.root(tag("sitemapindex"), {None: SITEMAP})
    for part in parts:
        element = put(root, tag("sitemap"))
        put(element, tag("loc"), f"{site.base_url}/sitemap.xml?part={part.name}")
        put_changed(element, part.changed_at, site)
    return xml.written(root)


def addresses(found: Iterable[Address], site: Site) -> bytes:
    root = xml.root(tag("urlset"), {None: SITEMAP})
    for address in found:
        element = put(root, tag("url"))
        put(element, tag("loc"), f"{site.base_url}{address.path}")
        put_changed(element, address.updated_at, site)
    return xml.written(root)


def news(cards: Iterable[Card], site: Site) -> bytes:
    root = xml.root(tag("urlset"), {None: SITEMAP, "news": NEWS})
    for card in cards:
        element = put(root, tag("url"))
        put(element, tag("loc"), card.url)
        told = put(element, f"{{{NEWS}}}news")
        publication = put(told, f"{{{NEWS}}}publication")
        put(publication, f"{{{NEWS}}}name", site.title)
        put(publication, f"{{{NEWS}}}language", language(site.language))
        put(told, f"{{{NEWS}}}publication_date", written(card.published_at, site.zone))
        put(told, f"{{{NEWS}}}title", card.headline)
    return xml.written(root)


def put_changed(element: Element, at: datetime | None, site: Site) -> None:
    if at is not None:
        put(element, tag("lastmod"), written(at, site.zone))


def language(code: str) -> str:
    """Two or three letters and no more, but for Chinese, which is told apart by where it is written."""
    if code.lower() in ("zh-cn", "zh-tw"):
        return code.lower()
    return code.partition("-")[0]


def robots(site: Site) -> bytes:
    closed = (f"Disallow: {path}" for path in CLOSED)
    maps = (f"Sitemap: {site.base_url}/{name}" for name in ("sitemap.xml", "news-sitemap.xml"))
    return "\n".join(("User-agent: *", *closed, "Allow: /", "", *maps, "")).encode()


def written(at: datetime, zone: tzinfo) -> str:
    return offset(at.astimezone(zone)).isoformat(timespec="seconds")


def tag(name: str) -> str:
    return f"{{{SITEMAP}}}{name}"
