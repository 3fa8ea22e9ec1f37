"""Where the index of search lies: a folder with a generation each time that it is made anew, and which one counts.

    current            the name of the generation that counts
    writer.lock        held by the process that follows the history
    making.lock        held by whoever makes a generation
    3-1-en/            the third one, of shape 1, for English: the engine's files, and `position`

All of it is a cache: what is torn, of another shape or language, or gone is made anew from the history.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cms.alone import NotAlone, holding
from cms.history import History
from domain.recorded import Recorded
from projections.search import project
from projections.search_index import SHAPE, SearchIndex, Writing

EVENTS_AT_ONCE = 2_000
# What is not committed is done again after a crash.
CHANGES_MOST = 20_000

Advance = Callable[[int], None]


class Generation:
    """An index and how far it holds the history. The position is written after the commit: it is never ahead."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def language(self) -> str:
        return self.folder.name.partition("-")[2].partition("-")[2]

    @property
    def number(self) -> int:
        return int(self.folder.name.partition("-")[0])

    @property
    def stamp(self) -> tuple[int, int]:
        """Another one after each commit."""
        try:
            found = (self.folder / "position").stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_ino, found.st_mtime_ns

    @property
    def position(self) -> int:
        try:
            return int((self.folder / "position").read_text())
        except (OSError, ValueError):
            return 0

    def note(self, position: int) -> None:
        write_whole(self.folder / "position", str(position))

    def opened(self) -> "Opened":
        """BrokenIndex: nothing can be read here."""
        sweep_beside(self.folder / "position")
        return Opened(self, SearchIndex(self.folder, self.language))


class Opened:
    """A generation that is written. For one thread."""

    def __init__(self, generation: Generation, index: SearchIndex) -> None:
        self.generation = generation
        self.index = index
        self.kept: Writing | None = None

    @property
    def writing(self) -> Writing:
        """Made when there is something to write: it costs threads and memory."""
        if self.kept is None:
            self.kept = self.index.writing()
        return self.kept

    def catch_up(self, history: History, advance: Advance = lambda position: None) -> None:
        """To the end of the history. Doing again what was done before a crash changes nothing."""
        position = self.generation.position
        while found := history.for_readers(position, EVENTS_AT_ONCE):
            for change in (one for event in found if isinstance(event, Recorded) for one in project(event)):
                self.writing.apply(change)
            position = found[-1].position
            advance(position)
            if self.kept is not None and self.kept.changed >= CHANGES_MOST:
                self.commit(position)
        self.commit(position)

    def commit(self, position: int) -> None:
        if self.kept is not None and self.kept.changed:
            self.kept.commit()
        if position != self.generation.position:
            self.generation.note(position)

    def close(self) -> None:
        """At once: what the engine was putting together, it puts together another time."""
        self.kept = None

    def finish(self) -> None:
        """When all is put together."""
        if self.kept is not None:
            self.kept.close()
        self.kept = None


class SearchFolder:
    def __init__(self, path: Path, language: str) -> None:
        self.path = path
        self.language = language

    @property
    def current(self) -> Generation | None:
        """None: there is none yet, or none of this shape and language."""
        name = self.named
        if not self.fits(name) or not (self.path / name / "meta.json").exists():
            return None
        return Generation(self.path / name)

    @property
    def named(self) -> str:
        """What `current` says; empty if it is not there."""
        try:
            return (self.path / "current").read_text()
        except OSError:
            return ""

    def fits(self, name: str) -> bool:
        return name.partition("-")[2] == f"{SHAPE}-{self.language}"

    @property
    def is_foreign(self) -> bool:
        """There is one, of another shape or language."""
        return bool(self.named) and not self.fits(self.named)

    def position(self) -> int:
        # Asked for once: it may be gone a moment later.
        current = self.current
        return current.position if current else 0

    def prepare(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)

    @contextmanager
    def held(self, name: str) -> Iterator[Callable[[], None]]:
        """NotAlone: another process holds it. The callable raises Removed if the folder was taken away since."""
        self.prepare()
        with holding(self.path / name) as hold_on:
            yield hold_on

    def make(self, history: History, advance: Advance = lambda position: None) -> Generation:
        """A new generation, beside the one that is searched until this one counts. NotAlone: another process does."""
        with self.held("making.lock"):
            number = max((found.number for found in self.generations()), default=0) + 1
            self.sweep()
            made = Generation(self.path / f"{number}-{SHAPE}-{self.language}")
            made.folder.mkdir(mode=0o700)
            opened = made.opened()
            opened.catch_up(history, advance)
            opened.finish()
            write_whole(self.path / "current", made.folder.name)
            return made

    def generations(self) -> list[Generation]:
        return [Generation(found) for found in self.path.glob("[0-9]*-*-*") if found.is_dir()]

    def sweep(self) -> None:
        """Away with what does not count: older ones, and what a crash left half made. For who holds `making.lock`."""
        sweep_beside(self.path / "current")
        current = self.current
        for found in self.generations():
            if current is None or found.folder != current.folder:
                shutil.rmtree(found.folder, ignore_errors=True)

    def sweep_if_free(self) -> None:
        """As `sweep`, unless somebody makes one."""
        with suppress(NotAlone), self.held("making.lock"):
            self.sweep()

    def drop(self) -> None:
        """What counts is broken: none does."""
        (self.path / "current").unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """All of it or nothing."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.write_text(text)
    beside.replace(path)


def sweep_beside(path: Path) -> None:
    """Away with what processes that were killed had not put in its place. For who alone writes the file."""
    for left in path.parent.glob(f"{path.name}.*.new"):
        left.unlink(missing_ok=True)
