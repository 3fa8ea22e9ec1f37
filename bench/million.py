"""Each kind of answer from the read models of a million articles, beside that from ten thousand; nothing is kept."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from bench.ground import Ground
from bench.measure import Fact, p99
from bench.mix import END, SEED, Author
from cms.tracing import traced
from cms.web.public import article_page
from domain.article import ARTICLE, ArticlePublished, ArticleViewsCarriedOver
from domain.body import Block
from domain.content import Content, Edition
from domain.recorded import Recorded
from domain.rules import Change
from domain.section import SECTION, SectionAdded
from domain.source import SOURCE, SourceAdded
from domain.tag import TAG, TagAdded
from domain.views import VIEWS, ViewsCounted
from domain.writer import WRITER, WriterAdded
from projections import archive, front, latest, popular, sections, sources, tags, trending
from projections.cards import Site
from projections.popular import DAY, HOUR, bucket
from projections.site import project
from projections.sqlite_store import SQLiteStore
from projections.store import Reads, key

FEW, MANY = 10_000, 1_000_000
FEW_QUICK, MANY_QUICK = 1_000, 20_000
YEARS = 20
SECTIONS, SECTIONS_ABOVE, WRITERS, SOURCES, TAGS = 40, 10, 500, 60, 50_000
BODIES = 400
VIEWED = 2_000
BATCH_EVENTS = 20_000
RATIO_MOST = 1.2
SITE = Site("Bench", "https://bench.example", ZoneInfo("Asia/Baku"))
BEGIN = END - timedelta(days=365 * YEARS)

Question = Callable[[Reads], Any]


class Kind(Struct, frozen=True):
    """`asked`: makes one question up, for a site of so many articles. `most`: times as long as with few."""

    what: str
    asked: Callable[[Random, int], Question]
    times: int = 300
    most: float | None = None


def run(ground: Ground) -> Iterator[Fact]:
    few, many = (FEW_QUICK, MANY_QUICK) if ground.quick else (FEW, MANY)
    files = {count: ground.folder / f"{count}.db" for count in (few, many)}
    for count, file in files.items():
        seconds = filled(file, count)
        yield Fact(
            what=f"{count:,} articles in a SQLite file",
            value=f"{file.stat().st_size / count:,.0f} B",
            said=f"each, {file.stat().st_size / 2**20:,.0f} MiB; in {seconds:,.0f} s",
        )
    with closing(SQLiteStore(str(files[few]))) as small, closing(SQLiteStore(str(files[many]))) as large:
        for kind in KINDS:
            yield side_by_side(kind, {few: small, many: large}, ground.quick)


def side_by_side(kind: Kind, stores: dict[int, SQLiteStore], quick: bool) -> Fact:
    took: dict[int, list[float]] = {count: [] for count in stores}
    random = Random(SEED)
    for _ in range(5 if quick else kind.times):
        for count, store in stores.items():
            question = kind.asked(random, count)
            started = time.perf_counter()
            msgspec.json.encode(traced(store, question)[0])
            took[count].append(1_000 * (time.perf_counter() - started))
    few, many = took.values()
    ratio = median(many) / median(few)
    return Fact(
        what=kind.what,
        value=f"{median(many):.2f} ms",
        said=f"p99 {p99(many):.2f}; few {median(few):.2f}, p99 {p99(few):.2f}: {ratio:.2f} times",
        target=f"{kind.most} times" if kind.most else "",
        reached=None if kind.most is None or quick else ratio <= kind.most,
    )


# What is asked.


def random_id(random: Random, count: int) -> str:
    return id_of(random.randrange(count))


def random_day(random: Random, count: int) -> Question:
    day = published_at(random.randrange(count), count).date()
    return lambda reads: archive.read_day(reads, SITE, day)


def random_page(random: Random, count: int) -> Question:
    after = key(published_at(random.randrange(count), count), "")
    return lambda reads: latest.read(reads, SITE, after=after)


def random_tag(random: Random) -> str:
    return f"tag-{int(TAGS * random.random() ** 4)}"


def random_section(random: Random) -> str:
    return f"section-{random.randrange(SECTIONS)}"


def random_article(random: Random, count: int) -> Question:
    id = random_id(random, count)
    return lambda reads: article_page(reads, id, SITE)


def of(read: Callable[..., Any], **filters: Callable[[Random], Any]) -> Callable[[Random, int], Question]:
    """A question with filters made up at random."""

    def asked(random: Random, count: int) -> Question:
        given = {name: make(random) for name, make in filters.items()}
        return lambda reads: read(reads, SITE, **given)

    return asked


def plain(read: Question) -> Callable[[Random, int], Question]:
    return lambda random, count: read


def at_end(read: Callable[..., Any], **more: Any) -> Callable[[Random, int], Question]:
    return plain(lambda reads: read(reads, SITE, END, **more))


def last(*fixed: str) -> Callable[[Random], str]:
    return lambda random: random.choice(fixed)


KINDS = (
    Kind("latest", of(latest.read), most=RATIO_MOST),
    Kind("  a page anywhere", random_page),
    Kind("  of a section", of(latest.read, section=random_section)),
    Kind("  of a tag", of(latest.read, tag=random_tag)),
    Kind("  of a section and a tag", of(latest.read, section=random_section, tag=random_tag)),
    Kind("  of two that are large and hardly meet", of(latest.read, section=last("section-39"), source=last("Early"))),
    Kind("an article", random_article, most=RATIO_MOST),
    Kind("popular, 24 hours", at_end(popular.read), most=RATIO_MOST),
    Kind("popular, all", at_end(popular.read, window="all"), most=RATIO_MOST),
    Kind("  of a section", lambda random, count: popular_in(random_section(random)), times=50),
    Kind("trending", at_end(trending.read)),
    Kind("the front", at_end(front.read)),
    Kind("sections", plain(sections.read)),
    Kind("sources", plain(sources.read)),
    Kind("tags", plain(tags.read), times=10),
    Kind("the archive", plain(lambda reads: archive.read(reads, SITE)), times=20),
    Kind("  a day of it", random_day),
)


def popular_in(section: str) -> Question:
    return lambda reads: popular.read(reads, SITE, END, window="all", section=section)


# What there is.


def filled(file: Path, count: int) -> float:
    """The seconds that it took."""
    started = time.perf_counter()
    with closing(SQLiteStore(str(file))) as store:
        store.db.execute("pragma synchronous = off")
        store.db.execute("pragma cache_size = -1000000")
        changes, position = chain(furniture(), articles(count), views(count)), 0
        while some := list(islice(changes, BATCH_EVENTS)):
            writes = [write for at, change in enumerate(some, position + 1) for write in project(recorded(at, change))]
            store.apply(writes, position, position + len(some))
            position += len(some)
        store.db.execute("pragma wal_checkpoint(truncate)")
    return time.perf_counter() - started


def recorded(position: int, change: Change) -> Recorded:
    return Recorded(
        stream=change.stream, version=1, at=END, by="bench", command="c", event=change.event, position=position
    )


def furniture() -> Iterator[Change]:
    for n in range(SECTIONS):
        above = None if n < SECTIONS_ABOVE else f"section-{n % SECTIONS_ABOVE}"
        yield SECTION.change(f"section-{n}", SectionAdded(f"Section {n}", n, above))
    for n in range(WRITERS):
        yield WRITER.change(f"writer-{n}", WriterAdded(f"Writer {n}", ""))
    for n in range(SOURCES):
        yield SOURCE.change(f"source-{n}", SourceAdded(f"Source {n}", ""))
    for n in range(TAGS):
        yield TAG.change(f"tag-{n}", TagAdded(f"Tag {n}"))


def id_of(n: int) -> str:
    return blake2b(n.to_bytes(8), digest_size=11).hexdigest()


def published_at(n: int, count: int) -> datetime:
    """In the order of their numbers, all over the years."""
    return BEGIN + (END - BEGIN) * (n / count)


def articles(count: int) -> Iterator[Change]:
    random = Random(f"{SEED}:{count}")
    author = Author(random)
    bodies = [(author.paragraph(), author.paragraph(), author.paragraph()) for _ in range(BODIES)]
    headlines = [author.words(6, 11).capitalize() for _ in range(BODIES)]
    for n in range(count):
        yield ARTICLE.change(id_of(n), ArticlePublished(edition(n, count, random, bodies, headlines)))
        if n % 10 == 0:
            yield ARTICLE.change(id_of(n), ArticleViewsCarriedOver(int(1_000 / (0.001 + random.random()))))


def edition(n: int, count: int, random: Random, bodies: Sequence[tuple[Block, ...]], headlines: list[str]) -> Edition:
    at = published_at(n, count)
    # The last section began when the source `Early` was no more.
    early = n < count * 0.6
    content = Content(
        headline=random.choice(headlines),
        section=f"section-{random.randrange(SECTIONS - early)}" if random.random() < 0.9 or early else "section-39",
        standfirst=random.choice(headlines),
        tags=tuple({random_tag(random): None for _ in range(random.randint(2, 7))}),
        writers=(f"writer-{int(WRITERS * random.random() ** 2)}",),
        source="Early" if early and n % 3 == 0 else f"Source {n % SOURCES}" if n % 4 == 0 else "",
        body=random.choice(bodies),
    )
    return Edition(slug=f"article-{n}", published_at=at, updated_at=at, content=content)


def views(count: int) -> Iterator[Change]:
    """As many at every size, of the newest articles, in the last day; most in its last hours."""
    random = Random(SEED)
    now = bucket(END.astimezone(UTC))
    for hour in range(DAY // HOUR):
        counts: dict[int, dict[str, int]] = {}
        for _ in range(VIEWED // (1 + hour)):
            at = now - hour * HOUR - random.randrange(HOUR)
            id = id_of(count - 1 - int(min(count, VIEWED) * random.random() ** 3))
            counts.setdefault(at, {})[id] = random.randint(1, 40)
        yield VIEWS.change("all", ViewsCounted(counts))
