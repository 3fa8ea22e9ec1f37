"""The journal of views: hits on disk that are not yet in the history, and how they get there."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from eventsourcing.persistence import PersistenceError

from cms.asks import Hit
from cms.history import History
from cms.ids import new_id
from cms.recorders import RowsMoved, Statement
from domain.recorded import Recorded
from domain.views import BUCKET_SECONDS, VIEWS, ViewsCounted

ABANDONED_BUCKETS = 3


class Journal:
    """`owner` names this process and start: its rows, and the stream of the views that it counted."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.owner = new_id()
        self.seq = 0

    def rows(self, hits: Sequence[Hit]) -> Statement:
        values: list[object] = []
        for hit in hits:
            if not hit.seq:
                self.seq += 1
                hit.seq = self.seq
            values += (self.owner, hit.seq, hit.bucket, hit.article)
        # One statement: SQLite's lets go of the interpreter once a row, and others would take it.
        rows = ", ".join(["(?, ?, ?, ?)"] * len(hits))
        # Tried again after a connection was lost, by the library or by us, a hit must not count twice.
        return Statement(f"insert into view_journal values {rows} on conflict do nothing", [tuple(values)])

    def roll_up(self, at: datetime, everybody: bool = False) -> list[int]:
        """Turn rows into events and delete them, in one transaction for each owner; return the events' positions.

        Rows of others are taken if nobody did for long, or at a start. That is safe whoever still lives: the deletion
        must meet exactly the rows that were counted, and each owner's rows are committed in order.
        """
        now = int(at.timestamp()) // BUCKET_SECONDS
        journals: dict[str, list[Any]] = defaultdict(list)
        for row in self.history.select(
            "select owner, bucket, article, count(*) as views, max(seq) as seq from view_journal"
            " group by owner, bucket, article order by owner, bucket, article"
        ):
            journals[row["owner"]].append(row)
        positions = []
        for owner, rows in journals.items():
            abandoned = min(row["bucket"] for row in rows) <= now - ABANDONED_BUCKETS
            if owner == self.owner or everybody or abandoned:
                positions += self.roll_up_owner(owner, rows, at)
        return positions

    def roll_up_owner(self, owner: str, rows: list[Any], at: datetime) -> list[int]:
        counts: dict[int, dict[str, int]] = defaultdict(dict)
        for row in rows:
            counts[row["bucket"]][row["article"]] = row["views"]
        stream = VIEWS.stream(owner)
        event = Recorded(
            stream=stream,
            version=self.history.version_of(stream) + 1,
            at=at,
            by="system:views",
            command=new_id(),
            event=ViewsCounted(counts),
        )
        emptied = Statement(
            "delete from view_journal where owner = ? and seq <= ?",
            [(owner, max(row["seq"] for row in rows))],
            rows=sum(row["views"] for row in rows),
        )
        try:
            return self.history.record([event], [emptied])
        except (PersistenceError, RowsMoved):
            # Somebody else rolls these up, or they stay in the journal until the next time.
            return []
