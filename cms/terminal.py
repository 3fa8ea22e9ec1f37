"""How the command line speaks: progress, and what went wrong in one line."""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import click
import psycopg
from eventsourcing.persistence import PersistenceError
from redis.exceptions import RedisError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cms import audit, newsroom, settings
from cms.asks import Unavailable
from cms.forms import BadField
from cms.history import NotDurable
from cms.imports.records import BadFile
from cms.newsroom import Newsroom
from cms.settings import BadSetting, Settings, sqlite_path
from domain.rules import Refused
from projections.store import Moved

messages = Console(stderr=True, highlight=False, soft_wrap=True)


class Failure(click.ClickException):
    """One line, and exit 1."""

    def show(self, file: Any = None) -> None:
        messages.print(f"chronicle: {self.message}", markup=False)


EXPLAINED: dict[type[Exception], str] = {
    BadSetting: "{}",
    NotDurable: "{}",
    Refused: "{}",
    BadField: "{}",
    BadFile: "{}",
    Unavailable: "{} Try again.",
    audit.Finding: "{}",
    PersistenceError: "the history does not answer ({}); check CHRONICLE_EVENTS and whether its server runs.",
    psycopg.Error: "the history does not answer ({}); check CHRONICLE_EVENTS and whether its server runs.",
    RedisError: "the read models do not answer ({}); check CHRONICLE_READS and whether its server runs.",
    sqlite3.Error: "the read models do not answer ({}); check CHRONICLE_READS.",
    Moved: "the read models were being written by another process; try again.",
    OSError: "{}",
}


@contextmanager
def explained() -> Iterator[None]:
    """What goes wrong in the block ends as one line."""
    try:
        yield
    except BrokenPipeError:
        # Whoever read our output has had enough of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except tuple(EXPLAINED) as error:
        text = next(text for kind, text in EXPLAINED.items() if isinstance(error, kind))
        first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise Failure(text.format(first_line)) from None


class Explained(click.Group):
    """Says what went wrong in one line."""

    def invoke(self, context: click.Context) -> Any:
        with explained():
            return super().invoke(context)


def standing_newsroom() -> Settings:
    """The settings, for commands that have nothing to do where no newsroom is yet."""
    values = settings.from_environment()
    if values.events.startswith("sqlite:") and not Path(sqlite_path(values.events)).exists():
        raise Failure(f"there is no newsroom at {values.events}; check CHRONICLE_EVENTS and the folder you are in.")
    return values


def opened(values: Settings) -> AbstractContextManager[Newsroom]:
    return newsroom.opened(values.events, zone=values.zone)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[..., None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=messages, disable=not messages.is_terminal) as bar:
        task = bar.add_task(what, total=total)

        def advance(steps: int = 1) -> None:
            bar.advance(task, steps)

        yield advance


def stepping(advance: Callable[[int], None]) -> Callable[[int], None]:
    """Turns positions into steps."""
    last = 0

    def step(position: int) -> None:
        nonlocal last
        advance(position - last)
        last = position

    return step
