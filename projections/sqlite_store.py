"""Read models in one embedded SQLite file, or in memory (for time travel and verification)."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import msgspec

from projections.batch import Batch
from projections.sqlite_lists import Known, SQLiteLists, chunks, marks, numbers, standing_in
from projections.store import SHAPE, Bucket, Moved, Reads, Result, Row, Touched, Write, touched

SCHEMA = """
create table document (number integer primary key, kind text, id text, document blob, unique (kind, id));
create table list (number integer primary key, name text unique, size integer);
create table member (list integer, key text, primary key (list, key)) without rowid;
create table place (id text primary key, key text, lists text) without rowid;
create table bucket (level integer, start integer, id text, count integer,
    primary key (level, start, id)) without rowid;
create table total (id text primary key, count integer) without rowid;
create index total_by_count on total (count desc, id desc);
create table position (position integer);
create table touched (position integer primary key, previous integer, keys blob);
"""
TABLES = ("document", "list", "member", "place", "bucket", "total", "position", "touched")
TOUCHED_BATCHES_KEPT = 1_000
# Behind all that begins with the same.
LAST = "\U0010ffff"
# Of lists with fewer members than that, it is quicker to look at each than at the totals of all.
FEW_MEMBERS = 2_000


class SQLiteStore(SQLiteLists):
    """`path`: a file, or `:memory:`. One connection: use it from one thread at a time."""

    batch_events = 2_000
    db: sqlite3.Connection

    def __init__(self, path: str) -> None:
        self.path = path
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        # The history is the truth: after a loss of power this file may be older, never torn.
        self.db.execute("pragma journal_mode = wal")
        self.db.execute("pragma synchronous = normal")
        # A rebuild writes the same pages again and again: keep them at hand, and move them to the file less often.
        self.db.execute("pragma cache_size = -32000")
        self.db.execute("pragma wal_autocheckpoint = 10000")
        self.lay_out()

    @classmethod
    def at(cls, path: str) -> "SQLiteStore":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        # What lies in it is for whoever runs this alone.
        Path(path).touch(mode=0o600, exist_ok=True)
        return cls(path)

    def lay_out(self) -> None:
        """What was laid out otherwise is thrown away: whoever follows makes it anew."""
        if self.shape() == SHAPE:
            return
        with self.transaction("begin immediate"):
            if self.shape() == SHAPE:  # Another process came first.
                return
            for (name,) in self.db.execute("select name from sqlite_schema where type = 'table'").fetchall():
                self.db.execute(f"drop table {name}")
            for statement in SCHEMA.split(";"):
                self.db.execute(statement)
            self.db.execute(f"pragma user_version = {SHAPE}")

    def shape(self) -> int:
        shape: int = self.db.execute("pragma user_version").fetchone()[0]
        return shape

    def fits(self) -> bool:
        return True

    @contextmanager
    def transaction(self, begin: str) -> Iterator[None]:
        self.db.execute(begin)
        try:
            yield
        except BaseException:
            self.db.execute("rollback")
            raise
        self.db.execute("commit")

    def read(self, question: Callable[[Reads], Result]) -> tuple[Result, int]:
        with self.transaction("begin"):
            position = self.position()
            return question(self), position

    # Questions. Those about lists stand apart.

    def position(self) -> int:
        row = self.db.execute("select position from position").fetchone()
        return row[0] if row else 0

    def get(self, kind: str, ids: Sequence[str]) -> list[bytes | None]:
        found = dict(
            self.db.execute(f"select id, document from document where kind = ? and id in ({marks(ids)})", (kind, *ids))
        )
        return [found.get(id) for id in ids]

    def all(self, kind: str) -> list[tuple[str, bytes]]:
        return self.db.execute("select id, document from document where kind = ? order by id", (kind,)).fetchall()

    def top(self, weights: Mapping[Bucket, int] | None, within: Sequence[str], limit: int) -> list[tuple[str, int]]:
        lists = self.known(within)
        if weights is None:
            few = sum(size for _, size in lists.values()) < FEW_MEMBERS
            return self.top_of_few(numbers(lists), limit) if few else self.top_of_all(lists, limit)
        if not weights:
            return []
        # `cross join`: the buckets first, each found by its key.
        ranked = self.db.execute(
            f"""with weighed (level, start, weight) as (values {marks(weights, "(?, ?, ?)")})
            select id, sum(count * weight) as count
            from weighed w cross join bucket b on b.level = w.level and b.start = w.start
            group by id order by count desc, id desc""",
            [number for bucket, weight in weights.items() for number in (*bucket, weight)],
        )
        # From the top down, and no further than it takes.
        return list(islice(((id, count) for id, count in ranked if self.stands(id, lists)), limit))

    def stands(self, id: str, lists: Known) -> bool:
        found = self.db.execute(f"select 1 from place p where p.id = ? and {standing_in(lists)}", (id,))
        return found.fetchone() is not None

    def top_of_all(self, lists: Known, limit: int) -> list[tuple[str, int]]:
        rows = self.db.execute(
            f"""select t.id, t.count from total t cross join place p on p.id = t.id
            where {standing_in(lists)} order by t.count desc, t.id desc limit ?""",
            (limit,),
        )
        return rows.fetchall()

    def top_of_few(self, lists: Sequence[int], limit: int) -> list[tuple[str, int]]:
        rows = self.db.execute(
            f"""select t.id, t.count from (
                select distinct substr(key, instr(key, ':') + 1) as id from member where list in ({marks(lists)})
            ) m cross join total t on t.id = m.id order by t.count desc, t.id desc limit ?""",
            (*lists, limit),
        )
        return rows.fetchall()

    def totals(self, ids: Sequence[str]) -> list[int]:
        found = dict(self.db.execute(f"select id, count from total where id in ({marks(ids)})", ids))
        return [found.get(id, 0) for id in ids]

    def sums(self, groups: Sequence[Sequence[Bucket]], ids: Sequence[str]) -> list[list[int]]:
        return [[found.get(id, 0) for id in ids] for found in (self.sum_of(group, ids) for group in groups)]

    def sum_of(self, buckets: Sequence[Bucket], ids: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        if buckets:
            for some in chunks(list(dict.fromkeys(ids))):
                found |= self.db.execute(
                    f"""with asked (level, start) as (values {marks(buckets, "(?, ?)")})
                    select id, sum(count) from asked a cross join bucket b on b.level = a.level and b.start = a.start
                    where b.id in ({marks(some)}) group by b.id""",
                    (*(number for bucket in buckets for number in bucket), *some),
                )
        return found

    def sums_within(self, groups: Sequence[Sequence[Bucket]], within: Sequence[str], prefix: str = "") -> list[int]:
        return [self.sum_within(group, within, prefix) for group in groups]

    def sum_within(self, buckets: Sequence[Bucket], within: Sequence[str], prefix: str) -> int:
        if not buckets:
            return 0
        (found,) = self.db.execute(
            f"""with asked (level, start) as (values {marks(buckets, "(?, ?)")})
            select coalesce(sum(count), 0) from asked a
            cross join bucket b on b.level = a.level and b.start = a.start and b.id >= ? and b.id < ?
            cross join place p on p.id = substr(b.id, ?)
            where {standing_in(self.known(within))}""",
            (*(number for bucket in buckets for number in bucket), prefix, prefix + LAST, len(prefix) + 1),
        )
        count: int = found[0]
        return count

    # Writing.

    def apply(self, writes: Sequence[Write], previous: int, position: int) -> Touched:
        batch = Batch(writes)
        with self.transaction("begin immediate"):
            if self.position() != previous:
                raise Moved
            self.put_documents(batch)
            left = self.put_places(batch)
            self.put_counts(batch)
            change = Touched(previous, position, touched(writes, left))
            self.db.execute("delete from position")
            self.db.execute("insert into position values (?)", (position,))
            self.db.execute(
                "insert into touched values (?, ?, ?)", (position, previous, msgspec.json.encode(sorted(change.keys)))
            )
            self.db.execute(
                """delete from touched where position <=
                (select position from touched order by position desc limit 1 offset ?)""",
                (TOUCHED_BATCHES_KEPT,),
            )
        return change

    def put_documents(self, batch: Batch) -> None:
        dropped = [key for key, document in batch.documents.items() if document is None]
        put = [(kind, id, document) for (kind, id), document in batch.documents.items() if document is not None]
        self.db.executemany("delete from document where kind = ? and id = ?", dropped)
        self.db.executemany(
            "insert into document (kind, id, document) values (?, ?, ?)"
            " on conflict (kind, id) do update set document = excluded.document",
            put,
        )

    def put_counts(self, batch: Batch) -> None:
        if batch.forgotten is not None:
            self.db.execute("delete from bucket where level = 1 and start < ?", (batch.forgotten,))
        buckets = [(*bucket, id, count) for bucket, counts in batch.buckets.items() for id, count in counts.items()]
        self.db.executemany(
            "insert into total values (?, ?) on conflict do update set count = count + excluded.count",
            batch.totals.items(),
        )
        self.db.executemany(
            "insert into bucket values (?, ?, ?, ?) on conflict do update set count = count + excluded.count", buckets
        )

    def touched_since(self, position: int) -> list[Touched] | None:
        rows = self.db.execute(
            "select previous, position, keys from touched where position > ? order by position", (position,)
        )
        batches = [Touched(start, end, frozenset(msgspec.json.decode(keys))) for start, end, keys in rows]
        if not batches:
            return [] if self.position() == position else None
        return batches if batches[0].previous == position else None

    def clear(self) -> None:
        with self.transaction("begin immediate"):
            for table in TABLES:
                self.db.execute(f"delete from {table}")

    def dump(self) -> Iterator[Row]:
        with self.transaction("begin"):
            yield ("position", str(self.position()))
            # Somebody who meddled with the file may have left a text for a blob.
            documents = "select kind, id, cast(document as text) from document order by kind, id"
            for kind, id, document in self.db.execute(documents):
                yield ("document", kind, id, document)
            for row in self.db.execute(
                "select name, key from list cross join member on list = number order by name, key"
            ):
                yield ("member", *row)
            for name, size in self.db.execute("select name, size from list where size <> 0 order by name"):
                yield ("size", name, str(size))
            for level, start, id, count in self.db.execute("select * from bucket order by level, start, id"):
                yield ("bucket", str(level), str(start), id, str(count))
            for id, count in self.db.execute("select id, count from total order by id"):
                yield ("total", id, str(count))

    def close(self) -> None:
        self.db.close()
