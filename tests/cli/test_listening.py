"""Listeners of a server that runs, over sockets."""

import socket
import time
from contextlib import ExitStack

import pytest

from tests.cli.home import SECTION, Home, Server, article


def listening(server: Server, stack: ExitStack, path: str = "/v1/changes") -> socket.socket:
    connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=60))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip, br\r\n\r\n".encode())
    return connection


def received(connection: socket.socket, wanted: bytes) -> bytes:
    found = b""
    while wanted not in found:
        some = connection.recv(65_536)
        assert some, found
        found += some
    return found


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_that_is_asked_to_stop_ends_its_streams_at_once(home: Home, workers: str) -> None:
    home.imported(SECTION, article())
    with home.serving("--workers", workers) as server, ExitStack() as stack:
        connections = [listening(server, stack) for _ in range(40)]
        for connection in connections:
            # Coded for nobody: what is collected for a better coding comes late.
            assert b"content-encoding" not in received(connection, b"id: ").lower()
        started = time.monotonic()
        assert server.stop() == 0
        # Long before a server of several workers would kill those that do not end.
        assert time.monotonic() - started < 8
        for connection in connections:
            assert b"0\r\n\r\n" in received(connection, b"0\r\n\r\n")


def test_a_publication_is_heard_over_every_worker(home: Home) -> None:
    home.imported(SECTION)
    with home.serving("--workers", "2") as server, ExitStack() as stack:
        connections = [listening(server, stack, "/v1/changes?section=nation") for _ in range(8)]
        for connection in connections:
            received(connection, b"id: ")
        home.imported(article())
        for connection in connections:
            assert b'"headline":"Report x-1"' in received(connection, b"event: published\n")
