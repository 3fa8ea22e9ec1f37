"""Sitemaps, as sitemaps.org and Google's rules for news have them, and robots.txt."""

from collections.abc import Iterable
from datetime import datetime, tzinfo

from cms import xml
from cms.moments import to_the_minute
from cms.xml import put
from projections.cards import Card, Site
from projections.sitemap import Address, Part

MEDIA_TYPE = "application/xml"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
# What is for programs and for those who work here, and what only a link should lead to.
CLOSED = ("/editorial/", "/audit/", "/preview/", "/v1/", "/schema", "/metrics")


def index(parts: Iterable[Part], site: Site) -> bytes:
    return listed(
        "sitemapindex", "sitemap", ((f"/sitemap.xml?part={part.name}", part.changed_at) for part in parts), site
    )


def addresses(found: Iterable[Address], site: Site) -> bytes:
    changed = ((address.path, address.updated_at) for address in found)
    return listed("urlset", "url", changed, site)


def listed(kind: str, each: str, found: Iterable[tuple[str, datetime | None]], site: Site) -> bytes:
    """Paths, and when what lies there last changed, if that is known."""
    root = xml.root(tag(kind), {None: SITEMAP})
    for path, changed_at in found:
        element = put(root, tag(each))
        put(element, tag("loc"), f"{site.base_url}{path}")
        if changed_at is not None:
            put(element, tag("lastmod"), written(changed_at, site.zone))
    return xml.written(root)


def news(cards: Iterable[Card], site: Site) -> bytes:
    root = xml.root(tag("urlset"), {None: SITEMAP, "news": NEWS})
    for card in cards:
        element = put(root, tag("url"))
        put(element, tag("loc"), card.url)
        entry = put(element, f"{{{NEWS}}}news")
        publication = put(entry, f"{{{NEWS}}}publication")
        put(publication, f"{{{NEWS}}}name", site.title)
        put(publication, f"{{{NEWS}}}language", language(site.language))
        put(entry, f"{{{NEWS}}}publication_date", written(card.published_at, site.zone))
        put(entry, f"{{{NEWS}}}title", card.headline)
    return xml.written(root)


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
    return to_the_minute(at.astimezone(zone)).isoformat(timespec="seconds")


def tag(name: str) -> str:
    return f"{{{SITEMAP}}}{name}"
