"""Questions to the index of search: which articles, in which order; which names and headlines begin so.

What is found by its headline stands before what is found by its standfirst, names, or body; of equals, the newer.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Flag, StrEnum

from msgspec import Struct

from projections.folding import parted
from projections.search_index import TYPED, Part, SearchIndex, State, at_least, best_of, matching, unbroken
from projections.search_query import Phrase, Query

PAGES_MOST = 10
# Those that fit best, of which the newer come forward: as many as all pages show, or more.
RANKED_LEAST = 300
# Of a large number those of the last days are ranked too, however little else speaks for them.
RECENT_RANKED = 200
RECENT_DAYS = 30
SUGGESTED_MOST = 50
# Of so many names those that most is filed under.
NAMES_BEGUN_MOST = 200
TYPED_BOOST = 8.0
NAMED_MOST = 20
# A word in more than half of all articles says nothing, where there are others.
EMPTY_SHARE = 0.5
EMPTY_OF_ARTICLES = 50
# So few exact ones, and words that are nearly the same are looked for.
FEW = 3
PREFIX_CHARACTERS = 2
ONE_TYPO_CHARACTERS, TWO_TYPOS_CHARACTERS = 4, 8

# To hold each place of a word against those of another takes as long as there are articles with both.
TOGETHER_MOST = 2_000
BOOSTS = {"headline": 4.0, "standfirst": 2.0, "source": 1.5, "body": 1.0}
SHORT = ("headline", "standfirst")
STEM_BOOSTS = {"headline_stems": 3.0, "text_stems": 0.8}
NAMES_BOOST = 1.8
# An incomplete word, and one with a typo, all score the same in a field.
PREFIX_BOOST, TYPO_BOOST, TWO_TYPOS_BOOST = 0.8, 0.5, 0.25
DAY_SECONDS = 86_400


class Filters(Struct, frozen=True):
    """`since` and `until`: Unix times, from and before. Of each tag: the slugs that lead to it."""

    sections: Sequence[str] | None = None
    tags: Sequence[Sequence[str]] = ()
    writer: str | None = None
    source: str | None = None
    since: int | None = None
    until: int | None = None


class Order(StrEnum):
    BEST = "best"
    NEWEST = "newest"


class Page(Struct, frozen=True):
    offset: int
    limit: int
    order: Order = Order.BEST


class Matches(Struct, frozen=True):
    """`total`: how many there are; `ids`: of the page. `mended`: words that were taken for others like them.

    `guessed`: nothing is exactly as asked for.
    """

    ids: list[str]
    total: int
    mended: tuple[str, ...] = ()
    guessed: bool = False


class Leeway(Flag):
    """What else a word is found by: those that it begins; those that it nearly is."""

    NONE = 0
    TYPED = 1
    MENDED = 2


def typos(word: str) -> int:
    """How many letters may be wrong."""
    if any(map(str.isdigit, word)):
        return 0
    return (len(word) >= ONE_TYPO_CHARACTERS) + (len(word) >= TWO_TYPOS_CHARACTERS)


def recency(published: int, as_of: int) -> float:
    """From 1 for what is of now down to a half: a quarter goes by half each week, a quarter by half each year."""
    days = max(0, as_of - published) / DAY_SECONDS
    return float(0.5 + 0.25 * 0.5 ** (days / 7) + 0.25 * 0.5 ** (days / 365))


class SearchAnswers:
    """One state of the index. `aliases`: by tag, the other slugs that lead to it. `as_of`: Unix time."""

    def __init__(self, index: SearchIndex, as_of: int = 0, aliases: Mapping[str, Sequence[str]] | None = None) -> None:
        self.state = State(index)
        self.as_of = as_of
        self.aliases = aliases or {}

    def search(self, query: Query, filters: Filters, page: Page) -> Matches:
        """First what holds all words; if that is little, with typos mended; if that is none, what holds most."""
        if not (query.words or query.phrases or query.without):
            return Matches([], 0)
        with unbroken():
            words = self.telling(query.words)
            within = list(self.within(filters))
            found = self.matches(self.asked(query, self.parts(query, words), within), page)
            doubtful = tuple(word for word in words if self.doubtful(word, query)) if found.total < FEW else ()
            parts = self.parts(query, words, doubtful)
            if doubtful:
                near = self.matches(self.asked(query, parts, within), page)
                if near.total > found.total:
                    return Matches(near.ids, near.total, doubtful, guessed=not found.total)
            if not found.total and len(words) > 1:
                most = at_least((len(words) + 1) // 2, parts)
                some = self.matches(self.asked(query, [most], within), page)
                return Matches(some.ids, some.total, doubtful, guessed=True)
            return found

    # Words.

    def telling(self, words: Phrase) -> Phrase:
        """Without those that stand nearly everywhere, unless there are no others."""
        articles = self.state.frequency("what", "article")
        if articles < EMPTY_OF_ARTICLES:
            return words
        return tuple(word for word in words if self.articles_with(word) < articles * EMPTY_SHARE) or words

    def articles_with(self, word: str) -> int:
        """In one field or another."""
        stem = self.state.stem(word)
        stems = [self.state.frequency(field, stem) for field in STEM_BOOSTS] if stem else []
        return max(*(self.state.frequency(field, word) for field in (*BOOSTS, "name")), *stems)

    def doubtful(self, word: str, query: Query) -> bool:
        """Hardly any article has it, and it may be meant for another."""
        begun = word == last(query) and any(self.state.begun(field, word) for field in ("headline", "body", "name"))
        return bool(typos(word)) and not begun and self.articles_with(word) < FEW

    def parts(self, query: Query, words: Phrase, doubtful: Phrase = ()) -> list[Part]:
        typed = last(query)
        return [
            self.word(
                word,
                (Leeway.TYPED if word == typed else Leeway.NONE) | (Leeway.MENDED if word in doubtful else Leeway.NONE),
            )
            for word in words
        ]

    def word(self, word: str, leeway: Leeway) -> Part:
        state = self.state
        ways = [state.term(field, word, boost) for field, boost in BOOSTS.items()]
        if stem := state.stem(word):
            ways += [state.term(field, stem, boost) for field, boost in STEM_BOOSTS.items()]
        if Leeway.TYPED in leeway and len(word) >= PREFIX_CHARACTERS:
            ways += [state.begins(field, word, boost * PREFIX_BOOST) for field, boost in BOOSTS.items()]
        if len(parts := parted([word])) > 1:
            ways += [state.phrase(field, parts, boost) for field, boost in BOOSTS.items()]
            if Leeway.TYPED in leeway:
                ways += [state.begun_phrase(field, parts, boost * PREFIX_BOOST) for field, boost in BOOSTS.items()]
        if Leeway.MENDED in leeway:
            ways += [state.near(field, word, 1, boost * TYPO_BOOST) for field, boost in BOOSTS.items()]
            if typos(word) > 1:
                ways += [state.near(field, word, 2, boost * TWO_TYPOS_BOOST) for field, boost in BOOSTS.items()]
        return best_of([*ways, *(state.term(kind, slug, NAMES_BOOST) for kind, slug in self.named(word, leeway))])

    def named(self, word: str, leeway: Leeway) -> Iterator[tuple[str, str]]:
        """Kind and slug of the sections, tags and writers whose name holds the word."""
        ways = [self.state.term("name", word), self.state.phrase("name", parted([word]))]
        if Leeway.TYPED in leeway and len(word) > PREFIX_CHARACTERS:
            ways.append(self.state.begins("name", word, PREFIX_BOOST))
        if Leeway.MENDED in leeway:
            ways.append(self.state.near("name", word, 1, TYPO_BOOST))
        for hit in self.state.best(best_of(ways), NAMED_MOST):
            kind, _, slug = self.state.id(hit).partition(":")
            yield kind, slug
            if kind == "tag":
                yield from (("tag", other) for other in self.aliases.get(slug, ()))

    # Articles.

    def asked(self, query: Query, parts: Sequence[Part], within: Sequence[Part]) -> Part:
        return matching(
            [*parts, *map(self.anywhere, query.phrases)],
            [self.state.term("what", "article"), *within],
            [self.together(query.words)] if len(query.words) > 1 else [],
            map(self.anywhere, query.without),
        )

    def anywhere(self, words: Phrase) -> Part:
        return best_of(
            self.state.phrase(field, said, boost)
            for said in dict.fromkeys((words, parted(words)))
            for field, boost in BOOSTS.items()
        )

    def together(self, words: Phrase) -> Part:
        """Words that stand together mean more; but of frequent ones that is looked for in short texts alone."""
        rare = min(map(self.articles_with, words)) <= TOGETHER_MOST
        fields = BOOSTS if rare else SHORT
        return best_of(self.state.phrase(field, words, BOOSTS[field]) for field in fields)

    def within(self, filters: Filters) -> Iterator[Part]:
        if filters.sections is not None:
            yield self.state.one_of("section", filters.sections)
        for slugs in filters.tags:
            yield self.state.one_of("tag", slugs)
        if filters.writer:
            yield self.state.term("writer", filters.writer)
        if filters.source:
            yield self.state.term("source_name", filters.source)
        if filters.since is not None or filters.until is not None:
            yield self.state.between("published", filters.since, filters.until)

    def matches(self, asked: Part, page: Page) -> Matches:
        if page.order is Order.NEWEST:
            hits, total = self.state.newest_and_total(asked, "published", page.offset, page.limit)
            return Matches([self.state.id(hit) for hit in hits], total)
        most = max(RANKED_LEAST, PAGES_MOST * page.limit)
        hits, total = self.state.best_and_total(asked, most)
        if total > most:
            recent = self.state.between("published", self.as_of - RECENT_DAYS * DAY_SECONDS, None)
            places = {hit.place for hit in hits}
            more = self.state.best(matching([asked], [recent]), RECENT_RANKED)
            hits += [hit for hit in more if hit.place not in places]
        ranked = sorted(
            (-hit.score * recency(published, self.as_of), -published, order)
            for order, (hit, published) in enumerate(zip(hits, self.state.values("published", hits), strict=True))
        )
        shown = ranked[page.offset : page.offset + page.limit]
        return Matches([self.state.id(hits[order]) for *_, order in shown], total)

    # Suggestions.

    def suggested(self, words: Phrase, typed: str) -> list[str]:
        """Ids of names and articles whose name or headline begins so, best first; with one typo if there are none.

        `typed`: the last word with its accents.
        """
        with unbroken():
            return self.begun_so(words, typed, 0) or self.begun_so(parted(words), "", 0) or self.begun_so(words, "", 1)

    def begun_so(self, words: Phrase, typed: str, wrong: int) -> list[str]:
        """All words but the last complete. Names before headlines."""

        def begun(field: str, most: int) -> list[tuple[float, str]]:
            just_so = [] if typed.isascii() else [self.state.begins(TYPED, typed, TYPED_BOOST)]
            before = [self.state.near(field, word, min(wrong, typos(word))) for word in words[:-1]]
            begins = self.state.begins(field, words[-1], typos=min(wrong, typos(words[-1])))
            hits = self.state.best(matching([*before, begins], should=just_so), most)
            return [(hit.score, self.state.id(hit)) for hit in hits]

        names = sorted(begun("name", NAMES_BEGUN_MOST), key=lambda name: (-name[0], -self.articles_of(name[1])))
        return [id for _, id in (*names[:SUGGESTED_MOST], *begun("headline", SUGGESTED_MOST))]

    def articles_of(self, name: str) -> int:
        """How many are filed under a section, tag or writer, `KIND:SLUG`."""
        kind, _, slug = name.partition(":")
        return self.state.frequency(kind, slug)


def last(query: Query) -> str:
    """The word that is perhaps not complete; empty if there is none."""
    return query.words[-1] if query.typed and query.words else ""
