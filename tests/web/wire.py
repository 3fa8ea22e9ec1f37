"""A house on a port, for programs that ask over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.web.house import House

PASSED_ON = ("if-none-match", "user-agent")


@contextmanager
def on_a_port(house: House) -> Iterator[tuple[str, list[int]]]:
    """Its address, and the statuses that it answered so far."""
    statuses: list[int] = []

    class Passing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = {name: value for name in PASSED_ON if (value := self.headers.get(name)) is not None}
            response = house.client.get(self.path, headers={**said, "accept-encoding": "identity"})
            statuses.append(response.status_code)
            self.send_response(response.status_code)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", statuses
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
