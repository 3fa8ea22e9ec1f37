"""A proxy in front of PostgreSQL, on loopback, that loses answers or stops to connect when a test says so."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from urllib.parse import urlsplit

LINKS_MOST = 200
CHUNK_BYTES = 65_536
CONNECT_SECONDS = 10

# What PostgreSQL answers to a COMMIT, and to an INSERT of a row, that is done.
COMMITTED = b"COMMIT\x00"
INSERTED = b"INSERT 0 1\x00"


class Proxy:
    """`url`: the database that it stands in front of, through it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname in ("127.0.0.1", "localhost")
        self.server = (parts.hostname, parts.port or 5432)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        self.url = parts._replace(netloc=f"{user}127.0.0.1:{self.port}").geturl()
        self.door = Lock()
        self.links: list[tuple[socket.socket, socket.socket]] = []
        self.threads: list[Thread] = []
        self.unreachable = False
        self.closing = Event()
        self.word = COMMITTED
        self.commits_until_cut = 0
        self.cut = Event()

    def cut_insert(self) -> None:
        """The answer to the next row that is inserted is lost, with its connection. Views commit so."""
        self.cut_commit(word=INSERTED)

    def cut_commit(self, after: int = 0, word: bytes = COMMITTED) -> None:
        """Let so many commits be answered; the answer to the next is lost, with its connection."""
        with self.door:
            self.word = word
            self.cut.clear()
            self.commits_until_cut = after + 1

    def disconnect(self) -> None:
        """Drop every connection, and every new one, until `reconnect`."""
        with self.door:
            self.unreachable = True
            for link in self.links:
                hang_up(*link)

    def reconnect(self) -> None:
        with self.door:
            self.unreachable = False

    def start(self) -> None:
        self.run(self.accept)

    def close(self) -> None:
        self.closing.set()
        # Whoever accepts is woken by a last caller.
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), CONNECT_SECONDS):
            pass
        self.disconnect()
        for thread in self.threads:
            thread.join(CONNECT_SECONDS)
        for end in (self.listener, *(end for link in self.links for end in link)):
            end.close()

    def run(self, work: object, *with_what: object) -> None:
        thread = Thread(target=work, args=with_what, daemon=True)  # type: ignore[arg-type]
        self.threads.append(thread)
        thread.start()

    def accept(self) -> None:
        while not self.closing.is_set():
            client, _ = self.listener.accept()
            if self.unreachable or self.closing.is_set() or len(self.links) >= LINKS_MOST:
                client.close()
                continue
            server = socket.create_connection(self.server, CONNECT_SECONDS)
            server.settimeout(None)
            with self.door:
                self.links.append((client, server))
            self.run(self.pass_on, client, server)
            self.run(self.pass_back, client, server)

    def pass_on(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while chunk := client.recv(CHUNK_BYTES):
                server.sendall(chunk)
        hang_up(client, server)

    def pass_back(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            end = b""
            while chunk := server.recv(CHUNK_BYTES):
                if self.loses(end + chunk):
                    break
                # The word may lie across two chunks.
                end = chunk[-len(self.word) + 1 :]
                client.sendall(chunk)
        hang_up(client, server)

    def loses(self, answer: bytes) -> bool:
        with self.door:
            if not self.commits_until_cut:
                return False
            self.commits_until_cut = max(0, self.commits_until_cut - answer.count(self.word))
            if not self.commits_until_cut:
                self.cut.set()
            return self.cut.is_set()


def hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def in_front_of(url: str) -> Iterator[Proxy]:
    proxy = Proxy(url)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.close()
