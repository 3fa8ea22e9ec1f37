"""The envelope: what the newsroom recorded, where it stands in the history, when, and by whom."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from domain.article import ARTICLE, ArticleEvent
from domain.front import FRONT, FrontEvent
from domain.page import PAGE, PageEvent
from domain.rules import Aggregate
from domain.section import MENU, SECTION, MenuRearranged, SectionEvent
from domain.slug import SLUG, SlugClaimed
from domain.source import SOURCE, SourceEvent
from domain.staff import STAFF, StaffEvent
from domain.tag import TAG, THESAURUS, TagEvent, ThesaurusChanged
from domain.task import TASK, TaskEvent
from domain.views import VIEWS, ViewsCounted
from domain.writer import WRITER, WriterEvent

AnyEvent = (
    ArticleEvent
    | TaskEvent
    | SectionEvent
    | MenuRearranged
    | FrontEvent
    | TagEvent
    | ThesaurusChanged
    | WriterEvent
    | SourceEvent
    | PageEvent
    | SlugClaimed
    | ViewsCounted
    | StaffEvent
)

AGGREGATES: dict[str, Aggregate[Any]] = {
    aggregate.name: aggregate
    for aggregate in (ARTICLE, TASK, SECTION, MENU, FRONT, TAG, THESAURUS, WRITER, SOURCE, PAGE, SLUG, VIEWS, STAFF)
}


def aggregate_of(stream: str) -> Aggregate[Any]:
    return AGGREGATES[stream.partition(":")[0]]


class Recorded(Struct, frozen=True, kw_only=True):
    """`command` is the id of the command that it comes from; `position` is known once it is stored (until then 0)."""

    stream: str
    version: int
    at: datetime
    by: str
    command: str
    event: AnyEvent
    position: int = 0

    @property
    def id(self) -> str:
        """The stream's name without its kind: an article's id, a section's slug."""
        return self.stream.partition(":")[2]
