"""Words as search compares them: without case, accents, and letters that a keyboard may lack."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

WORD_CHARACTERS = 60
FOLDED_KEPT = 50_000

MARKS = "".join(chr(code) for code in range(0x300, 0x1E00) if unicodedata.category(chr(code)).startswith("M"))
# In scripts that are written without a space between words, each character is one.
ALONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
# U.S. is one word, and so is don't; of other words what follows an apostrophe is an ending, or another word.
INITIALS = r"(?=\.)(?<!\d)(?<![^\W_].)(?<![^\W_]\..)(?:\.[^\W\d_])+(?!\.?[^\W_])\.?"
NOT = r"(?:['’][tT](?<=[nN]['’][tT])(?![^\W_]))?"
WORD = re.compile(rf"[{ALONE}]|[^\W_{ALONE}](?:{INITIALS}|[^\W_{ALONE}{MARKS}]*(?:[{MARKS}]+[^\W_{ALONE}]*)*{NOT})")
# The same in small letters of ASCII, and faster.
ASCII_WORD = re.compile(rf"[a-z0-9](?:{INITIALS}|[a-z0-9]*{NOT})", re.ASCII)
# Accents, points and vowel marks that are often left out; in other scripts marks are part of the word.
LEFT_OUT = (*range(0x300, 0x370), *range(0x591, 0x5C8), *range(0x64B, 0x660), 0x2BC, 0x2BB, 0x200C, 0x200D)
LETTERS = {ord(letter): plain for letter, plain in zip("ıəøđłðħŧ", "ieodldht", strict=True)}
LETTERS |= {ord(letter.upper()): plain for letter, plain in zip("əøđłðħŧ", "eodldht", strict=True)}
LETTERS |= {ord("æ"): "ae", ord("Æ"): "ae", ord("œ"): "oe", ord("Œ"): "oe", ord("þ"): "th", ord("Þ"): "th"}
POINTS: dict[int, str | None] = dict.fromkeys(map(ord, ".'’"))
FOLDED: dict[int, str | None] = {**LETTERS, **dict.fromkeys(LEFT_OUT), **POINTS}
PART = re.compile(r"\d+|\D+")
PARTS_MOST = 4


@lru_cache(FOLDED_KEPT)
def fold(word: str) -> str:
    """One word, such as `WORD` finds it; empty if nothing of it is left."""
    if word.isascii():
        return word.lower().replace(".", "").replace("'", "")[:WORD_CHARACTERS]
    plain = unicodedata.normalize("NFKD", word).translate(FOLDED).casefold()
    return "".join(filter(str.isprintable, plain.split()))[:WORD_CHARACTERS]


@lru_cache(FOLDED_KEPT)
def forms(word: str) -> tuple[str, ...]:
    """All that it is found by: who has no schwa types e or a."""
    folded = fold(word)
    if "ə" not in word and "Ə" not in word:
        return (folded,) if folded else ()
    return folded, fold(word.replace("ə", "a").replace("Ə", "a"))


def words(text: str) -> list[str]:
    """Folded, in their order."""
    if text.isascii():
        return list(map(fold, ASCII_WORD.findall(text.lower())))
    return [folded for word in WORD.findall(text) if (folded := fold(word))]


def spelled(text: str) -> Iterator[tuple[str, ...]]:
    """The forms of each word, in their order."""
    for word in WORD.findall(text):
        if found := forms(word):
            yield found


def parted(words: Iterable[str]) -> tuple[str, ...]:
    """Letters and digits apart: covid19 may be written COVID-19. What has too many parts stays whole."""
    found = [(word, PART.findall(word)) for word in words]
    return tuple(part for word, parts in found for part in (parts if len(parts) <= PARTS_MOST else [word]))


def typed(text: str) -> list[str]:
    """Each word with its accents, but without case."""
    text = unicodedata.normalize("NFC", text).casefold().replace("\u0307", "")
    return [word.translate(POINTS) for word in WORD.findall(text)]
