"""Reading over HTTP, beside a handler that returns the very same bytes: kept, bare and coded as browsers want it,
unchanged, while others publish, cold.

What the server can do at most stands beside that handler too: a bare ASGI function with the same bytes.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from threading import Event, Thread
from time import monotonic

from bench import mix
from bench.ground import Ground
from bench.load import Asked, answers_a_second, request, write_requests
from bench.measure import Fact, Found, side_by_side
from bench.serving import bare, chronicle, fetch, following, forgetful, plain, send
from cms import history, newsroom, staff
from cms.ids import new_id
from domain.article import ArticlePublished
from domain.role import Role
from domain.section import SetSection

ROUNDS, ROUNDS_COLD = 5, 3
EVENTS = 5_000
CONNECTIONS = 32
LEAST, LEAST_WHILE_PUBLISHING, LEAST_OF_PAGE = 1.8, 1.2, 1.0
# They say as of when they are, and so change by themselves.
CHANGING = ("popular", "front-page")
PUBLISHED_A_SECOND = 20
BROWSERS_ACCEPT = "gzip, deflate, br, zstd"


def run(ground: Ground) -> Iterator[Found | Fact]:
    rounds, cold_rounds, events_count = (1, 1, 1_000) if ground.quick else (ROUNDS, ROUNDS_COLD, EVENTS)
    events, reads = ground.database("SQLite"), ground.database("SQLite")
    ids = filled(events, events_count)
    token = hired(events)
    answers = {"latest": "/v1/latest", "article": f"/v1/articles/{ids[-1]}", "popular": "/v1/popular"}
    paths = {**answers, "front-page": "/"}
    with ExitStack() as stack:
        port = stack.enter_context(chronicle(events, reads))
        folder = ground.folder / "answers"
        folder.mkdir()
        tags, coded = {}, {}
        for name, path in paths.items():
            _, headers, body = fetch(port, path)
            tags[name] = headers["etag"]
            (folder / name).write_bytes(body)
            _, headers, body = fetch(port, path, headers={"Accept-Encoding": BROWSERS_ACCEPT})
            coded[name] = f"{name}.{headers['content-encoding']}"
            (folder / coded[name]).write_bytes(body)
        beside, bottom = stack.enter_context(plain(folder)), stack.enter_context(bare(folder))
        handler = {
            file: (
                f"a handler of these {(folder / file).stat().st_size / 1000:.1f} kB",
                asking(beside, f"/{file}", accept_encoding=BROWSERS_ACCEPT if file in coded.values() else ""),
            )
            for file in (*paths, *coded.values())
        }
        for warmed in (asking(port, paths["latest"]), asking(beside, "/latest"), asking(bottom, "/latest")):
            warmed(0)  # Nobody's first second counts.
        for name, path in paths.items():
            yield side_by_side(f"bare ASGI, {name}", asking(bottom, f"/{name}"), *handler[name], rounds)
            least = LEAST if name in answers else LEAST_OF_PAGE
            yield side_by_side(f"GET {name}", asking(port, path), *handler[name], rounds, least_ratio=least)
            as_wanted = asking(port, path, accept_encoding=BROWSERS_ACCEPT)
            yield side_by_side(f"GET {name}, coded", as_wanted, *handler[coded[name]], rounds, least_ratio=least)
            if name not in CHANGING:
                unchanged = asking(port, path, status=304, if_none_match=tags[name])
                yield side_by_side(f"GET {name}, unchanged (304)", unchanged, *handler[name], rounds)
        with publishing(port, token) as published:
            for name, path in answers.items():
                what = f"GET {name}, while others publish"
                yield side_by_side(what, asking(port, path), *handler[name], rounds, least_ratio=LEAST_WHILE_PUBLISHING)
        yield Fact(what="published meanwhile, articles/s", value=f"{published[0]:.1f}")
        redis = ground.redis
        stack.enter_context(following(events, redis))
        for store, url in (("SQLite", reads), ("Valkey", redis)):
            with forgetful(events, url) as cold:
                for name, requests in distinct(ids).items():
                    file = write_requests(ground.folder / f"{name}-{store}", requests)
                    asked = partial(answering, Asked(cold, paths[name], CONNECTIONS, requests=file))
                    yield side_by_side(f"GET {name}, cold, {store}", asked, *handler[name], cold_rounds)


def filled(url: str, events_count: int) -> list[str]:
    """Record a history up to now; return the ids of the articles in it that readers see."""
    events = mix.events(events_count, datetime.now(UTC))
    with history.opened(url) as past:
        for start in range(0, len(events), mix.BATCH_EVENTS):
            past.record(events[start : start + mix.BATCH_EVENTS])
    return [recorded.id for recorded in events if isinstance(recorded.event, ArticlePublished)]


def hired(url: str) -> str:
    """The token of an editor, and a section that takes new articles."""
    with newsroom.opened(url) as room:
        room.execute(SetSection(slug="bench", name="Bench", position=1), "bench")
        staff.hire(room, "editor@bench.example", "Editor", Role.ADMIN, "bench")
        return staff.new_token(room, "editor@bench.example")


def asking(
    port: int, path: str, status: int = 200, if_none_match: str = "", accept_encoding: str = ""
) -> partial[float]:
    asked = Asked(port, path, CONNECTIONS, status, if_none_match=if_none_match, accept_encoding=accept_encoding)
    return partial(answering, asked)


def answering(asked: Asked, round: int) -> float:
    return answers_a_second(asked)


def distinct(ids: list[str]) -> dict[str, list[str]]:
    """Requests that differ from one another, so that none waits for the answer to another."""
    paths = {
        "latest": (f"/v1/latest?after={'f' * 16}:{new_id()}" for _ in range(500)),
        "article": (f"/v1/articles/{id}" for id in ids[-500:]),
        "popular": (f"/v1/popular?limit={limit}" for limit in range(10, 30)),
    }
    return {name: [request("GET", path) for path in some] for name, some in paths.items()}


@contextmanager
def publishing(port: int, token: str) -> Iterator[list[float]]:
    """New articles come so often meanwhile. Afterwards the list holds how often they did."""
    stopped, started, rate = Event(), monotonic(), [0.0]

    def publish() -> None:
        for number in count(1):
            if stopped.wait(max(0.0, started + number / PUBLISHED_A_SECOND - monotonic())):
                return
            draft = send(port, "/editorial/articles", token, {"headline": f"Report {number}", "section": "bench"})
            send(port, f"/editorial/articles/{draft['id']}/publish", token, {}, draft["version"])
            rate[0] = number / (monotonic() - started)

    thread = Thread(target=publish)
    thread.start()
    try:
        yield rate
    finally:
        stopped.set()
        thread.join()
