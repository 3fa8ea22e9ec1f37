"""Atom (RFC 4287), with links from page to page (RFC 5005)."""

from cms import xml
from cms.feeds.document import GENERATOR, Document, Item, Named
from cms.feeds.rss import ATOM, CREATOR, MEDIA, put_image
from cms.xml import Element, put

MEDIA_TYPE = "application/atom+xml"
PREFIXES: dict[str | None, str] = {None: ATOM, "dc": CREATOR, "media": MEDIA}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def atom(document: Document) -> bytes:
    root = xml.root(f"{{{ATOM}}}feed", PREFIXES)
    root.set(LANGUAGE, document.language)
    put_atom(root, "id", document.id)
    put_atom(root, "title", document.title)
    put_atom(root, "updated", document.updated_at.isoformat())
    put_named(root, "author", Named(document.publisher))
    put_atom(root, "generator", GENERATOR)
    put_atom(root, "link", rel="self", type=MEDIA_TYPE, href=document.address)
    put_atom(root, "link", rel="alternate", type="text/html", href=document.home)
    if document.next:
        put_atom(root, "link", rel="next", type=MEDIA_TYPE, href=document.next)
    for item in document.items:
        put_entry(root, item)
    return xml.written(root)


def put_entry(feed: Element, item: Item) -> None:
    entry = put_atom(feed, "entry")
    put_atom(entry, "id", item.id)
    put_atom(entry, "title", item.title)
    put_atom(entry, "published", item.published_at.isoformat())
    put_atom(entry, "updated", item.updated_at.isoformat())
    for author in item.authors:
        put_named(entry, "author", author)
    put_atom(entry, "link", rel="alternate", type="text/html", href=item.url)
    for category in item.categories:
        put_atom(entry, "category", term=category.term, scheme=category.scheme, label=category.label)
    if item.summary:
        put_atom(entry, "summary", item.summary)
    put_atom(entry, "content", item.html, type="html")
    if item.source:
        put(entry, f"{{{CREATOR}}}source", item.source)
    if item.image:
        put_image(entry, item)


def put_named(parent: Element, tag: str, named: Named) -> None:
    person = put_atom(parent, tag)
    put_atom(person, "name", named.name)
    if named.url:
        put_atom(person, "uri", named.url)


def put_atom(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    return put(parent, f"{{{ATOM}}}{tag}", text, **attributes)
