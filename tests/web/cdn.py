"""What a CDN is told: a server that takes purges, and answers as it is asked to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Told(NamedTuple):
    """`at`: when, by the monotonic clock."""

    keys: list[str]
    position: int
    headers: dict[str, str]
    at: float


class Cdn:
    """`statuses`: of the next answers; then 200. `open`: while it is not set, nobody is answered."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Told] = []
        self.taken: list[Told] = []
        self.statuses: list[int] = []
        self.open = threading.Event()
        self.open.set()

    def answer(self, told: Told) -> int:
        self.asked.append(told)
        self.open.wait(60)
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.taken.append(told)
        return status

    def dropped(self, *keys: str) -> bool:
        """All of these, whether or not in one request."""
        return set(keys) <= {key for told in self.taken for key in told.keys}


@contextmanager
def opened() -> Iterator[Cdn]:
    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # The library's name.
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            keys = self.headers["Surrogate-Key"].split(" ")
            assert keys == body["surrogate_keys"]
            status = cdn.answer(Told(keys, body["position"], dict(self.headers.items()), time.monotonic()))
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    cdn = Cdn(f"http://127.0.0.1:{server.server_port}/purge")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield cdn
    finally:
        cdn.open.set()
        server.shutdown()
        thread.join()
        server.server_close()
