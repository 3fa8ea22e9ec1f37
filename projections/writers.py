"""The people in the bylines."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from domain.recorded import Recorded
from domain.writer import WriterAdded, WriterChanged
from projections.store import Put, Reads, Write


class Writer(Struct, frozen=True):
    slug: str
    name: str
    bio: str
    guest: bool = False


decoder = msgspec.json.Decoder(Writer)


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case WriterAdded(name, bio, guest) | WriterChanged(name, bio, guest):
            return [Put("writer", recorded.id, msgspec.json.encode(Writer(recorded.id, name, bio, guest)))]
        case _:
            return []


def some(reads: Reads, slugs: Sequence[str]) -> list[Writer]:
    return [decoder.decode(found) for found in reads.get("writer", slugs) if found]


def read(reads: Reads) -> list[Writer]:
    """All of them, by name."""
    found = (decoder.decode(document) for _, document in reads.all("writer"))
    return sorted(found, key=lambda writer: (writer.name.casefold(), writer.slug))
