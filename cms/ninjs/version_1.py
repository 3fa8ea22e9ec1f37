"""ninjs 1.6: one headline, texts as fields of their own, codes within schemes."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct, field

from cms.ninjs.version_3 import Body, Media, Ninjs, Ninjs3, Person, Standard, Subject, Text
from cms.ninjs.version_3 import Rendition as Rendition3


class Coded(Struct, frozen=True, omit_defaults=True):
    """A person, a subject, a source. `code` is unique within its `scheme`."""

    name: str
    rel: str
    scheme: str | None = None
    code: str | None = None


class Rendition(Struct, frozen=True, omit_defaults=True):
    href: str
    mimetype: str | None = None


class Media1(Struct, frozen=True, kw_only=True, omit_defaults=True):
    uri: str
    type: str
    byline: str | None = None
    description_caption: str | None = None
    description_alt: str | None = None
    renditions: dict[str, Rendition]


class Ninjs1(Ninjs, frozen=True, kw_only=True, omit_defaults=True):
    representationtype: str
    firstcreated: datetime
    versioncreated: datetime
    pubstatus: str
    headline: str
    byline: str | None = None
    person: tuple[Coded, ...] = ()
    infosource: tuple[Coded, ...]
    description_text: str | None = None
    body_html: str | None = None
    body_text: str | None = None
    charcount: int | None = None
    wordcount: int | None = None
    subject: tuple[Coded, ...] = ()
    ednote: str | None = None
    renditions: dict[str, Rendition]
    associations: dict[str, Media1] = field(default_factory=dict)
    standard: Standard = field(name="$standard")


def of(newest: Ninjs3) -> Ninjs1:
    bodies = {body.role: body for body in newest.bodies}
    counted = bodies.get("text")
    return Ninjs1(
        uri=newest.uri,
        type=newest.type,
        representationtype="complete",
        profile=newest.profile,
        version=newest.version,
        firstcreated=newest.first_created,
        versioncreated=newest.version_created,
        pubstatus=newest.pub_status,
        language=newest.language,
        headline=newest.headlines[0].value,
        slugline=newest.slugline,
        byline=newest.by,
        person=tuple(map(coded, newest.people)),
        infosource=tuple(Coded(source.name, source.role) for source in newest.info_sources),
        description_text=in_role(newest.descriptions, "summary"),
        body_html=in_role(newest.bodies, "html"),
        body_text=in_role(newest.bodies, "text"),
        charcount=counted.char_count if counted else None,
        wordcount=counted.word_count if counted else None,
        subject=tuple(map(coded, newest.subjects)),
        ednote=newest.ed_note,
        renditions=renditions(newest.renditions),
        associations={media.name: media_of(media) for media in newest.associations},
        standard=newest.standard,
    )


def coded(one: Person | Subject) -> Coded:
    scheme, _, code = one.uri.rpartition("/")
    return Coded(one.name, one.rel, f"{scheme}/", code)


def in_role(texts: Iterable[Text | Body], role: str) -> str | None:
    return next((text.value for text in texts if text.role == role), None)


def renditions(given: Iterable[Rendition3]) -> dict[str, Rendition]:
    return {one.name: Rendition(one.href, one.content_type) for one in given}


def media_of(media: Media) -> Media1:
    return Media1(
        uri=media.uri,
        type=media.type,
        byline=media.by,
        description_caption=in_role(media.descriptions, "caption"),
        description_alt=in_role(media.descriptions, "alt"),
        renditions=renditions(media.renditions),
    )
