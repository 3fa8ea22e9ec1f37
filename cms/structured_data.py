"""An article in schema.org's words, as search engines and assistants read it: JSON-LD."""

from datetime import datetime

import msgspec
from msgspec import Struct, field

from cms.addresses import whole
from cms.ids import urn
from cms.published import Published, at
from domain.body import Image
from projections.cards import Site

MEDIA_TYPE = "application/ld+json"
# So that it ends no script element, and begins no remark, wherever it is put into a page.
ESCAPES = {
    b"<": b"\\u003c",
    b">": b"\\u003e",
    b"&": b"\\u0026",
    "\u2028".encode(): b"\\u2028",
    "\u2029".encode(): b"\\u2029",
}


class Thing(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, tag_field="@type", tag=True):
    """What it is called by stands in `@type`."""


class Person(Thing, frozen=True, kw_only=True):
    name: str
    url: str


class Organization(Thing, frozen=True, kw_only=True):
    name: str
    url: str | None = None


class ImageObject(Thing, frozen=True, kw_only=True):
    """`description`: what it shows, for those who do not see it."""

    url: str
    content_url: str
    caption: str | None = None
    description: str | None = None
    credit_text: str | None = None


class CorrectionComment(Thing, frozen=True, kw_only=True):
    text: str
    date_published: datetime


class ListItem(Thing, frozen=True, kw_only=True):
    position: int
    name: str
    item: str


class BreadcrumbList(Thing, frozen=True, kw_only=True):
    item_list_element: tuple[ListItem, ...]


class WebPage(Thing, frozen=True, kw_only=True):
    id: str = field(name="@id")
    breadcrumb: BreadcrumbList


class NewsArticle(Thing, frozen=True, kw_only=True):
    context: str = field(name="@context")
    id: str = field(name="@id")
    headline: str
    description: str | None = None
    url: str
    main_entity_of_page: WebPage
    date_published: datetime
    date_modified: datetime
    author: tuple[Person | Organization, ...]
    publisher: Organization
    source_organization: Organization | None = None
    image: tuple[ImageObject, ...] = ()
    article_section: str | None = None
    keywords: tuple[str, ...] = ()
    in_language: str
    word_count: int
    is_accessible_for_free: bool
    correction: tuple[CorrectionComment, ...] = ()
    version: int


def structured_data(published: Published, site: Site) -> NewsArticle:
    """The headline is whole: what a search engine has no room for, it shortens itself."""
    article = published.article
    address = at(site, f"{article.section}/{article.slug}")
    publisher = Organization(name=site.title, url=at(site, ""))
    source = source_of(published, site)
    writers = tuple(Person(name=one.name, url=at(site, f"writer/{one.slug}")) for one in article.byline.writers)
    return NewsArticle(
        context="https://schema.org",
        id=urn(article.id),
        headline=article.headline,
        description=article.standfirst or None,
        url=address,
        main_entity_of_page=WebPage(id=address, breadcrumb=breadcrumb(published, site, address)),
        date_published=article.published_at,
        date_modified=article.updated_at,
        author=writers or (source or publisher,),
        publisher=publisher,
        source_organization=source,
        image=images(published, site),
        article_section=published.sections[-1].name if published.sections else None,
        keywords=tuple(tag.name for tag in article.tags),
        in_language=site.language,
        word_count=len(published.words.split()),
        is_accessible_for_free=True,
        correction=tuple(CorrectionComment(text=one.note, date_published=one.at) for one in article.corrections),
        version=article.version,
    )


def source_of(published: Published, site: Site) -> Organization | None:
    name = published.article.byline.source
    return Organization(name=name, url=published.source_url(site)) if name else None


def breadcrumb(published: Published, site: Site, address: str) -> BreadcrumbList:
    places = [(site.title, ""), *((section.name, section.slug) for section in published.sections)]
    steps = [*((name, at(site, path)) for name, path in places), (published.article.headline, address)]
    return BreadcrumbList(
        item_list_element=tuple(
            ListItem(position=number, name=name, item=item) for number, (name, item) in enumerate(steps, start=1)
        )
    )


def images(published: Published, site: Site) -> tuple[ImageObject, ...]:
    pictures = [block for block in published.article.body if isinstance(block, Image)]
    return tuple(
        ImageObject(
            url=uri,
            content_url=uri,
            caption=picture.caption or None,
            description=picture.alt or None,
            credit_text=picture.credit or None,
        )
        for picture in pictures
        if (uri := whole(picture.url, site.base_url))
    )


def rendered(data: NewsArticle) -> bytes:
    """JSON that may stand within a script element."""
    text = msgspec.json.encode(data)
    for mark, escape in ESCAPES.items():
        text = text.replace(mark, escape)
    return text
