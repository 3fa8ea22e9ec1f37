"""The worklist: one row an article, for the lists of the desk.

A row is computed from the folded streams of the article and of the work on it, and written in the transaction of
their events: the desk's lists are never behind, and a step of a schedule is found by one look at an index.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from cms.history import History
from cms.recorders import Statement
from domain.article import ARTICLE, Article
from domain.recorded import Recorded
from domain.rules import Aggregate
from domain.task import TASK, Task
from projections.store import EPOCH, microseconds

EVENTS_AT_ONCE = 5_000
QUIET_TRIES = 5

ARTICLE_COLUMNS = (
    "status",
    "stage",
    "section",
    "headline",
    "author",
    "writers",
    "hands",
    "version",
    "changed_at",
    "published_at",
    "next_step_at",
    "unpublished_changes",
    "returned",
    "failed",
    "words",
)
TASK_COLUMNS = ("assignee", "due_at", "open_notes")


def moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def rows(events: Iterable[Recorded], state: Callable[[Aggregate[Any], str], Any]) -> list[Statement]:
    """What a batch changes. In the order of ids: two processes that write the same rows do not wait in a circle."""
    articles = {event.id: event.at for event in events if event.stream.startswith("article:")}
    tasks = sorted({event.id for event in events if event.stream.startswith("task:")})
    of_articles = [article_row(id, state(ARTICLE, id), articles[id]) for id in sorted(articles)]
    of_tasks = [task_row(id, state(TASK, id)) for id in tasks]
    statements = ((ARTICLE_COLUMNS, of_articles), (TASK_COLUMNS, of_tasks))
    return [Statement(upsert(columns), found) for columns, found in statements if found]


def upsert(columns: Sequence[str]) -> str:
    return (
        f"insert into desk (id, {', '.join(columns)}) values (?{', ?' * len(columns)})"
        f" on conflict (id) do update set {', '.join(f'{name} = excluded.{name}' for name in columns)}"
    )


def article_row(id: str, article: Article, changed_at: datetime) -> tuple[object, ...]:
    content, edition = article.content, article.edition
    assert content is not None
    return (
        id,
        article.shown_status,
        article.status,
        content.section,
        content.headline,
        article.author,
        spaced(content.writers),
        spaced(sorted(article.hands)),
        article.version,
        microseconds(changed_at),
        microseconds(edition.published_at) if edition else None,
        microseconds(article.steps[0].due_at) if article.steps else None,
        int(article.unpublished_changes),
        int(article.returned is not None),
        len(article.failed),
        f"{content.headline}\n{content.standfirst}\n{content.slug}\n{edition.slug if edition else ''}".casefold(),
    )


def task_row(id: str, task: Task) -> tuple[object, ...]:
    due_at = None if task.due_at is None else microseconds(task.due_at)
    return id, task.assignee, due_at, sum(not note.resolved for note in task.notes)


def spaced(names: Iterable[str]) -> str:
    """So that ` name ` is found in it."""
    return f" {' '.join(names)} "


def complete(history: History) -> None:
    """Make the rows of a history that was recorded before there were any."""
    if not history.select("select id from desk limit 1"):
        fill(history)


def rebuild(history: History) -> None:
    """The rows stand all the while: lists are not short, and due steps are found."""
    kept = {row["id"] for row in history.select("select id from desk")}
    if strangers := kept - fill(history):
        history.record([], [Statement("delete from desk where id = ?", [(id,) for id in sorted(strangers)])])


def fill(history: History) -> set[str]:
    """Return the ids of all articles. What others record meanwhile comes last, and is not passed over."""
    articles: set[str] = set()
    for batch in batches(history):
        articles |= {event.id for event in batch if event.stream.startswith("article:")}
        if statements := rows(batch, lambda aggregate, id: history.fold(aggregate, id)[1]):
            history.record([], statements)
    return articles


def batches(history: History) -> Iterator[list[Recorded]]:
    position = 0
    while batch := history.after(position, EVENTS_AT_ONCE):
        yield batch
        position = batch[-1].position


def first_difference(history: History, seen: Callable[[int], None] = lambda position: None) -> str | None:
    """Between the rows and what the history gives for them; None if they are equal."""
    articles: set[str] = set()
    for batch in batches(history):
        articles |= {event.id for event in batch if event.stream.startswith("article:")}
        seen(batch[-1].position)
    for id in sorted(articles):
        if found := lasting_difference(history, id):
            return found
    strangers = {row["id"] for row in history.select("select id from desk")} - articles
    return f"The desk has a row of {min(strangers)}, which no event tells of." if strangers else None


def lasting_difference(history: History, id: str) -> str | None:
    """A row that others write at this very moment is looked at again."""
    found = None
    for _ in range(QUIET_TRIES):
        found = difference(history, id)
        if found is None:
            break
    return found


def difference(history: History, id: str) -> str | None:
    events = list(history.stream(ARTICLE.stream(id)))
    article = reduce(ARTICLE.evolve, (one.event for one in events), ARTICLE.initial)
    should = article_row(id, article, events[-1].at)[1:] + task_row(id, history.fold(TASK, id)[1])[1:]
    kept = history.select("select * from desk where id = ?", id)
    for name, value in zip((*ARTICLE_COLUMNS, *TASK_COLUMNS), should, strict=True):
        stands = kept[0][name] if kept else None
        if stands != value:
            return f"The desk's row of {id} has {name} {stands!r}; the history gives {value!r}."
    return None
