"""Files with a record a line."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cms.imports.records import LINE_BYTES_MOST, BadFile, BadLine

BEGINNING_BYTES = 4_096


def lines(file: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Each that is not empty, with its number. None: it is longer than a line may be, and was passed over."""
    number = 0
    while line := file.readline(LINE_BYTES_MOST + 1):
        number += 1
        if len(line) > LINE_BYTES_MOST:
            yield number, None
            while line and not line.endswith(b"\n"):
                line = file.readline(LINE_BYTES_MOST + 1)
        elif line.strip():
            yield number, line


def too_long(place: str) -> BadLine:
    return BadLine(place, f"longer than {LINE_BYTES_MOST} bytes")


def require_no_xml(path: Path) -> None:
    """Or each of its lines would be bad for the same reason."""
    with path.open("rb") as file:
        beginning = file.read(BEGINNING_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    if beginning.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<")):
        raise BadFile(f"{path}: it looks like XML; name --format rss, atom or wxr. Nothing was recorded.")
