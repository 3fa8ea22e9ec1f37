"""A writer as readers know one: a byline and a few lines about the person. Both are public."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from domain.role import Privilege
from domain.rules import Aggregate, Change, Event, Fold, decide
from domain.slug import Slug

ByLine = Annotated[str, Meta(min_length=1, max_length=100)]
Bio = Annotated[str, Meta(max_length=5_000)]


class WriterAdded(Event, frozen=True):
    """`guest`: somebody who does not belong to the newsroom."""

    name: str
    bio: str = ""
    guest: bool = False


class WriterChanged(Event, frozen=True):
    name: str
    bio: str = ""
    guest: bool = False


WriterEvent = WriterAdded | WriterChanged


class Writer(Struct, frozen=True):
    name: str = ""
    bio: str = ""
    guest: bool = False

    @property
    def exists(self) -> bool:
        return self.name != ""


def evolve(writer: Writer, event: WriterEvent) -> Writer:
    return Writer(event.name, event.bio, event.guest)


WRITER = Aggregate("writer", Writer(), evolve)


class SetWriter(Struct, frozen=True, kw_only=True):
    """Add a writer, or bring the one that stands to this name and bio."""

    privilege: ClassVar[Privilege] = Privilege.MANAGE_WRITERS

    slug: Slug
    name: ByLine
    bio: Bio = ""
    guest: bool = False

    @property
    def stream(self) -> str:
        return WRITER.stream(self.slug)


@decide.register
def set_writer(command: SetWriter, fold: Fold) -> list[Change]:
    writer = fold(WRITER, command.slug)
    if writer == Writer(command.name, command.bio, command.guest):
        return []
    event = WriterChanged if writer.exists else WriterAdded
    return [WRITER.change(command.slug, event(command.name, command.bio, command.guest))]
