"""The story of an article in sentences: what was done with it, and with the work on it, by whom."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from heapq import merge
from itertools import islice
from typing import Any

from msgspec import UNSET, Struct

from cms.history import History
from cms.staff import names
from domain.article import (
    ARTICLE,
    ArticleApprovalTakenBack,
    ArticleApproved,
    ArticleCorrected,
    ArticleDiscarded,
    ArticleDrafted,
    ArticleEmbargoed,
    ArticleEmbargoLifted,
    ArticleEvent,
    ArticlePublished,
    ArticleReopened,
    ArticleRestored,
    ArticleReturned,
    ArticleRevised,
    ArticleScheduled,
    ArticleStepFailed,
    ArticleStepTaken,
    ArticleSubmitted,
    ArticleUndone,
    ArticleUnpublished,
    ArticleUnscheduled,
    ArticleUpdated,
    ArticleViewsCarriedOver,
    ArticleWithdrawn,
    StepAct,
)
from domain.content import Revision
from domain.page import PageEvent, PagePublished, PageTakenDown
from domain.recorded import Recorded
from domain.task import (
    TASK,
    NoteResolved,
    NoteWritten,
    PreviewClosed,
    PreviewOpened,
    TaskAssigned,
    TaskDue,
    TaskEvent,
)

TOLD_MOST = 500

SYSTEMS = {
    "system:command-line": "The command line",
    "system:demo": "The demo",
    "system:import": "The import",
    "system:schedule": "The schedule",
}
UNNAMED = "Somebody"

STEPS = {StepAct.PUBLISH: "its publication", StepAct.UPDATE: "an update", StepAct.UNPUBLISH: "its removal"}
FIELDS = {
    "headline": "the headline",
    "section": "the section",
    "standfirst": "the standfirst",
    "tags": "the tags",
    "writers": "the byline",
    "source": "the source",
    "slug": "the address",
    "related": "what goes with it",
}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


class Told(Struct, frozen=True):
    """`version`: of the article, or of the work on it."""

    at: datetime
    by: str
    name: str
    sentence: str
    version: int
    position: int


class Teller(Struct, frozen=True):
    """`named`: what people are called, by their ids."""

    named: Mapping[str, str]
    zone: tzinfo

    def sentence(self, recorded: Recorded) -> str:
        event: Any = recorded.event
        return f"{self.named[recorded.by]} {self.did(event)}."

    def did(self, event: ArticleEvent | TaskEvent | PageEvent) -> str:
        match event:
            case ArticleDrafted():
                return "drafted it"
            case PagePublished():
                return "published it"
            case PageTakenDown():
                return "took it down"
            case ArticleRevised(revision):
                return f"changed {listed(list(changed(revision)))}"
            case ArticleSubmitted():
                return "submitted it for review"
            case ArticleReturned(note):
                return saying("returned it", note)
            case ArticleApproved():
                return "approved it"
            case ArticleApprovalTakenBack():
                return "took back its approval"
            case ArticleDiscarded():
                return "discarded it"
            case ArticleReopened():
                return "made a draft of it again"
            case ArticleScheduled(step):
                return f"scheduled {STEPS[step.act]} for {self.moment(step.due_at)}"
            case ArticleUnscheduled():
                return "called off what was scheduled"
            case ArticleStepTaken():
                return "did what was scheduled"
            case ArticleStepFailed(reason=reason):
                return saying("could not do what was scheduled", reason)
            case ArticleEmbargoed(until):
                return f"put it under an embargo until {self.moment(until)}"
            case ArticleEmbargoLifted():
                return "lifted the embargo"
            case ArticlePublished():
                return "published it"
            case ArticleUpdated():
                return "updated it for readers"
            case ArticleCorrected(edition):
                return saying("corrected it", edition.corrections[-1].note if edition.corrections else "")
            case ArticleUnpublished():
                return "unpublished it"
            case ArticleWithdrawn(notice):
                return saying("withdrew it", notice)
            case ArticleRestored():
                return "restored it"
            case ArticleUndone(version):
                return f"took back what version {version} had done"
            case ArticleViewsCarriedOver(views):
                return f"carried over {views:,} views from another system"
            case TaskAssigned(to):
                return f"assigned it to {self.named[to] if to else 'nobody'}"
            case TaskDue(at):
                return "took its deadline away" if at is None else f"asked for it by {self.moment(at)}"
            case NoteWritten(block=block, text=text):
                return saying(f"wrote a {'' if text else 'confidential '}note{' on a block' if block else ''}", text)
            case NoteResolved():
                return "settled a note"
            case PreviewOpened(until=until):
                return f"opened a preview until {self.moment(until)}"
            case PreviewClosed():
                return "closed a preview"

    def moment(self, at: datetime) -> str:
        """29 March 2026, 02:30 (+02:00)"""
        local = at.astimezone(self.zone)
        offset = local.isoformat(timespec="minutes")[len("2026-03-29T02:30") :]
        return f"{local.day} {local:%B %Y, %H:%M} ({offset})"


def told(history: History, article_id: str, after: int, zone: tzinfo) -> list[Told]:
    """Oldest first, those after a position, `TOLD_MOST` at most."""
    streams = (history.stream_after(aggregate.stream(article_id), after, TOLD_MOST) for aggregate in (ARTICLE, TASK))
    events = list(islice(merge(*streams, key=lambda one: one.position), TOLD_MOST))
    teller = Teller(called(history, people(events)), zone)
    return [
        Told(one.at.astimezone(zone), one.by, teller.named[one.by], teller.sentence(one), one.version, one.position)
        for one in events
    ]


def called(history: History, ids: Iterable[str]) -> dict[str, str]:
    """What everybody of these is called, whoever it is."""
    asked = set(ids)
    return dict.fromkeys(asked, UNNAMED) | {id: SYSTEMS[id] for id in asked if id in SYSTEMS} | names(history, asked)


def people(events: Iterable[Recorded]) -> Iterator[str]:
    """The ids of all whom sentences about these events name."""
    for one in events:
        yield one.by
        if isinstance(one.event, TaskAssigned) and one.event.to:
            yield one.event.to


def changed(revision: Revision) -> Iterator[str]:
    yield from (said for name, said in FIELDS.items() if getattr(revision, name) is not UNSET)
    for kind, count in Counter(type(block).__name__.lower() for block in revision.blocks).items():
        yield f"{NUMBERS[count] if count < len(NUMBERS) else count} {kind}{'' if count == 1 else 's'}"
    if revision.order is not UNSET:
        yield "the arrangement of the body"


def listed(parts: list[str]) -> str:
    *first, last = parts or ["nothing"]
    return f"{', '.join(first)} and {last}" if first else last


def saying(did: str, words: str) -> str:
    return f"{did}: “{words}”" if words else did
