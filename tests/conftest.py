import os
from collections.abc import Iterator
from itertools import count
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from redis import Redis

from tests.servers import postgres_server, redis_server

# pytest-xdist: gw0, gw1, ...; each is a session with fixtures of its own.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
DATABASE_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server; tests ask for `postgres`, a database of their own on it."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A database of this worker; tests ask for `redis`, which is also empty."""
    with redis_server(sharer=int(WORKER.removeprefix("gw"))) as url:
        yield url


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database, which goes after the test."""
    name = f"chronicle_{WORKER}_{os.getpid()}_{next(DATABASE_NUMBERS)}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(SQL("create database {}").format(Identifier(name)))
        yield urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
        server.execute(SQL("drop database {} with (force)").format(Identifier(name)))


@pytest.fixture
def redis(redis_url: str) -> Iterator[str]:
    """The URL of an empty database. Its channels are the server's: on a given one other workers hear them."""
    with Redis.from_url(redis_url) as server:
        server.flushdb()
        yield redis_url
        server.flushdb()
