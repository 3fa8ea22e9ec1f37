"""The tags, each with the number of public articles that carry it."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from domain.recorded import Recorded
from domain.tag import TagAdded
from projections.store import Put, Reads, Write


class Tag(Struct, frozen=True):
    slug: str
    name: str


class CountedTag(Tag, frozen=True):
    articles: int


decoder = msgspec.json.Decoder(Tag)


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case TagAdded(name):
            return [Put("tag", recorded.id, msgspec.json.encode(Tag(recorded.id, name)))]
        case _:
            return []


def some(reads: Reads, slugs: Sequence[str]) -> list[Tag]:
    return [decoder.decode(found) for found in reads.get("tag", slugs) if found]


def read(reads: Reads) -> list[CountedTag]:
    """Those in use, the most used first."""
    tags = [decoder.decode(document) for _, document in reads.all("tag")]
    sizes = reads.size([f"tag:{tag.slug}" for tag in tags])
    counted = [CountedTag(tag.slug, tag.name, size) for tag, size in zip(tags, sizes, strict=True) if size]
    return sorted(counted, key=lambda tag: (-tag.articles, tag.slug))
