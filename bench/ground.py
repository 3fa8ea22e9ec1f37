"""Where it is measured: a folder on disk, and real servers, each started when it is first asked for."""

from contextlib import ExitStack
from functools import cached_property
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from redis import Redis

from tests.servers import postgres_server, redis_server

DATABASES = ("SQLite", "PostgreSQL")


class Ground:
    """`quick`: only to see that everything runs."""

    def __init__(self, stack: ExitStack, quick: bool) -> None:
        self.stack = stack
        self.quick = quick
        self.folder = Path(stack.enter_context(TemporaryDirectory(prefix="chronicle-bench-")))
        self.numbers = count(1)

    @cached_property
    def postgres(self) -> str:
        return self.stack.enter_context(postgres_server())

    @cached_property
    def redis(self) -> str:
        return self.stack.enter_context(redis_server(0))

    def database(self, kind: str) -> str:
        """The URL of an empty one."""
        name = f"bench_{next(self.numbers)}"
        if kind == "SQLite":
            return f"sqlite:///{self.folder}/{name}.db"
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(f"create database {name}".encode())
        return self.postgres.rpartition("/")[0] + f"/{name}"

    def versions(self) -> list[str]:
        """Of the servers that were needed."""
        found = []
        if "postgres" in vars(self):
            with psycopg.connect(self.postgres) as connection:
                found.append(f"PostgreSQL {connection.info.server_version // 10_000}")
        if "redis" in vars(self):
            with Redis.from_url(self.redis) as client:
                info = client.info("server")
                found.append(
                    f"Valkey {info['valkey_version']}" if "valkey_version" in info else f"Redis {info['redis_version']}"
                )
        return found
