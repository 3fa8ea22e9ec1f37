"""How long after a publication another process still shows what was before, from the moment the editor was answered."""

from collections.abc import Iterator
from contextlib import ExitStack
from time import perf_counter

from bench.ground import Ground
from bench.measure import Fact
from bench.read import hired
from bench.serving import chronicle, fetch, following, send

PUBLICATIONS = 200
MOST_MS = 100.0
GIVEN_UP_SECONDS = 5.0


def run(ground: Ground) -> Iterator[Fact]:
    count = 20 if ground.quick else PUBLICATIONS
    for events_in, reads_in in (("SQLite", "SQLite"), ("PostgreSQL", "Valkey")):
        events = ground.database(events_in)
        token = hired(events)
        shared = reads_in == "Valkey"
        reads = ground.redis if shared else ground.database("SQLite")
        with ExitStack() as stack:
            if shared:
                stack.enter_context(following(events, reads))
            one, other = (stack.enter_context(chronicle(events, reads)) for _ in range(2))
            waited = sorted(published(one, other, token, number) for number in range(count))
        yield Fact(
            what=f"old elsewhere, ms at most, {events_in}, {reads_in}",
            value=f"{waited[-1]:.1f}",
            said=f"{waited[len(waited) // 2]:.1f} in the median of {count}",
            target=f"{MOST_MS:.0f} ms",
            reached=waited[-1] <= MOST_MS,
        )


def published(one: int, other: int, token: str, number: int) -> float:
    """Publish at one; the milliseconds until the other, which keeps its answer, shows it first."""
    fetch(other, "/v1/latest")
    draft = send(one, "/editorial/articles", token, {"headline": f"Report {number}", "section": "bench"})
    send(one, f"/editorial/articles/{draft['id']}/publish", token, {}, draft["version"])
    answered = perf_counter()
    while draft["id"].encode() not in fetch(other, "/v1/latest?limit=1")[2]:
        if perf_counter() > answered + GIVEN_UP_SECONDS:
            raise RuntimeError("The other process does not learn of it.")
    return (perf_counter() - answered) * 1_000
