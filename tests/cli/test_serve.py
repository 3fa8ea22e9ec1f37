"""Starting, stopping and sharing the work."""

import socket
import sys
import time
from pathlib import Path

import httpx
import pytest

from cms.server import HEADER_BYTES_MOST
from domain.views import ViewsCounted
from tests.cli.home import SECTION, Home, Server, article
from tests.web.deadline import until

# RFC 9113: what a client says first, with no settings of its own.
HTTP2_BEGINS = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
SETTINGS_FRAME, MAX_HEADER_LIST_SIZE = 4, b"\x00\x06"


def views_counted(home: Home) -> int:
    return sum(
        count
        for recorded in home.events()
        if isinstance(recorded.event, ViewsCounted)
        for counts in (recorded.event.counts, *recorded.event.unsure.values())
        for views in counts.values()
        for count in views.values()
    )


def test_a_server_asked_to_stop_has_all_views_in_the_history(home: Home) -> None:
    home.imported(SECTION, article())
    with home.serving() as server:
        (id,) = server.all_latest()
        for _ in range(7):
            assert server.client.post(f"/v1/articles/{id}/views").status_code == 204
        assert server.stop() == 0
    assert views_counted(home) == 7
    (line,) = home.output.splitlines()
    assert line.startswith("Serving on http://")
    with home.newsroom() as room:
        assert room.history.select("select * from hit_batch") == []


def test_idle_connections_do_not_hold_a_server_up(home: Home) -> None:
    with home.serving() as server, httpx.Client(base_url=server.client.base_url) as idle:
        assert idle.get("/health").is_success
        started = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - started < 30


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_client_is_told_how_long_the_headers_of_a_request_may_be(home: Home, workers: str) -> None:
    with home.serving("--workers", workers) as server:
        url = server.client.base_url
        with socket.create_connection((url.host, url.port), timeout=60) as client, client.makefile("rb") as answer:
            client.sendall(HTTP2_BEGINS)
            length, kind = int.from_bytes(answer.read(3)), answer.read(6)[0]
            settings = answer.read(length)
    assert kind == SETTINGS_FRAME
    told = {settings[at : at + 2]: int.from_bytes(settings[at + 2 : at + 6]) for at in range(0, length, 6)}
    assert told[MAX_HEADER_LIST_SIZE] == HEADER_BYTES_MOST


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_is_at_hand_leaves_before_the_loop_is_asked(home: Home, workers: str) -> None:
    with home.serving("--workers", workers, module="tests.cli.at_hand") as server:
        assert server.client.get("/at-hand").text == "at once"
        assert server.client.get("/not-at-hand").status_code == 404


def test_a_port_that_is_taken_is_said_in_one_line(home: Home) -> None:
    with home.serving() as server:
        port = str(server.client.base_url.port)
        with home.started("serve", "--port", port) as second:
            assert second.wait(60) != 0
        assert "Traceback" not in home.output
        assert port in home.output
        assert server.lives()


@pytest.mark.parametrize("kind", ["home", "shared_home"])
def test_a_publication_is_visible_through_either_worker(kind: str, request: pytest.FixtureRequest) -> None:
    home: Home = request.getfixturevalue(kind)
    home.imported(SECTION)
    home.done("staff", "add", "ann@post.example", "--name", "Ann", "--role", "editor")
    said = {"Authorization": f"Bearer {home.done('token', 'ann@post.example').stdout.strip()}"}
    with home.serving("--workers", "2") as server:
        if kind == "home":
            check_both_workers(server, said)
        else:
            with home.following():
                check_both_workers(server, said)


def check_both_workers(server: Server, said: dict[str, str]) -> None:
    def fresh(method: str, path: str, **more: object) -> httpx.Response:
        """Over a connection of its own, which either worker may take."""
        return httpx.request(method, f"{server.client.base_url}{path}", timeout=60, **more)  # type: ignore[arg-type]

    for order in range(3):
        body = {"headline": f"Report {order}", "section": "nation"}
        drafted = fresh("POST", "/editorial/articles", headers=said, json=body)
        assert drafted.status_code == 201, drafted.text
        id = drafted.json()["id"]
        published = fresh("POST", f"/editorial/articles/{id}/publish?base=1", headers=said)
        assert published.status_code == 200, published.text
        path = f"/v1/latest?limit=1&min_position={published.json()['position']}"
        until(lambda path=path: fresh("GET", path).is_success)  # type: ignore[misc]
        for _ in range(12):
            answer = until(lambda path=path: (got := fresh("GET", path)).is_success and got)  # type: ignore[misc]
            assert [item["id"] for item in answer.json()["items"]] == [id]


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc, and a worker outlives its parent elsewhere")
def test_no_worker_outlives_a_server_that_is_killed(home: Home) -> None:
    with home.serving("--workers", "2") as server:
        workers = until(lambda: len(found := children(server.process.pid)) >= 2 and found)
        server.kill()
        until(lambda: not any(map(lives, workers)))
    with home.serving() as again:
        assert again.lives()


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_workers_end_with_a_server_that_is_asked_to_stop(home: Home) -> None:
    home.imported(SECTION, article())
    with home.serving("--workers", "2") as server:
        workers = until(lambda: len(found := children(server.process.pid)) >= 2 and found)
        (id,) = server.all_latest()
        for _ in range(5):
            assert server.client.post(f"/v1/articles/{id}/views").status_code == 204
        assert server.stop() == 0
        until(lambda: not any(map(lives, workers)))
    assert views_counted(home) == 5


def test_another_follower_takes_over_from_one_that_is_killed(shared_home: Home) -> None:
    with shared_home.following() as first:
        shared_home.imported(SECTION)
        until(lambda: shared_home.run("status").exit_code == 0)
        with shared_home.following() as second:
            first.kill()
            first.wait(60)
            shared_home.imported(article())
            until(lambda: shared_home.run("status").exit_code == 0)
            second.terminate()
            assert second.wait(60) == 0
    shared_home.done("verify")
