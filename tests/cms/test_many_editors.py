"""Fifty editors on one article, and five hundred on five hundred, in two newsrooms on one history.

No accepted change is lost, no refused one is kept, and the history is what each of them was told.
"""

import asyncio
from collections import defaultdict
from random import Random
from typing import Any

import pytest
from msgspec import Struct, structs

from cms.asks import Receipt, Unavailable
from cms.audit import require_desk, require_intact
from cms.newsroom import Newsroom
from domain.article import (
    ARTICLE,
    Article,
    ArticleDrafted,
    ArticleRevised,
)
from domain.body import Paragraph
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
from domain.permission import AskedBy
from domain.publishing import (
    CorrectArticle,
    PublishArticle,
    RestoreArticle,
    UnpublishArticle,
    UpdateArticle,
    WithdrawArticle,
)
from domain.recorded import Recorded
from domain.role import Role
from domain.rules import Command, Refused
from domain.staff import HireStaff
from tests.cms.desk import NOON, recorded

TRIES_MOST = 5
ROLES = [Role.REPORTER, Role.EDITOR, Role.EDITOR, Role.PUBLISHER]


class Told(Struct):
    """What an editor asked for and was answered; no receipt: refused. `says`: words that nobody else wrote."""

    command: Command
    says: str
    receipt: Receipt | None


class Editor:
    """Changes a paragraph that is theirs alone on the version that they saw; does everything else as it comes."""

    def __init__(self, room: Newsroom, number: int, articles: list[str], seed: int) -> None:
        self.room = room
        self.id = f"staff-{number}"
        self.articles = articles
        self.random = Random(f"{seed}-{number}")
        self.seen: dict[str, Article] = {}
        self.told: list[Told] = []

    async def work(self, commands: int) -> None:
        for n in range(commands):
            article = self.random.choice(self.articles)
            says = f"{self.id} says {n}"
            command = self.command(article, says)
            receipt = await self.answered(command)
            self.told.append(Told(command, says, receipt))
            if receipt is None or article not in self.seen or self.random.random() < 0.3:
                self.seen[article] = self.room.state(ARTICLE, article)

    async def answered(self, command: Command, tries: int = TRIES_MOST) -> Receipt | None:
        """None: it was refused. Where a busy machine outlasts the database's patience, nothing is recorded: again."""
        try:
            asked = AskedBy(staff_id=self.id, command=command)
            return await asyncio.wrap_future(self.room.submit(asked, self.id))
        except Refused:
            return None
        except Unavailable:
            if tries == 1:
                raise
            return await self.answered(command, tries - 1)

    def command(self, article: str, says: str) -> Command:
        seen = self.seen.get(article, Article())
        if seen.content is None:
            content = Content(headline=says, section="world", body=(Paragraph(id=self.id, text=says),))
            return DraftArticle(article_id=article, content=content, author=self.id)
        made_on = self.random.choice([None, seen.version])
        match self.random.randrange(12):
            case 0 | 1 | 2 | 3 | 4:
                body = [block for block in seen.content.body if block.id != self.id]
                body.append(Paragraph(id=self.id, text=says))
                return ReviseArticle(article_id=article, patch={"body": tuple(body)}, base=seen.content)
            case 5:
                return ReviseArticle(article_id=article, patch={"headline": says}, made_on=seen.version)
            case 6:
                return SubmitArticle(article_id=article, made_on=made_on)
            case 7:
                return self.random.choice([ApproveArticle, UnpublishArticle])(article_id=article, made_on=made_on)
            case 8:
                return PublishArticle(article_id=article, at=NOON, headline_slug="rain", made_on=made_on)
            case 9:
                return UpdateArticle(article_id=article, at=NOON, made_on=made_on)
            case 10:
                return CorrectArticle(article_id=article, at=NOON, note=says, made_on=made_on)
            case _:
                return self.rarely(article, says)

    def rarely(self, article: str, says: str) -> Command:
        choices: list[Command] = [
            ReturnArticle(article_id=article, note=says),
            WithdrawArticle(article_id=article, notice=says),
            RestoreArticle(article_id=article, at=NOON),
            DiscardArticle(article_id=article),
            ReopenArticle(article_id=article),
            ReopenArticle(article_id=article),
        ]
        return self.random.choice(choices)


async def at_work(rooms: list[Newsroom], editors: int, articles: int, commands: int, seed: int) -> list[Editor]:
    names = [f"a{n}" for n in range(articles)]
    # Each has a few in hand, and shares each of them with a few others.
    desks = [[names[(n + beside) % articles] for beside in range(4)] for n in range(editors)]
    staff = [Editor(rooms[n % len(rooms)], n, desks[n], seed) for n in range(editors)]
    await asyncio.gather(*(editor.work(commands) for editor in staff))
    return staff


@pytest.mark.parametrize("seed", range(3))
def test_fifty_editors_on_one_article_lose_nothing(newsroom: Newsroom, other_newsroom: Newsroom, seed: int) -> None:
    hire(newsroom, 50)
    require_told([newsroom, other_newsroom], asyncio.run(at_work([newsroom, other_newsroom], 50, 1, 20, seed)))


@pytest.mark.parametrize("seed", range(2))
def test_five_hundred_editors_on_five_hundred_articles_lose_nothing(
    newsroom: Newsroom, other_newsroom: Newsroom, seed: int
) -> None:
    hire(newsroom, 500)
    require_told([newsroom, other_newsroom], asyncio.run(at_work([newsroom, other_newsroom], 500, 500, 12, seed)))


def hire(newsroom: Newsroom, editors: int) -> None:
    asked = [
        newsroom.submit(HireStaff(staff_id=f"staff-{n}", role=ROLES[n % len(ROLES)], digest="0f"), "test")
        for n in range(editors)
    ]
    for answer in asked:
        answer.result()


def require_told(rooms: list[Newsroom], editors: list[Editor]) -> None:
    history = rooms[0].history
    events = recorded(history)
    by_version = {(one.stream, one.version): one for one in events}
    told = [(editor, one) for editor in editors for one in editor.told]
    assert any(one.receipt is None for _, one in told)
    # A mix that never came so far would prove little.
    kinds = {type(one.event) for one in events}
    assert kinds >= {ArticleDrafted, ArticleRevised}

    # What each was told is there: their own event, at that version and position.
    receipts = [(editor, one.receipt) for editor, one in told if one.receipt is not None and one.receipt.events]
    for editor, receipt in receipts:
        event = by_version[receipt.stream, receipt.version]
        assert (event.by, event.position) == (editor.id, receipt.position)
    # And nothing else is: whatever stands there, somebody was told.
    assert sum(receipt.events for _, receipt in receipts) == sum(one.by.startswith("staff-") for one in events)

    said = words_said(events)
    for _, one in told:
        if one.receipt is None:
            assert one.says not in said, "A refused change was kept."
    require_last_words(rooms[0], editors, events)
    require_intact(history)
    require_desk(history)
    for room in rooms:
        for stream in {one.stream for one in events if one.stream.startswith("article:")}:
            article = stream.partition(":")[2]
            # What a newsroom goes by is what the history holds, whichever of them recorded it.
            assert room.state(ARTICLE, article) == walked(events, stream)


def words_said(events: list[Recorded]) -> set[str]:
    said: set[str] = set()
    for one in events:
        for value in structs.asdict(one.event).values():
            collect(value, said)
    return said


def collect(value: Any, said: set[str]) -> None:
    match value:
        case str():
            said.add(value)
        case tuple():
            for part in value:
                collect(part, said)
        case Struct():
            for part in structs.asdict(value).values():
                collect(part, said)
        case _:
            pass


def require_last_words(newsroom: Newsroom, editors: list[Editor], events: list[Recorded]) -> None:
    """A paragraph that one editor alone writes says what they last were told that it says."""
    last: dict[tuple[str, str], tuple[int, str]] = defaultdict(lambda: (0, ""))
    for editor in editors:
        for one in editor.told:
            writes = isinstance(one.command, DraftArticle) or "body" in getattr(one.command, "patch", ())
            if writes and one.receipt is not None and one.receipt.events:
                place = (one.receipt.id, editor.id)
                last[place] = max(last[place], (one.receipt.version, one.says))
    assert last
    for (article, editor_id), (_, says) in last.items():
        content = newsroom.state(ARTICLE, article).content
        assert content is not None
        assert [block for block in content.body if block.id == editor_id] == [Paragraph(id=editor_id, text=says)]


def walked(events: list[Recorded], stream: str) -> Article:
    article = ARTICLE.initial
    for one in events:
        if one.stream == stream:
            article = ARTICLE.evolve(article, one.event)
    return article
