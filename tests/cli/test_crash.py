"""A process that is killed at any moment loses nothing that it acknowledged, and doubles nothing."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random

import httpx
import pytest

from bench.kill import Readers, left, recorded
from cms.ids import article_id
from tests.cli.home import SECTION, Home, Server, article
from tests.web.deadline import until

CLIENTS = 4
ACKNOWLEDGED_BEFORE = 40
ARTICLES = 2_000
KILLS = 3
SEED = 1843
UNDER_LOAD_SECONDS = 0.1, 0.6


@pytest.fixture(params=["home", "shared_home"])
def any_home(request: pytest.FixtureRequest) -> Home:
    home: Home = request.getfixturevalue(request.param)
    return home


@contextmanager
def serving(home: Home) -> Iterator[Server]:
    """With a follower beside it, where it does not follow itself."""
    if home.environment["CHRONICLE_READS"].startswith("sqlite"):
        with home.serving() as server:
            yield server
    else:
        with home.following(), home.serving() as server:
            yield server


def until_killed(server: Server, ask: Callable[[httpx.Client, int], str | None]) -> list[str]:
    """Several clients ask at once, until the server is killed. What was acknowledged."""
    acknowledged: list[str] = []
    enough = threading.Event()

    def client(number: int) -> None:
        with httpx.Client(base_url=server.client.base_url, timeout=60) as own:
            while True:
                try:
                    answer = ask(own, number)
                except httpx.TransportError:
                    return
                if answer is not None:
                    acknowledged.append(answer)
                    if len(acknowledged) >= ACKNOWLEDGED_BEFORE:
                        enough.set()

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(client, number) for number in range(CLIENTS)]
        reached = enough.wait(120)
        server.kill()
        for one in clients:
            one.result(120)
    assert reached
    return acknowledged


def require_whole(home: Home) -> None:
    until(lambda: home.run("status").exit_code == 0)
    home.done("verify")


def require_followed(home: Home, server: Server) -> None:
    until(lambda: server.position() == home.head())


def test_what_was_published_when_a_server_is_killed_is_served_once(any_home: Home) -> None:
    home = any_home
    home.imported(SECTION)
    home.done("staff", "add", "ann@post.example", "--name", "Ann", "--role", "editor")
    said = {"Authorization": f"Bearer {home.done('token', 'ann@post.example').stdout.strip()}"}

    def publish(client: httpx.Client, number: int) -> str | None:
        drafted = client.post("/editorial/articles", headers=said, json={"headline": "Rain", "section": "nation"})
        assert drafted.status_code == 201, drafted.text
        id: str = drafted.json()["id"]
        published = client.post(f"/editorial/articles/{id}/publish?base=1", headers=said)
        assert published.status_code == 200, published.text
        return id

    with serving(home) as server:
        acknowledged = until_killed(server, publish)
    with serving(home) as server:
        until(lambda: server.position() == home.head())
        served = server.all_latest()
        slugs = [server.read(f"/v1/articles/{id}")["slug"] for id in served]
    assert len(set(served)) == len(served)
    assert len(set(slugs)) == len(slugs)
    assert set(acknowledged) <= set(served)
    assert len(served) <= len(acknowledged) + CLIENTS
    require_whole(home)


def test_views_acknowledged_when_a_server_is_killed_are_counted_once(any_home: Home) -> None:
    home = any_home
    home.imported(SECTION, *(article(f"x-{order}") for order in range(CLIENTS)))

    def view(client: httpx.Client, number: int) -> str | None:
        answer = client.post(f"/v1/articles/{ids[number]}/views")
        assert answer.status_code == 204, answer.text
        return ids[number]

    with serving(home) as server:
        ids = until(lambda: len(found := server.all_latest()) == CLIENTS and found)
        acknowledged = Counter(until_killed(server, view))
    with serving(home) as server:
        expected = sum(acknowledged.values())

        def counted() -> dict[str, int]:
            return {item["id"]: item["views"] for item in server.read("/v1/popular?window=all")["items"]}

        until(lambda: sum(counted().values()) >= expected)
        until(lambda: server.position() == home.head())
        for id, views in counted().items():
            assert acknowledged[id] <= views <= acknowledged[id] + 1
    require_whole(home)


def test_views_of_64_clients_count_once_however_often_the_server_is_killed(any_home: Home) -> None:
    home, random = any_home, Random(SEED)
    home.imported(SECTION, *(article(f"x-{order}") for order in range(CLIENTS)))
    readers = Readers([article_id(f"x-{order}") for order in range(CLIENTS)], random)
    for _ in range(KILLS):
        with serving(home) as server:
            require_followed(home, server)
            readers.read_until_killed(server.process, server.port, random.uniform(*UNDER_LOAD_SECONDS))
    events = home.environment["CHRONICLE_EVENTS"]
    with serving(home) as server:
        until(lambda: left(events) == 0)
        require_followed(home, server)
    counted = recorded(events)
    assert readers.acknowledged.total() > KILLS * ACKNOWLEDGED_BEFORE
    assert readers.acknowledged - counted == Counter()
    assert counted - (readers.acknowledged + readers.unknown) == Counter()
    require_whole(home)


def test_an_import_that_is_killed_is_completed_by_the_next(
    home: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = [SECTION, *(article(f"x-{order}", tags=[f"Tag {order % 50}"], views=3) for order in range(ARTICLES))]
    file = home.file(*lines)
    with home.started("import", file) as process:
        until(lambda: (home.folder / "events.db").exists() and home.head() > 300)
        process.kill()
        process.wait(60)
    types = Counter(home.types())
    assert types["ArticleDrafted"] == types["ArticlePublished"] == types["ArticleViewsCarriedOver"]
    done = home.done("import", file)
    assert f"{types['ArticleDrafted'] + 1} unchanged" in done.stderr
    types = Counter(home.types())
    assert types["ArticleDrafted"] == types["ArticlePublished"] == types["ArticleViewsCarriedOver"] == ARTICLES
    require_whole(home)
    head = home.head()
    home.done("import", file)
    assert home.head() == head


def test_a_server_killed_during_an_import_has_lost_nothing_of_it(home: Home) -> None:
    file = home.file(SECTION, *(article(f"x-{order}") for order in range(ARTICLES)))
    with home.serving() as server:
        before = home.head()
        with home.started("import", file) as importing:
            until(lambda: home.head() > before + 300)
            server.kill()
            assert importing.wait(120) == 0, home.output
    with home.serving() as server:
        until(lambda: server.position() == home.head())
        served = server.all_latest()
        assert len(served) == len(set(served)) == ARTICLES
    require_whole(home)
