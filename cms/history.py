"""The history: an eventsourcing application on SQLite or PostgreSQL, and the tables that are committed with it.

Beside the events lie, in the same database and written in the same transactions:

- `hit_batch`: hits that are acknowledged, and not yet rolled up to an event;
- `hits_counted`: up to where each process's hits are;
- `view_id`: ids that clients gave their views, kept for a day;
- `day_salt`: what tells visitors apart today, and is forgotten tomorrow;
- `readers`, `day_readers`: sketches of how many different ones there were, by hour and, after a month, by day;
- `command`: ids that clients gave their commands, kept for a day;
- `vault`: personal values, which must be forgettable;
- `confidential`: the words of confidential notes, which must be forgettable too;
- `presence`: who has which article open, until when;
- `credential`: hashes of API tokens;
- `access`: who read the audit, and what of it;
- `secret`: what sessions and links are signed with, unless it is set;
- `desk`: a row for each article, for the lists of the desk;
- `password`, `reset_link`, `second_factor`, `recovery_code`, `session`: how staff come in, by hash wherever it can be;
- `attempt`: to come in, for as long as they count against a limit;
- `login`: who came in, who tried to, and what changed of how they do.
"""

import fcntl
import re
import sqlite3
from abc import abstractmethod
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import InfrastructureFactory, Notification, OperationalError, StoredEvent
from eventsourcing.utils import Environment
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import ExecStatus

from cms.recorders import Statement, Time
from cms.settings import sqlite_path
from domain.recorded import Recorded, aggregate_of
from domain.rules import Aggregate, State
from projections.follow import PassedOver
from projections.site import PASSED_OVER

NO_BOUND = 2**62


class History(Application[str]):
    """Where everything that happened is recorded, and read back."""

    # The name is that of the table and the channel in PostgreSQL: another one would be another history.
    name = "newsroom"
    env: ClassVar[dict[str, str]] = {
        "MAPPER_TOPIC": "cms.recorders:RecordedMapper",
        "ORIGINATOR_ID_TYPE": "text",
    }
    table: str
    position_column: str
    placeholder: str
    # What the settings below choose, the library's types do not know.
    factory: Any
    recorder: Any
    mapper: Any
    events: Any

    def record(self, events: Sequence[Recorded], beside: Sequence[Statement] = ()) -> list[int]:
        """Commit events and statements in one transaction; return the events' positions."""
        return [recording.notification.id for recording in self.events.put(events, beside=beside)]

    def after(self, position: int, limit: int) -> list[Recorded]:
        """Events after a position in the order of the history."""
        return [self.mapper.to_domain_event(stored) for stored in self.streams_after(position, limit)]

    def recorded_at(self, stored: Notification) -> datetime:
        """When an event was recorded, whatever it says."""
        return msgspec.json.decode(stored.state, type=Time).at

    def for_readers(self, position: int, limit: int) -> list[Recorded | PassedOver]:
        """Like `after`, for the read models of the site."""
        return [
            PassedOver(stored.id) if stored.topic in PASSED_OVER else self.mapper.to_domain_event(stored)
            for stored in self.streams_after(position, limit)
        ]

    def streams_after(self, position: int, limit: int) -> Sequence[Notification]:
        """What is new, not decoded."""
        new: Sequence[Notification] = self.recorder.select_notifications(position, limit, inclusive_of_start=False)
        return new

    def stream_after(self, stream: str, position: int, limit: int = NO_BOUND, until: int = NO_BOUND) -> list[Recorded]:
        """Events of one stream after a position and up to another."""
        rows = self.select(
            f"select {self.position_column} as position, originator_version, topic, state"
            f" from {self.table}"
            f" where originator_id = ? and {self.position_column} > ? and {self.position_column} <= ?"
            " order by originator_version limit ?",
            stream,
            position,
            until,
            limit,
        )
        stored = (
            Notification(stream, row["originator_version"], row["topic"], bytes(row["state"]), row["position"])
            for row in rows
        )
        return [self.mapper.to_domain_event(one) for one in stored]

    def head(self) -> int:
        return self.recorder.max_notification_id() or 0

    def stream(self, name: str, until: int | None = None) -> Iterator[Recorded]:
        """The events of one stream up to a version."""
        found: Iterator[Recorded] = self.events.get(name, lte=until)
        return found

    def fold(self, aggregate: Aggregate[State], id: str, until: int | None = None) -> tuple[int, State]:
        """The version of a stream and its state."""
        version, state = 0, aggregate.initial
        for recorded in self.stream(aggregate.stream(id), until):
            version, state = recorded.version, aggregate.evolve(state, recorded.event)
        return version, state

    def folds_at(self, streams: Collection[str], position: int) -> dict[str, tuple[int, Any]]:
        """The versions and states of many streams as they stood at a position, in one trip."""
        folds: dict[str, tuple[int, Any]] = {stream: (0, aggregate_of(stream).initial) for stream in streams}
        rows = self.select(
            "select originator_id, originator_version, topic, state"
            f" from {self.table}"
            f" where originator_id in ({', '.join('?' * len(streams))}) and {self.position_column} <= ?"
            " order by originator_id, originator_version",
            *streams,
            position,
        )
        for row in rows:
            stream, version = row["originator_id"], row["originator_version"]
            stored = StoredEvent(stream, version, row["topic"], bytes(row["state"]))
            event = self.mapper.to_domain_event(stored).event
            folds[stream] = (version, aggregate_of(stream).evolve(folds[stream][1], event))
        return folds

    def ids_of(self, aggregate: Aggregate[Any]) -> list[str]:
        """Of all streams of a kind. It goes through the whole table: not for what readers wait for."""
        rows = self.select(
            f"select distinct originator_id as stream from {self.table} where originator_id like ?",
            aggregate.stream("%"),
        )
        return [row["stream"].partition(":")[2] for row in rows]

    def position_of(self, stream: str, version: int) -> int:
        """0: there is no such event."""
        rows = self.select(
            f"select {self.position_column} as position from {self.table}"
            " where originator_id = ? and originator_version = ?",
            stream,
            version,
        )
        return rows[0]["position"] if rows else 0

    def version_of(self, stream: str, position: int | None = None) -> int:
        """The version of a stream, now or as of a position. 0: there is no such stream."""
        rows = self.select(
            f"select max(originator_version) as version from {self.table}"
            f" where originator_id = ? and {self.position_column} <= ?",
            stream,
            self.head() if position is None else position,
        )
        return rows[0]["version"] or 0

    def select(self, sql: str, *values: object) -> list[Any]:
        """Rows by column name, from the tables beside the events too."""
        with self.factory.datastore.transaction(commit=False) as cursor:
            cursor.execute(sql.replace("?", self.placeholder), values)
            rows: list[Any] = cursor.fetchall()
        return rows

    def kept(self, table: str, ids: Collection[str]) -> dict[str, Any]:
        """Rows of a table beside the events, by their `id`."""
        if not ids:
            return {}
        rows = self.select(f"select * from {table} where id in ({', '.join('?' * len(ids))})", *ids)
        return {row["id"]: row for row in rows}

    @abstractmethod
    def commit(self, statement: Statement, again: Statement) -> None:
        """One statement by itself, in one trip to the disk; only the committer's thread may call this.

        `again`: what follows it in one transaction if it had to be sent a second time. Their values are numbers, bytes
        and ids: no text that somebody chose.
        """

    @abstractmethod
    def scrub(self) -> bool:
        """See to it that what was deleted stands nowhere in the files of a database of one's own; False: not yet."""

    @abstractmethod
    def require_durable(self) -> None:
        """An acknowledgement must mean the disk."""


class NotDurable(Exception):
    """The database would acknowledge what it may still lose."""


class SQLiteHistory(History):
    name = History.name
    table = "stored_events"
    position_column = "rowid"
    placeholder = "?"

    def __init__(self, url: str) -> None:
        path = sqlite_path(url)
        self.path = path
        super().__init__(
            {
                "PERSISTENCE_MODULE": "eventsourcing.sqlite",
                "SQLITE_DBNAME": path,
                "APPLICATION_RECORDER_TOPIC": "cms.recorders:SQLiteRecorder",
                "SQLITE_LOCK_TIMEOUT": str(LOCKED_SECONDS),
            }
        )

    @cached_property
    def connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=LOCKED_SECONDS)
        connection.execute("pragma synchronous = full")
        connection.execute("pragma secure_delete = on")
        return connection

    def commit(self, statement: Statement, again: Statement) -> None:
        (values,) = statement.values
        try:
            self.connection.execute(statement.sql, values)
        except sqlite3.Error as error:
            raise OperationalError(str(error)) from error

    def scrub(self) -> bool:
        self.connection.execute(f"pragma busy_timeout = {SCRUBBED_MS}")
        (busy, *_) = self.connection.execute("pragma wal_checkpoint(truncate)").fetchone()
        self.connection.execute(f"pragma busy_timeout = {LOCKED_SECONDS * 1000}")
        return not busy

    def close(self) -> None:
        if "connection" in vars(self):
            self.connection.close()
        super().close()

    def require_durable(self) -> None:
        (level,) = self.select("pragma synchronous")[0]
        if level < 2:
            raise NotDurable("SQLite's `synchronous` must be FULL.")


LOCKED_SECONDS = 10
SCRUBBED_MS = 100
CONNECT_SECONDS = 5
LOCK_SECONDS = 2
# A server that has vanished without a word is given up after ten seconds.
WAITED: dict[str, Any] = {"tcp_user_timeout": 10_000, "keepalives_idle": 5, "keepalives_interval": 2}
# What PostgreSQL calls them.
TYPES: dict[type, int] = {str: 25, int: 20, bytes: 17}
PASSED_BY_NAME = {"dbname", "host", "port", "user", "password"}


class PostgresHistory(History):
    name = History.name
    table = "newsroom_events"
    position_column = "notification_id"
    placeholder = "%s"

    def __init__(self, url: str) -> None:
        parts = conninfo_to_dict(url)
        self.url = url
        self.prepared: dict[str, bytes] = {}
        # Such as sslmode, for which the library has no setting.
        self.other_options = {name: value for name, value in parts.items() if name not in PASSED_BY_NAME}
        super().__init__(
            {
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": str(parts.get("dbname", "newsroom")),
                "POSTGRES_HOST": str(parts.get("host", "127.0.0.1")),
                "POSTGRES_PORT": str(parts.get("port", 5432)),
                "POSTGRES_USER": str(parts.get("user", "postgres")),
                "POSTGRES_PASSWORD": str(parts.get("password", "")),
                "APPLICATION_RECORDER_TOPIC": "cms.recorders:PostgresRecorder",
                "POSTGRES_POOL_SIZE": "1",
                "POSTGRES_MAX_OVERFLOW": "9",
                "POSTGRES_CONNECT_TIMEOUT": str(parts.get("connect_timeout", CONNECT_SECONDS)),
                # A writer that stalls must not hold the table's lock for long.
                "POSTGRES_LOCK_TIMEOUT": str(LOCK_SECONDS),
                "POSTGRES_IDLE_IN_TRANSACTION_SESSION_TIMEOUT": "1",
            }
        )

    def construct_factory(self, env: Environment) -> InfrastructureFactory:
        factory: Any = super().construct_factory(env)
        factory.datastore.pool.kwargs.update(self.other_options)
        made: InfrastructureFactory = factory
        return made

    def commit(self, statement: Statement, again: Statement) -> None:
        try:
            self.send(statement)
        except psycopg.Error:
            # The server may have been started again, and may have committed what it did not say.
            self.disconnect()
            try:
                with self.connection.transaction():
                    self.send(statement)
                    self.send(again)
            except psycopg.Error as error:
                self.disconnect()
                raise OperationalError(str(error)) from error

    def scrub(self) -> bool:
        """The server's files are its own: it writes over what was deleted when it cleans up."""
        return True

    def send(self, statement: Statement) -> None:
        """By the C library's own call, which lets go of the interpreter once; a cursor does so again and again."""
        (values,) = statement.values
        server = self.connection.pgconn
        if statement.sql not in self.prepared:
            name, numbers = f"statement_{len(self.prepared)}".encode(), count(1)
            sql = re.sub(r"\?", lambda _: f"${next(numbers)}", statement.sql)
            server.prepare(name, sql.encode(), [TYPES[type(value)] for value in values])
            self.prepared[statement.sql] = name
        sent = [value if isinstance(value, bytes) else str(value).encode() for value in values]
        binary = [int(isinstance(value, bytes)) for value in values]
        answer = server.exec_prepared(self.prepared[statement.sql], sent, binary)
        if answer.status != ExecStatus.COMMAND_OK:
            raise psycopg.OperationalError(answer.get_error_message())

    @cached_property
    def connection(self) -> "psycopg.Connection[Any]":
        connection = psycopg.connect(self.url, **{"connect_timeout": CONNECT_SECONDS, **WAITED}, autocommit=True)
        connection.execute(f"set lock_timeout = '{LOCK_SECONDS}s'")
        return connection

    def disconnect(self) -> None:
        if "connection" in vars(self):
            self.connection.close()
            del self.connection
            self.prepared.clear()

    def close(self) -> None:
        self.disconnect()
        super().close()

    def require_durable(self) -> None:
        level = self.select("show synchronous_commit")[0]["synchronous_commit"]
        if level in ("off", "local"):
            raise NotDurable("PostgreSQL's `synchronous_commit` must be on.")


@contextmanager
def opened(url: str) -> Iterator[History]:
    """The history that a setting names; its tables are made where they are missing."""
    with starting_alone(url):
        history = SQLiteHistory(url) if url.startswith("sqlite:") else PostgresHistory(url)
    try:
        history.require_durable()
        yield history
    finally:
        history.close()


@contextmanager
def starting_alone(url: str) -> Iterator[None]:
    """Processes that start at once would make the same tables at once, which is refused to all but one."""
    if url.startswith("sqlite:"):
        path = Path(f"{sqlite_path(url)}.starting")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # Hashes of passwords and confidential words lie in it: it is for whoever runs this alone.
            Path(sqlite_path(url)).touch(mode=0o600, exist_ok=True)
            yield
    else:
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            connection.execute("select pg_advisory_lock(7260017)")
            yield
