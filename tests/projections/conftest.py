from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from domain.rules import Change
from projections.redis_store import RedisStore
from projections.sqlite_store import SQLiteStore
from projections.store import Reads, Store
from tests.projections.told import follow, told

Open = Callable[[pytest.FixtureRequest], Store]

# A store that several processes share is opened again and again on what lies there already.
SHARED: dict[str, Open] = {
    "sqlite in a file": lambda request: SQLiteStore.at(f"{request.getfixturevalue('tmp_path')}/new/reads.db"),
    "redis": lambda request: RedisStore(request.getfixturevalue("redis"), "site"),
}
STORES: dict[str, Open] = {"sqlite in memory": lambda request: SQLiteStore(":memory:"), **SHARED}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Each of the stores, empty."""
    with closing(STORES[request.param](request)) as store:
        yield store


@pytest.fixture
def stores(request: pytest.FixtureRequest) -> Iterator[list[Store]]:
    """All of the stores, empty."""
    with ExitStack() as open_stores:
        yield [open_stores.enter_context(closing(opened(request))) for opened in STORES.values()]


@pytest.fixture(params=SHARED)
def openings(request: pytest.FixtureRequest) -> Iterator[list[Store]]:
    """Four ways into one store, as four processes have them."""
    with ExitStack() as open_stores:
        yield [open_stores.enter_context(closing(SHARED[request.param](request))) for _ in range(4)]


@pytest.fixture
def site() -> Iterator[Callable[..., Reads]]:
    """Gives a site that has read these changes."""
    with ExitStack() as open_stores:

        def read(*changes: Change) -> Reads:
            store = open_stores.enter_context(closing(SQLiteStore(":memory:")))
            follow(store, told(*changes))
            return store

        yield read
