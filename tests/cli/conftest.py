from pathlib import Path

import pytest

from tests.cli.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """On the embedded default."""
    return Home(tmp_path, {"EVENTS": f"sqlite:///{tmp_path}/events.db", "READS": f"sqlite:///{tmp_path}/reads.db"})


@pytest.fixture
def shared_home(tmp_path: Path, postgres: str, redis: str) -> Home:
    """On PostgreSQL and Redis."""
    return Home(tmp_path, {"EVENTS": postgres, "READS": redis, "SEARCH": str(tmp_path / "search")})
