"""Views of one article, each acknowledged once it is on disk, beside a handler that only acknowledges."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

from bench.ground import DATABASES, Ground
from bench.load import Asked
from bench.measure import Found, side_by_side
from bench.read import answering, filled
from bench.serving import chronicle, plain

ROUNDS = 5
EVENTS = 1_000
CONNECTIONS = 64


def run(ground: Ground) -> Iterator[Found]:
    rounds = 1 if ground.quick else ROUNDS
    nothing = ground.folder / "nothing"
    nothing.mkdir()
    for kind in DATABASES:
        events, reads = ground.database(kind), ground.database("SQLite")
        path = f"/v1/articles/{filled(events, EVENTS)}/views"
        with ExitStack() as stack:
            viewed = Asked(stack.enter_context(chronicle(events, reads)), path, CONNECTIONS, 204, "POST")
            beside = Asked(stack.enter_context(plain(nothing)), "/view", CONNECTIONS, 204, "POST")
            yield side_by_side(
                f"POST view, on disk in {kind}",
                partial(answering, viewed),
                "a handler that answers 204",
                partial(answering, beside),
                rounds,
            )
