"""Ten million views of ten thousand articles against one served process: what it keeps in memory as they come."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from random import Random

from bench.ground import Ground
from bench.kill import recorded
from bench.load import NUMBER, Asked, answers, request, write_requests
from bench.measure import Fact
from bench.serving import CAUGHT_UP, settings, started, wait_until_ready
from bench.view import CONNECTIONS, publish
from cms import history
from domain.views import BUCKET_SECONDS, ViewsCounted
from tests.servers import free_port

VIEWS, STEP = 10_000_000, 500_000
VIEWS_QUICK, STEP_QUICK = 100_000, 20_000
ARTICLES = 10_000
# Sent over and over; only the views' own ids differ each time.
REQUESTS = 200_000
# More than any process remembers; some are much more frequent than others.
AGENTS = 20_000
WITH_ID = 0.01
SEED = 1843
PROBED_SECONDS = 2
STEP_SECONDS_MOST = 300
GROWN_MOST = 1.15
MANY_EVENTS = 1_000_000

SYSTEMS = ("Windows NT 10.0; Win64; x64", "X11; Linux x86_64", "Macintosh; Intel Mac OS X 10_15_7", "Linux; Android 14")
KINDS = {
    "Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{a}.0.{b}.{c} Safari/537.36": 90,
    "Mozilla/5.0 ({system}; rv:{a}.0) Gecko/20100101 Firefox/{a}.0": 4,
    "Mozilla/5.0 (compatible; crawler-{b}/{a}.0; +https://crawler.example)": 4,
    "okhttp/{a}.{b}.{c}": 2,
}


def run(ground: Ground) -> Iterator[Fact]:
    views, step = (VIEWS_QUICK, STEP_QUICK) if ground.quick else (VIEWS, STEP)
    events, reads = ground.database("SQLite"), ground.database("SQLite")
    ids, port = publish(events, ARTICLES), free_port()
    file = write_requests(ground.folder / "many-readers", many_requests(ids, Random(SEED)))
    asked = Asked(port, f"/v1/articles/{ids[0]}/views", CONNECTIONS, 204, "POST", requests=file)
    environment = {**settings(events, reads), "CHRONICLE_TRUSTED_PROXIES": "127.0.0.1"}
    with ExitStack() as stack:
        server = stack.enter_context(started(["chronicle", str(port)], environment))
        wait_until_ready(server, port, *CAUGHT_UP)
        yield Fact(what="memory at the start", value=f"{resident_mib(server.pid):,.0f} MiB")
        done = rounds = told = 0
        seconds, first = PROBED_SECONDS, 0.0
        while done < views:
            found = answers(asked, seconds)
            done, rounds = done + found.count + 1, rounds + 1  # The one that sees whether it is answered, too.
            seconds = min(max(1, round(step / found.a_second)), STEP_SECONDS_MOST)
            if done // (2 * step) > told or done >= views:
                told, mib = done // (2 * step), resident_mib(server.pid)
                first = first or mib
                yield Fact(
                    what=f"memory after {done:,} views",
                    value=f"{mib:,.0f} MiB",
                    said=f"{found.a_second:,.0f}/s",
                    target="" if done < views else f"{GROWN_MOST} times the first of these",
                    reached=None if done < views else mib < GROWN_MOST * first,
                )
        yield Fact(what="  at most", value=f"{resident_mib(server.pid, 'VmHWM'):,.0f} MiB")
    total = recorded(events).total()
    yield Fact(
        what="  recorded",
        value=f"{total:,}",
        said=f"of {done:,}, {CONNECTIONS} a round open",
        target="all",
        reached=done <= total <= done + CONNECTIONS * rounds,
    )
    yield pace(events)


def many_requests(ids: list[str], random: Random) -> list[str]:
    agents = [agent(random) for _ in range(AGENTS)]
    return [
        one_request(random.choice(ids), agents[int(AGENTS * random.random() ** 3)], random) for _ in range(REQUESTS)
    ]


def agent(random: Random) -> str:
    (kind,) = random.choices(list(KINDS), list(KINDS.values()))
    numbers = {"a": random.randint(90, 140), "b": random.randrange(1_000), "c": random.randrange(100)}
    return kind.format(system=random.choice(SYSTEMS), **numbers)


def one_request(id: str, agent: str, random: Random) -> str:
    query = f"?view={NUMBER}" if random.random() < WITH_ID else ""
    address = f"{random.randint(1, 223)}.{random.randrange(256)}.{random.randrange(256)}.{random.randint(1, 254)}"
    return request("POST", f"/v1/articles/{id}/views{query}", [("User-Agent", agent), ("X-Forwarded-For", address)])


def resident_mib(pid: int, field: str = "VmRSS") -> float:
    """Of a process; `VmHWM`: the most that it ever had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (kibibytes,) = (line.split()[1] for line in lines if line.startswith(f"{field}:"))
    return int(kibibytes) / 1024


def pace(events: str) -> Fact:
    """Of the one process; when it ends, it counts what it has."""
    with history.opened(events) as past:
        counted = [one for one in past.after(0, MANY_EVENTS) if isinstance(one.event, ViewsCounted)]
    apart = [(after.at - before.at).total_seconds() for before, after in pairwise(counted[:-1])]
    return Fact(
        what="  seconds between two events, least",
        value=f"{min(apart):.2f}" if apart else "-",
        said=f"{len(counted):,} events, but for the last",
        target=f"{BUCKET_SECONDS}",
        reached=not apart or min(apart) >= BUCKET_SECONDS,
    )
