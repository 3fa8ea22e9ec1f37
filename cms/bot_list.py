"""A bot list of one's own: a text file of words that are parts of the names of agents.

Words and no regular expressions: they cannot run for ever, and what they say can be read by whoever has to judge it.
"""

import re
import sys
from pathlib import Path

from cms.agents import NAME_CHARACTERS
from cms.forms import BadField

STANDARD_INPUT = Path("-")
LIST_BYTES_MOST = 1024 * 1024
WORDS_MOST = 10_000
# Of what names of agents are made, when they are recorded.
WORD = re.compile(r"[\w.+ -]+", re.ASCII)


def words(file: Path) -> frozenset[str]:
    """In small letters; of `-`, those of standard input. BadField: names the first line that is none."""
    raw = beginning(file)
    if len(raw) > LIST_BYTES_MOST:
        raise BadField("bots", f"{file} is longer than {LIST_BYTES_MOST:,} bytes; split it, or leave out what is old.")
    found: set[str] = set()
    for number, line in enumerate(raw.decode("utf-8-sig", errors="replace").splitlines(), start=1):
        word = line.strip()
        if word and not word.startswith("#"):
            require_word(word, f"{file}, line {number}")
            found.add(word.lower())
    if len(found) > WORDS_MOST:
        raise BadField("bots", f"{file} has {len(found):,} words; {WORDS_MOST:,} are allowed.")
    return frozenset(found)


def beginning(file: Path) -> bytes:
    """A byte more than may be, of what is longer. Whoever opens a pipe waits until somebody writes to it."""
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read(LIST_BYTES_MOST + 1)
    if not file.is_file():
        raise BadField("bots", f"{file} is no regular file; - reads standard input.")
    with file.open("rb") as stream:
        return stream.read(LIST_BYTES_MOST + 1)


def require_word(word: str, place: str) -> None:
    if len(word) > NAME_CHARACTERS:
        raise BadField("bots", f"{place}: no name of an agent is longer than {NAME_CHARACTERS} characters; shorten it.")
    if not WORD.fullmatch(word):
        raise BadField(
            "bots",
            f"{place}: names of agents have letters, digits, spaces and . + - _ only, and no version;"
            " write a part of a name, such as Googlebot.",
        )
