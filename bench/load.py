"""Asking a server as fast as it answers, over connections that stay open: by `wrk` where it is, else by sockets.

`python -m bench.load ASKED RUN SECONDS` is the second, in a process of its own; it prints what came of it.
"""

import re
import select
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import count, cycle
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec
from msgspec import Struct

from bench.serving import HOST, fetch

ANSWERS_MOST = 2_000_000
RECEIVED_BYTES = 1 << 18
ANSWERED_WITHIN_SECONDS = 5
LENGTH = re.compile(rb"(?i)content-length: *(\d+)")
WRK = shutil.which("wrk")
TOOL = "wrk" if WRK else "own client"
runs = count(time.time_ns() // 1_000_000)


class Asked(Struct, frozen=True):
    """`requests`: a file that `write_requests` made; they are sent in its order, over and over, not the path alone."""

    port: int
    path: str
    connections: int
    status: int = 200
    method: str = "GET"
    if_none_match: str = ""
    accept_encoding: str = ""
    requests: str = ""

    @property
    def headers(self) -> dict[str, str]:
        said = {"If-None-Match": self.if_none_match, "Accept-Encoding": self.accept_encoding}
        return {name: value for name, value in said.items() if value}


class Broken(Exception):
    """The answers are not those that were to be measured."""


class Answers(Struct, frozen=True):
    """`p99_ms`: all but one in a hundred came within so many milliseconds."""

    count: int
    a_second: float
    p99_ms: float


def answers_a_second(asked: Asked, seconds: int = 1) -> float:
    return answers(asked, seconds).a_second


def answers(asked: Asked, seconds: int = 1) -> Answers:
    status, _, _ = fetch(asked.port, asked.path, asked.method, asked.headers)
    if status != asked.status:
        raise Broken(f"{asked.method} {asked.path} is answered with {status}.")
    run = f"{next(runs)}-"
    return by_wrk(asked, run, seconds) if WRK else by_sockets(asked, run, seconds)


NUMBER = "{n}"
"""Stands in a request of a file for a number that no other request of any run has."""


def request(method: str, path: str, headers: Sequence[tuple[str, str]] = ()) -> str:
    fields = (f"{name}: {value}" for name, value in (("Host", HOST), *headers))
    return "\r\n".join([f"{method} {path} HTTP/1.1", *fields, "", ""])


def write_requests(file: Path, requests: Sequence[str]) -> str:
    file.write_text("".join(f"{request}\0" for request in requests), newline="")
    return str(file)


# wrk writes a request once and for all, unless a script tells it otherwise.
SCRIPT = """
wrk.method = "{method}"
local run, n, requests = "{run}", 0, {{}}
if "{requests}" ~= "" then
  for one in io.open("{requests}", "rb"):read("*a"):gmatch("(.-)%z") do
    requests[#requests + 1] = one
  end
  request = function()
    n = n + 1
    local one = requests[(n - 1) % #requests + 1]
    return one:find("{number}", 1, true) and one:gsub("{number}", run .. n) or one
  end
end
done = function(summary, latency)
  io.write(string.format("found %d %.1f %.3f\\n", summary.requests, summary.requests / summary.duration * 1e6,
                         latency:percentile(99) / 1000))
end
"""


def by_wrk(asked: Asked, run: str, seconds: int) -> Answers:
    headers = [part for name, value in asked.headers.items() for part in ("-H", f"{name}: {value}")]
    values = {"method": asked.method, "requests": asked.requests, "run": run, "number": NUMBER}
    with NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(**values))
        script.flush()
        url = f"http://{HOST}:{asked.port}{asked.path}"
        options = f"-t1 -c{asked.connections} -d{seconds}s -s".split()
        told = run_to_its_end(["wrk", *options, script.name, *headers, url], seconds)
    found = re.search(r"^found (\d+) ([\d.]+) ([\d.]+)$", told, re.MULTILINE)
    if found is None or "Non-2xx" in told or "Socket errors" in told:
        raise Broken(told)
    return Answers(int(found[1]), float(found[2]), float(found[3]))


def by_sockets(asked: Asked, run: str, seconds: int) -> Answers:
    arguments = [msgspec.json.encode(asked).decode(), run, str(seconds)]
    told = run_to_its_end([sys.executable, "-m", "bench.load", *arguments], seconds)
    return msgspec.json.decode(told, type=Answers)


def run_to_its_end(command: list[str], seconds: int) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 30).stdout


class Connection:
    """One request at a time; just enough HTTP to know where an answer ends."""

    def __init__(self, asked: Asked) -> None:
        self.socket = socket.create_connection((HOST, asked.port), ANSWERED_WITHIN_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wanted = b"HTTP/1.1 %d " % asked.status
        self.buffer = b""
        self.sent_at = 0.0

    def send(self, message: bytes) -> None:
        self.sent_at = time.perf_counter()
        self.socket.sendall(message)

    def answered(self) -> bool:
        """Take what has come; is the answer whole?"""
        received = self.socket.recv(RECEIVED_BYTES)
        self.buffer += received
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not received or (found and not head.startswith(self.wanted)):
            raise Broken(head.decode())
        length = LENGTH.search(head) if found else None
        if not found or (length and len(body) < int(length[1])):
            return False
        self.buffer = b""
        return True


def messages(asked: Asked, run: str) -> Iterator[bytes]:
    """What is sent, one after the other, without end."""
    if asked.requests:
        requests = Path(asked.requests).read_bytes().split(b"\0")[:-1]
    else:
        requests = [request(asked.method, asked.path, list(asked.headers.items())).encode()]
    numbered = [NUMBER.encode() in one for one in requests]
    for n, (one, has_number) in enumerate(cycle(zip(requests, numbered, strict=True))):
        yield one.replace(NUMBER.encode(), f"{run}{n}".encode()) if has_number else one


def each_once(asked: Asked, seconds: int) -> None:
    """Send every request of the file, whoever measures."""
    requests = Path(asked.requests).read_bytes().count(b"\0")
    found = ask(asked, f"{next(runs)}-", seconds, requests + asked.connections)
    if found.count < requests + asked.connections:
        raise Broken(f"{found.count} of {requests} requests were answered in {seconds} s.")


def ask(asked: Asked, run: str, seconds: int, most: int = ANSWERS_MOST) -> Answers:
    message = messages(asked, run)
    connections, poll = dict[int, Connection](), select.epoll()
    for _ in range(asked.connections):
        connection = Connection(asked)
        connections[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.EPOLLIN)
        connection.send(next(message))
    took, started = list[float](), time.perf_counter()
    while (now := time.perf_counter()) < started + seconds and len(took) < most:
        ready = poll.poll(ANSWERED_WITHIN_SECONDS)
        if not ready:
            raise Broken("No answer came.")
        for number, _ in ready:
            connection = connections[number]
            if connection.answered():
                took.append(time.perf_counter() - connection.sent_at)
                connection.send(next(message))
    for connection in connections.values():
        connection.socket.close()
    return Answers(len(took), len(took) / (now - started), sorted(took)[len(took) * 99 // 100] * 1000)


if __name__ == "__main__":
    found = ask(msgspec.json.decode(sys.argv[1], type=Asked), sys.argv[2], int(sys.argv[3]))
    print(msgspec.json.encode(found).decode())
