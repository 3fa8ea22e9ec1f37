"""The journal of views: hits on disk that are not yet in the history, and how they get there.

Hits that are committed together are one row, packed. `owner` and `seq` name it: the process and start that wrote it,
and its number there.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, tzinfo
from functools import lru_cache
from hashlib import blake2b

import msgspec
from eventsourcing.persistence import PersistenceError

from cms import readership, tally
from cms.agents import Kind, agent_of
from cms.asks import Hit, View
from cms.history import History
from cms.ids import new_id
from cms.periods import hour_start, local
from cms.recorders import RowsMoved, Statement
from cms.tally import Tally
from cms.visitors import Visitors
from domain.recorded import Recorded
from domain.views import BUCKET_SECONDS, VIEWS

ABANDONED_BUCKETS = 3
READ_ROWS = 100
VIEW_ID_BYTES = 16
KEPT_SECONDS = 24 * 60 * 60
FORGOTTEN_MOST = 50_000

log = logging.getLogger(__name__)


class Unrolled:
    """Of the rows of one owner that are to be rolled up, those that were read so far, and their sum."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.tally = Tally()
        self.rows = 0
        self.seq = 0

    def read_on(self, history: History) -> bool:
        """The next page; False: there is none."""
        page = history.select(
            "select seq, hits from hit_batch where owner = ? and seq > ? order by seq limit ?",
            *(self.owner, self.seq, READ_ROWS),
        )
        for counted in [tally.decode(bytes(row["hits"])) for row in page]:
            self.tally.add(counted)
        if page:
            self.rows, self.seq = self.rows + len(page), page[-1]["seq"]
        return bool(page)


class Journal:
    """`owner` names this process and start: its rows, and the stream of the views that it counted."""

    def __init__(self, history: History, zone: tzinfo) -> None:
        self.history = history
        self.zone = zone
        self.visitors = Visitors(history, zone)
        self.owner = new_id()
        self.seq = 0
        self.own = Unrolled(self.owner)
        self.read_up_to = 0

    # Writing.

    def rows(self, hits: Sequence[Hit]) -> list[Statement]:
        """What brings hits to disk, but for those whose client asked for them before."""
        new, ids = self.not_seen(hits)
        statements = self.packed(new, self.seq_of(hits)) if new else []
        if ids:
            marks = ", ".join(["(?, ?)"] * len(ids))
            # In one order, so that two processes do not wait for each other.
            values = tuple(value for id, hit in sorted(ids.items()) for value in (id, hit.bucket * BUCKET_SECONDS))
            # Should another process have the same id at this moment, nothing is committed, and both look again.
            insert = f"insert into view_id values {marks} on conflict do nothing"
            statements.append(Statement(insert, [values], rows=len(ids)))
        return statements

    def not_seen(self, hits: Sequence[Hit]) -> tuple[list[Hit], dict[bytes, Hit]]:
        """Those that are not on disk by their client's id, and of these the ones that have an id."""
        ids: dict[bytes, Hit] = {}
        again = []
        for hit in hits:
            if hit.view.id:
                first = ids.setdefault(view_id(hit.view), hit)
                again += [hit] if first is not hit else []
        if not ids:
            return list(hits), ids
        marks = ", ".join("?" * len(ids))
        known = {bytes(row["id"]) for row in self.history.select(f"select id from view_id where id in ({marks})", *ids)}
        seen = {id(hit) for hit in (*again, *(ids[one] for one in known))}
        return [hit for hit in hits if id(hit) not in seen], {one: hit for one, hit in ids.items() if one not in known}

    def seq_of(self, hits: Sequence[Hit]) -> int:
        """Of a batch; tried again after a connection was lost, by the library or by us, it keeps its number."""
        if not hits[0].seq:
            self.seq += 1
            for hit in hits:
                hit.seq = self.seq
        return hits[0].seq

    def packed(self, hits: Sequence[Hit], seq: int) -> list[Statement]:
        """A row; and what takes it out again if, written twice after a lost answer, it was counted in between."""
        counts = Counter(map(self.told, hits))
        pack = tally.encode([(*told, count) for told, count in counts.items()])
        row = (self.owner, seq, min(hit.bucket for hit in hits), pack)
        # A statement of its own, which sees what was committed while the first one waited.
        take_out = (
            "delete from hit_batch where owner = ? and seq = ?"
            " and exists (select 1 from hits_counted where owner = ? and seq >= ?)"
        )
        return [
            Statement("insert into hit_batch values (?, ?, ?, ?) on conflict do nothing", [row]),
            Statement(take_out, [(self.owner, seq, self.owner, seq)]),
        ]

    def told(self, hit: Hit) -> tuple[int, int, str, str, int, Kind, str, int]:
        """As `Counted`, but for the number of hits."""
        view, (day, hour) = hit.view, day_and_hour(hit.bucket, self.zone)
        agent = agent_of(view.agent)
        visitor = self.visitors.number(day, view.client, view.agent)
        return hit.bucket, hour, view.article, view.section, view.edition, agent.kind, agent.name, visitor

    # Rolling up.

    def read_ahead(self) -> None:
        """Sum up what was written, a page at a time: nothing is acknowledged during a roll-up, so it must be short."""
        if self.seq - self.read_up_to >= READ_ROWS:
            self.own.read_on(self.history)
            self.read_up_to += READ_ROWS

    def roll_up(self, at: datetime, now: datetime, everybody: bool = False) -> list[int]:
        """Turn rows into events and delete them, in one transaction for each owner; return the events' positions.

        `at`: when they are recorded, which is ahead of `now` if another process's clock was ahead once.

        Rows of others are taken if nobody did for long, or at a start. That is safe whoever still lives: the deletion
        must meet exactly the rows that were counted, and each owner's rows are committed in order.
        """
        abandoned = int(now.timestamp()) // BUCKET_SECONDS - ABANDONED_BUCKETS
        positions = []
        for row in self.history.select(
            "select owner, min(bucket) as bucket from hit_batch group by owner order by owner"
        ):
            if row["owner"] == self.owner or everybody or row["bucket"] <= abandoned:
                unrolled = Unrolled(row["owner"])
                if row["owner"] == self.owner:
                    # Whether it comes to be recorded or not: the next time begins anew.
                    unrolled, self.own, self.read_up_to = self.own, unrolled, self.seq
                try:
                    positions += self.record(unrolled, at)
                except msgspec.DecodeError:
                    # It must keep nobody else from being counted.
                    log.exception("Views of %s cannot be read, and stay in the journal.", row["owner"])
        return positions

    def record(self, unrolled: Unrolled, at: datetime) -> list[int]:
        while unrolled.read_on(self.history):
            pass
        owner, seq, rows = unrolled.owner, unrolled.seq, unrolled.rows
        if not rows:
            return []
        stream = VIEWS.stream(owner)
        event = Recorded(
            stream=stream,
            version=self.history.version_of(stream) + 1,
            at=at,
            by="system:views",
            command=new_id(),
            event=unrolled.tally.event(),
        )
        beside = [
            Statement("delete from hit_batch where owner = ? and seq <= ?", [(owner, seq)], rows=rows),
            Statement(
                "insert into hits_counted values (?, ?, ?)"
                " on conflict (owner) do update set seq = excluded.seq, at = excluded.at",
                [(owner, seq, int(at.timestamp()))],
            ),
            *readership.rows(self.history, self.owner, unrolled.tally.readers),
        ]
        try:
            return self.history.record([event], beside)
        except (PersistenceError, RowsMoved):
            # Somebody else rolls these up, or they stay in the journal until the next time.
            return []

    def forget(self, now: datetime) -> None:
        """Salts of days that are over, what nobody can ask again for, hours of readers of a month ago; some at once."""
        self.visitors.forget_before(self.visitors.day(now))
        before = int(now.timestamp()) - KEPT_SECONDS
        for table, id in (("view_id", "id"), ("hits_counted", "owner")):
            if self.history.select(f"select 1 as one from {table} where at < ? limit 1", before):
                some = f"select {id} from {table} where at < ? limit {FORGOTTEN_MOST}"
                self.history.record([], [Statement(f"delete from {table} where {id} in ({some})", [(before,)])])
        # Somebody else folds the same, or it is folded the next time.
        with suppress(PersistenceError, RowsMoved):
            readership.fold(self.history, int(now.timestamp()), self.zone)


def view_id(view: View) -> bytes:
    """Of a fixed size, whatever the client chose; the same id for another article is another one."""
    return blake2b(f"{view.article}\n{view.id}".encode(errors="replace"), digest_size=VIEW_ID_BYTES).digest()


@lru_cache(maxsize=64)
def day_and_hour(bucket: int, zone: tzinfo) -> tuple[str, int]:
    """The day, and the Unix time at which the hour began that a bucket lies in."""
    at = bucket * BUCKET_SECONDS
    return local(at, zone).date().isoformat(), hour_start(at, zone)
