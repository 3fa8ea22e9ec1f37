"""Confidential notes: their words lie apart, where they can be forgotten; the history has a salted digest of them."""

from collections.abc import Collection

from cms import sealing
from cms.history import History
from cms.recorders import Statement


def sealed(note_id: str, words: str) -> tuple[str, Statement]:
    """The digest for the history, and what is to lie beside it."""
    value = words.encode()
    salt, digest = sealing.sealed(value)
    row = (note_id, salt, value)
    return digest, Statement("insert into confidential values (?, ?, ?) on conflict do nothing", [row], rows=1)


def unsealed(history: History, note_ids: Collection[str]) -> dict[str, str]:
    """Words by note; those that were forgotten are not among them."""
    rows = history.kept("confidential", note_ids)
    return {id: bytes(row["value"]).decode() for id, row in rows.items() if row["value"] is not None}


def forgotten(note_id: str) -> Statement:
    """Without the salt nobody can find out by guessing what the digest was made of."""
    return Statement("update confidential set salt = null, value = null where id = ?", [(note_id,)])
