"""WordPress exports (WXR 1.0 to 1.2): posts become articles, categories sections, other terms tags."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import Struct, field

from cms import forms
from cms.imports import naming
from cms.imports.html import words
from cms.imports.records import BadFile, Destination, Dropped, Found, Needed, Record, article, each, place_of
from cms.imports.wordpress_post import Attachment, Post, body, published_at
from cms.imports.xml import elements, forgotten, local
from domain.section import LEVELS_MOST
from domain.slug import ChosenSlug

ATTACHMENTS_MOST = 500_000
UNCATEGORIZED = "uncategorized"
OWN_META = {"_thumbnail_id": "thumbnail", "_wp_attachment_image_alt": "alt"}
DRAFTS = {"future", "draft", "pending", "private"}


class Category(Struct, frozen=True):
    name: str
    parent: str


class Site(Struct):
    """What a post refers to, wherever in the file that stands."""

    link: str = ""
    names: dict[str, str] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    attachments: dict[str, Attachment] = field(default_factory=dict)
    is_export: bool = False


def read(path: Path, dropped: Dropped, destination: Destination) -> Found:
    site = surveyed(path)
    if not site.is_export:
        raise BadFile(f"{path}: no export of WordPress; a feed is imported with --format rss. Nothing was recorded.")
    for number, post in enumerate(posts(path), 1):
        place = place_of(number, post.guid or post.title)
        yield from each(place, partial(ImportedPost(site, post, place, dropped).records, destination))


def surveyed(path: Path) -> Site:
    site = Site()
    for element in elements(
        path, "wxr_version", "base_site_url", "base_blog_url", "author", "category", "item", "comment"
    ):
        match local(element):
            case "wxr_version":
                site.is_export = True
            case "base_blog_url" | "base_site_url":
                site.link = (element.text or "").strip() or site.link
            case "author":
                given = texts(element)
                site.names[given.get("author_login", "")] = given.get("author_display_name", "")
            case "category" if len(element):
                given = texts(element)
                parent = given.get("category_parent", "")
                site.categories[given.get("category_nicename", "")] = Category(given.get("cat_name", ""), parent)
            case "item":
                keep_attachment(site, post_of(element))
                forgotten(element)
            case _:
                element.clear()
    return site


def keep_attachment(site: Site, post: Post) -> None:
    if post.type == "attachment" and len(site.attachments) < ATTACHMENTS_MOST:
        site.attachments[post.id] = Attachment(post.attachment_url, post.meta.get("alt", ""), post.excerpt)


def posts(path: Path) -> Iterator[Post]:
    comments, meta, others = 0, dict[str, str](), 0
    for element in elements(path, "item", "comment", "postmeta"):
        match local(element):
            case "comment":
                comments += 1
            case "postmeta":
                given = texts(element)
                key = given.get("meta_key", "")
                if key in OWN_META:
                    meta[OWN_META[key]] = given.get("meta_value", "")
                else:
                    others += not key.startswith("_")
            case _:
                post = post_of(element)
                post.meta.update(meta)
                post.comments, post.other_meta = comments, others
                yield post
                forgotten(element)
                comments, meta, others = 0, {}, 0
                continue
        element.clear()


def texts(element: Any) -> dict[str, str]:
    return {local(child): (child.text or "").strip() for child in element}


def post_of(item: Any) -> Post:
    post = Post()
    for child in item:
        text = child.text or ""
        match local(child):
            case "encoded":
                # There are two of this name: the text, and the excerpt in a namespace of its own.
                if "excerpt" in child.tag:
                    post.excerpt = text.strip()
                else:
                    post.content = text
            case "category":
                post.terms.append((child.get("domain", "category"), child.get("nicename", ""), text.strip()))
            case "postmeta":
                given = texts(child)
                if given.get("meta_key") in OWN_META:
                    post.meta[OWN_META[given["meta_key"]]] = given.get("meta_value", "")
            case name if name in Post.NAMES:
                setattr(post, Post.NAMES[name], text.strip())
            case _:
                pass
    return post


class ImportedPost:
    def __init__(self, site: Site, post: Post, place: str, dropped: Dropped) -> None:
        self.site, self.post, self.place, self.dropped = site, post, place, dropped

    def note(self, what: str, count: int = 1) -> None:
        if count:
            self.dropped.note(what, self.place, count)

    def records(self, destination: Destination) -> Iterator[Record | Needed]:
        post = self.post
        if post.type == "attachment":
            return
        if post.type != "post" or post.status not in DRAFTS | {"publish"}:
            self.note(f"{post.type} that is {post.status}" if post.type == "post" else f"item of type {post.type}")
            return
        self.note("comment", post.comments)
        self.note("field of a plugin", post.other_meta)
        if post.is_sticky == "1":
            self.note("place at the top, which editors give on the front")
        sections = self.sections(destination)
        yield from map(Needed, sections)
        section = sections[-1].slug if sections else destination.section
        writers = naming.writers(filter(None, [self.author()]), self.note)
        yield from map(Needed, writers)
        text = body(post, self.site.attachments, self.site.link, self.note)
        fields = {
            "external_id": self.external_id(),
            "headline": naming.headline(post.title, lambda: words(post.content)),
            "standfirst": naming.standfirst(post.excerpt),
            "section": section,
            "tags": naming.tags(self.tags(section), self.note),
            "writers": [writer.slug for writer in writers],
            "slug": self.slug(),
            "published_at": self.published_at(),
        }
        yield article(fields, text)

    def external_id(self) -> str:
        return self.post.guid or f"{self.site.link}/?p={self.post.id}"

    def author(self) -> str:
        return self.site.names.get(self.post.creator) or self.post.creator

    def published_at(self) -> Any:
        """Drafts are drafts here too, and what only some could read must not be read by all."""
        state = "locked by a password" if self.post.password else self.post.status
        if state != "publish":
            self.dropped.note_draft(f"post that is {state}", self.place)
            return None
        return published_at(self.post)

    def slug(self) -> str:
        name = unquote(self.post.name)
        try:
            return msgspec.convert(name, ChosenSlug)
        except msgspec.ValidationError:
            return forms.address(name)

    def categories(self) -> list[tuple[str, str]]:
        """Slug and name of those that say something, in their order."""
        given = [(slug, name) for domain, slug, name in self.post.terms if domain == "category" and (slug or name)]
        return [term for term in given if term[0] != UNCATEGORIZED]

    def sections(self, destination: Destination) -> list[Any]:
        """The section of the post, after those that it lies within."""
        given = self.categories()[:1]
        if not given and destination.section:
            return []
        slug, name = given[0] if given else (UNCATEGORIZED, "Uncategorized")
        line = [(slug, self.site.categories.get(slug, Category(name, "")))]
        while (above := line[-1][1].parent) in self.site.categories and len(line) < LEVELS_MOST:
            if any(above == known for known, _ in line):
                break
            line.append((above, self.site.categories[above]))
        found: list[Any] = []
        for slug, category in reversed(line):
            parent = found[-1].slug if found else None
            found.append(naming.section(unquote(slug), category.name or name, parent))
        return found

    def tags(self, section: str) -> list[str]:
        categories = [name or slug for slug, name in self.categories()[1:]]
        others = [name or slug for domain, slug, name in self.post.terms if domain in ("post_tag", "tag")]
        foreign = sum(domain not in ("category", "post_tag", "tag") for domain, _, _ in self.post.terms)
        self.note("term of a kind of its own", foreign)
        return [name for name in (*categories, *others) if forms.address(name) != section]
