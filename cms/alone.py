"""What one process of a machine does at a time: it holds a lock on a file, which ends with it."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class NotAlone(Exception):
    """Another process does it."""


class Removed(NotAlone):
    """The file is gone, so that another process may do it with a new one."""


@contextmanager
def holding(path: Path) -> Iterator[Callable[[], None]]:
    """NotAlone: another process holds it. The callable looks whether the file is still the one: Removed."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotAlone from None

        def hold_on() -> None:
            try:
                there = path.stat()
            except FileNotFoundError:
                raise Removed from None
            if not os.path.samestat(there, os.fstat(file.fileno())):
                raise Removed

        hold_on()
        yield hold_on
