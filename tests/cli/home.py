"""The data of one newsroom, the commands run on it, and the processes started for it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
from click.testing import CliRunner, Result

from cms import history, newsroom
from cms.cli import main
from cms.newsroom import Newsroom
from domain.recorded import Recorded
from tests.servers import free_port
from tests.web.deadline import until

STOP_SECONDS = 60
Line = Mapping[str, Any]


class Home:
    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = {f"CHRONICLE_{name}": value for name, value in settings.items()}

    @property
    def process_environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **self.environment}

    # Commands.

    def run(self, *arguments: str | Path, **settings: str) -> Result:
        """In this process. A traceback would be an exception, and fails the test."""
        changed = {f"CHRONICLE_{name}": value for name, value in settings.items()}
        result = CliRunner().invoke(main, list(map(str, arguments)), env={**self.environment, **changed})
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def done(self, *arguments: str | Path) -> Result:
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result

    def file(self, *lines: Line | bytes, name: str = "edition.ndjson") -> Path:
        path = self.folder / name
        encoded = (line if isinstance(line, bytes) else msgspec.json.encode(line) for line in lines)
        path.write_bytes(b"".join(line + b"\n" for line in encoded))
        return path

    def imported(self, *lines: Line) -> Result:
        return self.done("import", self.file(*lines))

    # What is in it.

    @contextmanager
    def newsroom(self) -> Iterator[Newsroom]:
        with newsroom.opened(self.environment["CHRONICLE_EVENTS"]) as room:
            yield room

    def events(self, after: int = 0) -> list[Recorded]:
        with history.opened(self.environment["CHRONICLE_EVENTS"]) as events:
            return events.after(after, 1_000_000)

    def types(self, after: int = 0) -> list[str]:
        return [type(recorded.event).__name__ for recorded in self.events(after)]

    def head(self) -> int:
        with history.opened(self.environment["CHRONICLE_EVENTS"]) as events:
            return events.head()

    # Processes.

    @contextmanager
    def started(self, *command: str | Path, module: str = "cms.cli") -> Iterator[subprocess.Popen[bytes]]:
        """It is dead at the end of the block at the latest. What it says goes to the folder."""
        with (self.folder / "output").open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", module, *command],
                cwd=self.folder,
                env=self.process_environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait(STOP_SECONDS)

    @property
    def output(self) -> str:
        return (self.folder / "output").read_text()

    @contextmanager
    def serving(
        self, *options: str, command: Sequence[str] = ("serve",), module: str = "cms.cli"
    ) -> Iterator["Server"]:
        port = free_port()
        with (
            self.started(*command, "--port", str(port), *options, module=module) as process,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
        ):
            server = Server(process, client, port)
            until(lambda: process.poll() is not None or server.lives())
            assert process.poll() is None, self.output
            yield server

    @contextmanager
    def following(self) -> Iterator[subprocess.Popen[bytes]]:
        with self.started("follow") as process:
            yield process


class Server:
    def __init__(self, process: subprocess.Popen[bytes], client: httpx.Client, port: int) -> None:
        self.process = process
        self.client = client
        self.port = port

    def lives(self) -> bool:
        try:
            return self.client.get("/health").is_success
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def stop(self) -> int:
        """Ask it to end; its exit status."""
        self.process.terminate()
        return self.process.wait(STOP_SECONDS)

    def read(self, path: str) -> Any:
        response = self.client.get(path)
        assert response.status_code == 200, response.text
        return response.json()

    def all_latest(self) -> list[str]:
        """The ids of every public article, page by page."""
        ids: list[str] = []
        after = ""
        while True:
            page = self.read(f"/v1/latest?limit=100{after}")
            ids += [item["id"] for item in page["items"]]
            if page["next"] is None:
                return ids
            after = f"&after={page['next']}"

    def position(self) -> int:
        position: int = self.read("/ready")["groups"][0]["position"]
        return position


SECTION: Line = {"type": "section", "slug": "nation", "name": "Nation"}
WRITER: Line = {"type": "writer", "slug": "ann", "name": "Ann Ash"}


def article(id: str = "x-1", **fields: Any) -> Line:
    return {
        "type": "article",
        "external_id": id,
        "headline": f"Report {id}",
        "section": "nation",
        "published_at": "2024-05-14T12:00:00+04:00",
        **fields,
    }
