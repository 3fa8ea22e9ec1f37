"""A day at a newspaper: commands at random, weighed by the real decisions, and all that was recorded of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from domain.article import ARTICLE, Status, StepAct
from domain.body import Block, Divider, Image, Paragraph, Video
from domain.content import Content
from domain.drafting import (
    ApproveArticle,
    DiscardArticle,
    DraftArticle,
    ReopenArticle,
    ReturnArticle,
    ReviseArticle,
    SubmitArticle,
)
from domain.front import ArrangeFront, DeclareBreaking, EndBreaking, Fill, Package
from domain.importing import ImportArticle
from domain.noting import ResolveNote, WriteNote
from domain.page import PAGE, PublishPage, TakeDownPage
from domain.permission import AskedBy
from domain.previewing import ClosePreview, OpenPreview
from domain.publishing import (
    CorrectArticle,
    PublishArticle,
    RestoreArticle,
    UnpublishArticle,
    UpdateArticle,
    WithdrawArticle,
)
from domain.recorded import AGGREGATES, Recorded
from domain.role import Role
from domain.rules import Aggregate, Change, Command, Refused, State, decide
from domain.scheduling import LiftEmbargo, ScheduleStep, SetEmbargo, TakeStep, UnscheduleStep
from domain.section import CloseSection, ReopenSection, SetFourEyes, SetSection
from domain.source import SetSource
from domain.staff import ChangeDetails, ChangeStaff, DismissStaff, GiveRole, HireStaff, MoveToSections
from domain.tag import AddAlias, MergeTag, NamedTag, PartTag, SetTag
from domain.task import AssignArticle, SetDue
from domain.undoing import GiveEarlierEdition, TakeBackApproval, UndoArticle
from domain.views import VIEWS, ViewsCounted
from domain.workflow import ArticleCommand
from domain.writer import SetWriter
from tests.domain.given import NOON

T = TypeVar("T")

ARTICLES = [f"a{n}" for n in range(8)]
SECTIONS = ["world", "asia", "japan", "sport"]
TAGS = ["rain", "cape-town", "chess"]
SLUGS_OF_TAGS = [*TAGS, "pluie"]
WRITERS = ["ann-lee", "bob"]
STAFF = ["staff-1", "s1"]
SOURCES = ["", "", "Agence"]
HEADLINES = ["rain-at-last", "rain", "chess"]
FIRST_BUCKET = 174_083_040


class Newsday:
    """`events`: the history so far. Its positions have gaps, as those of a database may have."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.now = NOON
        self.states: dict[str, Any] = {}
        self.versions: dict[str, int] = {}
        self.events: list[Recorded] = []

    def fold(self, aggregate: Aggregate[State], id: str, /) -> State:
        state: State = self.states.get(aggregate.stream(id), aggregate.initial)
        return state

    def ask(self, command: Command) -> Sequence[Change]:
        """What was recorded of it; a refusal leaves nothing behind."""
        try:
            changes = decide(command, self.fold)
        except Refused:
            return []
        self.record(changes)
        return changes

    def record(self, changes: Sequence[Change]) -> None:
        for stream, event in changes:
            kind, _, id = stream.partition(":")
            self.states[stream] = AGGREGATES[kind].evolve(self.fold(AGGREGATES[kind], id), event)
            self.versions[stream] = self.versions.get(stream, 0) + 1
            position = (self.events[-1].position if self.events else 0) + self.random.choice([1, 1, 1, 3])
            self.events.append(
                Recorded(
                    stream=stream,
                    version=self.versions[stream],
                    at=self.now,
                    by="staff-1",
                    command=f"c{len(self.events)}",
                    event=event,
                    position=position,
                )
            )

    def pass_by(self, commands: int) -> list[Recorded]:
        """So many commands; return the history."""
        for _ in range(commands):
            # Often no time passes: then two articles are published in one microsecond.
            self.now += timedelta(seconds=self.random.choice([0, 0, 7]))
            if self.random.random() < 0.2:
                self.record([self.views()])
            else:
                self.ask(self.command())
        return self.events

    def command(self) -> Command:
        """Half of what staff may ask for comes from somebody who may not be allowed to."""
        command = self.wish()
        if hasattr(command, "privilege") and self.random.random() < 0.5:
            return AskedBy(staff_id=self.random.choice(STAFF), command=command)
        return command

    def wish(self) -> Command:
        a_few, random = self.a_few, self.random
        if random.random() < 0.15:
            return self.arrangement()
        article = random.choice(ARTICLES)
        made_on = random.choice([None, None, self.versions.get(f"article:{article}", 0), 1])
        if random.random() < 0.12:
            return self.planning()
        match random.randrange(18):
            case 0:
                return SetSection(
                    slug=random.choice(SECTIONS),
                    name=random.choice(["World", "Asia", "Sport"]),
                    position=random.randrange(3),
                    parent=random.choice([None, *SECTIONS]),
                )
            case 1:
                return SetWriter(
                    slug=random.choice(WRITERS),
                    name=random.choice(["Ann Lee", "Bob Ray", "Ann Ray"]),
                    guest=random.random() < 0.1,
                )
            case 2 | 3:
                if f"article:{article}" in self.states:
                    return self.review(article, made_on)
                content = self.content()
                return DraftArticle(article_id=article, content=content, author="staff-1", tags=named(content))
            case 4 | 5:
                content = self.content()
                patch = {name: getattr(content, name) for name in a_few(list(Content.__struct_fields__))}
                return ReviseArticle(article_id=article, patch=patch, made_on=made_on, tags=named(content))
            case 6 | 7 | 8:
                slug = random.choice(HEADLINES)
                return PublishArticle(article_id=article, at=self.now, headline_slug=slug, made_on=made_on)
            case 9 | 10:
                return UpdateArticle(article_id=article, at=self.now, made_on=made_on)
            case 11:
                if random.random() < 0.4:
                    return self.staffing()
                return self.front(article)
            case 12:
                note = random.choice(["It rained.", "It stopped."])
                return CorrectArticle(article_id=article, at=self.now, note=note, made_on=made_on)
            case 13:
                return self.review(article, made_on)
            case 14:
                return self.taking(article, made_on)
            case 15:
                return self.undoing(article)
            case 16:
                return self.work(random.choice(ARTICLES[:2]))
            case _:
                content = self.content()
                return ImportArticle(
                    article_id=article,
                    external_id=f"old-{article}",
                    content=content,
                    author="system:import",
                    at=self.now,
                    headline_slug=random.choice(HEADLINES),
                    tags=named(content),
                    published_at=random.choice([None, self.long_ago()]),
                    views=random.choice([0, 70]),
                )

    def arrangement(self) -> Command:
        """Of the site around the articles."""
        random = self.random
        tag, section = random.choice(SLUGS_OF_TAGS), random.choice(SECTIONS)
        match random.randrange(11):
            case 0 | 1:
                return MergeTag(slug=tag, into=random.choice(TAGS))
            case 2:
                return PartTag(slug=tag)
            case 3:
                return AddAlias(slug=tag, into=random.choice(TAGS))
            case 4:
                return SetTag(slug=tag, name=random.choice(["Rain", "Cape Town"]))
            case 5:
                return SetSource(slug="agence", name=random.choice(["Agence", "L’Agence"]))
            case 6:
                title = random.choice(["About us", "Who we are"])
                made_on = random.choice([0, self.fold(PAGE, "about").version])
                return PublishPage(slug="about", title=title, body=self.content().body, made_on=made_on)
            case 7:
                return TakeDownPage(slug="about")
            case 8:
                return SetFourEyes(slug=section, required=random.random() < 0.3)
            case 9:
                return CloseSection(slug=section)
            case _:
                return ReopenSection(slug=section)

    def taking(self, article: str, made_on: int | None) -> ArticleCommand:
        """Away from readers, or back to them."""
        match self.random.randrange(3):
            case 0:
                return UnpublishArticle(article_id=article, made_on=made_on)
            case 1:
                return WithdrawArticle(article_id=article, notice="It did not rain.", made_on=made_on)
            case _:
                return RestoreArticle(article_id=article, at=self.now, made_on=made_on)

    def staffing(self) -> Command:
        random = self.random
        staff_id, role, digest = random.choice(STAFF), random.choice(list(Role)), random.choice(["digest", "another"])
        match random.randrange(6):
            case 5:
                sections = random.choice([None, (), tuple(SECTIONS[:1])])
                return ChangeStaff(staff_id=staff_id, role=Role.ADMIN, sections=sections)
            case 0:
                return HireStaff(staff_id=staff_id, role=role, digest=digest)
            case 1:
                return GiveRole(staff_id=staff_id, role=role)
            case 2:
                return MoveToSections(staff_id=staff_id, sections=tuple(self.a_few(SECTIONS)))
            case 3:
                return ChangeDetails(staff_id=staff_id, digest=digest)
            case _:
                return DismissStaff(staff_id=staff_id)

    def front(self, article: str) -> Command:
        random = self.random
        match random.randrange(4):
            case 0:
                return DeclareBreaking(article_id=article, at=self.now, until=self.now + timedelta(seconds=30))
            case 1:
                return EndBreaking(article_id=article)
            case _:
                placed = random.sample(ARTICLES, random.randrange(1, 4))
                return ArrangeFront(
                    front=random.choice(["", *SECTIONS]),
                    pins=tuple(placed[1:]),
                    packages=tuple(Package("Rain", (id,)) for id in placed[:1]),
                    fill=random.choice(list(Fill)),
                )

    def review(self, article: str, made_on: int | None) -> ArticleCommand:
        match self.random.randrange(10):
            case 0 | 1 | 2 | 3 | 8 if self.fold(ARTICLE, article).status is Status.DISCARDED:
                return ReopenArticle(article_id=article, made_on=made_on)
            case 1 | 2 | 3 | 9 if self.fold(ARTICLE, article).status is Status.APPROVED:
                return TakeBackApproval(article_id=article, made_on=None)
            case 0 | 1 | 2 | 3:
                return SubmitArticle(article_id=article, made_on=made_on)
            case 4 | 5:
                return ReturnArticle(article_id=article, note="Where?", made_on=made_on)
            case 6 | 7:
                return ApproveArticle(article_id=article, made_on=made_on)
            case _:
                return DiscardArticle(article_id=article, made_on=made_on)

    def planning(self) -> Command:
        """For a few articles alone, so that steps of one come after others of it."""
        article = self.random.choice(ARTICLES[:2])
        steps = self.fold(ARTICLE, article).steps
        match self.random.randrange(9):
            case 0 | 1 | 2 if due := self.due():
                id, step_id = self.random.choice(due)
                return TakeStep(
                    article_id=id, step_id=step_id, at=self.now, headline_slug=self.random.choice(HEADLINES)
                )
            case 3:
                ahead = self.random.choice([None, *(step.id for step in steps)])
                return UnscheduleStep(article_id=article, step_id=ahead)
            case 4:
                return SetEmbargo(article_id=article, until=self.soon(), at=self.now)
            case 5:
                return LiftEmbargo(article_id=article)
            case 6 if any(step.act is StepAct.UPDATE for step in steps):
                # So that the step will fail.
                return UnpublishArticle(article_id=article)
            case _:
                return ScheduleStep(
                    article_id=article,
                    step_id=f"s{len(self.events)}",
                    act=self.random.choice([*StepAct, StepAct.UPDATE]),
                    due_at=self.soon(),
                    at=self.now,
                )

    def undoing(self, article: str) -> Command:
        """Some version, by some act: what the decision makes of it must hold for any."""
        seen = self.versions.get(f"article:{article}", 1)
        act = self.random.choice([self.taking(article, None), self.review(article, None), self.earlier(article)])
        return UndoArticle(article_id=article, version=self.random.randrange(seen) + 1, seen=seen, act=act)

    def earlier(self, article: str) -> ArticleCommand:
        editions = [one.event.edition for one in self.events if one.id == article and hasattr(one.event, "edition")]
        if editions and self.fold(ARTICLE, article).edition is not None:
            return GiveEarlierEdition(article_id=article, edition=self.random.choice(editions), at=self.now)
        return TakeBackApproval(article_id=article)

    def work(self, article: str) -> Command:
        """Beside the article; one thing after another on the same."""
        id = "one"
        match self.random.randrange(6):
            case 0:
                return AssignArticle(article_id=article, to=self.random.choice(["", *STAFF]))
            case 1:
                return SetDue(article_id=article, at=self.random.choice([None, self.now]))
            case 2:
                return WriteNote(article_id=article, note_id=id, block=self.random.choice(["", "p1"]), text="Where?")
            case 3:
                return ResolveNote(article_id=article, note_id=id)
            case 4:
                return OpenPreview(article_id=article, preview_id=id, at=self.now, until=self.now + timedelta(days=3))
            case _:
                return ClosePreview(article_id=article, preview_id=id)

    def content(self) -> Content:
        random = self.random
        blocks: list[Block] = [
            Paragraph(id="p1", text=random.choice(["It rained.", "It stopped."])),
            Image(id="i1", url="/media/rain.jpg", alt=random.choice(["Umbrellas", "Puddles"])),
            Video(id="v1", url="https://video.example/rain"),
            Divider(id="d1"),
        ]
        return Content(
            headline=random.choice(["Rain at last", "Rain, rain", "Chess – “enfin”"]),
            section=random.choice(SECTIONS),
            tags=tuple(self.a_few(TAGS)),
            writers=tuple(self.a_few(WRITERS)),
            source=random.choice(SOURCES),
            slug=random.choice(["", "", "wet"]),
            body=tuple(self.a_few(blocks)),
        )

    def views(self) -> Change:
        """Of articles that are public, and of some that are not, in the buckets of more than a month."""
        bots = {name: self.counts() for name in self.a_few(["Googlebot", "bingbot"])}
        unsure = {name: self.counts() for name in self.a_few(["curl", "none"])}
        editions = {id: {self.random.randrange(2, 9): 1} for id in self.a_few(ARTICLES)}
        counted = ViewsCounted(self.counts(), bots, unsure, editions, self.random.choice(["", "1"]))
        return VIEWS.change(self.random.choice(["counter-1", "counter-2"]), counted)

    def counts(self) -> dict[int, dict[str, int]]:
        ages = self.a_few([0, 1, 89, 90, 359, 360, 8639, 8640, 25 * 8640, 31 * 8640])
        return {FIRST_BUCKET - age: {id: self.random.randrange(1, 5) for id in self.a_few(ARTICLES)} for age in ages}

    def long_ago(self) -> datetime:
        return NOON - timedelta(days=self.random.randrange(3))

    def due(self) -> list[tuple[str, str]]:
        """Articles, and their steps whose moment has come."""
        return [
            (id, step.id) for id in ARTICLES for step in self.fold(ARTICLE, id).steps[:1] if step.due_at <= self.now
        ]

    def soon(self) -> datetime:
        return self.now + timedelta(seconds=self.random.choice([1, 7, 70]))

    def a_few(self, of: list[T]) -> list[T]:
        return self.random.sample(of, self.random.randrange(len(of) + 1))


def named(content: Content) -> tuple[NamedTag, ...]:
    return tuple(NamedTag(slug, slug.title()) for slug in content.tags)


def opened(seed: int) -> Newsday:
    """A newspaper that has its sections, writers and staff; a random one would spend the day looking for them."""
    day = Newsday(seed)
    for order, slug in enumerate(SECTIONS):
        day.ask(SetSection(slug=slug, name=slug.title(), position=order))
    for slug in WRITERS:
        day.ask(SetWriter(slug=slug, name=slug.title()))
    for staff_id, role in zip(STAFF, (Role.ADMIN, Role.EDITOR), strict=True):
        day.ask(HireStaff(staff_id=staff_id, role=role, digest="digest"))
    return day
