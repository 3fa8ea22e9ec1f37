"""What somebody typed into the search box. Any text is a query: there is no syntax that could be wrong."""

import re
from itertools import islice

from msgspec import Struct

from projections.folding import words

TERMS_MOST = 16

QUOTES = str.maketrans(dict.fromkeys("“”„«»″", '"'))
PART = re.compile(r'(?P<out>(?<!\S)-)?"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+)')
OUT = re.compile(r"-(?=\w)")

Phrase = tuple[str, ...]


class Query(Struct, frozen=True):
    """`typed`: the last word is perhaps not complete. `phrases` stand as they are, `without` nowhere."""

    words: tuple[str, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    without: tuple[Phrase, ...] = ()
    typed: bool = False


def parse(text: str) -> Query:
    """Folded; no more than so many terms are looked for."""
    loose: list[str] = []
    phrases: list[Phrase] = []
    without: list[Phrase] = []
    typed = False
    for part in islice(PART.finditer(text.translate(QUOTES)), TERMS_MOST):
        quoted = part["phrase"]
        said = part["word"] if quoted is None else quoted
        out = bool(part["out"]) if quoted is not None else OUT.match(said) is not None
        found = tuple(words(said))[:TERMS_MOST]
        if not found:
            continue
        if out:
            without.append(found)
        elif quoted is not None:
            phrases.append(found)
        else:
            loose += found
        typed = quoted is None and not out and part.end() == len(text)
    return Query(tuple(dict.fromkeys(loose[-TERMS_MOST:])), tuple(phrases), tuple(without), typed)
