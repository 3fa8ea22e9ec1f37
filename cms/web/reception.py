"""Where requests wait for the entrance: whoever guesses at passwords keeps nobody waiting who is in."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from litestar import Request
from litestar.datastructures import State

from cms.asks import Unavailable
from cms.entrance import Entrance

HASHED_AT_ONCE = 4
WAITING_MOST = 100

Answer = TypeVar("Answer")


class Reception:
    """Few are served at the entrance at once: each takes 64 MB and a processor for a moment."""

    def __init__(self, entrance: Entrance) -> None:
        self.entrance = entrance
        self.threads = ThreadPoolExecutor(HASHED_AT_ONCE, "entrance")
        self.waiting = 0

    async def serve(self, work: Callable[[Entrance], Answer]) -> Answer:
        if self.waiting >= WAITING_MOST:
            raise Unavailable("Too many wait to come in.")
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, work, self.entrance)
        finally:
            self.waiting -= 1

    def close(self) -> None:
        self.threads.shutdown()


def reception(request: Request[Any, Any, State]) -> Reception:
    found: Reception = request.app.state.reception
    return found
