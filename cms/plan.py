"""The plan: what the newsroom will do by itself, over all articles, and what it could not do."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from msgspec import Struct, structs

from cms.newsroom import Newsroom
from cms.staff import User
from domain.article import ARTICLE, Article, FailedStep, Status, Step, StepAct
from domain.permission import Forbidden, require_reach
from domain.role import Privilege
from domain.rules import Aggregate, Fold, State, Unknown
from domain.section import SECTION
from domain.task import TASK
from projections.store import microseconds

ARTICLES_MOST = 500
FOR_EVER = 2**62


class PlannedStep(Struct, frozen=True, kw_only=True):
    """`failed`: why it could not be taken; null while it is ahead."""

    article: str
    headline: str
    section: str
    status: Status
    step: str
    act: StepAct
    due_at: datetime
    failed: str | None = None


class Plan(Struct, frozen=True, kw_only=True):
    """The earliest first. `complete`: false if there are more than were looked at."""

    items: list[PlannedStep]
    complete: bool


def read(newsroom: Newsroom, user: User, since: datetime | None, until: datetime | None, section: str | None) -> Plan:
    ids, complete = articles(newsroom, until)
    fold = folds(newsroom, ids)
    if section is not None and not fold(SECTION, section).exists:
        raise Unknown(f"There is no section '{section}'.")
    items = [
        planned
        for id in ids
        if in_section(id, section, fold) and may_read(user, id, fold)
        for planned in steps(id, fold(ARTICLE, id))
        if (since is None or planned.due_at >= since) and (until is None or planned.due_at < until)
    ]
    return Plan(items=sorted(items, key=lambda one: (one.due_at, one.article, one.step)), complete=complete)


def in_zone(plan: Plan, zone: tzinfo) -> Plan:
    items = [structs.replace(one, due_at=one.due_at.astimezone(zone)) for one in plan.items]
    return structs.replace(plan, items=items)


def articles(newsroom: Newsroom, until: datetime | None) -> tuple[list[str], bool]:
    """Those with a step before that moment, and those with one that failed."""
    before = FOR_EVER if until is None else microseconds(until)
    select = newsroom.history.select
    ahead = select(
        "select id from desk where next_step_at < ? order by next_step_at, id limit ?", before, ARTICLES_MOST + 1
    )
    failed = select("select id from desk where failed > 0 order by id limit ?", ARTICLES_MOST + 1)
    found = [row["id"] for rows in (ahead, failed) for row in rows[:ARTICLES_MOST]]
    return list(dict.fromkeys(found)), max(len(ahead), len(failed)) <= ARTICLES_MOST


def folds(newsroom: Newsroom, ids: list[str]) -> Fold:
    """Articles and the work on them come in one trip, sections as they are asked for."""
    history = newsroom.history
    streams = [aggregate.stream(id) for aggregate in (ARTICLE, TASK) for id in ids]
    known: dict[str, Any] = dict(history.folds_at(streams, history.head())) if streams else {}

    def fold(aggregate: Aggregate[State], id: str, /) -> State:
        stream = aggregate.stream(id)
        if stream not in known:
            known[stream] = history.fold(aggregate, id)
        state: State = known[stream][1]
        return state

    return fold


def in_section(article_id: str, section: str | None, fold: Fold) -> bool:
    """It stands there, or in a part of it."""
    content = fold(ARTICLE, article_id).content
    at = None if content is None else content.section
    while at not in (None, section):
        at = fold(SECTION, at).parent
    return at == section


def may_read(user: User, article_id: str, fold: Fold) -> bool:
    try:
        require_reach(user.member, user.id, article_id, Privilege.READ_DRAFTS, fold)
    except Forbidden:
        return False
    return True


def steps(article_id: str, article: Article) -> Iterator[PlannedStep]:
    for step in article.steps:
        yield planned(article_id, article, step)
    for failed in article.failed:
        yield planned(article_id, article, failed, failed.reason)


def planned(article_id: str, article: Article, step: Step | FailedStep, failed: str | None = None) -> PlannedStep:
    status, content = article.shown_status, article.content
    assert status is not None
    assert content is not None
    return PlannedStep(
        article=article_id,
        headline=content.headline,
        section=content.section,
        status=status,
        step=step.id,
        act=step.act,
        due_at=step.due_at,
        failed=failed,
    )
