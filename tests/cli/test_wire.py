"""What goes over a connection, whichever thread answers: questions one after the other, uploads, HEAD and 304."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import pytest

from cms.web.app import BODY_BYTES_MOST
from tests.cli.home import SECTION, Home, Server, article

PIECE = 65_536
END = b"0\r\n\r\n"


@pytest.fixture
def server(home: Home) -> Iterator[Server]:
    home.imported(SECTION, article())
    with home.serving() as server:
        # Now it is at hand.
        server.read("/v1/latest")
        yield server


@contextmanager
def connected(server: Server) -> Iterator[tuple[socket.socket, BinaryIO]]:
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection,
        connection.makefile("rb") as answers,
    ):
        yield connection, answers


def asked(path: str, *headers: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


def answer(answers: BinaryIO) -> tuple[int, dict[str, str], bytes]:
    """One, with a body of the length that it names."""
    status = int(answers.readline().split()[1])
    headers = {}
    while line := answers.readline().strip().decode():
        name, _, value = line.partition(": ")
        headers[name.lower()] = value
    return status, headers, answers.read(int(headers.get("content-length", 0))) if status != 304 else b""


def chunked(body: bytes) -> bytes:
    pieces = [body[at : at + PIECE] for at in range(0, len(body), PIECE)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + END


def test_questions_on_one_connection_are_answered_in_their_order(server: Server) -> None:
    with connected(server) as (connection, answers):
        connection.sendall(b"".join(map(asked, ["/v1/latest", "/health", "/v1/latest", "/nowhere", "/v1/latest"])))
        found = [answer(answers) for _ in range(5)]
    assert [status for status, _, _ in found] == [200, 200, 200, 404, 200]
    latest = [json.loads(body) for _, _, body in found[::2]]
    assert latest == [server.read("/v1/latest")] * 3
    assert json.loads(found[1][2]) == {"status": "alive"}


def test_head_tells_what_a_get_would_and_an_answer_that_the_client_has_is_not_sent_again(server: Server) -> None:
    with connected(server) as (connection, answers):
        connection.sendall(asked("/v1/latest"))
        _, headers, body = answer(answers)
        connection.sendall(
            asked("/v1/latest", method="HEAD") + asked("/v1/latest", f"If-None-Match: {headers['etag']}")
        )
        assert answers.readline().startswith(b"HTTP/1.1 200 ")
        head = dict(line.strip().decode().split(": ", 1) for line in iter(answers.readline, b"\r\n"))
        assert int(head["content-length"]) == len(body)
        status, unchanged, _ = answer(answers)
    assert (status, unchanged["etag"], unchanged["position"]) == (304, headers["etag"], headers["position"])
    assert head["etag"] == headers["etag"]


def test_an_upload_in_chunks_is_read_once_the_client_is_told_to_go_on(server: Server) -> None:
    body = chunked(json.dumps({"email": "nobody@post.example", "password": "not the right one"}).encode())
    question = asked("/editorial/session", "Transfer-Encoding: chunked", "Expect: 100-continue", method="POST")
    with connected(server) as (connection, answers):
        connection.sendall(question)
        assert answers.readline() == b"HTTP/1.1 100 Continue\r\n"
        assert answers.readline() == b"\r\n"
        connection.sendall(body)
        assert answer(answers)[0] == 401


def test_an_upload_that_is_too_large_is_refused_before_all_of_it_was_sent(server: Server) -> None:
    with connected(server) as (connection, answers):
        connection.sendall(asked("/editorial/session", f"Content-Length: {BODY_BYTES_MOST + 1}", method="POST"))
        assert answer(answers)[0] == 413
    with connected(server) as (connection, answers):
        connection.sendall(asked("/editorial/session", "Transfer-Encoding: chunked", method="POST"))
        # What is still on its way when the connection is closed would take the answer with it.
        connection.sendall(chunked(b"x" * (BODY_BYTES_MOST + 1)).removesuffix(END))
        assert answer(answers)[0] == 413


def test_letters_beyond_ascii_in_a_header_hinder_nothing(server: Server) -> None:
    (id,) = server.all_latest()
    read = asked("/v1/latest", "User-Agent: Лента")
    counted = asked(f"/v1/articles/{id}/views", "User-Agent: Лента", "Content-Length: 0", method="POST")
    with connected(server) as (connection, answers):
        connection.sendall(read + counted)
        assert [answer(answers)[0] for _ in range(2)] == [200, 204]
