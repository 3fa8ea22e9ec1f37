"""A source as readers know one: an agency or a paper, under the name by which articles give it.

An article's `source` stays a free text: one that no source is named after is as good as any other.
"""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from domain.role import Privilege
from domain.rules import Aggregate, Change, Event, Fold, decide
from domain.slug import Slug

SourceName = Annotated[str, Meta(min_length=1, max_length=200, description="As articles write it in `source`.")]
Site = Annotated[str, Meta(max_length=2_000, pattern=r"^(https?://[^\s\\]+)?$(?!\n)", description="http(s), or empty.")]


class SourceAdded(Event, frozen=True):
    name: str
    url: str = ""


class SourceChanged(Event, frozen=True):
    name: str
    url: str = ""


SourceEvent = SourceAdded | SourceChanged


class Source(Struct, frozen=True):
    name: str = ""
    url: str = ""

    @property
    def exists(self) -> bool:
        return self.name != ""


def evolve(source: Source, event: SourceEvent) -> Source:
    return Source(event.name, event.url)


SOURCE = Aggregate("source", Source(), evolve)


class SetSource(Struct, frozen=True, kw_only=True):
    """Add a source, or bring the one that stands to this name and address."""

    privilege: ClassVar[Privilege] = Privilege.MANAGE_WRITERS

    slug: Slug
    name: SourceName
    url: Site = ""

    @property
    def stream(self) -> str:
        return SOURCE.stream(self.slug)


@decide.register
def set_source(command: SetSource, fold: Fold) -> list[Change]:
    source = fold(SOURCE, command.slug)
    if source == Source(command.name, command.url):
        return []
    event = SourceChanged if source.exists else SourceAdded
    return [SOURCE.change(command.slug, event(command.name, command.url))]
