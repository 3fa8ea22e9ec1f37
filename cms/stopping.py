"""Hearing of the end before the server waits for it: it waits until every connection has what it asked for."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def told_of_the_end(tell: Callable[[], None]) -> Iterator[None]:
    """`tell` is called in the loop when a signal asks the process to end; then whoever else waits for that signal."""
    if threading.current_thread() is not threading.main_thread():
        # No signal comes here.
        yield
        return
    loop, former = asyncio.get_running_loop(), {number: signal.getsignal(number) for number in SIGNALS}

    def asked(number: int, at: FrameType | None) -> None:
        loop.call_soon_threadsafe(tell)
        heard = former[signal.Signals(number)]
        if callable(heard):
            heard(number, at)

    for number, heard in former.items():
        if callable(heard):
            signal.signal(number, asked)
    try:
        yield
    finally:
        for number, heard in former.items():
            if callable(heard):
                signal.signal(number, heard)
