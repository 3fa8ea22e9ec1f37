"""Serving: one worker in this very process, or several that end with it."""

import asyncio
import ctypes
import os
import signal
import sys
import threading

import uvloop
from granian import Granian
from granian.constants import Interfaces, Loops
from granian.server.embed import Server

from cms.web.app import create
from cms.web.door import Door

PR_SET_PDEATHSIG = 1
BACKLOG = 1024


def serve(host: str, port: int, workers: int) -> None:
    """Return when a signal asks to stop, with everything that was acknowledged on disk."""
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
        backlog=BACKLOG,
        respawn_failed_workers=True,
        log_enabled=False,
    ).serve()


async def serve_here(host: str, port: int) -> None:
    server = Server(create(), address=host, port=port, interface=Interfaces.ASGI, backlog=BACKLOG, log_enabled=False)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    await server.serve()


def create_worker() -> Door:
    """A worker must not outlive the process that started it: it would hold the port and go on following."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == 1:
            raise SystemExit("The server ended while a worker started.")
    return create()


def wait_for_signal() -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
