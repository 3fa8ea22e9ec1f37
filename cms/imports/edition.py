"""The edition file: a record a line, as JSON."""

from pathlib import Path

import msgspec

from cms.imports.records import LINE_BYTES_MOST, BadLine, Dropped, Found, Item, Record

decoder = msgspec.json.Decoder(Record)


def read(path: Path, dropped: Dropped) -> Found:
    """Nothing is dropped: an unknown field makes a line bad."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LINE_BYTES_MOST + 1):
            number += 1
            if len(line) > LINE_BYTES_MOST:
                yield BadLine(f"line {number}", f"longer than {LINE_BYTES_MOST} bytes")
                while line and not line.endswith(b"\n"):
                    line = file.readline(LINE_BYTES_MOST + 1)
            elif line.strip():
                yield decoded(f"line {number}", line)


def decoded(place: str, line: bytes) -> Item | BadLine:
    try:
        return Item(place, decoder.decode(line.decode()))
    except UnicodeDecodeError as error:
        return BadLine(place, f"not UTF-8 (byte {error.start + 1})")
    except msgspec.DecodeError as error:
        return BadLine(place, str(error))
