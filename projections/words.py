"""What each article says, as stems: so that others about the same are found, and can be held against it.

A document holds the stems of the headline and of the first words of the text, in their order. The article stands in the
lists `word:STEM` of its first few; how many stand in such a list says how rare a word is. All of it is bounded.
"""

import re
from collections.abc import Iterator
from itertools import chain, islice
from zlib import crc32

import msgspec
import Stemmer
from msgspec import Struct

from domain.article import ArticleTaken, EditionGiven
from domain.body import Block, Heading, List, Paragraph, Quote
from domain.content import Content
from domain.recorded import Recorded
from projections.folding import fold
from projections.store import Drop, Place, Put, Write, key, microseconds

# A story is told in its first words; the rest would cost more than it finds.
CHARACTERS_READ = 2_400
LISTS_MOST = 16
STEM_LETTERS = 7
STEMS_REMEMBERED = 200_000

WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")
LINK = re.compile(r"\]\([^)]*\)")
STOP = frozenset(
    "about after again all also although already among an and another any are as at be because been before being"
    " both but by can could did do does down during each even ever every few for from further get had has have he"
    " her here him his how however if in into is it its just like made make many may me might more most much must my"
    " no nor not now of off on once one only or other our out over own said same say says she should since so some"
    " still such than that the their them then there these they this those though through to told too two under"
    " until up upon very was we well were what when where which while who whom whose why will with within without"
    " would you your monday tuesday wednesday thursday friday saturday sunday"
    " ve ile bu bir ki da de ucun olan olub edib ne daha gore sonra".split()
)
# One in so many articles stands in this list too: so that how many there are is known, about, without asking often.
SAMPLED, SAMPLE = "words:sampled", 16


class Words(Struct, frozen=True, array_like=True):
    """`at`: microseconds of the first publication. Stems are parted by spaces, and a space stands before and behind."""

    at: int
    headline: str
    text: str
    tags: tuple[str, ...]


class Stems(dict[str, str]):
    """By the word as it is written; empty for what tells nothing. Forgets all when there are too many."""

    def __init__(self) -> None:
        self.stem = Stemmer.Stemmer("english", 0).stemWord

    def __missing__(self, word: str) -> str:
        if len(self) >= STEMS_REMEMBERED:
            self.clear()
        # Without its ending; U.S. is US.
        folded = fold(word.replace("’", "'").partition("'")[0])
        stem = "" if folded in STOP or len(folded) < 2 else self.stem(folded)[:STEM_LETTERS]
        self[word] = stem
        return stem


stems = Stems()
decoder = msgspec.json.Decoder(Words)


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case EditionGiven(edition):
            id, found = recorded.id, of(edition.content, microseconds(edition.published_at))
            place = Place(place_id(id), key(edition.published_at, id), lists(id, found))
            return [Put("words", id, msgspec.json.encode(found)), place]
        case ArticleTaken():
            return [Drop("words", recorded.id), Place(place_id(recorded.id))]
        case _:
            return []


def place_id(id: str) -> str:
    """Beside the article's own place: with a colon, so that it is taken for no article."""
    return f"words:{id}"


def list_of(stem: str) -> str:
    return f"word:{stem}"


def lists(id: str, found: Words) -> tuple[str, ...]:
    first = dict.fromkeys(chain(found.headline.split(), islice(found.text.split(), 4 * LISTS_MOST)))
    named = tuple(map(list_of, islice(first, LISTS_MOST)))
    return named if crc32(id.encode()) % SAMPLE else (*named, SAMPLED)


def of(content: Content, at: int = 0) -> Words:
    """`at` is 0 for what never was published."""
    return Words(at, stemmed(content.headline), stemmed(beginning(content)), content.tags)


def stemmed(text: str) -> str:
    return f" {' '.join([stem for word in WORD.findall(text) if (stem := stems[word])])} "


def beginning(content: Content) -> str:
    """As it is written; a word that is cut in two is left out."""
    parts, left = [], CHARACTERS_READ
    for text in chain([content.standfirst], texts(content.body)):
        if "](" in text:
            text = LINK.sub("]", text)
        if len(text) > left:
            parts.append(text[:left].rpartition(" ")[0])
            break
        parts.append(text)
        left -= len(text)
    return "\n".join(parts)


def texts(body: tuple[Block, ...]) -> Iterator[str]:
    for block in body:
        match block:
            case Paragraph(text=text) | Quote(text=text) | Heading(text=text):
                yield text
            case List(items=items):
                yield from items
            case _:
                pass
