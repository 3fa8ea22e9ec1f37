"""A thousand listeners of the change feed on one worker: how soon they hear, and what they hold.

Their client is a process of its own: `python -m bench.changes PORT LISTENERS`. It says `ready` when all of them have an
id, and, for each line that it is sent, when a position came to each.
"""

import asyncio
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from msgspec import structs

from bench import mix, view
from bench.ground import Ground
from bench.load import Asked, answers_a_second
from bench.measure import Fact
from bench.serving import CAUGHT_UP, HOST, ServerProcess, ready, settings
from cms import history
from cms.ids import article_id
from domain.article import ARTICLE, ArticlePublished, ArticleUpdated

LISTENERS, SLOW = 1_000, 50
A_SECOND, SECONDS = 20, 10
HELD_BYTES = 50_000_000
# Of an event with a long headline.
EVENT_BYTES, EDITIONS = 1_300, 40
CONNECTIONS = 32
KEPT_OPEN_MOST = 4_096
ARRIVED_WITHIN_SECONDS = 30
SAMPLED_SECONDS = 5


def run(ground: Ground) -> Iterator[Fact]:
    listeners, seconds = (50, 1) if ground.quick else (LISTENERS, SECONDS)
    raise_open_files()
    events, reads = ground.database("SQLite"), ground.database("SQLite")
    view.publish(events, 1_000)
    with ExitStack() as stack:
        port, server = stack.enter_context(ready(["chronicle"], settings(events, reads), *CAUGHT_UP))
        latest = Asked(port, "/v1/latest", CONNECTIONS)
        answers_a_second(latest)
        before, alone = megabytes(server), answers_a_second(latest, 3)
        client = stack.enter_context(listening(port, listeners))
        idle, beside = megabytes(server), answers_a_second(latest, 3)
        yield Fact(
            what=f"{listeners:,} idle listeners", value=f"{idle - before:.0f} MB", said=f"the worker: {before:.0f} MB"
        )
        yield Fact(what="  GET latest beside them", value=f"{beside:,.0f}", said=f"without them {alone:,.0f}")
        spent = processor_seconds(server)
        took = published(events, client, listeners, seconds)
        spent = processor_seconds(server) - spent
        yield Fact(
            what=f"  {A_SECOND} publications a second, p50",
            value=f"{took[len(took) // 2] * 1000:.0f} ms",
            said=f"p99 {took[len(took) * 99 // 100] * 1000:.0f} ms, last {took[-1] * 1000:.0f} ms",
        )
        yield Fact(
            what="  afterwards",
            value=f"{megabytes(server) - before:.0f} MB",
            said=f"the worker was busy for {spent:.1f} s of {seconds}",
        )
    yield from slow(ground)


def slow(ground: Ground) -> Iterator[Fact]:
    """Who asks for a long history and then reads nothing."""
    listeners, bytes_held = (5, 1_000_000) if ground.quick else (SLOW, HELD_BYTES)
    events, reads = ground.database("SQLite"), ground.database("SQLite")
    revise(events, bytes_held // EVENT_BYTES)
    with ExitStack() as stack:
        port, server = stack.enter_context(ready(["chronicle"], settings(events, reads), *CAUGHT_UP))
        before = megabytes(server)
        for _ in range(listeners):
            stack.enter_context(stuck(port))
        highest, until = before, time.monotonic() + SAMPLED_SECONDS
        while time.monotonic() < until:
            highest = max(highest, megabytes(server))
            time.sleep(0.1)
        yield Fact(
            what=f"{listeners} who read nothing of {bytes_held / 1e6:.0f} MB",
            value=f"{highest - before:.0f} MB",
            said=f"the worker: {before:.0f} MB",
        )


def revise(url: str, editions: int) -> None:
    """Articles with long headlines, each updated again and again."""
    with history.opened(url) as past:
        for n in range(max(1, editions // EDITIONS)):
            at, id = datetime.now(UTC), article_id(f"revised:{n}")
            events = list(mix.public([(id, "section-0", at)]))[0 if n == 0 else 1 :]
            published = events[-1].event
            assert isinstance(published, ArticlePublished)
            content = structs.replace(published.edition.content, headline="–" * 300)
            edition = structs.replace(published.edition, content=content)
            changes = [ARTICLE.change(id, ArticleUpdated(edition)) for _ in range(EDITIONS - 1)]
            past.record([*events, *(mix.recorded(change, version, at) for version, change in enumerate(changes, 3))])


@contextmanager
def stuck(port: int) -> Iterator[None]:
    with socket.create_connection((HOST, port)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.sendall(f"GET /v1/changes?after=0 HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        yield


def megabytes(server: ServerProcess) -> float:
    """Of memory that is its own, as the system counts it now."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000


def processor_seconds(server: ServerProcess) -> float:
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def raise_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, KEPT_OPEN_MOST)), hard))


def published(events: str, client: "subprocess.Popen[str]", listeners: int, seconds: int) -> list[float]:
    """Seconds from the acknowledgement of each publication to its arrival at each listener, sorted.

    They are recorded by this process, so that the worker finds them when it looks, after 20 ms at most.
    """
    acknowledged: dict[int, float] = {}
    with history.opened(events) as past:
        for n in range(A_SECOND * seconds):
            started_at = time.monotonic()
            article = (article_id(f"change:{n}"), f"section-{n % 12}", datetime.now(UTC))
            # The last two: its section stands already.
            positions = past.record(list(mix.public([article]))[-2:])
            acknowledged[positions[-1]] = time.monotonic()
            time.sleep(max(0.0, started_at + 1 / A_SECOND - time.monotonic()))
    assert client.stdin
    assert client.stdout
    client.stdin.write(f"{max(acknowledged)}\n")
    client.stdin.flush()
    arrived = msgspec.json.decode(client.stdout.readline(), type=dict[int, list[float]])
    assert all(len(arrived[position]) == listeners for position in acknowledged), "Somebody missed something."
    return sorted(at - acknowledged[position] for position in acknowledged for at in arrived[position])


# The listeners' own process.


@contextmanager
def listening(port: int, listeners: int) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "bench.changes", str(port), str(listeners)]
    client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert client.stdout
    try:
        assert client.stdout.readline() == "ready\n", "The listeners did not all begin."
        yield client
    finally:
        client.kill()
        client.wait()


class Listeners:
    def __init__(self, count: int) -> None:
        self.count = count
        self.arrived: dict[int, list[float]] = {}
        self.begun = 0
        self.wanted = 0
        self.all_begun, self.all_arrived = asyncio.Event(), asyncio.Event()

    def begin(self) -> None:
        self.begun += 1
        if self.begun == self.count:
            self.all_begun.set()

    def came(self, position: int, at: float) -> None:
        self.arrived.setdefault(position, []).append(at)
        if len(self.arrived.get(self.wanted, ())) == self.count:
            self.all_arrived.set()


class Listener(asyncio.Protocol):
    """No more than finds the ids, so that it is the server that is measured."""

    def __init__(self, among: Listeners) -> None:
        self.among = among
        self.begun = False
        self.rest = b""

    def connection_made(self, transport: Any) -> None:
        transport.write(f"GET /v1/changes HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        at = time.monotonic()
        *blocks, self.rest = (self.rest + data).split(b"\n\n")
        for block in blocks:
            if not self.begun:
                self.begun = True
                self.among.begin()
            elif b"event: " in block:
                self.among.came(int(block.rpartition(b"id: ")[2]), at)


async def listen(port: int, count: int) -> None:
    listeners, loop = Listeners(count), asyncio.get_running_loop()
    connections = [await loop.create_connection(lambda: Listener(listeners), HOST, port) for _ in range(count)]
    await listeners.all_begun.wait()
    print("ready", flush=True)
    wanted = int(await loop.run_in_executor(None, sys.stdin.readline))
    listeners.wanted = wanted
    if len(listeners.arrived.get(wanted, ())) == count:
        listeners.all_arrived.set()
    with suppress(TimeoutError):
        async with asyncio.timeout(ARRIVED_WITHIN_SECONDS):
            await listeners.all_arrived.wait()
    print(msgspec.json.encode(listeners.arrived).decode(), flush=True)
    for transport, _ in connections:
        transport.close()


if __name__ == "__main__":
    raise_open_files()
    uvloop.run(listen(int(sys.argv[1]), int(sys.argv[2])))
