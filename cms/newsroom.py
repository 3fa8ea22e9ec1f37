"""The newsroom: the only way in."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, tzinfo

from cms import history, worklist
from cms.asks import Ask, Hit, Key, Note, Receipt, View
from cms.committer import Clock, Committer, utc_now
from cms.history import History
from cms.recorders import Statement
from domain.article import ARTICLE, Article
from domain.rules import Aggregate, Command, State, Unknown
from domain.views import BUCKET_SECONDS

ANSWERED_WITHIN_SECONDS = 60.0


class Newsroom:
    """Asks the committer, and reads the history. Raises `Refused`, or `Unavailable` for what may be asked again."""

    def __init__(self, history: History, committer: Committer) -> None:
        self.history = history
        self.committer = committer
        self.clock = committer.clock

    def submit(
        self, command: Command, by: str, key: Key | None = None, beside: Sequence[Statement] = ()
    ) -> "Future[Receipt]":
        answer: Future[Receipt] = Future()
        self.committer.ask(Ask(command.stream, command, by, key, beside, answer))
        return answer

    def execute(self, command: Command, by: str, key: Key | None = None, beside: Sequence[Statement] = ()) -> Receipt:
        return self.submit(command, by, key, beside).result(ANSWERED_WITHIN_SECONDS)

    def count(self, view: View) -> "asyncio.Future[None]":
        """Done once the view is on disk. Call it on an event loop."""
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.committer.ask(Hit(view, self.now_seconds() // BUCKET_SECONDS, answer))
        return answer

    def count_later(self, view: View) -> None:
        """Back at once; should the process end before the next commit, the view is lost."""
        self.committer.ask(Hit(view, self.now_seconds() // BUCKET_SECONDS))

    def now(self) -> float:
        """Unix time."""
        return self.clock().timestamp()

    def now_seconds(self) -> int:
        """Unix time, as tables beside the history keep it."""
        return int(self.clock().timestamp())

    def note(self, *statements: Statement) -> None:
        """Write beside the history, all or nothing; back when it is on disk. Refused, if a row is not as it must be."""
        answer: Future[None] = Future()
        self.committer.ask(Note(statements, answer))
        answer.result(ANSWERED_WITHIN_SECONDS)

    def state(self, aggregate: Aggregate[State], id: str, /) -> State:
        """A stream as it stands in the history."""
        _, state = self.history.fold(aggregate, id)
        return state

    def article(self, article_id: str, version: int | None = None) -> Article:
        """The article as it stands in the history, or stood at a version."""
        _, article = self.history.fold(ARTICLE, article_id, version)
        if article.status is None:
            raise Unknown("There is no such article.")
        if version is not None and article.version < version:
            raise Unknown("The article has not come to this version.")
        return article


@contextmanager
def opened(
    url: str,
    clock: Clock = utc_now,
    committed: Callable[[int], None] = lambda head: None,
    roll_up_seconds: float = BUCKET_SECONDS,
    zone: tzinfo = UTC,
) -> Iterator[Newsroom]:
    """A newsroom with a committer at work; on leaving, all that was asked is recorded. `zone`: where its days begin."""
    with history.opened(url) as events:
        worklist.complete(events)
        committer = Committer(events, clock, committed, roll_up_seconds, zone)
        committer.start()
        try:
            yield Newsroom(events, committer)
        finally:
            committer.close()
