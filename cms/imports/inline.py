"""Runs of text of an HTML page as inline Markdown: what it reads as is what was there, mark by mark."""

import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from itertools import groupby
from typing import NamedTuple

from cms.markup import line
from domain.body import TEXT_MOST

RUN_MOST = 9_000
SPACES = re.compile(r"[ \t\f\v\r]+")
SPECIAL = re.compile(r"[\\*_\[\]&]")
TAG = re.compile(r"<[^>]*>")
IN_ADDRESS = str.maketrans({"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", " ": "%20", "\\": "%5C", "&": "&amp;"})


class Run(NamedTuple):
    text: str
    strong: bool = False
    emphasis: bool = False
    href: str = ""


def tidied(runs: Sequence[Run]) -> list[Run]:
    """Neighbours of one kind joined, spaces collapsed, none at the ends, no marks around nothing but spaces."""
    parts: list[Run] = []
    end = "\n"
    for run in runs:
        text = re.sub(r" ?\n ?", "\n", SPACES.sub(" ", run.text))
        if end.isspace():
            text = text.lstrip(" \n")
        if not text:
            continue
        end = text[-1]
        run = run._replace(text=text) if not text.isspace() else Run(text)
        if parts and parts[-1][1:] == run[1:]:
            run = run._replace(text=parts.pop().text + text)
        parts.append(run)
    while parts and not parts[-1].text.strip():
        parts.pop()
    if parts:
        parts[0] = parts[0]._replace(text=parts[0].text.lstrip())
        parts[-1] = parts[-1]._replace(text=parts[-1].text.rstrip())
    return parts if any(run.text for run in parts) else []


def plain(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs)


def markdown(runs: Sequence[Run]) -> str:
    """Of `tidied` runs. Marks that Markdown cannot set there are left away; letters never are."""
    text = plain(runs)
    if not SPECIAL.search(text) and not any(any(run[1:]) for run in runs):
        return text
    linked = tidied([Run(run.text, href=run.href) for run in runs])
    bare = [Run(text)]
    for tried, write in ((runs, str), (runs, escaped), (linked, escaped), (bare, str), (bare, escaped)):
        candidate = styled(tried, write)
        if len(candidate) <= TEXT_MOST and reads_as(candidate, tried):
            return candidate
    return text


def escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", text)


def styled(runs: Sequence[Run], write: Callable[[str], str]) -> str:
    return "".join(link(strong(list(group), write), href) for href, group in groupby(runs, lambda run: run.href))


def strong(runs: Sequence[Run], write: Callable[[str], str]) -> str:
    groups = groupby(runs, lambda run: run.strong)
    return "".join(marked(emphasis(list(group), write), "**" if is_strong else "") for is_strong, group in groups)


def emphasis(runs: Sequence[Run], write: Callable[[str], str]) -> str:
    return "".join(marked(write(run.text), "*" if run.emphasis else "") for run in runs)


def marked(text: str, mark: str) -> str:
    before, inner, after = parted(text)
    return f"{before}{mark}{inner}{mark}{after}" if inner else text


def link(text: str, href: str) -> str:
    before, inner, after = parted(text)
    return f"{before}[{inner}]({href.translate(IN_ADDRESS)}){after}" if href and inner else text


def parted(text: str) -> tuple[str, str, str]:
    """The spaces before, what stands between, the spaces after: marks must touch their words."""
    inner = text.strip()
    before, _, after = text.partition(inner) if inner else (text, "", "")
    return before, inner, after


def reads_as(candidate: str, runs: Sequence[Run]) -> bool:
    shown = line.__wrapped__(candidate)
    if unescape(TAG.sub("", shown)) != plain(runs):
        return False
    linked = sum(1 for href, _ in groupby(runs, lambda run: run.href) if href)
    is_strong = sum(1 for key, _ in groupby(runs, lambda run: (run.href, run.strong)) if key[1])
    is_emphasis = sum(run.emphasis for run in runs)
    counted = shown.count("<a "), shown.count("<strong>"), shown.count("<em>")
    return counted == (linked, is_strong, is_emphasis)


def pieces(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """What is too long for one text, cut at spaces."""
    piece: list[Run] = []
    length = 0
    for run in runs:
        text = run.text
        while length + len(text) > RUN_MOST:
            cut = text.rfind(" ", 0, RUN_MOST - length)
            cut = cut if cut > 0 else RUN_MOST - length
            yield tidied([*piece, run._replace(text=text[:cut])])
            piece, length, text = [], 0, text[cut:]
        piece.append(run._replace(text=text))
        length += len(text)
    yield tidied(piece)
