"""An acknowledgement means the disk, on every connection; a database that would not keep it is refused."""

from pathlib import Path
from threading import Barrier

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier, Literal

from cms.history import History, NotDurable, opened
from tests.cms.desk import DEADLINE_SECONDS, together

CONNECTIONS = 4
# SQLite's name for FULL.
FULL = 2


def ask_on_connections_of_their_own(history: History, question: str) -> list[tuple[object, ...]]:
    """Held open together, so that each is another one of the pool."""
    all_open = Barrier(CONNECTIONS)

    def ask() -> tuple[object, ...]:
        with history.factory.datastore.transaction(commit=False) as cursor:
            cursor.execute(question)
            row = cursor.fetchone()
            all_open.wait(DEADLINE_SECONDS)
            return tuple(row) if not isinstance(row, dict) else tuple(row.values())

    return together(*[ask] * CONNECTIONS)


def test_sqlite_flushes_at_each_commit(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'events.db'}") as history:
        assert ask_on_connections_of_their_own(history, "pragma synchronous") == [(FULL,)] * CONNECTIONS


def test_postgresql_flushes_at_each_commit(postgres: str) -> None:
    with opened(postgres) as history:
        assert ask_on_connections_of_their_own(history, "show synchronous_commit") == [("on",)] * CONNECTIONS


@pytest.mark.parametrize("level", ["off", "local"])
def test_a_database_that_acknowledges_before_the_disk_is_refused(postgres: str, level: str) -> None:
    database = Identifier(str(conninfo_to_dict(postgres)["dbname"]))
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(SQL("alter database {} set synchronous_commit = {}").format(database, Literal(level)))
    with pytest.raises(NotDurable, match="synchronous_commit"), opened(postgres):
        pass


def test_a_database_that_asks_for_more_than_the_disk_is_accepted(postgres: str) -> None:
    database = Identifier(str(conninfo_to_dict(postgres)["dbname"]))
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(SQL("alter database {} set synchronous_commit = remote_apply").format(database))
    with opened(postgres) as history:
        assert history.head() == 0
