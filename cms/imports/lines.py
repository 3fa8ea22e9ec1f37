"""Files with a record a line."""

from collections.abc import Iterator
from typing import IO

from cms.imports.records import LINE_BYTES_MOST, BadLine


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
