"""Servers in processes of their own: Chronicle as it is served, and plain Litestar handlers on the same server.

`python -m bench.serving chronicle|rolling|forgetful|plain|bare PORT [FOLDER]`. They end with whoever started them.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Thread
from typing import Any, TypeAlias

import msgspec
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar, get, post

from cms import answers
from cms.server import BACKLOG, serve
from cms.settings import from_environment
from cms.web.app import create_app
from tests.servers import free_port

HOST = "127.0.0.1"
START_SECONDS = 30
STOP_SECONDS = 15
CAUGHT_UP = "/ready", b'"lag":0'
# Kills are to meet roll-ups too, which otherwise come every ten seconds.
ROLLED_UP_SECONDS = 0.1
WORKER_OPTIONS: dict[str, Any] = {"backlog": BACKLOG, "log_enabled": False}


ServerProcess: TypeAlias = "subprocess.Popen[bytes]"


@contextmanager
def chronicle(events: str, reads: str) -> Iterator[int]:
    """Give the port of a Chronicle that has read all its history."""
    with ready(["chronicle"], settings(events, reads), *CAUGHT_UP) as (port, _):
        yield port


@contextmanager
def forgetful(events: str, reads: str) -> Iterator[int]:
    """As `chronicle`, but no answer is kept."""
    with ready(["forgetful"], settings(events, reads), *CAUGHT_UP) as (port, _):
        yield port


@contextmanager
def following(events: str, reads: str) -> Iterator[None]:
    """Shared read models are kept up to date meanwhile."""
    command = [sys.executable, "-c", "from cms.cli import main; main(['follow'])"]
    follower = subprocess.Popen(command, env={**os.environ, **settings(events, reads)}, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        follower.terminate()
        follower.wait()


def settings(events: str, reads: str) -> dict[str, str]:
    return {"CHRONICLE_EVENTS": events, "CHRONICLE_READS": reads}


@contextmanager
def plain(folder: Path) -> Iterator[int]:
    """Give the port of a server that answers each file's bytes under the file's name, and 204 to a POST.

    The end of a name, if it has one, is the content coding that the bytes are in.
    """
    with ready(["plain", str(folder)]) as (port, _):
        yield port


@contextmanager
def bare(folder: Path) -> Iterator[int]:
    """As `plain`, by a bare ASGI function."""
    with ready(["bare", str(folder)]) as (port, _):
        yield port


@contextmanager
def ready(
    arguments: Sequence[str], environment: Mapping[str, str] | None = None, path: str = "/ready", wanted: bytes = b""
) -> Iterator[tuple[int, ServerProcess]]:
    """Give port and process of a server, once what it answers at the path holds what is wanted."""
    what, *more = arguments
    port = free_port()
    with started([what, str(port), *more], environment or {}) as server:
        wait_until_ready(server, port, path, wanted)
        yield port, server


@contextmanager
def started(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[ServerProcess]:
    """It is asked to end when the block does, if it has not by then."""
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.serving", *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
    )
    assert server.stdin
    try:
        yield server
    finally:
        server.stdin.close()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until_ready(server: ServerProcess, port: int, path: str, wanted: bytes) -> None:
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
    port: int, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers in small letters, body."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def send(port: int, path: str, token: str, body: Mapping[str, Any], made_on: int | None = None) -> Any:
    """What a POST of an editor is answered with. RuntimeError: it was refused."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if made_on is not None:
        headers["If-Match"] = f'"{made_on}"'
    status, _, answer = fetch(port, path, "POST", headers, msgspec.json.encode(body))
    if status not in (200, 201):
        raise RuntimeError(f"POST {path}: {status} {answer!r}")
    return msgspec.json.decode(answer)


def coding(file: Path) -> str:
    return file.suffix.removeprefix(".")


def bare_app(folder: Path) -> Any:
    def messages(body: bytes, coding: str = "") -> tuple[Any, Any]:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        headers += [(b"content-encoding", coding.encode())] if coding else []
        start = {"type": "http.response.start", "status": 200, "headers": headers}
        return start, {"type": "http.response.body", "body": body, "more_body": False}

    known = {"/ready": messages(b"{}")}
    known |= {f"/{file.name}": messages(file.read_bytes(), coding(file)) for file in sorted(folder.iterdir())}

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        start, body = known[scope["path"]]
        await send(start)
        await send(body)

    return answer


def plain_app(folder: Path) -> Litestar:
    @post("/view", status_code=204)
    async def view() -> None:
        """The least that a view can be answered with."""

    def handler(name: str, body: bytes, coding: str = "") -> Any:
        headers = {"content-encoding": coding} if coding else {}

        @get(f"/{name}", media_type="application/json", response_headers=headers)
        async def answer() -> bytes:
            return body

        return answer

    handlers = [handler(file.name, file.read_bytes(), coding(file)) for file in sorted(folder.iterdir())]
    return Litestar([view, handler("ready", b"{}"), *handlers], openapi_config=None)


async def serve_app(app: Any, port: int, interface: Interfaces = Interfaces.ASGI) -> None:
    server = Server(app, address=HOST, port=port, interface=interface, **WORKER_OPTIONS)
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
    elif what == "rolling":
        app = create_app(from_environment(), roll_up_seconds=ROLLED_UP_SECONDS)
        uvloop.run(serve_app(app, int(port)))
    elif what == "forgetful":
        answers.KEPT_BYTES_MOST = 0
        serve(HOST, int(port), workers=1)
    elif what == "bare":
        # Without a lifespan, which a bare function does not speak.
        uvloop.run(serve_app(bare_app(Path(rest[0])), int(port), Interfaces.ASGINL))
    else:
        uvloop.run(serve_app(plain_app(Path(rest[0])), int(port)))


if __name__ == "__main__":
    main()
