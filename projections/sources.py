"""The sources, each with the number of public articles that give its name."""

import msgspec
from msgspec import Struct

from domain.recorded import Recorded
from domain.source import SourceAdded, SourceChanged
from projections.store import Put, Reads, Write


class Source(Struct, frozen=True):
    slug: str
    name: str
    url: str


class CountedSource(Source, frozen=True):
    articles: int


decoder = msgspec.json.Decoder(Source)


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case SourceAdded(name, url) | SourceChanged(name, url):
            return [Put("source", recorded.id, msgspec.json.encode(Source(recorded.id, name, url)))]
        case _:
            return []


def named(reads: Reads, name: str) -> Source | None:
    """The source that articles mean by this name; None: nobody said more of it."""
    found = (decoder.decode(document) for _, document in reads.all("source"))
    return next((source for source in found if source.name == name), None) if name else None


def read(reads: Reads) -> list[CountedSource]:
    """All of them, by name."""
    found = [decoder.decode(document) for _, document in reads.all("source")]
    sizes = reads.size([f"source:{source.name}" for source in found])
    counted = (CountedSource(one.slug, one.name, one.url, size) for one, size in zip(found, sizes, strict=True))
    return sorted(counted, key=lambda source: (source.name.casefold(), source.slug))
