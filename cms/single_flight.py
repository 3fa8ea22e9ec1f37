"""What many ask for at the same moment is made once: whoever asks first starts it, and all get it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Result = TypeVar("Result")


class SingleFlight(Generic[Key, Result]):
    """For the loop's thread alone."""

    def __init__(self) -> None:
        self.tasks: dict[Key, asyncio.Task[Result]] = {}

    async def do(self, key: Key, make: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """A failure is everybody's; nothing is remembered of what is done."""
        task = self.tasks.get(key)
        if task is None:
            task = self.tasks[key] = asyncio.create_task(make())
            task.add_done_callback(lambda done: self.tasks.pop(key, None))
        # Whoever goes away does not take it from the others.
        return await asyncio.shield(task)
