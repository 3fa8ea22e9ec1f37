"""What files call people, tags and sections, as the newsroom may call them."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from cms import forms
from cms.forms import BadField
from cms.imports.html import Note, words
from cms.imports.records import SectionRecord, WriterRecord
from cms.imports.texts import shortened
from domain.content import HEADLINE_MOST, STANDFIRST_MOST, TAGS_MOST, WRITERS_MOST
from domain.section import RESERVED

# Of a section, a tag and a writer alike; and of what stands for a missing title.
NAME_MOST = 100

BY = re.compile(r"^(by|von|av|af|par|por|di|da)\s+", re.IGNORECASE)
AND = re.compile(r"\s*[,;/]\s*|\s+(?:and|und|och|og|et|y|&)\s+", re.IGNORECASE)


def writers(names: Iterable[str], note: Note) -> list[WriterRecord]:
    """Each once. An e-mail address is nobody's name, and private."""
    found: dict[str, WriterRecord] = {}
    for given in names:
        name = shortened(words(given), NAME_MOST)
        slug = forms.address(name)
        if "@" in name or not slug:
            note("author without a name")
        elif len(found) >= WRITERS_MOST and slug not in found:
            note(f"author beyond {WRITERS_MOST}")
        else:
            found.setdefault(slug, WriterRecord(slug=slug, name=name))
    return list(found.values())


def tags(names: Iterable[str], note: Note) -> list[str]:
    found: dict[str, str] = {}
    for given in names:
        name = shortened(words(given), NAME_MOST)
        slug = forms.address(name)
        if not slug:
            note("tag without a letter or digit")
        elif len(found) >= TAGS_MOST and slug not in found:
            note(f"tag beyond {TAGS_MOST}")
        else:
            found.setdefault(slug, name)
    return list(found.values())


def section(slug: str, name: str, parent: str | None = None) -> SectionRecord:
    """Under an address that no route of the site has."""
    name = shortened(words(name), NAME_MOST)
    slug = forms.address(slug) or forms.address(name)
    if not slug:
        raise BadField("section", "its name has no letter or digit that an address could be made of")
    return SectionRecord(slug=f"{slug}-section" if slug in RESERVED else slug, name=name or slug, parent=parent)


def headline(title: str, otherwise: Callable[[], str]) -> str:
    """`otherwise`: what begins the text, for what has no title."""
    found = shortened(words(title), HEADLINE_MOST) or shortened(otherwise(), NAME_MOST)
    if not found:
        raise BadField("headline", "there is no title, and no text that could stand for it")
    return found


def standfirst(text: str) -> str:
    return shortened(words(text), STANDFIRST_MOST)


def instant(text: str, field: str) -> datetime | None:
    """A time as RFC 3339 has it, or without an offset: then it is UTC."""
    if not text.strip():
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadField(field, f"'{text[:40]}' is no time") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def of_byline(text: str) -> list[str]:
    """The people that a byline names, in several languages."""
    return AND.split(BY.sub("", text)) if text else []
