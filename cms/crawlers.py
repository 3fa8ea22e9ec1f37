"""The known crawlers: two lists from PyPI. Renewing them: docs/views.md."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Literal

from crawlerdetect.providers.crawlers import data as CRAWLER_DETECT
from msgspec import Struct
from msgspec.json import decode

LISTS = ", ".join(f"{package} {version(package)}" for package in ("crawler-user-agents", "crawlerdetect"))


class Crawler(Struct):
    """One entry of crawler-user-agents; `pattern` is a regular expression."""

    pattern: str
    tags: list[str]


@cache
def listed(letters: Literal[re.RegexFlag.NOFLAG, re.RegexFlag.IGNORECASE]) -> re.Pattern[str]:
    """All patterns in one, where words begin; made when the first agent comes."""
    raw = files("crawleruseragents").joinpath("crawler-user-agents.json").read_bytes()
    entries = decode(raw, type=list[Crawler])
    known = [entry.pattern for entry in entries if "http-library" not in entry.tags]
    return re.compile(grouped(known), letters)


@cache
def listed_too() -> re.Pattern[str]:
    """Whole words: this list means them in any letters, and finds "Cabot" in "Caboto" otherwise."""
    # One of its patterns reads to the end of a word from every place in it; the words it ends with are in the rules.
    return re.compile(grouped(one for one in CRAWLER_DETECT if one[0] != "[") + "(?![a-z])", re.IGNORECASE)


def grouped(patterns: Iterable[str]) -> str:
    """By first letter: a search then tries the few that can begin at a place, instead of 1,500."""
    by_letter = defaultdict[str, list[str]](list)
    others = list[str]()
    for pattern in patterns:
        plain = pattern[:2].isalpha() and "|" not in pattern
        (by_letter[pattern[0]] if plain else others).append(pattern[1:] if plain else pattern)
    groups = [f"{letter}(?:{'|'.join(rests)})" for letter, rests in sorted(by_letter.items())]
    return f"(?<![A-Za-z.])(?:{'|'.join([*groups, *others])})"
