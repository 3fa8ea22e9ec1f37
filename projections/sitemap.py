"""What search engines are told: every public address. Articles lie in lists by the month of their publication, in UTC.

A month's list changes with its own articles only, so that what was made of an old one holds while others are published.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from domain.article import EditionGiven
from domain.recorded import Recorded
from projections import pages, sections, tags, writers
from projections.sections import Section
from projections.store import Put, Reads, Write, id_of

# The protocol allows 50,000. A part that is a fifth of that is made and kept at a fifth of the cost.
PART_ADDRESSES_MOST = 10_000
SITE = "site"
PART = re.compile(r"(site|\d{4}-\d\d)(?:-([1-9]\d{0,4}))?", re.ASCII)


class Address(Struct, frozen=True):
    """`path`: below the site's own address. `updated_at`: None where nobody knows."""

    path: str
    updated_at: datetime | None = None


class Part(Struct, frozen=True):
    """`changed_at`: when an edition of one of its articles was last recorded."""

    name: str
    changed_at: datetime | None = None


class Addressed(Struct, frozen=True):
    """Of a card's document, no more than an address needs."""

    slug: str
    section: str
    updated_at: datetime


addressed = msgspec.json.Decoder(Addressed)
moments = msgspec.json.Decoder(datetime)


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case EditionGiven(edition):
            return [Put("month", month(edition.published_at), msgspec.json.encode(recorded.at))]
        case _:
            return []


def month(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f"{at.year:04}-{at.month:02}"


def list_of(at: datetime) -> str:
    """The list that an article stands in which was first published then."""
    return f"month:{month(at)}"


def parts(reads: Reads) -> list[Part]:
    """Oldest months first; then the one of all that is no article."""
    months = reads.all("month")
    sizes = reads.size([f"month:{name}" for name, _ in months])
    found = [
        Part(part, moments.decode(changed_at))
        for (name, changed_at), size in zip(months, sizes, strict=True)
        for part in numbered(name, size)
    ]
    return [*found, *map(Part, numbered(SITE, len(standing(reads))))]


def numbered(name: str, size: int) -> Iterator[str]:
    """The parts of so many addresses: the first has the bare name."""
    for number in range(-(-size // PART_ADDRESSES_MOST)):
        yield f"{name}-{number + 1}" if number else name


def part(reads: Reads, name: str) -> list[Address] | None:
    """Its addresses, those first published first. None: there is no such part."""
    found = PART.fullmatch(name)
    if found is None:
        return None
    start = (int(found[2] or 1) - 1) * PART_ADDRESSES_MOST
    if found[1] == SITE:
        return standing(reads)[start : start + PART_ADDRESSES_MOST] or None
    keys = reads.oldest(f"month:{found[1]}", skip=start, limit=PART_ADDRESSES_MOST)
    documents = map(addressed.decode, filter(None, reads.get("card", list(map(id_of, keys)))))
    return [Address(f"/{one.section}/{one.slug}", one.updated_at) for one in documents] or None


def standing(reads: Reads) -> list[Address]:
    """All that is no article: the front, sections, tags in use, writers, fixed pages."""
    return [
        Address("/"),
        *(Address(f"/{slug}") for slug in slugs(sections.read(reads))),
        *(Address(f"/tag/{tag.slug}") for tag in tags.read(reads)),
        *(Address(f"/writer/{writer.slug}") for writer in writers.read(reads)),
        *(Address(f"/page/{slug}", pages.decoder.decode(page).updated_at) for slug, page in reads.all("page")),
    ]


def slugs(menu: tuple[Section, ...]) -> Iterator[str]:
    for section in menu:
        yield section.slug
        yield from slugs(section.sections)
