"""Servers in processes of their own: Chronicle as it is served, and plain Litestar handlers on the same server.

`python -m bench.serving chronicle|plain PORT [FOLDER]`. They end with the process that started them.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Thread
from typing import Any

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar, get, post

from cms.server import BACKLOG, serve
from tests.servers import free_port

HOST = "127.0.0.1"
START_SECONDS = 30
STOP_SECONDS = 15
WORKER_OPTIONS: dict[str, Any] = {"interface": Interfaces.ASGI, "backlog": BACKLOG, "log_enabled": False}


@contextmanager
def chronicle(events: str, reads: str) -> Iterator[int]:
    """Give the port of a Chronicle that has read all its history."""
    environment = {**os.environ, "CHRONICLE_EVENTS": events, "CHRONICLE_READS": reads}
    with process(["chronicle"], environment, "/ready", b'"lag":0') as port:
        yield port


@contextmanager
def plain(folder: Path) -> Iterator[int]:
    """Give the port of a server that answers each file's bytes under the file's name, and 204 to a POST."""
    with process(["plain", str(folder)], {**os.environ}, "/ready", b"") as port:
        yield port


@contextmanager
def process(what: list[str], environment: dict[str, str], path: str, wanted: bytes) -> Iterator[int]:
    port = free_port()
    name, *rest = what
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.serving", name, str(port), *rest], env=environment, stdin=subprocess.PIPE
    )
    assert server.stdin
    try:
        wait_until_ready(server, port, path, wanted)
        yield port
    finally:
        server.stdin.close()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until_ready(server: "subprocess.Popen[bytes]", port: int, path: str, wanted: bytes) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            _, _, body = fetch(port, path)
        except (OSError, HTTPException):
            time.sleep(0.05)
        else:
            if wanted in body:
                return
    raise RuntimeError("A server did not start.")


def fetch(
    port: int, path: str, method: str = "GET", headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers in small letters, body."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def plain_app(folder: Path) -> Litestar:
    @post("/view", status_code=204)
    async def view() -> None:
        """The least that a view can be answered with."""

    def handler(name: str, body: bytes) -> Any:
        @get(f"/{name}", media_type="application/json")
        async def answer() -> bytes:
            return body

        return answer

    answers = [handler(file.name, file.read_bytes()) for file in sorted(folder.iterdir())]
    return Litestar([view, handler("ready", b"{}"), *answers], openapi_config=None)


async def serve_plain(port: int, folder: Path) -> None:
    server = Server(plain_app(folder), address=HOST, port=port, **WORKER_OPTIONS)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await server.serve()


def end_with_parent() -> None:
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    what, port, *rest = sys.argv[1:]
    Thread(target=end_with_parent, daemon=True).start()
    if what == "chronicle":
        serve(HOST, int(port), workers=1)
    else:
        uvloop.run(serve_plain(int(port), Path(rest[0])))


if __name__ == "__main__":
    main()
