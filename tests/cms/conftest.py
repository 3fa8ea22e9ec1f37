from collections.abc import Iterator
from pathlib import Path

import pytest

from cms import newsroom as rooms
from cms.newsroom import Newsroom
from tests.cms.desk import NEVER_SECONDS, furnish


@pytest.fixture(params=["sqlite", "postgres"])
def events_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty history on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'events.db'}"
    url: str = request.getfixturevalue("postgres")
    return url


@pytest.fixture
def newsroom(events_url: str) -> Iterator[Newsroom]:
    """With a section and a writer."""
    with rooms.opened(events_url, roll_up_seconds=NEVER_SECONDS) as newsroom:
        furnish(newsroom)
        yield newsroom


@pytest.fixture
def other_newsroom(newsroom: Newsroom, events_url: str) -> Iterator[Newsroom]:
    """Another process's newsroom on the same history."""
    with rooms.opened(events_url, roll_up_seconds=NEVER_SECONDS) as other:
        yield other
