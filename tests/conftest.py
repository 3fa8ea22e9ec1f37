import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from redis import Redis

from tests.servers import postgres_server, redis_server

# pytest-xdist: gw0, gw1, ...; each is a session with fixtures of its own.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
# Waits until they are gone.
OTHERS_LEAVE = """
    select pg_terminate_backend(pid, 10000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
"""


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


@pytest.fixture(scope="session")
def postgres_database(postgres_url: str) -> Iterator[str]:
    """A database of this worker: to make one and to drop it takes longer than most tests."""
    name = f"chronicle_{WORKER}_{os.getpid()}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(SQL("create database {}").format(Identifier(name)))
        yield urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
        server.execute(SQL("drop database {} with (force)").format(Identifier(name)))


@pytest.fixture
def postgres(postgres_database: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database. After the test nobody is connected to it and nothing is in it."""
    yield postgres_database
    with psycopg.connect(postgres_database, autocommit=True) as database:
        database.execute(OTHERS_LEAVE)
        database.execute("drop schema public cascade")
        database.execute("create schema public")
        database.execute(SQL("alter database {} reset all").format(Identifier(database.info.dbname)))


@pytest.fixture
def redis(redis_url: str) -> Iterator[str]:
    """The URL of an empty database. Its channels are the server's: on a given one other workers hear them."""
    with Redis.from_url(redis_url) as server:
        server.flushdb()
        yield redis_url
        server.flushdb()
