"""Read models that another version made are made anew, not misread."""

import sqlite3
from contextlib import closing
from pathlib import Path

from redis import Redis

from projections.redis_store import RedisStore
from projections.sqlite_store import SQLiteStore
from projections.store import SHAPE, Place, Put, Store

# As files were laid out before they said so.
EARLIER = """
create table document (kind text, id text, document blob, primary key (kind, id)) without rowid;
create table member (list text, key text, primary key (list, key)) without rowid;
create table place (id text primary key, key text, lists text) without rowid;
create table position (position integer);
insert into member values ('latest', '1:a1');
insert into position values (7);
"""


def fill(store: Store) -> None:
    store.apply([Put("card", "a1", b"{}"), Place("a1", "1:a1", ("latest",))], 0, 7)


def test_a_file_of_another_shape_is_as_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "reads.db"
    with closing(sqlite3.connect(path)) as file:
        file.executescript(EARLIER)
    with closing(SQLiteStore(str(path))) as store:
        assert list(store.dump()) == [("position", "0")]
        assert store.touched_since(7) is None
        fill(store)
        assert store.size(["latest"]) == [1]


def test_a_file_of_this_shape_is_left_as_it_is(tmp_path: Path) -> None:
    path = str(tmp_path / "reads.db")
    with closing(SQLiteStore(path)) as store:
        fill(store)
    with closing(SQLiteStore(path)) as store:
        assert (store.position(), store.fits()) == (7, True)


def test_shared_read_models_say_their_shape(redis: str) -> None:
    with closing(RedisStore(redis, "site")) as store, Redis.from_url(redis) as server:
        assert store.fits()
        fill(store)
        assert store.fits()
        server.set(store.key("shape"), SHAPE - 1)
        assert not store.fits()
        server.delete(store.key("shape"))
        assert not store.fits()
        store.clear()
        assert store.fits()
