"""Asking a server as fast as it answers, over connections that stay open: by `wrk` where it is, else by sockets.

`python -m bench.load ASKED SECONDS` is the second, in a process of its own; it prints how many answers came a second.
"""

import re
import select
import shutil
import socket
import subprocess
import sys
import time
from itertools import count
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
    """`distinct`: no two requests have the same query."""

    port: int
    path: str
    connections: int
    status: int = 200
    method: str = "GET"
    if_none_match: str = ""
    distinct: bool = False

    @property
    def headers(self) -> dict[str, str]:
        return {"If-None-Match": self.if_none_match} if self.if_none_match else {}


class Broken(Exception):
    """The answers are not those that were to be measured."""


def answers_a_second(asked: Asked, seconds: int = 1) -> float:
    status, _, _ = fetch(asked.port, asked.path, asked.method, asked.headers)
    if status != asked.status:
        raise Broken(f"{asked.method} {asked.path} is answered with {status}.")
    run = f"?run={next(runs)}-" if asked.distinct else ""
    return by_wrk(asked, run, seconds) if WRK else by_sockets(asked, run, seconds)


# wrk writes a request once and for all, unless a script tells it otherwise.
SCRIPT = """
wrk.method = "{method}"
local run, n = "{run}", 0
if run ~= "" then
  request = function()
    n = n + 1
    return wrk.format(nil, "{path}" .. run .. n)
  end
end
"""


def by_wrk(asked: Asked, run: str, seconds: int) -> float:
    headers = [part for name, value in asked.headers.items() for part in ("-H", f"{name}: {value}")]
    with NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(method=asked.method, path=asked.path, run=run))
        script.flush()
        url = f"http://{HOST}:{asked.port}{asked.path}"
        options = f"-t1 -c{asked.connections} -d{seconds}s -s".split()
        told = run_to_its_end(["wrk", *options, script.name, *headers, url], seconds)
    found = re.search(r"Requests/sec: *([\d.]+)", told)
    if found is None or "Non-2xx" in told or "Socket errors" in told:
        raise Broken(told)
    return float(found[1])


def by_sockets(asked: Asked, run: str, seconds: int) -> float:
    arguments = [msgspec.json.encode(asked).decode(), run, str(seconds)]
    return float(run_to_its_end([sys.executable, "-m", "bench.load", *arguments], seconds))


def run_to_its_end(command: list[str], seconds: int) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 30).stdout


class Connection:
    """One request at a time; just enough HTTP to know where an answer ends."""

    def __init__(self, asked: Asked) -> None:
        self.socket = socket.create_connection((HOST, asked.port), ANSWERED_WITHIN_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wanted = b"HTTP/1.1 %d " % asked.status
        self.buffer = b""

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


def ask(asked: Asked, run: str, seconds: int) -> float:
    headers = "".join(f"{name}: {value}\r\n" for name, value in {"Host": HOST, **asked.headers}.items())
    start, end = f"{asked.method} {asked.path}{run}".encode(), f" HTTP/1.1\r\n{headers}\r\n".encode()
    same, numbers = start + end, count()
    connections, poll = dict[int, Connection](), select.epoll()
    for _ in range(asked.connections):
        connection = Connection(asked)
        connections[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.EPOLLIN)
        connection.socket.send(b"%b%d%b" % (start, next(numbers), end) if run else same)
    answers, started = 0, time.perf_counter()
    while (now := time.perf_counter()) < started + seconds and answers < ANSWERS_MOST:
        ready = poll.poll(ANSWERED_WITHIN_SECONDS)
        if not ready:
            raise Broken("No answer came.")
        for number, _ in ready:
            connection = connections[number]
            if connection.answered():
                answers += 1
                connection.socket.send(b"%b%d%b" % (start, next(numbers), end) if run else same)
    return answers / (now - started)


if __name__ == "__main__":
    print(ask(msgspec.json.decode(sys.argv[1], type=Asked), sys.argv[2], int(sys.argv[3])))
