"""Steps are taken when their moment has come: each once, in order, by whoever is there, and late if nobody was."""

import multiprocessing
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import pytest

from cms import newsroom as rooms
from cms.history import opened
from cms.newsroom import Newsroom
from cms.scheduler import ARTICLES_AT_ONCE, LOOKED_EVERY, RESTED, Scheduler
from domain.article import (
    ArticleEmbargoed,
    ArticlePublished,
    ArticleStepFailed,
    ArticleStepTaken,
    ArticleUnpublished,
    ArticleUpdated,
    Status,
    StepAct,
)
from domain.recorded import Recorded
from domain.rules import Change
from domain.scheduling import ScheduleStep
from tests.cms.database import events_table, run
from tests.cms.desk import (
    DEADLINE_SECONDS,
    NEVER_SECONDS,
    NOON,
    Clock,
    draft,
    furnish,
    publish,
    recorded,
    revise,
    together,
    unpublish,
    until,
)
from tests.cms.proxy import in_front_of

ONE, TWO, THREE = (NOON + timedelta(hours=hours) for hours in (1, 2, 3))
INSTANT = timedelta(microseconds=1)
DUE = 100
MANY = 600
# The pool of connections waits half a minute for a server, and tries again ever more seldom.
NOTICED_SECONDS = 180.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(events_url: str, clock: Clock) -> Iterator[Newsroom]:
    """A newsroom whose clock stands until it is set."""
    with rooms.opened(events_url, clock, roll_up_seconds=NEVER_SECONDS) as room:
        furnish(room)
        yield room


@pytest.fixture
def other_room(room: Newsroom, events_url: str, clock: Clock) -> Iterator[Newsroom]:
    """Another process's, on the same history."""
    with rooms.opened(events_url, clock, roll_up_seconds=NEVER_SECONDS) as other:
        yield other


def step(due_at: datetime, act: StepAct = StepAct.PUBLISH, article: str = "a1") -> ScheduleStep:
    id = f"{act}-{due_at.isoformat()}"
    return ScheduleStep(article_id=article, step_id=id, act=act, due_at=due_at, at=NOON)


def plan(room: Newsroom, due_at: datetime, act: StepAct = StepAct.PUBLISH, article: str = "a1") -> None:
    room.execute(step(due_at, act, article), "ann")


def drafts_due(room: Newsroom, due_ats: Sequence[datetime], prefix: str = "a") -> list[str]:
    """Articles, each with a moment at which it is to be published."""
    ids = [f"{prefix}{n}" for n in range(len(due_ats))]
    answers = [room.submit(draft(id, f"Rain, {id}"), "ann") for id in ids]
    answers += [room.submit(step(due_at, article=id), "ann") for id, due_at in zip(ids, due_ats, strict=True)]
    for answer in answers:
        answer.result(DEADLINE_SECONDS)
    return ids


def take_due(room: Newsroom) -> timedelta:
    return Scheduler(room).take_due()


def of_steps(room: Newsroom) -> list[Recorded]:
    kinds = (ArticleStepTaken, ArticleStepFailed)
    return [one for one in recorded(room.history) if isinstance(one.event, kinds)]


def require_each_published_once(room: Newsroom, ids: list[str]) -> None:
    for kind in (ArticleStepTaken, ArticlePublished):
        assert Counter(one.id for one in recorded(room.history, kind)) == dict.fromkeys(ids, 1)
    assert recorded(room.history, ArticleStepFailed) == []


@contextmanager
def running(room: Newsroom) -> Iterator[Scheduler]:
    scheduler = Scheduler(room)
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.close()


# When.


def test_a_step_is_taken_when_its_moment_has_come_and_not_an_instant_before(room: Newsroom, clock: Clock) -> None:
    room.execute(draft(), "ann")
    plan(room, ONE)
    clock.now = ONE - INSTANT
    take_due(room)
    assert room.article("a1").status is Status.DRAFT
    clock.now = ONE
    take_due(room)
    assert room.article("a1").status is Status.PUBLISHED
    assert [one.by for one in of_steps(room)] == ["system:schedule"]


def test_what_a_step_does_is_recorded_in_one_breath_with_it(room: Newsroom, clock: Clock) -> None:
    room.execute(draft(), "ann")
    plan(room, ONE)
    clock.now = ONE
    take_due(room)
    taken, claimed, published = recorded(room.history)[-3:]
    assert [type(one.event).__name__ for one in (taken, claimed, published)] == [
        "ArticleStepTaken",
        "SlugClaimed",
        "ArticlePublished",
    ]
    assert taken.command == claimed.command == published.command
    assert isinstance(published.event, ArticlePublished)
    assert published.event.edition.slug == "rain-at-last"


def test_several_steps_of_an_article_are_taken_in_order_even_if_all_are_late(room: Newsroom, clock: Clock) -> None:
    room.execute(draft(), "ann")
    plan(room, ONE)
    plan(room, THREE, StepAct.UNPUBLISH)
    plan(room, TWO, StepAct.UPDATE)
    clock.now = ONE
    take_due(room)
    room.execute(revise({"standfirst": "It pours."}), "ann")
    clock.now = THREE
    take_due(room)
    kinds = (ArticlePublished, ArticleUpdated, ArticleUnpublished)
    done = [type(one.event) for one in recorded(room.history) if isinstance(one.event, kinds)]
    assert done == list(kinds)
    assert room.article("a1").steps == ()


def test_what_was_due_while_nobody_was_there_is_done_at_once_in_the_order_of_its_moments(
    events_url: str, clock: Clock
) -> None:
    late = [ONE + timedelta(minutes=(7 * n) % 60) for n in range(20)]
    with rooms.opened(events_url, clock) as before:
        furnish(before)
        ids = drafts_due(before, late)
        before.execute(step(ONE + timedelta(minutes=30, seconds=1), StepAct.UNPUBLISH, "a0"), "ann")
    clock.now = THREE
    with rooms.opened(events_url, clock) as room:
        take_due(room)
        in_order = [ids[n] for n in sorted(range(20), key=lambda n: (late[n], ids[n]))]
        assert [one.id for one in recorded(room.history, ArticlePublished)] == in_order
        place = [one.id for one in of_steps(room)]
        assert place[0] == "a0"
        assert place.index("a0", 1) == sum(at <= ONE + timedelta(minutes=30) for at in late)


def test_the_order_of_moments_holds_beyond_what_is_looked_at_in_one_go(room: Newsroom, clock: Clock) -> None:
    moments = [ONE + timedelta(seconds=n) for n in range(ARTICLES_AT_ONCE + 20)]
    ids = drafts_due(room, moments)
    # Its second step comes after many others' first.
    room.execute(step(moments[-1] + INSTANT, StepAct.UNPUBLISH, ids[0]), "ann")
    clock.now = TWO
    take_due(room)
    assert [one.id for one in of_steps(room)] == [*ids, ids[0]]


@pytest.mark.parametrize(
    "due_at",
    [
        # Berlin's clocks: an hour that never came, and one that came twice.
        datetime.fromisoformat("2026-03-29T01:59:59+01:00"),
        datetime.fromisoformat("2026-03-29T03:00:00+02:00"),
        datetime.fromisoformat("2025-10-26T02:30:00+02:00"),
        datetime.fromisoformat("2025-10-26T02:30:00+01:00"),
        datetime.fromisoformat("2028-02-29T00:00:00+01:00"),
    ],
    ids=["before the gap", "after the gap", "the first 02:30", "the second 02:30", "a leap day"],
)
def test_a_step_is_taken_at_its_moment_whatever_clocks_on_walls_do(
    room: Newsroom, clock: Clock, due_at: datetime
) -> None:
    room.execute(draft(), "ann")
    plan(room, due_at)
    clock.now = due_at.astimezone(UTC) - INSTANT
    take_due(room)
    assert of_steps(room) == []
    clock.now += INSTANT
    take_due(room)
    assert [one.at for one in recorded(room.history, ArticlePublished)] == [due_at]


def test_both_of_two_hours_with_one_name_are_kept_apart(room: Newsroom, clock: Clock) -> None:
    first, second = (datetime.fromisoformat(f"2025-10-26T02:30:00+0{offset}:00") for offset in (2, 1))
    room.execute(draft(), "ann")
    plan(room, first)
    plan(room, second, StepAct.UNPUBLISH)
    clock.now = first.astimezone(UTC)
    take_due(room)
    assert room.article("a1").status is Status.PUBLISHED
    clock.now = second.astimezone(UTC)
    take_due(room)
    assert room.article("a1").status is Status.UNPUBLISHED


def test_the_scheduler_looks_again_when_the_next_step_is_due_and_soon_in_any_case(room: Newsroom, clock: Clock) -> None:
    room.execute(draft(), "ann")
    plan(room, ONE)
    assert take_due(room) == LOOKED_EVERY
    clock.now = ONE - timedelta(milliseconds=70)
    assert take_due(room) == timedelta(milliseconds=70)


# What fails.


def test_a_step_that_fails_says_so_and_holds_up_no_other(room: Newsroom, clock: Clock) -> None:
    ids = drafts_due(room, [ONE, TWO])
    room.execute(draft("b1"), "ann")
    plan(room, ONE, article="b1")
    plan(room, ONE + INSTANT, StepAct.UPDATE, "b1")
    clock.now = ONE
    take_due(room)
    room.execute(unpublish("b1"), "ann")
    clock.now = TWO
    take_due(room)
    assert {one.id for one in recorded(room.history, ArticlePublished)} == {*ids, "b1"}
    (failed,) = room.article("b1").failed
    assert failed.reason == "To update an article, it must be published; this one is unpublished."


def test_a_step_of_an_article_whose_embargo_ends_later_fails(room: Newsroom, clock: Clock) -> None:
    room.execute(draft(), "ann")
    plan(room, ONE)
    # No command sets such an embargo; a history from elsewhere may hold one.
    recorded_elsewhere(room, Change("article:a1", ArticleEmbargoed(TWO)))
    clock.now = ONE
    take_due(room)
    (failed,) = room.article("a1").failed
    assert failed.reason == f"There is an embargo until {TWO.isoformat()}."
    assert room.article("a1").status is Status.DRAFT


def recorded_elsewhere(room: Newsroom, change: Change) -> None:
    version = room.history.version_of(change.stream) + 1
    event = Recorded(stream=change.stream, version=version, at=NOON, by="ann", command="c", event=change.event)
    room.history.record([event])


def test_an_article_that_cannot_be_read_is_left_for_a_while_and_holds_up_no_other(
    events_url: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with rooms.opened(events_url, clock) as before:
        furnish(before)
        ids = drafts_due(before, [ONE] * 3)
    with rooms.opened(events_url, clock) as room:
        spoil(events_url, ids[1])
        clock.now = ONE
        scheduler = Scheduler(room)
        for _ in range(3):
            scheduler.take_due()
        assert [room.article(id).status for id in (ids[0], ids[2])] == [Status.PUBLISHED] * 2
        said = [record.getMessage() for record in caplog.records if record.name == "cms.scheduler"]
        assert said == ["The steps of article a1 cannot be taken; trying again later."]
        mend(events_url, ids[1])
        scheduler.take_due()
        assert room.article(ids[1]).status is Status.DRAFT
        clock.now = ONE + RESTED
        scheduler.take_due()
        require_each_published_once(room, ids)


def spoil(events_url: str, article: str) -> None:
    """What is stored of its draft is no JSON any more."""
    spoilt = "cast('!' || state as blob)" if events_url.startswith("sqlite:") else "'!'::bytea || state"
    of_draft = f"originator_id = 'article:{article}' and originator_version = 1"
    run(events_url, f"update {events_table(events_url)} set state = {spoilt} where {of_draft}")


def mend(events_url: str, article: str) -> None:
    mended = "cast(substr(state, 2) as blob)" if events_url.startswith("sqlite:") else "substring(state from 2)"
    of_draft = f"originator_id = 'article:{article}' and originator_version = 1"
    run(events_url, f"update {events_table(events_url)} set state = {mended} where {of_draft}")


def test_a_crowd_of_articles_that_rest_takes_nobodys_place(room: Newsroom, clock: Clock) -> None:
    resting = drafts_due(room, [ONE] * (ARTICLES_AT_ONCE + 1))
    (waiting,) = drafts_due(room, [ONE + INSTANT], prefix="z")
    clock.now = TWO
    scheduler = Scheduler(room)
    scheduler.resting = dict.fromkeys(resting, TWO + RESTED)
    scheduler.take_due()
    assert [one.id for one in recorded(room.history, ArticlePublished)] == [waiting]
    clock.now = TWO + RESTED
    scheduler.take_due()
    require_each_published_once(room, [*resting, waiting])


# Once.


def test_of_two_newsrooms_at_once_each_step_is_taken_by_one(room: Newsroom, other_room: Newsroom, clock: Clock) -> None:
    ids = drafts_due(room, [ONE] * DUE)
    clock.now = ONE
    together(*[partial(take_due, one) for one in (room, other_room)] * 2)
    require_each_published_once(room, ids)


def test_the_threads_of_two_newsrooms_take_each_step_once(room: Newsroom, other_room: Newsroom, clock: Clock) -> None:
    ids = drafts_due(room, [ONE + n * INSTANT for n in range(DUE)])
    with running(room), running(room), running(other_room), running(other_room):
        clock.now = TWO
        until(lambda: len(recorded(room.history, ArticlePublished)) >= DUE)
    take_due(room)
    require_each_published_once(room, ids)


def test_an_editor_and_the_scheduler_who_publish_at_once_publish_once(
    room: Newsroom, other_room: Newsroom, clock: Clock
) -> None:
    ids = drafts_due(room, [ONE] * 20)
    clock.now = ONE

    def by_hand() -> None:
        for id in reversed(ids):
            other_room.execute(publish(id, f"rain-{id}"), "ann")

    together(partial(take_due, room), by_hand)
    require_each_published_once(room, ids)


def test_a_process_that_is_killed_leaves_each_step_done_or_to_be_done(events_url: str, clock: Clock) -> None:
    with rooms.opened(events_url, clock) as before:
        furnish(before)
        ids = drafts_due(before, [ONE + n * INSTANT for n in range(MANY)])
    spawn = multiprocessing.get_context("spawn")
    with opened(events_url) as history:
        for killed_after in (1, MANY // 3):
            process = spawn.Process(target=serve_schedules, args=(events_url,))
            process.start()
            until(lambda after=killed_after: len(recorded(history, ArticleStepTaken)) >= after)  # type: ignore[misc]
            process.kill()
            process.join(DEADLINE_SECONDS)
    with rooms.opened(events_url) as room:
        take_due(room)
        require_each_published_once(room, ids)


def serve_schedules(events_url: str) -> None:
    """A process of its own, until it is killed."""
    with rooms.opened(events_url) as room, running(room) as scheduler:
        scheduler.join()


# The thread.


def test_a_thread_goes_on_when_the_database_is_back_and_says_once_that_it_was_away(
    postgres: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with in_front_of(postgres) as proxy:
        url = urlsplit(proxy.url)._replace(query="connect_timeout=1").geturl()
        with rooms.opened(url, clock, roll_up_seconds=NEVER_SECONDS) as room:
            furnish(room)
            ids = drafts_due(room, [ONE, TWO])
            with running(room) as scheduler:
                clock.now = ONE
                until(lambda: room.article(ids[0]).status is Status.PUBLISHED)
                proxy.disconnect()
                clock.now = TWO
                until(lambda: scheduler.away, NOTICED_SECONDS)
                proxy.reconnect()
                until(lambda: not scheduler.away, NOTICED_SECONDS)
                until(lambda: room.article(ids[1]).status is Status.PUBLISHED)
            require_each_published_once(room, ids)
    assert len([record for record in caplog.records if record.name == "cms.scheduler"]) == 1


def test_a_thread_that_waits_ends_at_once(room: Newsroom) -> None:
    scheduler = Scheduler(room)
    scheduler.start()
    scheduler.close()
    assert not scheduler.is_alive()
