"""What holds for any history: read in any batches it is the same, and readers see what the newsroom published."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.article import ARTICLE, Article, Status
from domain.content import Content, Edition
from domain.recorded import AnyEvent, Recorded
from domain.section import SECTION, Section
from domain.tag import TAG
from domain.views import ViewsCounted
from projections import articles, latest, popular, site, tags
from projections.follow import catch_up
from projections.redis_store import RedisStore
from projections.sqlite_store import SQLiteStore
from projections.store import Store
from tests.domain.any_events import UNHURRIED
from tests.domain.newsday import ARTICLES, FIRST_BUCKET, SECTIONS, SLUGS_OF_TAGS, WRITERS, Newsday, opened
from tests.projections.told import SITE, follow, history, rebuilt

COMMANDS = 150
AS_OF = datetime.fromtimestamp(FIRST_BUCKET * 10, UTC)
NO_SECTION = Section()

seeds = st.integers(0, 2**32)


def follow_in_random_batches(store: Store, events: Sequence[Recorded], random: Random) -> None:
    while store.position() != events[-1].position:
        stop = random.choice(events).position
        catch_up(history(events), store, site.project, until=stop, batch=random.randrange(1, 40))
        if random.random() < 0.1:
            catch_up(history(events), store, site.project, batch=random.randrange(1, 40))


@settings(UNHURRIED, max_examples=40)
@for_all(seeds)
def test_followed_in_any_batches_equals_rebuilt_in_one(seed: int) -> None:
    day = opened(seed)
    events = day.pass_by(COMMANDS)
    with closing(SQLiteStore(":memory:")) as store:
        follow_in_random_batches(store, events, day.random)
        assert list(store.dump()) == rebuilt(events)


@settings(UNHURRIED, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@for_all(seed=seeds)
def test_redis_holds_the_same_as_sqlite(redis: str, seed: int) -> None:
    day = opened(seed)
    events = day.pass_by(COMMANDS)
    with closing(RedisStore(redis, "site")) as store:
        store.clear()
        follow_in_random_batches(store, events, day.random)
        assert list(store.dump()) == rebuilt(events)


def public(day: Newsday) -> dict[str, Edition]:
    folded: dict[str, Article] = {id: day.fold(ARTICLE, id) for id in ARTICLES}
    return {
        id: article.edition
        for id, article in folded.items()
        if article.status is Status.PUBLISHED and article.edition is not None
    }


def within(day: Newsday, section: str, above: str) -> bool:
    """Whether the section is the one above, or part of it."""
    parent: str | None = section
    while parent is not None and parent != above:
        parent = day.fold(SECTION, parent).parent
    return parent == above


def led(day: Newsday, tag: str) -> str:
    """The tag that stands for this one."""
    while into := day.fold(TAG, tag).into:
        tag = into
    return tag


def matches(day: Newsday, content: Content, filters: dict[str, str]) -> bool:
    return (
        ("section" not in filters or within(day, content.section, filters["section"]))
        and ("tag" not in filters or led(day, filters["tag"]) in {led(day, tag) for tag in content.tags})
        and ("writer" not in filters or filters["writer"] in content.writers)
        and ("source" not in filters or filters["source"] == content.source)
    )


def any_filters(random: Random) -> dict[str, str]:
    choices = {"section": SECTIONS, "tag": SLUGS_OF_TAGS, "writer": WRITERS, "source": ["Agence"]}
    return {kind: random.choice(slugs) for kind, slugs in choices.items() if random.random() < 0.4}


@settings(UNHURRIED, max_examples=40)
@for_all(seeds)
def test_readers_see_what_is_published_and_nothing_else(seed: int) -> None:
    day = opened(seed)
    with closing(SQLiteStore(":memory:")) as store:
        follow(store, day.pass_by(COMMANDS))
        editions = public(day)
        for filters in [{}, *(any_filters(day.random) for _ in range(10))]:
            answer = latest.read(store, SITE, limit=100, **filters)
            expected = [id for id, edition in editions.items() if matches(day, edition.content, filters)]
            assert answer is not None
            assert [card.id for card in answer.items] == sorted(
                expected, key=lambda id: (editions[id].published_at, id), reverse=True
            )
        for id in ARTICLES:
            article = articles.read(store, id, SITE)
            shown = article and (article.slug, article.headline, article.body)
            edition = editions.get(id)
            assert shown == (edition and (edition.slug, edition.content.headline, edition.content.body))
            stood: Article = day.fold(ARTICLE, id)
            assert (articles.notice(store, id) is not None) == (stood.status is Status.WITHDRAWN)


@settings(UNHURRIED, max_examples=40)
@for_all(seeds)
def test_tags_have_the_articles_of_all_that_leads_to_them_each_once(seed: int) -> None:
    day = opened(seed)
    with closing(SQLiteStore(":memory:")) as store:
        follow(store, day.pass_by(COMMANDS))
        contents = [edition.content for edition in public(day).values()]
        carried = Counter(tag for content in contents for tag in {led(day, tag) for tag in content.tags})
        named = {tag: day.fold(TAG, tag).name for tag in carried}
        assert {tag.slug: (tag.name, tag.articles) for tag in tags.read(store)} == {
            slug: (name, carried[slug]) for slug, name in named.items() if name
        }
        for id, edition in public(day).items():
            article = articles.read(store, id, SITE)
            assert article is not None
            shown = dict.fromkeys(led(day, tag) for tag in edition.content.tags)
            assert [tag.slug for tag in article.tags] == [slug for slug in shown if named[slug]]


@pytest.mark.parametrize("window", popular.WINDOWS)
@settings(UNHURRIED, max_examples=10)
@for_all(seed=seeds)
def test_the_most_read_are_as_often_read_as_was_counted(window: str, seed: int) -> None:
    day = opened(seed)
    with closing(SQLiteStore(":memory:")) as store:
        follow(store, day.pass_by(COMMANDS))
        length = popular.WINDOWS[window]
        editions, counted = public(day), Counter[str]()
        for recorded in day.events:
            if isinstance(recorded.event, ViewsCounted):
                for by_bucket in (recorded.event.counts, *recorded.event.unsure.values()):
                    for bucket, counts in by_bucket.items():
                        if length is None or bucket > FIRST_BUCKET - length:
                            counted.update({id: count for id, count in counts.items() if id in editions})
        if length is None:
            counted.update({id: day.fold(ARTICLE, id).views_carried_over for id in editions})
        answer = popular.read(store, SITE, AS_OF, window=window)
        assert answer is not None
        assert {card.id: card.views for card in answer.items} == +counted


def test_of_the_events_that_are_passed_over_no_reader_sees_anything() -> None:
    """And of all others, some reader does: what is decoded is just what is needed."""
    stored = Path(__file__).parent.parent / "domain" / "stored_events.jsonl"
    for line in stored.read_bytes().splitlines():
        event = msgspec.json.decode(line, type=Told).event
        name = type(event).__name__
        recorded = Recorded(stream="any:id", version=1, at=AS_OF, by="ann", command="c", event=event, position=1)
        assert bool(site.project(recorded)) is (name not in site.PASSED_OVER), name


class Told(msgspec.Struct):
    event: AnyEvent
