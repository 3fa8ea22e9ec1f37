"""The menu: sections in their order, each with those that are part of it."""

import msgspec
from msgspec import Struct, structs

from domain.recorded import Recorded
from domain.section import SectionAdded, SectionClosed, SectionMoved, SectionRenamed, SectionReopened
from projections.store import Drop, Put, Reads, Write


class SectionName(Struct, frozen=True):
    name: str


class SectionPlace(Struct, frozen=True):
    position: int
    parent: str | None


class Section(Struct, frozen=True, kw_only=True):
    slug: str
    name: str
    position: int
    parent: str | None
    sections: tuple["Section", ...] = ()


names = msgspec.json.Decoder(SectionName)
places = msgspec.json.Decoder(SectionPlace)


def project(recorded: Recorded) -> list[Write]:
    """A name and a place are two documents, since each changes alone."""
    slug, encode = recorded.id, msgspec.json.encode
    match recorded.event:
        case SectionAdded(name, position, parent):
            return [
                Put("section", slug, encode(SectionName(name))),
                Put("menu", slug, encode(SectionPlace(position, parent))),
            ]
        case SectionRenamed(name):
            return [Put("section", slug, encode(SectionName(name)))]
        case SectionMoved(position, parent):
            return [Put("menu", slug, encode(SectionPlace(position, parent)))]
        case SectionClosed():
            return [Put("closed", slug, b"")]
        case SectionReopened():
            return [Drop("closed", slug)]
        case _:
            return []


def read(reads: Reads) -> tuple[Section, ...]:
    """The open ones. Where one is closed, those that are part of it stand in its place."""
    return tree(flat(reads), frozenset(slug for slug, _ in reads.all("closed")), None)


def flat(reads: Reads) -> list[Section]:
    named = dict(reads.all("section"))
    sections = [
        Section(slug=slug, name=names.decode(named[slug]).name, position=place.position, parent=place.parent)
        for slug, document in reads.all("menu")
        for place in [places.decode(document)]
    ]
    return sorted(sections, key=lambda section: (section.position, section.slug))


def tree(sections: list[Section], closed: frozenset[str], parent: str | None) -> tuple[Section, ...]:
    found: list[Section] = []
    for section in sections:
        if section.parent == parent:
            below = tree(sections, closed, section.slug)
            if section.slug in closed:
                found += (structs.replace(one, parent=parent) for one in below)
            else:
                found.append(structs.replace(section, sections=below))
    return tuple(found)


def way_to(reads: Reads, slug: str) -> list[Section]:
    """From the top of the menu down to the section; without the closed ones above it. Empty: no such section."""
    sections = {section.slug: section for section in flat(reads)}
    closed = {closed for closed, _ in reads.all("closed")}
    found: list[Section] = []
    above: str | None = slug
    while above in sections and sections[above] not in found:
        found.append(sections[above])
        above = sections[above].parent
    return [section for section in reversed(found) if section.slug not in closed - {slug}]


def lists_of(reads: Reads, slug: str) -> list[str] | None:
    """The lists that hold a section's articles: its own and those of all its sub-sections. None: no such section."""
    slugs = within(reads, slug)
    return None if slugs is None else [f"section:{slug}" for slug in slugs]


def within(reads: Reads, slug: str) -> list[str] | None:
    """The section, and all that are part of it. None: no such section."""
    sections = flat(reads)
    if slug not in {section.slug for section in sections}:
        return None
    found = [slug]
    for above in found:
        found += [section.slug for section in sections if section.parent == above and section.slug not in found]
    return found
