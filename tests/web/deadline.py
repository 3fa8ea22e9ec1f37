import time
from collections.abc import Callable
from typing import Literal, TypeVar

Found = TypeVar("Found")


def until(found: Callable[[], Found | Literal[False]], within_seconds: float = 60.0) -> Found:
    """Ask again and again until the answer is truthy. What is waited for takes a moment; the bound is for a hang."""
    give_up_at = time.monotonic() + within_seconds
    while not (answer := found()):
        assert time.monotonic() < give_up_at, f"not within {within_seconds} seconds"
        time.sleep(0.02)
    return answer
