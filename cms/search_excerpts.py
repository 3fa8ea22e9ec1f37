"""What search shows of an article: the words that were found, marked, in the original spelling."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from markupsafe import Markup, escape
from rapidfuzz import process
from rapidfuzz.distance import OSA

from projections.folding import INITIALS, NOT, WORD, forms, parted
from projections.search_query import Query

EXCERPT_CHARACTERS = 240
READ_CHARACTERS = 20_000
SPANS_READ = 400
# So far back a sentence's beginning is looked for.
BEFORE_CHARACTERS = 60
MARK = Markup("<mark>{}</mark>")
Stem = Callable[[str], str | None]


class Span(NamedTuple):
    """`word`: what was asked for and stands here."""

    start: int
    end: int
    word: str


def wrong(word: str, spelled: str) -> int:
    """Letters that are to be put in, left out, changed, or changed with their neighbour."""
    return min(OSA.distance(word, form) for form in forms(spelled))


class Marker:
    """Knows for each word of a text whether it is one that was asked for. `mended`: how many letters may be wrong."""

    def __init__(self, query: Query, stem: Stem, mended: dict[str, int]) -> None:
        asked = {*query.words, *(word for phrase in query.phrases for word in phrase)}
        self.asked = asked.union(parted(asked))
        self.begun = query.words[-1] if query.typed and query.words and len(query.words[-1]) > 1 else ""
        self.stem = stem
        self.stems = {found: word for word in query.words if (found := stem(word))}
        self.mended = mended
        self.starts = {word[:2] for word in (*self.asked, *self.stems)}
        begun = "|".join(map(re.escape, sorted(self.starts))) or "(?!)"
        # In plain ASCII, words that begin otherwise are passed over quickly.
        quick = rf"(?<![A-Z0-9])(?:[A-Z]{INITIALS}|(?:{begun})[A-Z0-9]*{NOT})"
        self.quick = re.compile(quick, re.ASCII | re.IGNORECASE)
        self.lengths = {len(word) + more for word, most in mended.items() for more in range(-most, most + 1)}
        self.met: Counter[str] = Counter()
        self.seen: dict[str, str | None] = {}

    def meant(self, spelled: str) -> str | None:
        """The word that was asked for and is meant by this one of a text."""
        if spelled not in self.seen:
            self.seen[spelled] = next((word for form in forms(spelled) for word in self.matching(form)), None)
        return self.seen[spelled]

    def matching(self, form: str) -> Iterator[str]:
        # Of a word and its stem the beginning is the same.
        if form[:2] in self.starts:
            if form in self.asked:
                yield form
            if self.begun and form.startswith(self.begun):
                yield self.begun
            if self.stems and (stem := self.stem(form)) in self.stems:
                yield self.stems[stem]
        if len(form) in self.lengths:
            yield from (word for word, most in self.mended.items() if OSA.distance(word, form) <= most)

    def spans(self, text: str) -> list[Span]:
        pattern = self.quick if text.isascii() and not self.mended else WORD
        # Each word once: which of them are meant is told faster than where all of them stand.
        spelled = set(pattern.findall(text, 0, READ_CHARACTERS))
        if pattern is WORD and text.isascii():
            self.pass_over([one for one in spelled if one not in self.seen])
        meant = {one: word for one in spelled if (word := self.meant(one))}
        if not meant:
            return []
        matches = (match for match in pattern.finditer(text, 0, READ_CHARACTERS) if match[0] in meant)
        found = [Span(match.start(), match.end(), meant[match[0]]) for match in islice(matches, SPANS_READ)]
        self.met.update(text[span.start : span.end] for span in found)
        return found

    def pass_over(self, new: Sequence[str]) -> None:
        """Of words in plain ASCII, those that are like none that was asked for: most of all, told at once."""
        alike = {
            one
            for word, most in self.mended.items()
            for one, *_ in process.extract(
                word, new, scorer=OSA.distance, processor=str.lower, score_cutoff=most, limit=None
            )
        }
        others = (one for one in new if one not in alike and one.isalnum() and one[:2].lower() not in self.starts)
        self.seen.update(dict.fromkeys(others))

    def nearest(self, word: str) -> str | None:
        """The spelling in what was read that a word is most likely meant for: the nearest, then the most frequent."""
        meant = [spelled for spelled in self.met if self.seen[spelled] == word]
        return min(meant, key=lambda spelled: (wrong(word, spelled), -self.met[spelled], spelled), default=None)

    def marked(self, text: str) -> Markup:
        return marked(text, self.spans(text))

    def excerpt(self, texts: Sequence[str]) -> Markup:
        """The piece that has most of the words; the beginning, if there are none."""
        text = " ".join(texts)
        spans = self.spans(text)
        start = beginning(text, spans[densest(spans)].start) if spans else 0
        end = ending(text, start + EXCERPT_CHARACTERS)
        within = [
            Span(span.start - start, span.end - start, span.word)
            for span in spans
            if start <= span.start < span.end <= end
        ]
        shown = marked(text[start:end].rstrip(), within)
        return Markup("{}{}{}").format("… " if start else "", shown, " …" if end < len(text) else "")


def densest(spans: Sequence[Span]) -> int:
    """Where a piece begins that has most of the words; of equals, the one with most spans, then the first."""
    best, place = (0, 0), 0
    for first, span in enumerate(spans):
        end = span.start + EXCERPT_CHARACTERS - BEFORE_CHARACTERS
        within = [other.word for other in spans[first : first + 40] if other.end <= end]
        if (len(set(within)), len(within)) > best:
            best, place = (len(set(within)), len(within)), first
    return place


def beginning(text: str, at: int) -> int:
    """The sentence's, if it is within; a word's otherwise."""
    earliest = max(0, at - BEFORE_CHARACTERS)
    if earliest == 0:
        return 0
    sentence = max(text.rfind(mark, earliest, at) for mark in (". ", "! ", "? ", "\n"))
    if sentence >= 0:
        return sentence + 1 + (text[sentence + 1] == " ")
    word = text.find(" ", earliest, at)
    return word + 1 if word >= 0 else at


def ending(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    word = text.rfind(" ", at - BEFORE_CHARACTERS, at)
    return word if word >= 0 else at


def marked(text: str, spans: Sequence[Span]) -> Markup:
    """All but the marks is escaped."""
    parts, at = [], 0
    for span in spans:
        parts += [escape(text[at : span.start]), MARK.format(text[span.start : span.end])]
        at = span.end
    return Markup("").join([*parts, escape(text[at:])])
