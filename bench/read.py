"""Reading over HTTP: Chronicle beside a handler that returns the very same bytes, hot, unchanged, and cold."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial

from bench import mix
from bench.ground import Ground
from bench.load import Asked, answers_a_second
from bench.measure import Found, side_by_side
from bench.serving import chronicle, fetch, plain
from cms import history
from domain.article import ArticlePublished

ROUNDS, ROUNDS_COLD = 5, 3
EVENTS = 5_000
CONNECTIONS = 32
LEAST = 0.7


def run(ground: Ground) -> Iterator[Found]:
    count = 1_000 if ground.quick else EVENTS
    events, reads = ground.database("SQLite"), ground.database("SQLite")
    paths = {"latest": "/v1/latest", "article": f"/v1/articles/{filled(events, count)}", "popular": "/v1/popular"}
    with ExitStack() as stack:
        port = stack.enter_context(chronicle(events, reads))
        files = ground.folder / "answers"
        files.mkdir()
        tags = {}
        for name, path in paths.items():
            _, headers, body = fetch(port, path)
            tags[name] = headers["etag"]
            (files / name).write_bytes(body)
        beside = stack.enter_context(plain(files))
        for server, path in ((port, paths["latest"]), (beside, "/latest")):
            answers_a_second(Asked(server, path, CONNECTIONS))  # Nobody's first second counts.
        for name, path in paths.items():
            kilobytes = (files / name).stat().st_size / 1000
            same = partial(answering, Asked(beside, f"/{name}", CONNECTIONS))
            states = {
                "": Asked(port, path, CONNECTIONS),
                ", unchanged (304)": Asked(port, path, CONNECTIONS, status=304, if_none_match=tags[name]),
                ", cold": Asked(port, path, CONNECTIONS, distinct=True),
            }
            if name == "popular":  # It says as of when it is, and so changes by itself.
                del states[", unchanged (304)"]
            for state, asked in states.items():
                cold = state == ", cold"
                yield side_by_side(
                    f"GET {name}{state}",
                    partial(answering, asked),
                    f"a handler of these {kilobytes:.1f} kB",
                    same,
                    1 if ground.quick else ROUNDS_COLD if cold else ROUNDS,
                    least_ratio=None if cold else LEAST,
                )


def filled(url: str, count: int) -> str:
    """Record a history up to now; return the id of an article in it that readers see."""
    events = mix.events(count, datetime.now(UTC))
    with history.opened(url) as past:
        for start in range(0, len(events), mix.BATCH_EVENTS):
            past.record(events[start : start + mix.BATCH_EVENTS])
    return [recorded.id for recorded in events if isinstance(recorded.event, ArticlePublished)][-1]


def answering(asked: Asked, round: int) -> float:
    return answers_a_second(asked)
