"""The edition file: a record a line, as JSON."""

from pathlib import Path

import msgspec

from cms.imports.lines import lines, require_no_xml, too_long
from cms.imports.records import BadLine, Dropped, Found, Item, Record

decoder = msgspec.json.Decoder(Record)


def read(path: Path, dropped: Dropped) -> Found:
    """Nothing is dropped: an unknown field makes a line bad."""
    require_no_xml(path)
    with path.open("rb") as file:
        for number, line in lines(file):
            place = f"line {number}"
            yield too_long(place) if line is None else decoded(place, line)


def decoded(place: str, line: bytes) -> Item | BadLine:
    try:
        return Item(place, decoder.decode(line.decode()))
    except UnicodeDecodeError as error:
        return BadLine(place, f"not UTF-8 (byte {error.start + 1})")
    except msgspec.DecodeError as error:
        return BadLine(place, str(error))
