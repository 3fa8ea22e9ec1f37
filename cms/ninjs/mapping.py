"""An article as ninjs 3.1, from which the older versions are made."""

from collections.abc import Callable, Iterator
from itertools import count
from mimetypes import MimeTypes
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from msgspec import structs

from cms.addresses import whole
from cms.ids import urn
from cms.ninjs import version_1, version_2
from cms.ninjs.version_3 import Body, InfoSource, Media, Ninjs, Ninjs3, Person, Rendition, Standard, Subject, Text
from cms.published import Published, at
from domain.body import Image, Video
from domain.content import Correction
from projections.cards import Site

HTML, PLAIN = "text/html", "text/plain"
NEWEST = "3.1"
VERSIONS: dict[str, Callable[[Ninjs3], Ninjs]] = {NEWEST: lambda made: made, "2.2": version_2.of, "1.6": version_1.of}
SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_{}.json#"
# By the endings of names alone: what the machine believes besides is not asked.
MEDIA_TYPES = MimeTypes(filenames=()).types_map[True]


def ninjs(published: Published, site: Site, version: str = NEWEST) -> Ninjs:
    standard = Standard("ninjs", version, SCHEMA.format(version))
    return VERSIONS[version](structs.replace(newest(published, site), standard=standard))


def newest(published: Published, site: Site) -> Ninjs3:
    article = published.article
    return Ninjs3(
        uri=urn(article.id),
        type="text",
        representation_type="full",
        profile="-".join(["text", *(article.badges or ["only"])]),
        version=str(article.version),
        first_created=article.published_at,
        version_created=article.updated_at,
        pub_status="usable",
        language=site.language,
        headlines=tuple(texts(main=article.headline)),
        slugline=article.slug,
        by=", ".join(writer.name for writer in article.byline.writers) or None,
        people=tuple(
            Person(writer.name, "author", at(site, f"writer/{writer.slug}")) for writer in article.byline.writers
        ),
        info_sources=tuple(info_sources(published, site)),
        descriptions=tuple(texts(summary=article.standfirst)),
        bodies=tuple(bodies(published)),
        subjects=tuple(subjects(published, site)),
        ed_note="\n".join(map(ed_note, article.corrections)) or None,
        renditions=(rendition(at(site, f"{article.section}/{article.slug}"), HTML),),
        associations=tuple(associations(published, site)),
        standard=Standard("ninjs", NEWEST, SCHEMA.format(NEWEST)),
    )


def info_sources(published: Published, site: Site) -> Iterator[InfoSource]:
    if name := published.article.byline.source:
        yield InfoSource(name, "source", published.source_url(site))
    yield InfoSource(site.title, "publisher", at(site, ""))


def bodies(published: Published) -> Iterator[Body]:
    if published.article.html:
        yield Body(role="html", content_type=HTML, value=published.article.html)
    if words := published.words:
        yield Body(
            role="text",
            content_type=PLAIN,
            char_count=len(words),
            word_count=len(words.split()),
            value=words,
        )


def subjects(published: Published, site: Site) -> Iterator[Subject]:
    """The sections from its own upward, then the tags: their own schemes are the pages of this site."""
    for section in reversed(published.sections):
        yield Subject(section.name, "section", at(site, section.slug), section.slug)
    for tag in published.article.tags:
        yield Subject(tag.name, "about", at(site, f"tag/{tag.slug}"), tag.slug)


def associations(published: Published, site: Site) -> Iterator[Media]:
    """Pictures and films, each kind numbered in the order of the body. One whose address names no place is left out."""
    numbers = {"picture": count(1), "video": count(1)}
    for block in published.article.body:
        if isinstance(block, Image | Video) and (uri := whole(block.url, site.base_url)):
            kind = "picture" if isinstance(block, Image) else "video"
            yield media(block, uri, kind, f"{kind}_{next(numbers[kind])}")


def media(block: Image | Video, uri: str, kind: str, name: str) -> Media:
    alt, credit = (block.alt, block.credit) if isinstance(block, Image) else ("", "")
    return Media(
        name=name,
        rel="illustration",
        uri=uri,
        type=kind,
        by=credit or None,
        descriptions=tuple(texts(caption=block.caption, alt=alt)),
        renditions=(rendition(uri, media_type(uri)),),
    )


def rendition(href: str, content_type: str | None) -> Rendition:
    return Rendition(name="web", href=href, content_type=content_type)


def media_type(uri: str) -> str | None:
    return MEDIA_TYPES.get(PurePosixPath(urlsplit(uri).path).suffix.lower())


def texts(**by_role: str) -> Iterator[Text]:
    for role, value in by_role.items():
        if value:
            yield Text(role=role, content_type=PLAIN, value=value)


def ed_note(correction: Correction) -> str:
    return f"Correction, {correction.at.isoformat(timespec='seconds')}: {correction.note}"
