"""What is at hand is answered before the loop is asked; all else, and whatever goes wrong, in the loop."""

import asyncio
import socket
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest
from granian import _futures
from granian.constants import Interfaces
from granian.server.embed import Server

from cms.at_once import answer_first
from tests.servers import free_port
from tests.web.deadline import until

SECONDS = 30


def whole(body: bytes) -> tuple[Any, Any]:
    headers = [(b"content-length", b"%d" % len(body)), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    return start, {"type": "http.response.body", "body": body, "more_body": False}


def at_once(scope: Any) -> tuple[Any, Any] | None:
    match scope["path"]:
        case "/kept":
            return whole(b"at once")
        case "/broken":
            raise RuntimeError("Nothing is at hand.")
        case "/half":
            return whole(b"at once")[0], {"type": "nothing that a server knows"}
        case _:
            return None


async def in_loop(scope: Any, receive: Any, send: Any) -> None:
    for message in whole(b"in the loop"):
        await send(message)


class Serving:
    def __init__(self, port: int) -> None:
        self.port = port
        self.loop = asyncio.new_event_loop()
        self.held, self.let_go = Event(), Event()
        self.server = Server(in_loop, port=port, interface=Interfaces.ASGINL, log_enabled=False)

    def run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.server.serve())
        self.loop.close()

    def lives(self) -> bool:
        try:
            return b"in the loop" in self.asked("/")
        except OSError:
            return False

    def hold(self) -> None:
        """The loop does nothing until it is let go."""

        def wait() -> None:
            self.held.set()
            self.let_go.wait(SECONDS)

        self.loop.call_soon_threadsafe(wait)
        assert self.held.wait(SECONDS)

    def asked(self, *paths: str, method: str = "GET") -> bytes:
        """All that is answered on one connection, to questions that were sent together."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS) as connection:
            questions = [f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n" for path in paths]
            connection.sendall("\r\n".join([*questions[:-1], f"{questions[-1]}Connection: close\r\n\r\n"]).encode())
            with connection.makefile("rb") as answer:
                return answer.read()


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    monkeypatch.setattr(_futures, "_cbsched_aioschedule", None)
    answer_first(at_once)
    serving = Serving(free_port())
    thread = Thread(target=serving.run)
    thread.start()
    until(serving.lives)
    yield serving
    serving.let_go.set()
    serving.loop.call_soon_threadsafe(serving.server.stop)
    thread.join(SECONDS)


def test_what_is_at_hand_does_not_wait_for_the_loop(serving: Serving) -> None:
    serving.hold()
    answer = serving.asked("/kept")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"set-cookie: a=1\r\nset-cookie: b=2\r\n" in answer
    assert answer.endswith(b"\r\n\r\nat once")


def test_a_head_has_no_body(serving: Serving) -> None:
    serving.hold()
    assert serving.asked("/kept", method="HEAD").endswith(b"\r\n\r\n")


def test_all_else_is_answered_in_the_loop_and_in_the_order_of_the_questions(serving: Serving) -> None:
    answers = serving.asked("/kept", "/other", "/kept", "/kept", "/other")
    assert [part.partition(b"HTTP")[0] for part in answers.split(b"\r\n\r\n")[1:]] == [
        b"at once",
        b"in the loop",
        b"at once",
        b"at once",
        b"in the loop",
    ]


def test_what_fails_at_once_is_answered_in_the_loop(serving: Serving) -> None:
    for _ in range(3):
        assert serving.asked("/broken").endswith(b"in the loop")
    assert serving.asked("/kept").endswith(b"at once")


def test_what_was_begun_and_failed_is_told_as_an_error(serving: Serving) -> None:
    assert serving.asked("/half").startswith(b"HTTP/1.1 500 ")
    assert serving.asked("/kept").endswith(b"at once")
