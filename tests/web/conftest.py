from collections.abc import Iterator
from pathlib import Path

import pytest

from cms.settings import Settings
from tests.web.house import ZONE, Clock, House, Tokens, followed, hired, opened

ROLL_UP_SECONDS = 0.05


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def embedded(tmp_path: Path) -> Settings:
    return Settings(
        events=f"sqlite:///{tmp_path}/events.db",
        reads=f"sqlite:///{tmp_path}/reads.db",
        title="The Ferry Post",
        base_url="https://post.example",
        timezone=ZONE,
    )


@pytest.fixture
def shared(postgres: str, redis: str, tmp_path: Path) -> Settings:
    return Settings(
        events=postgres,
        reads=redis,
        base_url="https://post.example",
        timezone=ZONE,
        search=str(tmp_path / "search"),
    )


@pytest.fixture
def tokens(embedded: Settings, clock: Clock) -> Tokens:
    return hired(embedded, clock)


@pytest.fixture
def shared_tokens(shared: Settings, clock: Clock) -> Tokens:
    return hired(shared, clock)


@pytest.fixture
def house(embedded: Settings, tokens: Tokens, clock: Clock) -> Iterator[House]:
    """On the embedded default; views are rolled up at once."""
    with opened(embedded, tokens, clock, ROLL_UP_SECONDS) as house:
        yield house


@pytest.fixture
def shared_house(shared: Settings, shared_tokens: Tokens, clock: Clock) -> Iterator[House]:
    """On PostgreSQL and Redis, with a follower."""
    with followed(shared), opened(shared, shared_tokens, clock, ROLL_UP_SECONDS) as house:
        yield house


@pytest.fixture(params=["embedded", "shared"])
def two(request: pytest.FixtureRequest, clock: Clock) -> Iterator[tuple[House, House]]:
    """Two processes that serve the same site."""
    settings: Settings = request.getfixturevalue(request.param)
    tokens: Tokens = request.getfixturevalue("tokens" if request.param == "embedded" else "shared_tokens")
    with opened(settings, tokens, clock) as one, opened(settings, tokens, clock) as other:
        if settings.embedded:
            yield one, other
        else:
            with followed(settings):
                yield one, other
