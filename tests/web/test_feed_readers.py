"""Programs that read feeds get what they expect."""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest

from tests.web.house import House
from tests.web.wire import on_a_port

FEEDS = [f"/feeds/{name}.{form}" for name in ("latest", "section/nation", "writer/ann") for form in ("rss", "atom")]
NEWSBOAT = shutil.which("newsboat")


@pytest.fixture
def id(house: House) -> str:
    return house.published(headline="Rain & wind", writers=["ann"], body=[{"kind": "paragraph", "text": "It *rains*."}])


@pytest.fixture
def wire(house: House, id: str) -> Iterator[tuple[str, list[int]]]:
    with on_a_port(house) as found:
        yield found


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_feedparser_reads_each_feed_and_then_hears_that_nothing_changed(wire: tuple[str, list[int]]) -> None:
    for path in FEEDS:
        found = feedparser.parse(wire[0] + path)
        assert (found.status, found.bozo) == (200, False), path
        (entry,) = found.entries
        assert (entry.title, entry.author) == ("Rain & wind", "Ann Ash")
        assert entry.id.startswith("urn:uuid:")
        assert entry.link == "https://post.example/nation/rain-wind"
        assert entry.content[0].value == "<p>It <em>rains</em>.</p>"
        assert (entry.published_parsed[:5], entry.updated_parsed[:5]) == ((2024, 5, 14, 12, 0),) * 2
        assert feedparser.parse(wire[0] + path, etag=found.etag).status == 304


@pytest.mark.skipif(NEWSBOAT is None, reason="newsboat is not installed")
@pytest.mark.parametrize("form", ["rss", "atom"])
def test_newsboat_stores_an_item_once(
    house: House, id: str, wire: tuple[str, list[int]], tmp_path: Path, form: str
) -> None:
    cache = tmp_path / "cache.db"

    def reloaded() -> list[tuple[str, str]]:
        (tmp_path / "urls").write_text(f"{wire[0]}/feeds/latest.{form}\n")
        (tmp_path / "config").write_text("")
        files = ("-u", tmp_path / "urls", "-C", tmp_path / "config", "-c", cache)
        # Its other files lie in a home of its own.
        subprocess.run([str(NEWSBOAT), *map(str, files), "-x", "reload"], env={"HOME": str(tmp_path)}, check=True)
        with sqlite3.connect(cache) as db:
            return db.execute("select guid, title from rss_item").fetchall()

    ((guid, title),) = reloaded()
    assert title == "Rain & wind"
    assert reloaded() == [(guid, title)]
    house.clock.forward(hours=1)
    house.update(id, house.revise(id, 2, slug="another-address", section="sport", headline="Wind")["version"])
    assert [guid for guid, _ in reloaded()] == [guid]
    assert wire[1][0] == 200
