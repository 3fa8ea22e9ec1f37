"""Whoever walks a list page by page, while the newsroom works on, sees once whatever stood there throughout."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec import structs

from domain.article import (
    ARTICLE,
    ArticleCorrected,
    ArticlePublished,
    ArticleRestored,
    ArticleUnpublished,
    ArticleUpdated,
    ArticleWithdrawn,
)
from domain.content import Content, Correction, Edition
from domain.recorded import Recorded
from domain.rules import Change, Event
from domain.section import SECTION, SectionMoved
from domain.tag import TAG, TagMerged, TagParted
from projections import archive, corrections, latest, site
from projections.cards import Site
from projections.redis_store import RedisStore
from projections.sqlite_store import SQLiteStore
from projections.store import Store
from tests.domain.any_events import UNHURRIED
from tests.domain.given import NOON
from tests.projections.told import section

ZONE = ZoneInfo("Asia/Baku")
SITE = Site("The Chronicle", "https://news.example", ZONE)
IDS = [f"{letter}{n}" for letter in "abcd" for n in range(6)]
SECTIONS, TAGS, WRITERS, SOURCES = ["world", "asia", "japan", "sport"], ["rain", "pluie"], ["ann", "bob"], ["", "Wire"]
# Few, so that many share theirs; over midnight in the newsroom's zone.
MOMENTS = [NOON + timedelta(hours=hours) for hours in (0, 6, 7.99, 8, 12, 30)]
DAYS = {moment.astimezone(ZONE).date() for moment in MOMENTS}
STEPS = 90

Page = tuple[list[str], str | None]
seeds = st.integers(0, 2**32)


class World:
    """A newsroom at work: what readers can see, and a store that follows it."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store = store
        self.random = Random(seed)
        self.versions: dict[str, int] = {}
        self.editions: dict[str, Edition] = {}
        self.public: set[str] = set()
        self.withdrawn: set[str] = set()
        self.said: list[str] = []
        self.parents: dict[str, str | None] = {}
        self.merged = False
        for slug in SECTIONS:
            self.record(section(slug))
        for id in self.random.sample(IDS, 16):
            self.act(id)

    def record(self, change: Change) -> None:
        version = self.versions[change.stream] = self.versions.get(change.stream, 0) + 1
        at, position = NOON + timedelta(days=3), self.store.position()
        recorded = Recorded(
            stream=change.stream, version=version, at=at, by="s", command="c", event=change.event, position=position + 1
        )
        self.store.apply(site.project(recorded), position, position + 1)

    def change(self) -> None:
        match self.random.randrange(12):
            case 0:
                slug, *above = self.random.choice([("asia", "world", None), ("japan", "asia", "world", None)])
                self.parents[str(slug)] = parent = self.random.choice(above)
                self.record(SECTION.change(str(slug), SectionMoved(0, parent)))
            case 1:
                self.merged = not self.merged
                self.record(TAG.change("pluie", TagMerged("rain") if self.merged else TagParted()))
            case _:
                self.act(self.random.choice(IDS))

    def act(self, id: str) -> None:
        """What may come next in the life of an article."""
        self.record(ARTICLE.change(id, self.next_of(id)))

    def next_of(self, id: str) -> Event:
        if id in self.withdrawn:
            self.withdrawn.discard(id)
            self.public.add(id)
            return ArticleRestored(self.editions[id])
        if id not in self.public:
            self.public.add(id)
            return ArticlePublished(self.edition(id))
        match self.random.randrange(5):
            case 0:
                self.public.discard(id)
                return ArticleUnpublished()
            case 1:
                self.public.discard(id)
                self.withdrawn.add(id)
                self.said.append(self.next_entry(id))
                return ArticleWithdrawn("It did not rain.", "Rain", self.editions[id].content.section)
            case 2:
                self.said.append(self.next_entry(id))
                said = Correction(NOON + timedelta(days=3), "It rained.")
                return ArticleCorrected(structs.replace(self.edition(id), corrections=(said,)))
            case _:
                return ArticleUpdated(self.edition(id))

    def next_entry(self, id: str) -> str:
        return f"{id}~{self.versions[ARTICLE.stream(id)] + 1}"

    def edition(self, id: str) -> Edition:
        """Often in another section, with other tags; always at the moment of the first."""
        random, earlier = self.random, self.editions.get(id)
        content = Content(
            headline="Rain",
            section=random.choice(SECTIONS),
            tags=tuple(random.sample(TAGS, random.randrange(3))),
            writers=tuple(random.sample(WRITERS, random.randrange(3))),
            source=random.choice(SOURCES),
        )
        at = earlier.published_at if earlier else random.choice(MOMENTS)
        self.editions[id] = Edition(slug=id, published_at=at, updated_at=at, content=content)
        return self.editions[id]

    # What stands where, by the plain words of it.

    def shown(self, filters: dict[str, str]) -> set[str]:
        return {id for id in self.public if self.matches(self.editions[id].content, filters)}

    def matches(self, content: Content, filters: dict[str, str]) -> bool:
        tags = {"rain", "pluie"} if self.merged else {filters.get("tag", "")}
        return (
            ("section" not in filters or filters["section"] in self.above(content.section))
            and ("tag" not in filters or bool(tags & set(content.tags)))
            and ("writer" not in filters or filters["writer"] in content.writers)
            and ("source" not in filters or filters["source"] == content.source)
        )

    def above(self, slug: str | None) -> Iterator[str]:
        while slug is not None:
            yield slug
            slug = self.parents.get(slug)

    def of_day(self, day: date) -> set[str]:
        return {id for id in self.public if day_of(self.editions[id].published_at) == day}


def day_of(at: datetime) -> date:
    return at.astimezone(ZONE).date()


class Walk:
    """`standing`: what stands in the list now; `page`: the next one after a cursor."""

    def __init__(self, standing: Callable[[], set[str]], page: Callable[[str | None], Page]) -> None:
        self.standing = standing
        self.page = page
        self.throughout = standing()
        self.seen: list[str] = []
        self.after: str | None = None
        self.goes_on = True

    def step(self) -> None:
        ids, self.after = self.page(self.after)
        self.seen += ids
        self.goes_on = self.after is not None

    def step_on(self) -> None:
        if self.goes_on:
            self.step()

    def look(self) -> None:
        if self.goes_on:
            self.throughout &= self.standing()


def walks(world: World) -> list[Walk]:
    one_each = {"section": SECTIONS, "tag": TAGS, "writer": WRITERS, "source": ["Wire"]}
    several = [
        {kind: world.random.choice(names) for kind, names in one_each.items() if world.random.random() < 0.5}
        for _ in range(4)
    ]
    asked: list[dict[str, str]] = [
        {},
        {"section": "world"},
        {"tag": "rain"},
        {"section": "world", "tag": "rain"},
        *several,
    ]
    return [
        *(latest_walk(world, filters) for filters in asked),
        *(day_walk(world, day) for day in DAYS),
        Walk(lambda: set(world.said), lambda after: corrections_page(world, after)),
    ]


def latest_walk(world: World, filters: dict[str, str]) -> Walk:
    def page(after: str | None) -> Page:
        found = latest.read(world.store, SITE, limit=world.random.randrange(1, 5), after=after, **filters)
        assert found is not None
        return [card.id for card in found.items], found.next

    return Walk(lambda: world.shown(filters), page)


def day_walk(world: World, day: date) -> Walk:
    def page(after: str | None) -> Page:
        found = archive.read_day(world.store, SITE, day, limit=world.random.randrange(1, 4), after=after)
        assert found.articles == len(world.of_day(day))
        return [card.id for card in found.items], found.next

    return Walk(lambda: world.of_day(day), page)


def corrections_page(world: World, after: str | None) -> Page:
    limit = world.random.randrange(1, 4)
    found = corrections.read(world.store, SITE, limit=limit, after=after)
    assert found is not None
    keys = world.store.page([[corrections.EVERYTHING]], after, limit)
    assert [one.article.id for one in found.items] == [key[17:].partition("~")[0] for key in keys]
    return [key[17:] for key in keys], found.next


def walk_while_the_newsroom_works(store: Store, seed: int) -> None:
    world = World(store, seed)
    walking = walks(world)
    for _ in range(STEPS):
        world.random.choice([world.change, world.random.choice(walking).step_on])()
        for walk in walking:
            walk.look()
    for walk in walking:
        while walk.goes_on:
            walk.step()
        assert len(walk.seen) == len(set(walk.seen))
        assert walk.throughout <= set(walk.seen)


@settings(UNHURRIED, max_examples=50)
@for_all(seeds)
def test_every_page_of_every_list_comes_once_on_sqlite(seed: int) -> None:
    with closing(SQLiteStore(":memory:")) as store:
        walk_while_the_newsroom_works(store, seed)


@settings(UNHURRIED, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@for_all(seed=seeds)
def test_every_page_of_every_list_comes_once_on_redis(redis: str, seed: int) -> None:
    with closing(RedisStore(redis, "site")) as store:
        store.clear()
        walk_while_the_newsroom_works(store, seed)
