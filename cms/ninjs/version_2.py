"""ninjs 2.2: as version 3.1, under names without capitals; what is associated says nothing of how.

Its fields stand here again, for the library gives a field the name that it has where it is written.
"""

from datetime import datetime

import msgspec
from msgspec import Struct

from cms.ninjs.version_3 import InfoSource, Ninjs, Ninjs3, Person, Standard, Subject


def flat(name: str) -> str:
    return name.replace("_", "")


class Text(Struct, frozen=True, kw_only=True, rename=flat, omit_defaults=True):
    role: str
    content_type: str
    value: str


class Body(Struct, frozen=True, kw_only=True, rename=flat, omit_defaults=True):
    role: str
    content_type: str
    char_count: int | None = None
    word_count: int | None = None
    value: str


class Rendition(Struct, frozen=True, kw_only=True, rename=flat, omit_defaults=True):
    name: str
    href: str
    content_type: str | None = None


class Media(Struct, frozen=True, kw_only=True, rename=flat, omit_defaults=True):
    name: str
    uri: str
    type: str
    by: str | None = None
    descriptions: tuple[Text, ...] = ()
    renditions: tuple[Rendition, ...]


class Ninjs2(Ninjs, frozen=True, kw_only=True, rename=flat, omit_defaults=True):
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


def of(newest: Ninjs3) -> Ninjs2:
    return msgspec.convert(newest, Ninjs2, from_attributes=True)
