"""Taking back all that one account did with articles since a moment: rehearsed, then done."""

from collections.abc import Container, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from cms.history import History
from cms.newsroom import ANSWERED_WITHIN_SECONDS, Newsroom
from cms.undo import Past
from domain.article import ARTICLE, ArticleDrafted, ArticleUndone
from domain.drafting import DiscardArticle
from domain.permission import AskedBy, require_reach
from domain.recorded import Recorded, aggregate_of
from domain.role import Privilege
from domain.rules import Aggregate, Change, Refused, State, decide, require
from domain.slug import SLUG
from domain.staff import STAFF
from domain.undoing import UndoArticle

UNDONE_MOST = 10_000
LOOKED_THROUGH_MOST = 1_000_000
READ_EVENTS = 1_000
# So many are recorded at once: others who wait get their turn in between.
ASKED_AT_ONCE = 100


class Left(NamedTuple):
    """What stays as the account did it, and why."""

    recorded: Recorded
    why: str


class Step(NamedTuple):
    """An event of the account, and what takes it back."""

    recorded: Recorded
    command: UndoArticle


class Plan(NamedTuple):
    """Article by article, and in each the newest first."""

    steps: list[Step]
    left: list[Left]


class Actor(Struct, frozen=True):
    by: str


class Rehearsal:
    """States as they will be, once what was rehearsed is done."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self.states: dict[str, Any] = {}

    def __call__(self, aggregate: Aggregate[State], id: str, /) -> State:
        stream = aggregate.stream(id)
        if stream not in self.states:
            self.states[stream] = self.newsroom.state(aggregate, id)
        state: State = self.states[stream]
        return state

    def add(self, change: Change) -> None:
        aggregate, id = aggregate_of(change.stream), change.stream.partition(":")[2]
        self.states[change.stream] = aggregate.evolve(self(aggregate, id), change.event)


def planned(newsroom: Newsroom, account: str, since: datetime, by: str) -> Plan:
    """What `by` would take back. Nothing is recorded."""
    acts = acts_of(newsroom.history, account, since)
    steps, left = [], [Left(one, not_an_article(one)) for one in acts if not is_article(one) and not is_claim(one)]
    articles = dict.fromkeys(one.id for one in reversed(acts) if is_article(one))
    for id in articles:
        past = Past(id, newsroom.history.stream(ARTICLE.stream(id)))
        for found in rehearsed(newsroom, past, account, since, by):
            if isinstance(found, Step):
                steps.append(found)
            else:
                left.append(found)
    return Plan(steps, left)


def done(newsroom: Newsroom, plan: Plan, by: str) -> Plan:
    """Record what was planned; what somebody else has come before in the meantime is left."""
    steps, left = [], list(plan.left)
    waiting = iter(plan.steps)
    while some := list(islice(waiting, ASKED_AT_ONCE)):
        answers = [newsroom.submit(AskedBy(staff_id=by, command=step.command), by) for step in some]
        for step, answer in zip(some, answers, strict=True):
            try:
                if answer.result(ANSWERED_WITHIN_SECONDS).events:
                    steps.append(step)
            except Refused as refused:
                left.append(Left(step.recorded, str(refused)))
    return Plan(steps, left)


def rehearsed(newsroom: Newsroom, past: Past, account: str, since: datetime, by: str) -> Iterator[Step | Left]:
    """One article's events of the account, newest first, each taken back after those that came later."""
    fold, at = Rehearsal(newsroom), newsroom.clock()
    mine = {one.version: one for one in past.events if one.by == account and one.at >= since}
    waiting, left = list(reversed(mine.values())), dict[int, Left]()
    # What was in the way of one may itself be taken back after it: what is left is tried until nothing more gives way.
    while waiting:
        tried, waiting, left = waiting, [], {}
        for recorded in tried:
            if is_settled(past, recorded, mine):
                continue
            waiting.append(recorded)
            try:
                # Whoever does not reach the article does not learn from a refusal what happened to it.
                require_reach(fold(STAFF, by), by, past.id, Privilege.REVISE_ANY, fold)
                command = undoing(past, recorded, account, at)
                changes = decide(AskedBy(staff_id=by, command=command), fold)
            except Refused as refused:
                left[recorded.version] = Left(recorded, str(refused))
                continue
            if changes:
                waiting.pop()
                rehearse(changes, fold, past, recorded, by)
                yield Step(recorded, command)
        if len(waiting) == len(tried):
            break
    yield from left.values()


def rehearse(changes: Sequence[Change], fold: Rehearsal, past: Past, undone: Recorded, by: str) -> None:
    for change in changes:
        fold.add(change)
        if change.stream == undone.stream:
            past.add(as_if_recorded(past, change, undone, by))


def is_settled(past: Past, recorded: Recorded, mine: Container[int]) -> bool:
    """It was taken back, or it took back what the account itself had done since the moment."""
    if isinstance(recorded.event, ArticleUndone) or recorded.version in past.now.undone:
        return True
    return past.takes_back.get(recorded.version) in mine


def undoing(past: Past, recorded: Recorded, account: str, at: datetime) -> UndoArticle:
    if not isinstance(recorded.event, ArticleDrafted):
        return past.undoing(recorded.version, at)
    require(not is_shared(past, account), "Others have worked on it.")
    return past.command(recorded.version, DiscardArticle(article_id=past.id))


def is_shared(past: Past, account: str) -> bool:
    """Somebody else did something with it than take back what the account had done."""
    return any(
        one.by != account
        and (one.version not in past.takes_back or past.event(past.takes_back[one.version]).by != account)
        for one in past.events
    )


def as_if_recorded(past: Past, change: Change, undone: Recorded, by: str) -> Recorded:
    version, command = len(past.events) + 1, f"rehearsed-{undone.version}"
    return Recorded(stream=change.stream, version=version, at=undone.at, by=by, command=command, event=change.event)


def acts_of(history: History, account: str, since: datetime) -> list[Recorded]:
    """All that the account recorded since the moment, oldest first."""
    found: list[Recorded] = []
    position, looked_through = position_before(history, since), 0
    while batch := history.streams_after(position, READ_EVENTS):
        mine = [stored for stored in batch if msgspec.json.decode(stored.state, type=Actor).by == account]
        found += [history.mapper.to_domain_event(stored) for stored in mine]
        position, looked_through = batch[-1].id, looked_through + len(batch)
        require(len(found) <= UNDONE_MOST, f"That is more than {UNDONE_MOST:,} events; name a later moment.")
        require(looked_through <= LOOKED_THROUGH_MOST, "Too much was recorded since then; name a later moment.")
    return found


def position_before(history: History, moment: datetime) -> int:
    """All up to there was recorded before the moment, and nothing after: times of recording never run backwards."""
    low, high = 0, history.head()
    while low < high:
        middle = (low + high) // 2
        found = history.streams_after(middle, 1)
        if found and history.recorded_at(found[0]) < moment:
            low = found[0].id
        else:
            high = middle
    return low


def is_article(recorded: Recorded) -> bool:
    return aggregate_of(recorded.stream) is ARTICLE


def is_claim(recorded: Recorded) -> bool:
    """An address stays with its article for ever, whatever becomes of the edition that claimed it."""
    return aggregate_of(recorded.stream) is SLUG


def not_an_article(recorded: Recorded) -> str:
    return f"This is about the {aggregate_of(recorded.stream).name} '{recorded.id}', not an article."
