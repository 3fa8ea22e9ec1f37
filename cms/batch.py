"""What is committed at once: commands decided in order, each on folds as those before it leave them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eventsourcing.persistence import IntegrityError

from cms import worklist
from cms.asks import Ask, Hit, Item, Key, KeyReused, Note, Receipt
from cms.history import History
from cms.ids import new_id
from cms.recorders import RowsMoved, Statement
from domain.recorded import Recorded, aggregate_of
from domain.rules import Aggregate, Change, Refused, State, decide

if TYPE_CHECKING:
    from cms.committer import Committer

Place = tuple[str, int]
"""A stream and a version of it."""


class Batch:
    """One transaction in the making: folds as they will be, and what is to be saved."""

    def __init__(self, committer: "Committer") -> None:
        self.committer = committer
        self.history = committer.history
        self.at = committer.now()
        self.folds: dict[str, tuple[int, Any]] = {}
        self.events: list[Recorded] = []
        self.beside: list[Statement] = []
        self.views_alone = False
        self.receipts: dict[tuple[str, str], tuple[str, Receipt]] = {}

    def record(self, items: Sequence[Item]) -> list[tuple[Any, Any]]:
        """Decide and save; return what is to be answered. No fold is remembered before it is on disk."""
        hits = [item for item in items if isinstance(item, Hit)]
        asks = [item for item in items if isinstance(item, Ask)]
        notes = [item for item in items if isinstance(item, Note)]
        if asks:
            self.committer.refresh()
            self.committer.load(ask.stream for ask in asks)
            self.at = self.committer.now()
        answers = [(ask.answer, self.outcome(ask)) for ask in asks]
        if hits:
            self.beside += self.committer.journal.rows(hits)
            # Ids of clients' are statements of their own.
            self.views_alone = len(hits) == len(items) and not any(hit.view.id for hit in hits)
        self.beside += [statement for note in notes for statement in note.statements]
        self.beside += worklist.rows(self.events, self.fold)
        position_of = self.standing([outcome for _, outcome in answers if isinstance(outcome, Receipt)])
        positions = self.save() if self.events or self.beside else []
        # What is on disk from here on is never recorded again, so nothing below may fail.
        self.committer.remember(self.folds)
        self.committer.advance(positions)
        position_of |= {(event.stream, event.version): at for event, at in zip(self.events, positions, strict=True)}
        placed = [(answer, at_position(outcome, position_of)) for answer, outcome in answers]
        return [*placed, *((hit.answer, None) for hit in hits), *((note.answer, None) for note in notes)]

    def standing(self, receipts: Sequence[Receipt]) -> dict[Place, int]:
        """The positions of events that were recorded before this batch, and that its answers name."""
        recorded_now = {(event.stream, event.version) for event in self.events}
        places = {(receipt.stream, receipt.version) for receipt in receipts} - recorded_now
        return {place: self.history.position_of(*place) for place in places}

    def outcome(self, ask: Ask) -> Receipt | Exception:
        try:
            return self.receipt(ask)
        except (Refused, KeyReused) as refusal:
            return refusal

    def receipt(self, ask: Ask) -> Receipt:
        """Decide, unless this command was answered before; the position is filled in when it is known."""
        if ask.key is not None and (known := self.answered(ask.by, ask.key)):
            return known
        try:
            changes = decide(ask.command, self.fold)
        except Refused:
            # Another process may have recorded this very command after the first look, and before the fold.
            if ask.key is not None and (known := self.answered(ask.by, ask.key)):
                return known
            raise
        command = new_id()
        for change in changes:
            self.add(change, ask.by, command)
        version = self.version(ask.stream)
        receipt = Receipt(ask.stream, version, 0, len(changes))
        if changes:
            self.beside += ask.beside
        if ask.key is not None:
            self.receipts[ask.by, ask.key.id] = (ask.key.body, Receipt(ask.stream, version, 0))
            row = (ask.by, ask.key.id, ask.key.body, ask.stream, version, int(self.at.timestamp()))
            self.beside.append(
                Statement("insert into command values (?, ?, ?, ?, ?, ?) on conflict do nothing", [row], rows=1)
            )
        return receipt

    def answered(self, by: str, key: Key) -> Receipt | None:
        if (by, key.id) not in self.receipts:
            return answered_before(self.history, by, key)
        return the_same(*self.receipts[by, key.id], key)

    def fold(self, aggregate: Aggregate[State], id: str) -> State:
        stream = aggregate.stream(id)
        if stream not in self.folds:
            self.folds[stream] = self.committer.fold(aggregate, id)
        state: State = self.folds[stream][1]
        return state

    def version(self, stream: str) -> int:
        self.fold(aggregate_of(stream), stream.partition(":")[2])
        return self.folds[stream][0]

    def add(self, change: Change, by: str, command: str) -> None:
        version = self.version(change.stream)
        state = aggregate_of(change.stream).evolve(self.folds[change.stream][1], change.event)
        self.folds[change.stream] = (version + 1, state)
        self.events.append(
            Recorded(
                stream=change.stream,
                version=version + 1,
                at=self.at,
                by=by,
                command=command,
                event=change.event,
            )
        )

    def save(self) -> list[int]:
        if self.views_alone:
            self.history.commit(*self.beside)
            return []
        try:
            return self.history.record(self.events, self.beside)
        except (IntegrityError, RowsMoved):
            # The library tries again after a lost connection; if the first try was committed after all, this is what
            # the second one meets. The batch is atomic: if its first event is ours, all of it is.
            if not self.events or not self.is_ours(self.events[0]):
                raise
            return [self.history.position_of(event.stream, event.version) for event in self.events]

    def is_ours(self, event: Recorded) -> bool:
        stored = next((e for e in self.history.stream(event.stream, event.version) if e.version == event.version), None)
        return stored is not None and stored.command == event.command


def answered_before(history: History, by: str, key: Key) -> Receipt | None:
    """What the command of this key was answered, if it was recorded; its position is not filled in."""
    rows = history.select("select * from command where actor = ? and id = ?", by, key.id)
    return the_same(rows[0]["body"], Receipt(rows[0]["stream"], rows[0]["version"], 0), key) if rows else None


def the_same(body: str, receipt: Receipt, key: Key) -> Receipt:
    if body != key.body:
        raise KeyReused("This idempotency key was used for another request.")
    return receipt


def at_position(outcome: Any, position_of: dict[Place, int]) -> Any:
    if not isinstance(outcome, Receipt):
        return outcome
    position = position_of[outcome.stream, outcome.version]
    return Receipt(outcome.stream, outcome.version, position, outcome.events)
