"""Several processes write to one history: nothing is lost, taken twice, or answered from what stood before."""

import multiprocessing
from collections import Counter
from contextlib import suppress
from functools import partial
from itertools import count
from multiprocessing.synchronize import Barrier

from cms import newsroom as rooms
from cms.history import opened
from cms.newsroom import Newsroom
from domain.article import ArticlePublished, ArticleRevised
from domain.body import Paragraph
from domain.rules import Outdated, Refused
from domain.section import SetSection
from domain.slug import SlugClaimed
from domain.tag import MergeTag, SetTag
from domain.writer import SetWriter
from tests.cms.database import standstill
from tests.cms.desk import (
    DEADLINE_SECONDS,
    draft,
    publish,
    recorded,
    revise,
    together,
    unpublish,
    until,
)

PROCESSES = 4
FILES = 10
WRITERS = 8
ROUNDS = 10
REVISIONS_EACH = 30

# One for each writer.
FIELDS: dict[str, list[object]] = {
    "headline": [f"Rain, day {n}" for n in range(REVISIONS_EACH)],
    "standfirst": [f"It rained {n} times." for n in range(REVISIONS_EACH)],
    "source": [f"Agency {n}" for n in range(REVISIONS_EACH)],
    "slug": [f"rain-{n}" for n in range(REVISIONS_EACH)],
    "tags": [(f"rain-{n}",) for n in range(REVISIONS_EACH)],
    "writers": [("ann-lee",) * (n % 2) for n in range(1, REVISIONS_EACH + 1)],
    "section": [("sport", "world")[n % 2] for n in range(REVISIONS_EACH)],
    "body": [(Paragraph(id="p1", text=f"Drop {n}."),) for n in range(REVISIONS_EACH)],
}


def test_what_another_newsroom_recorded_since_is_seen_before_anything_is_answered(
    newsroom: Newsroom, other_newsroom: Newsroom
) -> None:
    newsroom.execute(draft(), "ann")
    for _ in range(5):
        assert newsroom.execute(publish(), "ann").events
        assert other_newsroom.execute(unpublish(), "bo").events
    assert other_newsroom.execute(unpublish(), "bo").events == 0


def test_what_another_newsroom_recorded_just_before_a_save_is_seen_after_it(
    newsroom: Newsroom, other_newsroom: Newsroom, events_url: str
) -> None:
    newsroom.execute(draft(), "ann")
    for n in range(ROUNDS):
        assert newsroom.execute(publish(), "ann").events
        with standstill(events_url):
            theirs = other_newsroom.submit(unpublish(), "bo")
            until(lambda: not other_newsroom.committer.waiting)
            mine = newsroom.submit(draft(f"b{n}"), "ann")
            until(lambda: not newsroom.committer.waiting)
        assert theirs.result().events == mine.result().events == 1
    assert newsroom.execute(publish(), "ann").events


def test_writers_who_change_different_fields_of_an_article_at_once_lose_nothing(
    newsroom: Newsroom, other_newsroom: Newsroom
) -> None:
    assert len(FIELDS) == WRITERS
    newsroom.execute(draft(), "ann")
    other_newsroom.execute(SetSection(slug="sport", name="Sport"), "ann")

    def write(room: Newsroom, field: str) -> list[int]:
        return [room.execute(revise({field: value}), field).version for value in FIELDS[field]]

    desks = zip(FIELDS, (newsroom, other_newsroom) * 4, strict=True)
    versions = together(*(partial(write, room, field) for field, room in desks))

    revisions = [one for one in recorded(newsroom.history, ArticleRevised) if one.stream == "article:a1"]
    assert sorted(version for mine in versions for version in mine) == [one.version for one in revisions]
    assert [one.version for one in revisions] == list(range(2, len(revisions) + 2))
    assert Counter(one.by for one in revisions) == dict.fromkeys(FIELDS, REVISIONS_EACH)
    content = newsroom.article("a1").content
    assert content is not None
    assert {field: getattr(content, field) for field in FIELDS} == {field: said[-1] for field, said in FIELDS.items()}


def test_of_strict_changes_at_once_those_made_on_an_older_version_are_refused_and_no_other(
    newsroom: Newsroom, events_url: str
) -> None:
    newsroom.execute(draft(), "ann")

    def write(writer: int) -> list[tuple[int, int]]:
        """Which version each accepted change was made on, and which it became."""
        accepted: list[tuple[int, int]] = []
        with rooms.opened(events_url) as room:
            for attempt in count():
                if len(accepted) == REVISIONS_EACH // 3:
                    return accepted
                made_on = room.article("a1").version
                change = revise({"standfirst": f"Writer {writer}, attempt {attempt}."}, made_on=made_on)
                with suppress(Outdated):
                    accepted.append((made_on, room.execute(change, f"writer-{writer}").version))
        raise AssertionError

    accepted = sorted(pair for mine in together(*(partial(write, n) for n in range(WRITERS))) for pair in mine)
    assert accepted == [(n, n + 1) for n in range(1, len(accepted) + 1)]
    assert newsroom.history.version_of("article:a1") == len(accepted) + 1 == WRITERS * (REVISIONS_EACH // 3) + 1


def test_each_article_gets_an_address_of_its_own_however_many_claim_one_at_once(
    newsroom: Newsroom, other_newsroom: Newsroom
) -> None:
    def write(number: int) -> None:
        room = (newsroom, other_newsroom)[number % 2]
        for n in range(5):
            room.execute(draft(f"a{number}x{n}"), "ann")
            room.execute(publish(f"a{number}x{n}"), "ann")

    together(*(partial(write, number) for number in range(WRITERS)))
    claimed = {one.id: one.event.article_id for one in recorded(newsroom.history) if isinstance(one.event, SlugClaimed)}
    published = {
        one.event.edition.slug: one.id for one in recorded(newsroom.history) if isinstance(one.event, ArticlePublished)
    }
    assert len(published) == WRITERS * 5
    assert published == claimed


def test_of_two_moves_at_once_that_would_make_a_circle_one_is_refused(
    newsroom: Newsroom, other_newsroom: Newsroom
) -> None:
    for n in range(ROUNDS):
        for slug in (f"north-{n}", f"south-{n}"):
            newsroom.execute(SetSection(slug=slug, name=slug), "ann")
        moves = ((newsroom, f"north-{n}", f"south-{n}"), (other_newsroom, f"south-{n}", f"north-{n}"))
        accepted = together(*(partial(moved, *move) for move in moves))
        assert sorted(accepted) == [False, True]


def test_two_tags_merged_into_each_other_at_once_make_no_circle(newsroom: Newsroom, other_newsroom: Newsroom) -> None:
    for n in range(ROUNDS):
        for slug in (f"rain-{n}", f"showers-{n}"):
            newsroom.execute(SetTag(slug=slug, name=slug), "ann")
        merges = ((newsroom, f"rain-{n}", f"showers-{n}"), (other_newsroom, f"showers-{n}", f"rain-{n}"))
        accepted = together(*(partial(merged, *merge) for merge in merges))
        assert sorted(accepted) == [False, True]


def merged(newsroom: Newsroom, slug: str, into: str) -> bool:
    try:
        newsroom.execute(MergeTag(slug=slug, into=into), "ann")
    except Refused:
        return False
    return True


def moved(newsroom: Newsroom, slug: str, parent: str) -> bool:
    try:
        newsroom.execute(SetSection(slug=slug, name=slug, parent=parent), "ann")
    except Refused:
        return False
    return True


def test_processes_that_start_at_once_on_an_empty_database_all_record(events_url: str) -> None:
    # PostgreSQL would refuse all but one each time, SQLite only now and then.
    empty = [f"{events_url}.{n}" for n in range(FILES)] if events_url.startswith("sqlite:") else [events_url]
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Barrier(PROCESSES)
    processes = [spawn.Process(target=start_and_record, args=(empty, start, n)) for n in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(DEADLINE_SECONDS)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    for url in empty:
        with opened(url) as history:
            assert {one.stream for one in recorded(history)} == {f"writer:ann-{n}" for n in range(PROCESSES)}


def start_and_record(empty: list[str], start: Barrier, number: int) -> None:
    try:
        for url in empty:
            start.wait(DEADLINE_SECONDS)
            with rooms.opened(url) as newsroom:
                newsroom.execute(SetWriter(slug=f"ann-{number}", name="Ann"), "admin")
    except BaseException:
        # The others need not wait for this one.
        start.abort()
        raise
