"""A server that is killed at random moments under views of 64 clients: is each acknowledged one recorded, and once?

Every second server rolls views up every tenth of a second, so that kills meet roll-ups too; one in four is killed once
more while it starts, when it counts what the one before left behind.
"""

import select
import socket
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random

from bench import mix
from bench.ground import DATABASES, Ground
from bench.load import Broken, request
from bench.measure import Fact
from bench.serving import CAUGHT_UP, HOST, ServerProcess, settings, started, wait_until_ready
from bench.view import READER, publish
from cms import history
from domain.views import ViewsCounted
from tests.servers import free_port

KILLS = 200
KILLS_QUICK = 3
CONNECTIONS = 64
ARTICLES = 50
SEED = 1843
UNDER_LOAD_SECONDS = 0.02, 1.2
STARTING_SECONDS = 0.3, 1.5
KILLED_STARTING = 0.25
HUNG_SECONDS = 10
RECEIVED_BYTES = 1 << 16


class Reader:
    """One client, one request at a time: of `article`, until its answer is whole."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), HUNG_SECONDS)
        self.article = ""
        self.buffer = b""

    def ask(self, article: str, message: bytes) -> bool:
        self.article, self.buffer = article, b""
        try:
            self.socket.sendall(message)
        except OSError:
            return False
        return True

    def answered(self) -> bool | None:
        """None: nothing more will come."""
        try:
            received = self.socket.recv(RECEIVED_BYTES)
        except OSError:
            return None
        self.buffer += received
        if self.buffer.endswith(b"\r\n\r\n"):
            if not self.buffer.startswith(b"HTTP/1.1 204 "):
                raise Broken(self.buffer.decode())
            return True
        return False if received else None


class Readers:
    """What 64 of them know: views that were acknowledged, and those that they were never told of."""

    def __init__(self, articles: list[str], random: Random) -> None:
        self.messages = {id: request("POST", f"/v1/articles/{id}/views", READER).encode() for id in articles}
        # Some are read much more than others.
        self.choices = [id for rank, id in enumerate(articles) for _ in range(1 + 60 // (rank + 1))]
        self.random = random
        self.acknowledged, self.unknown = Counter[str](), Counter[str]()

    def read_until_killed(self, server: ServerProcess, port: int, seconds: float) -> None:
        readers, poll = dict[int, Reader](), select.poll()
        for _ in range(CONNECTIONS):
            reader = Reader(port)
            readers[reader.socket.fileno()] = reader
            poll.register(reader.socket, select.POLLIN)
            self.ask(reader)
        kill_at, killed = time.monotonic() + seconds, False
        while readers:
            if not killed and time.monotonic() >= kill_at:
                server.kill()
                killed = True
            left = HUNG_SECONDS if killed else max(0.0, kill_at - time.monotonic())
            ready = poll.poll(left * 1000)
            if killed and not ready:
                raise Broken("A server that was killed has not closed its connections.")
            for number, _ in ready:
                reader = readers[number]
                answered = reader.answered()
                if answered:
                    self.acknowledged[reader.article] += 1
                    if not killed and self.ask(reader):
                        continue
                if answered is None or (answered and not killed):
                    self.unknown[reader.article] += 1
                if answered is not False:
                    poll.unregister(number)
                    reader.socket.close()
                    del readers[number]

    def ask(self, reader: Reader) -> bool:
        article = self.random.choice(self.choices)
        return reader.ask(article, self.messages[article])


def run(ground: Ground) -> Iterator[Fact]:
    for kind in DATABASES:
        events, reads = ground.database(kind), ground.database("SQLite")
        readers = Readers(publish(events, ARTICLES), Random(SEED))
        yield from killed(kind, events, settings(events, reads), readers, KILLS_QUICK if ground.quick else KILLS)


def killed(kind: str, events: str, environment: Mapping[str, str], readers: Readers, kills: int) -> Iterator[Fact]:
    starting = 0
    for round in range(kills):
        what = "rolling" if round % 2 else "chronicle"
        port = free_port()
        with started([what, str(port)], environment) as server:
            wait_until_ready(server, port, *CAUGHT_UP)
            readers.read_until_killed(server, port, readers.random.uniform(*UNDER_LOAD_SECONDS))
        if readers.random.random() < KILLED_STARTING:
            starting += 1
            with started([what, str(free_port())], environment) as server:
                time.sleep(readers.random.uniform(*STARTING_SECONDS))
                server.kill()
    port = free_port()
    with started(["chronicle", str(port)], environment) as server:
        wait_until_ready(server, port, *CAUGHT_UP)
    yield from found(kind, readers, recorded(events), f"{kills} kills, {starting} more at starts", left(events))


def recorded(events: str) -> Counter[str]:
    total, position = Counter[str](), 0
    with history.opened(events) as past:
        while some := past.after(position, mix.BATCH_EVENTS):
            position = some[-1].position
            for one in some:
                if isinstance(one.event, ViewsCounted):
                    for counts in (one.event.counts, *one.event.unsure.values(), *one.event.bots.values()):
                        for articles in counts.values():
                            total.update(articles)
    return total


def left(events: str) -> int:
    """Rows of the journal that are not in the history."""
    with history.opened(events) as past:
        found: int = past.select("select count(*) as rows from hit_batch")[0]["rows"]
    return found


def found(kind: str, readers: Readers, recorded: Counter[str], said: str, left: int) -> Iterator[Fact]:
    acknowledged, unknown = readers.acknowledged, readers.unknown
    lost = acknowledged - recorded
    doubled = recorded - (acknowledged + unknown)
    yield Fact(what=f"views acknowledged, {kind}", value=f"{acknowledged.total():,}", said=said)
    yield Fact(what="  in flight, unknown to their clients", value=f"{unknown.total():,}")
    yield Fact(what="  recorded", value=f"{recorded.total():,}", said=f"{left} rows left in the journal")
    yield Fact(
        what="  recorded, not acknowledged",
        value=f"{recorded.total() - acknowledged.total():,}",
        said=f"{lost.total()} lost, {doubled.total()} doubled, by article",
        target="none lost or doubled",
        reached=not lost and not doubled and not left,
    )
