"""ninjs 3.1: what an article uses of it. Version 2.2 has the same, under names without capitals."""

from datetime import datetime

from msgspec import Struct


class Ninjs(Struct, frozen=True, kw_only=True):
    """What every version calls the same; the rest is told in IPTC's own schemas."""

    uri: str
    type: str
    profile: str
    version: str
    language: str
    slugline: str


class Text(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A headline or a description. `role`: which of them."""

    role: str
    content_type: str
    value: str


class Body(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Counts are of the words alone, without what stands below pictures."""

    role: str
    content_type: str
    char_count: int | None = None
    word_count: int | None = None
    value: str


class Person(Struct, frozen=True):
    name: str
    rel: str
    uri: str


class Subject(Struct, frozen=True):
    name: str
    rel: str
    uri: str
    literal: str


class InfoSource(Struct, frozen=True, omit_defaults=True):
    name: str
    role: str
    uri: str | None = None


class Rendition(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    name: str
    href: str
    content_type: str | None = None


class Media(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A picture or a film that stands in the article."""

    name: str
    rel: str
    uri: str
    type: str
    by: str | None = None
    descriptions: tuple[Text, ...] = ()
    renditions: tuple[Rendition, ...]


class Standard(Struct, frozen=True):
    name: str
    version: str
    schema: str


class Ninjs3(Ninjs, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    representation_type: str
    first_created: datetime
    version_created: datetime
    pub_status: str
    headlines: tuple[Text, ...]
    by: str | None = None
    people: tuple[Person, ...] = ()
    info_sources: tuple[InfoSource, ...]
    descriptions: tuple[Text, ...] = ()
    bodies: tuple[Body, ...] = ()
    subjects: tuple[Subject, ...] = ()
    ed_note: str | None = None
    renditions: tuple[Rendition, ...]
    associations: tuple[Media, ...] = ()
    standard: Standard
