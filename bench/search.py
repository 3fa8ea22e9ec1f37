"""Search in 100,000 articles: the whole answer (index, cards, excerpts, JSON), beside SQLite's FTS5 on the same."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import median

import msgspec

from bench.ground import Ground
from bench.measure import Fact, p99
from cms import newsroom, search_results
from cms.history import History
from cms.newsroom import Newsroom
from cms.search_folder import SearchFolder
from cms.search_follower import SearchFollower
from cms.search_results import Wanted
from cms.searching import Searching
from cms.tracing import traced
from domain.article import ARTICLE, ArticlePublished
from domain.body import Paragraph
from domain.content import Content, Edition
from domain.drafting import DraftArticle
from domain.publishing import PublishArticle
from domain.recorded import Recorded
from domain.section import SECTION, SectionAdded
from domain.tag import TAG, TagAdded
from projections.cards import Site
from projections.follow import catch_up
from projections.search_answers import Filters, Page, SearchAnswers
from projections.site import project
from projections.sqlite_store import SQLiteStore

SEED = 1851
ARTICLES, QUERIES, PUBLISHED = 100_000, 200, 20
VOCABULARY, NAMES, SECTIONS, TAGS = 40_000, 4_000, 10, 500
BATCH = 500
END = datetime(2026, 1, 31, 12, tzinfo=UTC)
TARGET_MS = 20.0
SITE = Site("Bench", "https://news.example", UTC)

RANDOM = Random(SEED)
SYLLABLES = [first + then for first in "bdfgklmnprst" for then in "aeio"]
WORDS = list(
    dict.fromkeys(
        "".join(RANDOM.choices(SYLLABLES, k=RANDOM.choice((1, 2, 2, 3, 3, 4)))) for _ in range(4 * VOCABULARY)
    )
)[:VOCABULARY]
# The word of rank n is met in proportion to 1 / n.
OFTEN = list(accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))
PEOPLE = [f"{RANDOM.choice(WORDS).title()} {RANDOM.choice(WORDS).title()}" for _ in range(NAMES)]


def words(random: Random, count: int) -> list[str]:
    found = random.choices(WORDS, cum_weights=OFTEN, k=count)
    if count > 20:
        found[count // 2] = random.choice(PEOPLE)
    return found


def article(number: int, articles: int) -> Content:
    random = Random(f"{SEED}:{number}")
    body = [" ".join(words(random, random.randint(40, 60))).capitalize() + "." for _ in range(5)]
    return Content(
        headline=" ".join(words(random, random.randint(6, 10))).capitalize(),
        standfirst=" ".join(words(random, random.randint(12, 20))).capitalize() + ".",
        section=f"section-{random.randrange(SECTIONS)}",
        tags=tuple({f"tag-{int(TAGS * random.random() ** 3)}": None for _ in range(3)}),
        body=tuple(Paragraph(id=f"p{place}", text=text) for place, text in enumerate(body)),
    )


def events(articles: int) -> Iterator[Recorded]:
    """Ten years of them, the newest last."""
    for number in range(SECTIONS):
        yield recorded(SECTION.stream(f"section-{number}"), SectionAdded(f"Section {number}", number, None))
    for number in range(TAGS):
        yield recorded(TAG.stream(f"tag-{number}"), TagAdded(PEOPLE[number]))
    for number in range(articles):
        at = END - timedelta(days=3650) * (1 - number / articles)
        edition = Edition(slug=f"a-{number}", published_at=at, updated_at=at, content=article(number, articles))
        yield recorded(ARTICLE.stream(f"bench{number:017}"), ArticlePublished(edition))


def recorded(stream: str, event: SectionAdded | TagAdded | ArticlePublished) -> Recorded:
    return Recorded(stream=stream, version=1, at=END, by="bench", command=stream, event=event)


def run(ground: Ground) -> Iterator[Fact]:
    articles, queries = (2_000, 20) if ground.quick else (ARTICLES, QUERIES)
    url, reads = ground.database("SQLite"), ground.database("SQLite").removeprefix("sqlite:///")
    folder = SearchFolder(ground.folder / "search", "en")
    with newsroom.opened(url) as room, closing(SQLiteStore(reads)) as store:
        record(room.history, articles)
        catch_up(room.history.for_readers, store, project)
        started = time.perf_counter()
        made = folder.make(room.history)
        seconds = time.perf_counter() - started
        yield Fact(
            what=f"index of {articles:,} articles",
            value=f"{seconds:.0f} s",
            said=f"{articles / seconds:,.0f} articles a second",
        )
        kilobytes = sum(file.stat().st_size for file in made.folder.iterdir()) / articles / 1000
        beside = FTS(ground.folder / "fts.db", articles)
        yield Fact(
            what="index",
            value=f"{kilobytes:.2f} kB",
            said=f"an article; FTS5 {beside.kilobytes:.2f} kB, made in {beside.seconds:.0f} s",
        )
        yield from searched(store, folder, beside, articles, queries)
        yield published(room, folder, 3 if ground.quick else PUBLISHED)


def record(history: History, articles: int) -> None:
    batch: list[Recorded] = []
    for event in events(articles):
        batch.append(event)
        if len(batch) == BATCH:
            history.record(batch)
            batch = []
    history.record(batch)


def searched(store: SQLiteStore, folder: SearchFolder, beside: "FTS", articles: int, queries: int) -> Iterator[Fact]:
    searching = Searching(folder)
    everything: list[float] = []
    for kind, asked in asking(articles, queries).items():
        ours = [timed(partial(answered, store, searching, wanted)) for wanted in asked]
        everything += ours
        beside_asked = [beside.query(kind, wanted.q) for wanted in asked] if kind in FTS.KINDS else []
        theirs = [timed(partial(beside.search, q)) for q in beside_asked]
        said = f"FTS5 p50 {median(theirs):.1f}, p99 {p99(theirs):.1f} ms" if theirs else "FTS5 has none"
        yield Fact(what=f"search, {kind}", value=f"{median(ours):.1f} ms", said=f"p99 {p99(ours):.1f} ms; {said}")
    worst = p99(everything)
    yield Fact(
        what="search, all kinds",
        value=f"{median(everything):.1f} ms",
        said=f"p99 {worst:.1f} ms",
        target=f"p99 below {TARGET_MS:.0f} ms",
        reached=worst < TARGET_MS,
    )


def asking(articles: int, queries: int) -> dict[str, list[Wanted]]:
    random = Random(SEED)

    def word() -> str:
        return random.choices(WORDS[20:8_000], cum_weights=OFTEN[20:8_000], k=1)[0]

    def phrase() -> str:
        text = article(random.randrange(articles), articles).body[0]
        assert isinstance(text, Paragraph)
        start = random.randrange(30)
        return f'"{" ".join(text.text.split()[start : start + 3])}"'

    def typo() -> str:
        right = next(found for found in iter(word, "") if len(found) > 5)
        place = random.randrange(1, len(right) - 2)
        return right[:place] + "x" + right[place + 1 :]

    since = int((END - timedelta(days=400)).timestamp())
    kinds: dict[str, Callable[[], str]] = {
        "one word": lambda: f"{word()} ",
        "two words": lambda: f"{word()} {word()} ",
        "three words": lambda: f"{word()} {word()} {word()} ",
        "a name": lambda: f"{random.choice(PEOPLE)} ",
        "a phrase": phrase,
        "a prefix": lambda: next(found for found in iter(word, "") if len(found) > 4)[:4],
        "a typo": lambda: f"{typo()} ",
        "one word, in a section and a year": lambda: f"{word()} ",
    }
    narrow = Filters(since=since)
    return {
        kind: [
            Wanted(
                make(),
                "section-1" if "section" in kind else None,
                None,
                narrow if "section" in kind else Filters(),
                Page(0, 20),
            )
            for _ in range(queries)
        ]
        for kind, make in kinds.items()
    }


def answered(store: SQLiteStore, searching: Searching, wanted: Wanted) -> int:
    """As a worker thread of a server does it."""
    index, _ = searching.index()
    answers = SearchAnswers(index, int(END.timestamp()))
    result, *_ = traced(store, lambda reads: search_results.read(answers, reads, SITE, wanted))
    return len(msgspec.json.encode(result))


class FTS:
    """The same articles in SQLite: three columns with the same weights, snippets, and the number of all."""

    KINDS = ("one word", "two words", "three words", "a name", "a phrase", "a prefix")

    def __init__(self, path: Path, articles: int) -> None:
        started = time.perf_counter()
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute(
            "create virtual table found using"
            " fts5(headline, standfirst, body, tokenize='porter unicode61 remove_diacritics 2')"
        )
        self.db.execute("begin")
        for number in range(articles):
            content = article(number, articles)
            body = "\n".join(block.text for block in content.body if isinstance(block, Paragraph))
            self.db.execute("insert into found values (?, ?, ?)", (content.headline, content.standfirst, body))
        self.db.execute("commit")
        self.seconds = time.perf_counter() - started
        # Its copy of the text is not counted: ours is that of the read models.
        (size,) = self.db.execute("select sum(length(block)) from found_data").fetchone()
        self.kilobytes = size / articles / 1000

    def query(self, kind: str, q: str) -> str:
        if kind == "a phrase":
            return q.replace(".", "")
        return " ".join(f'"{word}"' for word in q.split()) + ("*" if kind == "a prefix" else "")

    def search(self, q: str) -> None:
        self.db.execute("select count(*) from found where found match ?", (q,)).fetchone()
        self.db.execute(
            "select rowid, headline, snippet(found, 2, '<mark>', '</mark>', '…', 40) from found where found match ?"
            " order by bm25(found, 4.0, 2.0, 1.0) limit 20",
            (q,),
        ).fetchall()


def published(room: Newsroom, folder: SearchFolder, count: int) -> Fact:
    """From the answer to an editor until the index that is searched has it."""
    follower = SearchFollower(room.history, folder)
    follower.start()
    searching, took = Searching(folder), []
    for number in range(count):
        id, word = f"published{number:013}", f"zyx{number}qq"
        room.execute(
            DraftArticle(article_id=id, content=Content(headline=f"A {word}", section="section-1"), author="bench"),
            "bench",
        )
        room.execute(PublishArticle(article_id=id, at=END, headline_slug=f"a-{word}"), "bench")
        follower.committed(0)
        started = time.perf_counter()
        while not SearchAnswers(searching.index()[0]).state.frequency("headline", word):
            time.sleep(0.005)
        took.append(time.perf_counter() - started)
    follower.close()
    said = f"longest {max(took) * 1000:.0f} ms"
    return Fact(
        what="from publication to being found",
        value=f"{median(took) * 1000:.0f} ms",
        said=said,
        target="within 1 s",
        reached=max(took) < 1,
    )


def timed(work: Callable[[], object]) -> float:
    """In milliseconds."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
