"""Serving: one worker in this very process, or several that end with it."""

import asyncio
import ctypes
import multiprocessing
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import uvloop
from granian import Granian
from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings, HTTP2Settings
from granian.server.embed import Server

from cms.at_once import answer_first

if TYPE_CHECKING:
    from cms.web.cors import Cors
    from cms.web.door import Door

PR_SET_PDEATHSIG = 1
BACKLOG = 1024
# What does not end by then is ended: of several workers by a kill, for what was acknowledged is on disk.
STOP_SECONDS = 10
# Of one request. Without a bound, HTTP/2 takes 16 MB of each of 200 that a client asks at once; HTTP/1 has one itself.
HEADER_BYTES_MOST = 65_536
# Of an answer, for a client that does not take it. Over HTTP/1 the same number bounds the headers of a request.
SENT_BYTES_MOST = 65_536
HTTP1 = HTTP1Settings(max_buffer_size=SENT_BYTES_MOST)
HTTP2 = HTTP2Settings(max_headers_size=HEADER_BYTES_MOST, max_send_buffer_size=SENT_BYTES_MOST)


def serve(host: str, port: int, workers: int) -> None:
    """Return when a signal asks to stop, with everything that was acknowledged on disk. OSError: the port is taken."""
    require_free(host, port)
    if workers == 1:
        uvloop.run(serve_here(host, port))
        return
    Granian(
        "cms.server:create_worker",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=workers,
        loop=Loops.uvloop,
        http1_settings=HTTP1,
        http2_settings=HTTP2,
        backlog=BACKLOG,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
        log_enabled=False,
    ).serve()


def require_free(host: str, port: int) -> None:
    """The workers share the port, so that they would share it with a stranger too."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise OSError(f"cannot listen on port {port} of {host}: {error.strerror}. --port chooses another.") from None


async def serve_here(host: str, port: int) -> None:
    app = create()
    answer_first(app.at_once)
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        backlog=BACKLOG,
        http1_settings=HTTP1,
        http2_settings=HTTP2,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    serving = asyncio.create_task(server.serve())

    def stop() -> None:
        server.stop()  # type: ignore[no-untyped-call] # It says of none of its functions what they take.
        # A client that takes nothing of its answer would be waited for without end.
        loop.call_later(STOP_SECONDS, serving.cancel)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        await serving


def create_worker() -> "Door | Cors":
    """A worker must not outlive the process that started it: it would hold the port and go on following."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # Until it serves, it would have its parent's handlers, and not end when asked to.
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        # KILL, which nothing can miss: what was acknowledged is on disk.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        parent = multiprocessing.parent_process()
        if parent is not None and parent.pid != os.getppid():
            raise SystemExit("The server ended while a worker started.")
    app = create()
    answer_first(app.at_once)
    return app


def create() -> "Door | Cors":
    """Whoever starts several workers, or only follows, does without all that answers."""
    from cms.web import app

    return app.create()


def wait_for_signal() -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
