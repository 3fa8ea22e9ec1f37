"""A made-up newsroom's work: the same commands and the same events at every run, whatever the machine."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from cms.ids import article_id, block_id
from domain.article import ARTICLE, ArticleDrafted, ArticlePublished
from domain.body import Block, Heading, Image, Paragraph, Quote
from domain.content import Content, Edition
from domain.drafting import DraftArticle, ReviseArticle
from domain.publishing import PublishArticle, UpdateArticle
from domain.recorded import AGGREGATES, Recorded
from domain.rules import Aggregate, Change, Command, State, decide
from domain.section import SECTION, SectionAdded, SetSection
from domain.tag import NamedTag
from domain.views import BUCKET_SECONDS, VIEWS, ViewsCounted
from domain.writer import SetWriter

BATCH_EVENTS = 500
SEED = 1843
END = datetime(2026, 1, 31, 12, tzinfo=UTC)
SECTIONS, WRITERS, TAGS = 10, 40, 400
WORDS = [
    "".join(Random(f"{SEED}:{n}").choices("eeeeaaaiionnrrttsslldcumpgvbhfyåé", k=2 + n * 7 % 9)) for n in range(3_000)
]
# Of a hundred events. Claims of slugs and first uses of tags come on top.
KINDS = {"draft": 20, "revise": 35, "publish": 18, "update": 12, "views": 15}
VIEWED_TOGETHER = (8, 40)


class Author:
    """Makes contents up: a body of 250 to 800 words in paragraphs, with a picture and a heading or two."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.ids = 0

    def words(self, least: int, most: int) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(least, most)))

    def paragraph(self) -> Block:
        self.ids += 1
        return Paragraph(id=block_id("bench", self.ids), text=self.words(25, 65).capitalize() + ".")

    def content(self) -> Content:
        body = [self.paragraph() for _ in range(self.random.randint(6, 16))]
        shown = f"/pictures/{self.random.randrange(10**6)}.jpg"
        body.insert(1, Image(id="photo", url=shown, alt=self.words(4, 9), caption=self.words(8, 16), credit="Agency"))
        body.insert(5, Heading(id="between", text=self.words(3, 6)))
        if self.random.random() < 0.3:
            body.append(Quote(id="said", text=self.words(12, 30), cite=self.words(2, 3)))
        return Content(
            headline=self.words(6, 11).capitalize(),
            section=f"section-{self.random.randrange(SECTIONS)}",
            standfirst=self.words(18, 35).capitalize() + ".",
            # A few tags are on everything, most are rare.
            tags=tuple(
                {f"tag-{int(TAGS * self.random.random() ** 3)}": None for _ in range(self.random.randint(3, 7))}
            ),
            writers=(f"writer-{self.random.randrange(WRITERS)}",),
            body=tuple(body),
        )

    def draft(self, id: str) -> DraftArticle:
        content = self.content()
        tags = tuple(NamedTag(slug, slug.replace("-", " ").capitalize()) for slug in content.tags)
        return DraftArticle(article_id=id, content=content, author="bench", tags=tags)

    def revision(self, id: str, content: Content) -> ReviseArticle:
        """One paragraph is written anew, and one in three headlines."""
        body = list(content.body)
        body[0] = Paragraph(id=body[0].id, text=self.words(25, 65))
        patch: dict[str, object] = {"body": tuple(body)}
        if self.random.random() < 1 / 3:
            patch["headline"] = self.words(6, 11).capitalize()
        return ReviseArticle(article_id=id, patch=patch, made_on=None)


def furniture() -> list[Command]:
    """What has to be there before an article can be written."""
    sections = [SetSection(slug=f"section-{n}", name=f"Section {n}", position=n) for n in range(SECTIONS)]
    return [*sections, *(SetWriter(slug=f"writer-{n}", name=f"Writer {n}") for n in range(WRITERS))]


def shift(name: str, articles: int) -> list[Command]:
    """One editor's work, of five commands an article; every name has articles of its own."""
    author, commands = Author(Random(f"{SEED}:{name}")), list[Command]()
    for n in range(articles):
        id, slug = article_id(f"{name}:{n}"), f"{name}-{n}"
        drafted = author.draft(id)
        commands += [
            drafted,
            author.revision(id, drafted.content),
            PublishArticle(article_id=id, at=END, headline_slug=slug, made_on=None),
            author.revision(id, drafted.content),
            UpdateArticle(article_id=id, at=END, made_on=None),
        ]
    return commands


class History:
    """A newsroom in memory, ten seconds from one event to the next."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self.states: dict[str, tuple[int, Any]] = {}
        self.events: list[Recorded] = []

    @property
    def now(self) -> datetime:
        return self.start + timedelta(seconds=BUCKET_SECONDS * len(self.events))

    def fold(self, aggregate: Aggregate[State], id: str) -> State:
        state: State = self.states.get(aggregate.stream(id), (0, aggregate.initial))[1]
        return state

    def execute(self, command: Command) -> None:
        for change in decide(command, self.fold):
            self.record(change)

    def record(self, change: Change) -> None:
        kind = change.stream.partition(":")[0]
        version, state = self.states.get(change.stream, (0, AGGREGATES[kind].initial))
        self.states[change.stream] = version + 1, AGGREGATES[kind].evolve(state, change.event)
        self.events.append(
            Recorded(
                stream=change.stream,
                version=version + 1,
                at=self.now,
                by="bench",
                command=article_id(f"command:{len(self.events)}"),
                event=change.event,
            )
        )


def events(count: int, end: datetime = END) -> list[Recorded]:
    """A history of so many events: articles are drafted, revised, published, updated, and read."""
    history = History(end - timedelta(seconds=BUCKET_SECONDS * count))
    for command in furniture():
        history.execute(command)
    work = days_work(history, Random(SEED))
    while len(history.events) < count:
        next(work)
    return history.events[:count]


def days_work(history: History, random: Random) -> Iterator[None]:
    author, contents = Author(random), dict[str, Content]()
    drafts, published = list[str](), list[str]()
    while True:
        (kind,) = random.choices(list(KINDS), list(KINDS.values()))
        recent = published[-60:]
        if kind == "publish" and drafts:
            id = drafts.pop(0)
            history.execute(
                PublishArticle(article_id=id, at=history.now, headline_slug=f"a-{id_slug(id)}", made_on=None)
            )
            published.append(id)
        elif kind == "revise" and drafts:
            id = random.choice(drafts[-20:])
            history.execute(author.revision(id, contents[id]))
        elif kind == "update" and recent:
            # What is updated was revised before: of the revisions, a third are of published articles.
            id = random.choice(recent)
            history.execute(author.revision(id, contents[id]))
            history.execute(UpdateArticle(article_id=id, at=history.now, made_on=None))
        elif kind == "views" and recent:
            bucket = int(history.now.timestamp()) // BUCKET_SECONDS
            seen = random.sample(recent, min(len(recent), random.randint(*VIEWED_TOGETHER)))
            counted = ViewsCounted({bucket: {id: random.randint(1, 9) for id in seen}})
            history.record(VIEWS.change("bench", counted))
        else:
            drafted = author.draft(article_id(f"bench:{len(contents)}"))
            contents[drafted.article_id] = drafted.content
            history.execute(drafted)
            drafts.append(drafted.article_id)
        yield


def id_slug(id: str) -> str:
    return "".join(letter for letter in id.lower() if letter.isalnum())


def public(articles: Iterable[tuple[str, str, datetime]]) -> Iterator[Recorded]:
    """Articles that are read, by id, section and moment of publication: no more of them than a list shows."""
    sections = set[str]()
    for id, section, at in articles:
        content = Content(headline=f"Report {id}", section=section)
        edition = Edition(slug=f"r-{id_slug(id)}", published_at=at, updated_at=at, content=content)
        changes = [ARTICLE.change(id, ArticleDrafted(content, "bench")), ARTICLE.change(id, ArticlePublished(edition))]
        if section not in sections:
            sections.add(section)
            yield recorded(SECTION.change(section, SectionAdded(section.title())), 1, at)
        yield from (recorded(change, version, at) for version, change in enumerate(changes, start=1))


def recorded(change: Change, version: int, at: datetime) -> Recorded:
    return Recorded(stream=change.stream, version=version, at=at, by="bench", command="bench", event=change.event)
