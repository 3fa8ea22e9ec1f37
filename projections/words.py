"""What each article says, as stems: so that others about the same are found, and can be held against it.

They are the stems of the headline and of the first words of the text, in their order. The article stands in the lists
`word:STEM` of its first few; how many stand in such a list says how rare a word is. All the others are made of its
document when they are asked for, and remembered. All of it is bounded.
"""

import re
from collections.abc import Iterator
from itertools import chain, islice
from zlib import crc32

import Stemmer
from msgspec import Struct

from domain.article import ArticleTaken, EditionGiven
from domain.body import Block, Heading, List, Paragraph, Quote
from domain.content import Content
from domain.recorded import Recorded
from projections import articles
from projections.folding import fold
from projections.store import Place, Write, key, microseconds

# A story is told in its first words; the rest would cost more than it finds.
CHARACTERS_READ = 3_200
LISTS_MOST, LISTED_CHARACTERS = 16, 400
ARTICLES_REMEMBERED = 5_000
STEM_LETTERS = 7
STEMS_REMEMBERED, REMEMBERED_CHARACTERS = 200_000, 40

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


class Words(Struct, frozen=True):
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
        if len(word) <= REMEMBERED_CHARACTERS:
            self[word] = stem
        return stem


class Pieces(dict[str, str]):
    """By what stands between two spaces: the stems of its words. To part a text at its spaces is quicker by far."""

    def __missing__(self, piece: str) -> str:
        if len(self) >= STEMS_REMEMBERED:
            self.clear()
        found = " ".join([stem for word in WORD.findall(piece) if (stem := stems[word])])
        if len(piece) <= REMEMBERED_CHARACTERS:
            self[piece] = found
        return found


stems = Stems()
pieces = Pieces()


class Remembered(dict[int, Words]):
    """By the hash of an article's document: what it says. Forgets all when there are too many."""

    def of(self, document: bytes) -> Words:
        key = hash(document)
        found = self.get(key)
        if found is None:
            edition = articles.decoder.decode(document).edition
            found = of(edition.content, microseconds(edition.published_at))
            if len(self) >= ARTICLES_REMEMBERED:
                self.clear()
            self[key] = found
        return found


remembered = Remembered()


def project(recorded: Recorded) -> list[Write]:
    match recorded.event:
        case EditionGiven(edition):
            id = recorded.id
            return [Place(place_id(id), key(edition.published_at, id), lists(id, edition.content))]
        case ArticleTaken():
            return [Place(place_id(recorded.id))]
        case _:
            return []


def place_id(id: str) -> str:
    """Beside the article's own place: with a colon, so that it is taken for no article."""
    return f"words:{id}"


def list_of(stem: str) -> str:
    return f"word:{stem}"


def lists(id: str, content: Content) -> tuple[str, ...]:
    first: dict[str, None] = {}
    for piece in f"{content.headline} {beginning(content, LISTED_CHARACTERS)}".split():
        first.update(dict.fromkeys(pieces[piece].split()))
        if len(first) >= LISTS_MOST:
            break
    named = tuple(map(list_of, islice(first, LISTS_MOST)))
    return named if crc32(id.encode()) % SAMPLE else (*named, SAMPLED)


def of(content: Content, at: int = 0) -> Words:
    """`at` is 0 for what never was published."""
    return Words(at, stemmed(content.headline), stemmed(beginning(content)), content.tags)


def stemmed(text: str) -> str:
    return f" {' '.join([found for piece in text.split() if (found := pieces[piece])])} "


def beginning(content: Content, characters: int = CHARACTERS_READ) -> str:
    """As it is written; a word that is cut in two is left out."""
    parts, left = [], characters
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
