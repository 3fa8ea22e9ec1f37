"""Views of one hot article and of ten thousand, acknowledged on disk, beside a handler that only acknowledges.

Nobody's first second counts. The first view of an article goes through the router, which teaches the door that it is
public; each of the ten thousand has been viewed once before they are measured.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from statistics import median

from bench import mix
from bench.ground import DATABASES, Ground
from bench.load import Asked, answers, each_once, request, write_requests
from bench.measure import Fact, Found, side_by_side
from bench.serving import chronicle, plain
from cms import history
from cms.history import History
from cms.ids import article_id
from domain.views import BUCKET_SECONDS

ROUNDS = 3
# From one roll-up to the next, so that every round meets one.
SECONDS = BUCKET_SECONDS
ARTICLES = 10_000
SECTIONS = 12
CONNECTIONS = 64
LEAST = 0.6
WARMED_SECONDS = 60
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
READER = [("User-Agent", AGENT)]


def run(ground: Ground) -> Iterator[Found | Fact]:
    rounds, seconds, count = (1, 1, 1_000) if ground.quick else (ROUNDS, SECONDS, ARTICLES)
    nothing = ground.folder / "nothing"
    nothing.mkdir()
    nowhere = write_requests(ground.folder / "nowhere", [request("POST", "/view", READER)])
    for kind in DATABASES:
        events, reads = ground.database(kind), ground.database("SQLite")
        ids = publish(events, count)
        with ExitStack() as stack:
            port = stack.enter_context(chronicle(events, reads))
            beside_port = stack.enter_context(plain(nothing))
            for what, some in (("one hot article", ids[:1]), (f"{count:,} articles", ids)):
                requests = [request("POST", f"/v1/articles/{id}/views", READER) for id in some]
                file = write_requests(ground.folder / f"views-{kind}-{len(some)}", requests)
                viewed = asked(port, f"/v1/articles/{ids[0]}/views", file)
                beside = asked(beside_port, "/view", nowhere)
                each_once(viewed, WARMED_SECONDS)
                for warmed in (viewed, beside):
                    answers(warmed, 1)
                ours, theirs = list[float](), list[float]()
                yield side_by_side(
                    f"POST view, {what}, {kind}",
                    partial(answering, viewed, seconds, ours),
                    "a handler that answers 204",
                    partial(answering, beside, seconds, theirs),
                    rounds,
                    least_ratio=LEAST,
                )
                yield Fact(
                    what="  99 of 100 answered within",
                    value=f"{median(ours):.1f} ms",
                    said=f"beside it {median(theirs):.1f} ms",
                )


def asked(port: int, path: str, requests: str) -> Asked:
    return Asked(port, path, CONNECTIONS, 204, "POST", requests=requests)


def answering(asked: Asked, seconds: int, p99s: list[float], round: int) -> float:
    found = answers(asked, seconds)
    p99s.append(found.p99_ms)
    return found.a_second


def publish(url: str, count: int) -> list[str]:
    """Record so many articles that are public now; return their ids."""
    at, ids = datetime.now(UTC), [article_id(f"view:{n}") for n in range(count)]
    with history.opened(url) as past:
        record(past, ((id, f"section-{n % SECTIONS}", at) for n, id in enumerate(ids)))
    return ids


def record(past: History, articles: Iterable[tuple[str, str, datetime]]) -> None:
    """`articles`: as `mix.public` takes them."""
    events = mix.public(articles)
    while some := list(islice(events, mix.BATCH_EVENTS)):
        past.record(some)
