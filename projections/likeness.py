"""How much an article has in common with what is asked about: its words by rarity, where they stand, and its names.

Weights were chosen on the corpus that docs/related.md tells of. What is summed up is rounded, so that the same history
gives the same order everywhere.
"""

from collections.abc import Iterator, Mapping
from itertools import chain, pairwise
from math import log, log1p

from msgspec import Struct

from domain.content import Content
from projections.words import WORD, Words, beginning, stems

PAIRS_MOST = 40
# How often a word stands, and how early, counts the less the more there is of it already.
FULL_AT = 4.0
IN_HEADLINE, FIRST = 2.0, 6.0
HALF_AT_CHARACTERS = 220
# Of a text with so many characters of stems; in a longer one a word tells less.
PIVOT_CHARACTERS, BY_LENGTH = 1_400, 0.3
PAIR, NAME = 0.8, 0.1
# Two texts that have so much of all their different words in common are one story told twice; short ones may be so by
# chance.
SAME, SAME_STEMS_LEAST = 0.8, 15


class Term(Struct, frozen=True):
    """A stem of what is asked about, or two that stand side by side there. `weight`: rarity, times place there."""

    stem: str
    written: str
    name: bool
    weight: float


class Shared(Struct, frozen=True):
    """`weight`: what it adds to the score."""

    term: Term
    weight: float


def rarity(articles: int, having: int) -> float:
    """As BM25 weighs a word that so many of the articles have."""
    return log(1 + (articles - having + 0.5) / (having + 0.5))


def prominence(stem: str, words: Words) -> float:
    """Of what stands there, from 0 to 1."""
    sought = f" {stem} "
    at, in_headline = words.text.find(sought), sought in words.headline
    if at < 0 and not in_headline:
        return 0
    often = words.text.count(sought) ** 0.5 if at >= 0 else 0
    found = often + FIRST / (1 + max(at, 0) / HALF_AT_CHARACTERS) + IN_HEADLINE * in_headline
    length = log1p(len(words.text)) / log1p(PIVOT_CHARACTERS)
    return found / (found + FULL_AT * (1 - BY_LENGTH + BY_LENGTH * length))


def togetherness(pair: str, words: Words) -> float:
    """Of two words that stand side by side there, from 0 to 1: that they do so at all says most."""
    sought = f" {pair} "
    times = words.text.count(sought) + words.headline.count(sought)
    return times / (times + 1)


def presence(term: Term, words: Words) -> float:
    return togetherness(term.stem, words) if " " in term.stem else prominence(term.stem, words)


def shared(terms: list[Term], words: Words) -> list[Shared]:
    """`terms`: single ones first; of two, each has to be there before it is worth looking for both together."""
    found: dict[str, Shared] = {}
    for term in terms:
        one, _, other = term.stem.partition(" ")
        if other and not (one in found and other in found):
            continue
        much = presence(term, words)
        if much:
            found[term.stem] = Shared(term, term.weight * much)
    return list(found.values())


def single(content: Content, own: Words, rare: Mapping[str, float]) -> list[Term]:
    """`rare`: how rare each stem is."""
    shown = as_written(content)
    named = names(content, shown)
    return [
        Term(
            stem,
            shown.get(stem, stem),
            stem in named,
            rare[stem] * prominence(stem, own) * (1 + NAME * (stem in named)),
        )
        for stem in rare
    ]


def paired(own: Words, terms: list[Term], rare: Mapping[str, float]) -> list[Term]:
    """Of terms that stand side by side, each pair once."""
    known = {term.stem: term for term in terms}
    found: dict[str, Term] = {}
    for part in (own.headline.split(), own.text.split()):
        for one, other in pairwise(part):
            if one in known and other in known and one != other and len(found) < PAIRS_MOST:
                first, second, stem = known[one], known[other], f"{one} {other}"
                weight = PAIR * min(rare[one], rare[other]) * togetherness(stem, own)
                name = first.name and second.name
                found[stem] = Term(stem, f"{first.written} {second.written}", name, weight)
    return list(found.values())


def as_written(content: Content) -> dict[str, str]:
    """By stem: a word that has it, as it first stands in the text, or else in the headline."""
    found: dict[str, str] = {}
    for word in chain(WORD.findall(beginning(content)), WORD.findall(content.headline)):
        found.setdefault(stems[word], word)
    found.pop("", None)
    return found


def names(content: Content, shown: Mapping[str, str]) -> frozenset[str]:
    """Stems of words that the text writes with a capital wherever they stand; a headline may do so with all."""
    text = set(WORD.findall(beginning(content)))
    return frozenset(
        stem for stem, word in shown.items() if word in text and word[0].isupper() and word.lower() not in text
    )


def is_same(one: frozenset[str], other: frozenset[str]) -> bool:
    """By all their stems."""
    few, many = sorted((len(one), len(other)))
    if few < max(SAME_STEMS_LEAST, SAME * many):
        return False
    return len(one & other) >= SAME * len(one | other)


def all_stems(words: Words) -> frozenset[str]:
    return frozenset(words_of(words))


def words_of(words: Words) -> Iterator[str]:
    return chain(words.headline.split(), words.text.split())
