"""How events and the tables beside them are stored: the mapper, and a recorder for each database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from eventsourcing.persistence import Mapper, Notification, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from eventsourcing.sqlite import SQLiteApplicationRecorder
from msgspec import Struct
from psycopg.sql import SQL

from domain.recorded import AnyEvent, Recorded

# Where an index is wanted there is a `unique`: to make one by itself would lock a table that others may be writing to.
TABLES = (
    "create table if not exists hit_batch"
    " (owner text, seq bigint, bucket bigint, hits {bytes}, primary key (owner, seq))",
    "create table if not exists hits_counted (owner text primary key, seq bigint, at bigint)",
    "create table if not exists view_id (id {bytes} primary key, at bigint, unique (at, id))",
    "create table if not exists day_salt (day text primary key, salt {bytes})",
    "create table if not exists readers"
    " (hour bigint, subject text, owner text, sketch {bytes}, primary key (hour, subject, owner),"
    " unique (subject, hour, owner))",
    "create table if not exists day_readers (day bigint, subject text, sketch {bytes}, primary key (subject, day))",
    "create table if not exists command"
    " (actor text, id text, body text, stream text, version bigint, at bigint, primary key (actor, id))",
    "create table if not exists vault (id text primary key, email text unique, salt {bytes}, value {bytes})",
    "create table if not exists confidential (id text primary key, salt {bytes}, value {bytes})",
    "create table if not exists presence"
    " (article text, staff text, tab text, since bigint, until bigint, editing bigint, holds bigint, taken_by text,"
    " primary key (article, staff, tab))",
    "create table if not exists credential (hash text primary key, staff text, at bigint)",
    "create table if not exists access (at bigint, staff text, request text)",
    "create table if not exists secret (name text primary key, value text)",
    "create table if not exists desk"
    " (id text primary key, status text, stage text, section text, headline text, author text, writers text,"
    " hands text,"
    " version bigint, changed_at bigint, published_at bigint, next_step_at bigint, unpublished_changes bigint,"
    " returned bigint, failed bigint, words text,"
    " assignee text default '', due_at bigint, open_notes bigint default 0,"
    " unique (changed_at, id), unique (next_step_at, id))",
    "create table if not exists password (staff text primary key, hash text, at bigint)",
    "create table if not exists reset_link (staff text primary key, hash text unique, expires_at bigint)",
    "create table if not exists second_factor (staff text primary key, secret text, confirmed bigint, step bigint)",
    "create table if not exists recovery_code (hash text primary key, staff text)",
    "create table if not exists session (id text primary key, hash text unique, staff text,"
    " made_at bigint, expires_at bigint, seen_at bigint, agent text, unique (staff, id))",
    "create table if not exists attempt (id text, subject text, until bigint,"
    " primary key (id, subject), unique (subject, until, id), unique (until, id, subject))",
    "create table if not exists login (at bigint, staff text, actor text, client text, act text)",
)


class Statement(Struct, frozen=True):
    """A write to one of the tables beside the events. `rows`: how many it must change, or nothing is committed."""

    sql: str
    values: Sequence[tuple[object, ...]]
    rows: int | None = None


class RowsMoved(Exception):
    """A statement did not change as many rows as it must."""


class Time(Struct, frozen=True):
    at: datetime


class Envelope(Struct, frozen=True):
    """What the store keeps of a `Recorded`; stream, version and position are columns."""

    at: datetime
    by: str
    command: str
    event: AnyEvent


class RecordedMapper(Mapper[str]):
    """Events as msgspec JSON under short names that no rename of a module changes."""

    decoder = msgspec.json.Decoder(Envelope)

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        recorded: Recorded = domain_event
        envelope = Envelope(recorded.at, recorded.by, recorded.command, recorded.event)
        state = msgspec.json.encode(envelope)
        # What could not be read again is never recorded: it would stand in everybody's way for ever.
        self.decoder.decode(state)
        return StoredEvent(recorded.stream, recorded.version, type(recorded.event).__name__, state)

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        envelope = self.decoder.decode(stored_event.state)
        return Recorded(
            stream=str(stored_event.originator_id),
            version=stored_event.originator_version,
            at=envelope.at,
            by=envelope.by,
            command=envelope.command,
            event=envelope.event,
            position=stored_event.id if isinstance(stored_event, Notification) else 0,
        )


class SQLiteRecorder(SQLiteApplicationRecorder):
    def construct_create_table_statements(self) -> list[str]:
        return super().construct_create_table_statements() + [table.format(bytes="blob") for table in TABLES]

    def _insert_events(
        self, c: Any, stored_events: Sequence[StoredEvent], *, beside: Sequence[Statement] = (), **_: Any
    ) -> Sequence[int] | None:
        # The library begins its transaction as a reader: the first statement must be a write, and all of these are.
        for statement in beside:
            c.executemany(statement.sql, statement.values)
            if statement.rows is not None and c.sqlite_cursor.rowcount != statement.rows:
                raise RowsMoved(statement.sql)
        return super()._insert_events(c, stored_events)


class PostgresRecorder(PostgresApplicationRecorder):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sql_create_statements += [SQL(table.format(bytes="bytea")).format() for table in TABLES]

    def _insert_events(
        self, curs: Any, stored_events: Sequence[StoredEvent], *, beside: Sequence[Statement] = (), **_: Any
    ) -> None:
        for statement in beside:
            sql = statement.sql.replace("?", "%s")
            if statement.rows is None:
                curs.executemany(sql, statement.values)
            else:
                (values,) = statement.values
                curs.execute(f"with changed as ({sql} returning 1) select count(*) as rows from changed", values)
                if curs.fetchone()["rows"] != statement.rows:
                    raise RowsMoved(statement.sql)
