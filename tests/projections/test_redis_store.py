"""What only a store that others share over the network does."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from projections.redis_store import RedisStore
from projections.store import Moved, Place, Put, Reads


@pytest.fixture
def site(redis: str) -> Iterator[RedisStore]:
    with closing(RedisStore(redis, "site")) as store:
        yield store


@pytest.fixture
def search(redis: str) -> Iterator[RedisStore]:
    with closing(RedisStore(redis, "search")) as store:
        yield store


def test_an_answer_that_batches_never_leave_in_peace_is_given_up(site: RedisStore) -> None:
    def question(reads: Reads) -> None:
        site.apply([], reads.position(), reads.position() + 1)

    with pytest.raises(Moved):
        site.read(question)


def test_who_waits_for_a_batch_that_is_there_goes_on_at_once(site: RedisStore) -> None:
    site.apply([], 0, 7)
    site.wait(0, seconds=4)
    assert site.position() == 7


def test_groups_lie_side_by_side(site: RedisStore, search: RedisStore) -> None:
    site.apply([Put("card", "a1", b"{}"), Place("a1", "1:a1", ("latest",))], 0, 7)
    search.apply([Put("card", "a1", b"[]")], 0, 3)
    site.clear()
    assert list(site.dump()) == [("position", "0")]
    assert list(search.dump()) == [("position", "3"), ("document", "card", "a1", "[]")]
