"""A writer as readers know one: a byline and a few lines about the person. Both are public."""

from typing import Annotated

from msgspec import Meta, Struct

from domain.rules import Aggregate, Change, Event, Fold, decide
from domain.slug import Slug

ByLine = Annotated[str, Meta(min_length=1, max_length=100)]
Bio = Annotated[str, Meta(max_length=5_000)]


class WriterAdded(Event, frozen=True):
    name: str
    bio: str = ""


class WriterChanged(Event, frozen=True):
    name: str
    bio: str = ""


WriterEvent = WriterAdded | WriterChanged


class Writer(Struct, frozen=True):
    name: str = ""
    bio: str = ""

    @property
    def exists(self) -> bool:
        return self.name != ""


def evolve(writer: Writer, event: WriterEvent) -> Writer:
    return Writer(event.name, event.bio)


WRITER = Aggregate("writer", Writer(), evolve)


class SetWriter(Struct, frozen=True, kw_only=True):
    """Add a writer, or bring the one that stands to this name and bio."""

    slug: Slug
    name: ByLine
    bio: Bio = ""

    @property
    def stream(self) -> str:
        return WRITER.stream(self.slug)


@decide.register
def set_writer(command: SetWriter, fold: Fold) -> list[Change]:
    writer = fold(WRITER, command.slug)
    if writer == Writer(command.name, command.bio):
        return []
    event = WriterChanged if writer.exists else WriterAdded
    return [WRITER.change(command.slug, event(command.name, command.bio))]
