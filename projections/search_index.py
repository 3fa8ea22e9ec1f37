"""The index of search, in a folder: what is written to it, and the parts that questions are made of.

No other module knows the engine.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeAlias, assert_never

from tantivy import (
    DocAddress,
    Document,
    FieldType,
    Filter,
    Index,
    Occur,
    PreTokenizedString,
    Query,
    Schema,
    SchemaBuilder,
    TextAnalyzer,
    TextAnalyzerBuilder,
    Token,
    Tokenizer,
)

from projections.folding import spelled, typed, words
from projections.search import Change, Gone, Name, Searchable

# Another one, whenever what an index holds is laid out anew: then it is made anew.
SHAPE = 2
# The least that the engine takes.
HEAP_BYTES = 15_000_000
STEMMED = dict(
    pair.split("=")
    for pair in (
        "ar=arabic da=danish de=german el=greek en=english es=spanish fi=finnish fr=french hu=hungarian it=italian"
        " nb=norwegian nl=dutch nn=norwegian no=norwegian pt=portuguese ro=romanian ru=russian sv=swedish ta=tamil"
        " tr=turkish"
    ).split()
)
TEXTS = ("headline", "standfirst", "source", "body", "name")
STEMS = ("headline_stems", "text_stems")
FILED = ("what", "section", "tag", "writer", "source_name")
# Words of headlines and names that no keyboard without accents has, as they are typed.
TYPED = "typed"


Part: TypeAlias = Query


class BrokenIndex(Exception):
    """What lies in the folder is none, or cannot be read."""


@contextmanager
def unbroken() -> Iterator[None]:
    """The engine tells by several kinds of errors that files are not as they must be."""
    try:
        yield
    except (ValueError, OSError, RuntimeError) as error:
        raise BrokenIndex(str(error)) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise BrokenIndex(str(error)) from None
        raise


def schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in FILED:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in TEXTS:
        builder.add_text_field(name, tokenizer_name="folded", index_option="position")
    for name in STEMS:
        builder.add_text_field(name, tokenizer_name="stems", index_option="freq")
    builder.add_text_field(TYPED, tokenizer_name="folded", index_option="basic")
    builder.add_integer_field("published", indexed=True, fast=True)
    return builder.build()


def stemmer(language: str) -> TextAnalyzer | None:
    """None: the engine knows no stems of this language."""
    known = STEMMED.get(language.partition("-")[0])
    return analyzer(Filter.stemmer(known)) if known else None


def analyzer(*filters: Filter) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.whitespace())
    for each in filters:
        builder = builder.filter(each)
    return builder.build()


class SearchIndex:
    """`language`: as settings name it; stems are those of that language."""

    def __init__(self, folder: Path, language: str) -> None:
        """Opens it, or makes it. BrokenIndex: what is there is none."""
        self.folder = folder
        self.schema = schema()
        self.stems = stemmer(language)
        with unbroken():
            self.index = Index(self.schema, path=str(folder))
            self.index.register_tokenizer("folded", analyzer())
            self.index.register_tokenizer("stems", self.stems or analyzer())
            self.index.config_reader("manual")
            self.index.reload()

    def reload(self) -> None:
        """See what was committed since."""
        with unbroken():
            self.index.reload()

    def writing(self) -> "Writing":
        """One writes at a time. What is not committed is as if it had not been."""
        with unbroken():
            return Writing(self)


class Writing:
    def __init__(self, index: SearchIndex) -> None:
        self.schema = index.schema
        self.stemmed = index.stems is not None
        self.changed = 0
        self.writer = index.index.writer(HEAP_BYTES, 1)

    def apply(self, change: Change) -> None:
        with unbroken():
            self.writer.delete_documents_by_term("id", change.id)
            match change:
                case Searchable():
                    self.writer.add_document(self.article(change))
                case Name():
                    self.writer.add_document(name(change))
                case Gone():
                    pass
                case _:
                    assert_never(change)
        self.changed += 1

    def commit(self) -> None:
        with unbroken():
            self.writer.commit()
        self.changed = 0

    def close(self) -> None:
        with unbroken():
            self.writer.wait_merging_threads()

    def article(self, article: Searchable) -> Document:
        document = Document()
        document.add_text("id", article.id)
        document.add_text("what", "article")
        document.add_text("section", article.section)
        for tag in article.tags:
            document.add_text("tag", tag)
        for writer in article.writers:
            document.add_text("writer", writer)
        if article.source:
            document.add_text("source_name", article.source)
        document.add_integer("published", int(article.published_at.timestamp()))
        headline = add(document, "headline", article.headline)
        text = [add(document, "standfirst", article.standfirst), add(document, "body", article.body)]
        add(document, "source", article.source)
        add_typed(document, article.headline)
        if self.stemmed:
            document.add_text("headline_stems", headline)
            document.add_text("text_stems", " ".join(text))
        return document


def name(named: Name) -> Document:
    document = Document()
    document.add_text("id", named.id)
    document.add_text("what", named.kind)
    add(document, "name", named.name)
    add_typed(document, named.name)
    return document


def add(document: Document, field: str, text: str) -> str:
    """Put the words of a text into a field; return them, parted by spaces."""
    if "ə" not in text and "Ə" not in text:
        folded = " ".join(words(text))
        document.add_text(field, folded)
        return folded
    found = list(spelled(text))
    # Both ways to type a word stand at its place, so that phrases are found either way.
    tokens = [Token(form, place, 0, 0) for place, forms in enumerate(found) for form in forms]
    folded = " ".join(form for forms in found for form in forms)
    document.add_pre_tokenized_text(field, PreTokenizedString(folded, tokens))
    return folded


def add_typed(document: Document, text: str) -> None:
    if not text.isascii():
        document.add_text(TYPED, " ".join(word for word in typed(text) if not word.isascii()))


class Hit(NamedTuple):
    score: float
    at: DocAddress

    @property
    def place(self) -> tuple[int, int]:
        """Another for each document of a state."""
        return self.at.segment_ord, self.at.doc


class State:
    """The index as it was last committed, and the parts of a question to it."""

    def __init__(self, index: SearchIndex) -> None:
        self.schema = index.schema
        self.stems = index.stems
        with unbroken():
            self.searcher = index.index.searcher()

    def stem(self, word: str) -> str | None:
        """None: the language has none here."""
        found = self.stems.analyze(word) if self.stems else []
        return found[0] if found else None

    def frequency(self, field: str, word: str) -> int:
        return self.searcher.doc_freq(field, word)

    def term(self, field: str, word: str, boost: float = 1.0) -> Part:
        return Query.boost_query(Query.term_query(self.schema, field, word), boost)

    def one_of(self, field: str, values: Sequence[str]) -> Part:
        return Query.term_set_query(self.schema, field, list(values))

    def phrase(self, field: str, words: Sequence[str], boost: float = 1.0) -> Part:
        if len(words) == 1:
            return self.term(field, words[0], boost)
        return Query.boost_query(Query.phrase_query(self.schema, field, list(words)), boost)

    def begun_phrase(self, field: str, words: Sequence[str], boost: float = 1.0) -> Part:
        """The last of several words may be incomplete."""
        return Query.boost_query(Query.phrase_prefix_query(self.schema, field, list(words)), boost)

    def near(self, field: str, word: str, typos: int, boost: float = 1.0) -> Part:
        return Query.boost_query(Query.fuzzy_term_query(self.schema, field, word, typos), boost)

    def begins(self, field: str, word: str, boost: float = 1.0, typos: int = 0) -> Part:
        return Query.boost_query(Query.fuzzy_term_query(self.schema, field, word, typos, prefix=True), boost)

    def begun(self, field: str, word: str) -> bool:
        """Whether a word in it begins so."""
        return bool(self.searcher.terms_with_prefix(field, word, limit=1))

    def between(self, field: str, since: int | None, until: int | None) -> Part:
        """From one up to before the other."""
        return Query.range_query(self.schema, field, FieldType.Integer, since, until, include_upper=until is None)

    def best(self, asked: Part, limit: int) -> list[Hit]:
        return [Hit(*hit) for hit in self.searcher.search(asked, limit, count=False).hits]

    def best_and_total(self, asked: Part, limit: int) -> tuple[list[Hit], int]:
        found = self.searcher.search(asked, limit)
        return [Hit(*hit) for hit in found.hits], found.count  # type: ignore[attr-defined] # Stubs leave it out.

    def newest_and_total(self, asked: Part, field: str, offset: int, limit: int) -> tuple[list[Hit], int]:
        found = self.searcher.search(asked, limit, order_by_field=field, offset=offset)
        return [Hit(*hit) for hit in found.hits], found.count  # type: ignore[attr-defined] # Stubs leave it out.

    def values(self, field: str, hits: Sequence[Hit]) -> list[int]:
        return [int(value or 0) for value in self.searcher.fast_field_values(field, [hit.at for hit in hits])]

    def id(self, hit: Hit) -> str:
        return str(self.searcher.doc(hit.at)["id"][0])


def best_of(ways: Iterable[Part], tie: float = 0.1) -> Part:
    """The best way counts; each other adds a little."""
    return Query.disjunction_max_query(list(ways), tie)


def matching(
    must: Iterable[Part],
    within: Iterable[Part] = (),
    should: Iterable[Part] = (),
    without: Iterable[Part] = (),
) -> Part:
    """All that `must` match, best first; `within` narrows and `should` ranks."""
    return Query.boolean_query(
        [
            *((Occur.Must, part) for part in must),
            *((Occur.Must, Query.const_score_query(part, 0.0)) for part in within),
            *((Occur.Should, part) for part in should),
            *((Occur.MustNot, part) for part in without),
        ]
    )


def at_least(count: int, parts: Iterable[Part]) -> Part:
    return Query.boolean_query([(Occur.Should, part) for part in parts], minimum_number_should_match=count)
