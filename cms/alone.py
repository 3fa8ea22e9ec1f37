"""What one process of a machine does at a time: it holds a lock on a file, which ends with it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotAlone(Exception):
    """Another process does it."""


@contextmanager
def holding(path: Path) -> Iterator[None]:
    """NotAlone: another process holds it."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotAlone from None
        yield
