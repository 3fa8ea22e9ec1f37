"""Kept answers leave in the thread in which the server hands a question over: the loop is not woken for them.

The server asks `granian._futures` for what puts a question into the loop; ours is asked before that. It is no interface
that Granian promises, so that `pyproject.toml` bounds the version. Its other interface, RSGI, is one that it does, but
ends a broken answer as if it were whole, holds all of an answer that nobody takes, and hides headers beyond ASCII.
"""

import logging
from collections.abc import Callable
from typing import Any

from granian import _futures

log = logging.getLogger(__name__)

Schedule = Callable[[Any], None]
in_loop: Callable[..., Schedule] = _futures._cbsched_aioschedule  # noqa: SLF001


def answer_first(at_once: Callable[[Any], tuple[Any, Any] | None]) -> None:
    """For each server that this process starts from now on. `at_once`: from a scope what is sent, if it is at hand."""

    def scheduling(*given: Any) -> Schedule:
        schedule = in_loop(*given)

        def answer_or_schedule(question: Any) -> None:
            if not answered(question, at_once):
                schedule(question)

        return answer_or_schedule

    _futures._cbsched_aioschedule = scheduling  # noqa: SLF001


def answered(question: Any, at_once: Callable[[Any], tuple[Any, Any] | None]) -> bool:
    # Whatever is raised in this thread ends it, and with it the server.
    try:
        messages = at_once(question.scope)
        if messages is None:
            return False
        for message in messages:
            # What it would have awaited is done: a whole answer waits for nobody.
            question.proto.send(message)
        question.done()
    except Exception:
        log.exception("An answer that was at hand was not given at once.")
        # Of one that was begun already, the server makes an error when the loop begins it again.
        return False
    return True
