"""Kept answers: in bounded memory, and made once for all who ask together."""

import asyncio
from collections.abc import Iterator
from contextlib import closing

import pytest

from cms.answers import ENTRY_BYTES, KEPT_BYTES_MOST, NEVER, Answer, KeptAnswers, answer
from cms.reading import Reading
from projections.sqlite_store import SQLiteStore

LARGE = KEPT_BYTES_MOST // 20
MOST = KEPT_BYTES_MOST // (2 * LARGE + ENTRY_BYTES)


def large(name: str) -> Answer:
    return answer(bytes(LARGE), frozenset({name, "all of them"}), NEVER)


def place(name: str) -> tuple[str, bytes]:
    return f"/v1/{name}", b""


def now() -> float:
    return 0.0


def names(kept: KeptAnswers) -> list[str]:
    return [path.removeprefix("/v1/") for path, _ in kept.answers]


def test_the_oldest_make_room() -> None:
    kept = KeptAnswers()
    for number in range(2 * MOST):
        kept.keep(place(str(number)), large(str(number)))
    assert names(kept) == [str(number) for number in range(MOST, 2 * MOST)]
    assert kept.bytes <= KEPT_BYTES_MOST
    assert set(kept.by_key) == {*names(kept), "all of them"}


def test_those_that_are_asked_for_stay_when_others_come_and_go() -> None:
    kept = KeptAnswers()
    kept.keep(place("hot"), large("hot"))
    for number in range(5 * MOST):
        assert kept.get(place("hot"), now)
        kept.keep(place(str(number)), large(str(number)))
    assert "hot" in names(kept)
    assert len(names(kept)) == MOST


def test_what_another_thread_finds_at_hand_stays_too_and_what_has_ended_is_not_there() -> None:
    kept = KeptAnswers()
    kept.keep(place("hot"), large("hot"))
    for number in range(5 * MOST):
        assert kept.at_hand(place("hot"), now)
        kept.keep(place(str(number)), large(str(number)))
    assert "hot" in names(kept)
    kept.keep(place("ended"), answer(b"", frozenset(), until=0.0))
    assert kept.at_hand(place("ended"), now) is None
    assert "ended" in names(kept)
    assert kept.asked_again <= set(kept.answers)


def test_nothing_is_left_of_what_was_touched() -> None:
    kept = KeptAnswers()
    for name in ("a", "b"):
        kept.keep(place(name), large(name))
        kept.get(place(name), now)
    kept.touch({"a", "nothing"})
    assert names(kept) == ["b"]
    kept.touch({"all of them"})
    assert (kept.answers, dict(kept.by_key), kept.asked_again, kept.bytes) == ({}, {}, set(), 0)


@pytest.fixture
def reading() -> Iterator[Reading]:
    with closing(SQLiteStore(":memory:")) as store:
        yield Reading(store)


class Cook:
    """Makes answers as slowly as the others let it, and counts them."""

    def __init__(self) -> None:
        self.made = 0

    async def __call__(self) -> Answer:
        self.made += 1
        await asyncio.sleep(0)
        return answer(b"%d" % self.made, frozenset(), NEVER)


def test_of_many_who_ask_together_one_makes_the_answer(reading: Reading) -> None:
    async def ask() -> list[Answer]:
        return await asyncio.gather(*(reading.once(place("latest"), cook) for _ in range(100)))

    cook = Cook()
    assert {one.body for one in asyncio.run(ask())} == {b"1"}
    assert (cook.made, reading.made.tasks) == (1, {})


def test_who_asks_after_a_change_does_not_get_what_was_begun_before(reading: Reading) -> None:
    async def ask() -> list[bytes]:
        before = asyncio.create_task(reading.once(place("latest"), cook))
        await asyncio.sleep(0)
        reading.position += 1
        return [(await one).body for one in (asyncio.create_task(reading.once(place("latest"), cook)), before)]

    cook = Cook()
    assert asyncio.run(ask()) == [b"2", b"1"]


def test_who_goes_away_does_not_take_it_from_the_others(reading: Reading) -> None:
    async def ask() -> bytes:
        first = asyncio.create_task(reading.once(place("latest"), cook))
        second = asyncio.create_task(reading.once(place("latest"), cook))
        await asyncio.sleep(0)
        first.cancel()
        return (await second).body

    cook = Cook()
    assert asyncio.run(ask()) == b"1"


def test_a_failure_is_everybodys_and_the_next_one_tries_again(reading: Reading) -> None:
    async def fail() -> Answer:
        await asyncio.sleep(0)
        raise LookupError

    async def ask() -> list[object]:
        return await asyncio.gather(*(reading.once(place("latest"), fail) for _ in range(3)), return_exceptions=True)

    cook = Cook()
    assert [type(one) for one in asyncio.run(ask())] == [LookupError] * 3
    assert asyncio.run(reading.once(place("latest"), cook)).body == b"1"
