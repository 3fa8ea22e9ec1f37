"""The database of the history, as another connection sees it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from cms.settings import sqlite_path


@contextmanager
def connected(events_url: str) -> Iterator[Any]:
    if events_url.startswith("sqlite:"):
        with closing(sqlite3.connect(sqlite_path(events_url), isolation_level=None, timeout=10)) as connection:
            yield connection
    else:
        with psycopg.connect(events_url, autocommit=True) as server:
            yield server


def rows(events_url: str, sql: str) -> list[tuple[Any, ...]]:
    with connected(events_url) as connection:
        found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    return found


def run(events_url: str, *statements: str) -> None:
    with connected(events_url) as connection:
        for statement in statements:
            connection.execute(statement)


def events_table(events_url: str) -> str:
    return "stored_events" if events_url.startswith("sqlite:") else "newsroom_events"


@contextmanager
def standstill(events_url: str) -> Iterator[None]:
    """Nobody can record until the block ends: another connection holds what every writer must hold."""
    with connected(events_url) as connection:
        if events_url.startswith("sqlite:"):
            connection.execute("begin immediate")
        else:
            connection.execute("begin")
            connection.execute("lock table newsroom_events in exclusive mode")
        yield
        connection.execute("rollback")
