"""The secret that sessions and links are signed with."""

import secrets

from cms.newsroom import Newsroom
from cms.recorders import Statement

SECRET_BYTES = 32


def secret(newsroom: Newsroom, configured: str) -> str:
    """The one that is set; else one that is made once and lies with the data, the same for every process."""
    return configured or kept(newsroom) or made(newsroom)


def kept(newsroom: Newsroom) -> str | None:
    rows = newsroom.history.select("select value from secret where name = 'signing'")
    return rows[0]["value"] if rows else None


def made(newsroom: Newsroom) -> str:
    # Several processes may start at once: what counts is what came to lie there.
    row = ("signing", secrets.token_urlsafe(SECRET_BYTES))
    newsroom.note(Statement("insert into secret values (?, ?) on conflict do nothing", [row]))
    found = kept(newsroom)
    assert found is not None
    return found
