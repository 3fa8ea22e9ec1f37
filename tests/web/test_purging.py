"""A CDN is told what to drop, by whoever keeps the read models up to date."""

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Event as Flag

import pytest
from click.testing import CliRunner
from msgspec import structs

from cms import answers, cli, reading, surrogates
from cms.answers import EVERY_ANSWER
from cms.purge import HEADER_BYTES_MOST, KEYS_AT_ONCE_MOST, KEYS_MOST, SETTLED_SECONDS, Purge, Purger, due, portions
from cms.settings import BadSetting, PurgeHook, Settings, from_environment
from projections.sqlite_store import TOUCHED_BATCHES_KEPT, SQLiteStore
from projections.store import Add, Put
from tests.web import cdn as cdns
from tests.web.cdn import Cdn
from tests.web.conftest import ROLL_UP_SECONDS
from tests.web.deadline import until
from tests.web.house import Clock, House, Tokens, followed, opened

SECRET = "a-secret-of-the-cdn"


@pytest.fixture
def cdn() -> Iterator[Cdn]:
    with cdns.opened() as cdn:
        yield cdn


@pytest.fixture
def purging(embedded: Settings, cdn: Cdn) -> Settings:
    return structs.replace(embedded, purge_url=cdn.url, purge_header=f"Authorization: Bearer {SECRET}")


@pytest.fixture
def shown(purging: Settings, tokens: Tokens, clock: Clock, cdn: Cdn) -> Iterator[House]:
    """Behind a CDN that has been told everything."""
    with opened(purging, tokens, clock, ROLL_UP_SECONDS) as house:
        until(lambda: cdn.taken)
        cdn.taken.clear()
        yield house


def test_a_cdn_drops_everything_at_the_start(purging: Settings, tokens: Tokens, clock: Clock, cdn: Cdn) -> None:
    with opened(purging, tokens, clock) as house:
        until(lambda: cdn.taken)
        assert cdn.taken[0].keys == [EVERY_ANSWER]
        assert cdn.taken[0].position == house.head()
        assert EVERY_ANSWER in house.get("/v1/latest").headers["surrogate-key"].split()


def test_a_cdn_drops_what_a_publication_touched(shown: House, cdn: Cdn) -> None:
    id = shown.published(headline="Rain", tags=["River"], source="An agency")
    keys = set(shown.get(f"/v1/articles/{id}").headers["surrogate-key"].split())
    until(lambda: cdn.dropped(f"article:{id}", "latest", "section:nation", "tag:river", "source:An%20agency"))
    assert cdn.taken[-1].position == shown.head()
    assert cdn.taken[-1].headers["Authorization"] == f"Bearer {SECRET}"
    cdn.taken.clear()
    shown.unpublish(id)
    until(lambda: cdn.taken)
    assert keys & set(cdn.taken[0].keys)
    assert EVERY_ANSWER not in cdn.taken[0].keys


def test_a_cdn_is_told_once_every_process_has_dropped_what_it_kept(shown: House, cdn: Cdn) -> None:
    before = time.monotonic()
    id = shown.published()
    until(lambda: cdn.dropped(f"article:{id}"))
    told = next(told for told in cdn.taken if f"article:{id}" in told.keys)
    assert told.at - before >= SETTLED_SECONDS > reading.LOOKED_EVERY_SECONDS


def test_what_no_reader_sees_is_not_told(shown: House, cdn: Cdn) -> None:
    shown.draft()
    id = shown.published()
    until(lambda: cdn.dropped(f"article:{id}"))
    shown.view(id)
    until(lambda: cdn.dropped("popular"))
    told = {key for one in cdn.taken for key in one.keys}
    assert not [key for key in told if key.startswith("views:") or key == "figures"]


def test_a_publication_tells_only_keys_that_answers_bear(shown: House, cdn: Cdn) -> None:
    id = shown.published(headline="Rain", tags=["River"], source="An agency")
    until(lambda: cdn.dropped(f"article:{id}"))
    told = {key for one in cdn.taken for key in one.keys}
    paths = ("/v1/articles/by-slug/rain", "/v1/latest?section=nation&source=An+agency", "/v1/latest", "/v1/tags")
    part = f"/sitemap.xml?part={shown.clock():%Y-%m}"
    borne = {key for path in (*paths, part) for key in shown.get(path).headers["surrogate-key"].split()}
    # Those that stand for more than fifty lists of their kind.
    assert told - borne == {"source:", "tag:"}


def test_what_a_cdn_did_not_take_is_told_again_with_what_came_since(shown: House, cdn: Cdn) -> None:
    cdn.statuses = [503, 302]
    one = shown.published(headline="Rain")
    until(lambda: len(cdn.asked) > 1)
    other = shown.published(headline="Snow")
    until(lambda: cdn.taken)
    assert {f"article:{one}", f"article:{other}"} <= set(cdn.taken[0].keys)
    assert not cdn.statuses, "a redirect counts as a refusal"


def test_what_comes_while_a_cdn_takes_its_time_is_told_together(shown: House, cdn: Cdn) -> None:
    cdn.open.clear()
    shown.published(headline="Rain")
    until(lambda: len(cdn.asked) == 2)
    ids = [shown.published(headline=f"Snow {n}") for n in range(3)]
    assert set(ids) <= set(shown.ids("/v1/latest")), "nobody waits for a CDN"
    cdn.open.set()
    until(lambda: len(cdn.taken) == 2)
    assert {f"article:{id}" for id in ids} <= set(cdn.taken[1].keys)


def test_whoever_takes_over_has_everything_dropped(purging: Settings, tokens: Tokens, clock: Clock, cdn: Cdn) -> None:
    with ExitStack() as first:
        one = first.enter_context(opened(purging, tokens, clock))
        until(lambda: cdn.taken)
        with opened(purging, tokens, clock) as other:
            id = one.published()
            until(lambda: cdn.dropped(f"article:{id}"))
            assert [told.keys for told in cdn.taken].count([EVERY_ANSWER]) == 1, "one tells for all"
            cdn.taken.clear()
            first.close()
            until(lambda: cdn.taken)
            assert cdn.taken[0].keys == [EVERY_ANSWER]
            id = other.published(headline="Snow")
            until(lambda: cdn.dropped(f"article:{id}"))


def test_after_a_rebuild_everything_is_dropped(
    purging: Settings, cdn: Cdn, monkeypatch: pytest.MonkeyPatch, tokens: Tokens
) -> None:
    for name in ("events", "reads", "purge_url", "purge_header"):
        monkeypatch.setenv(f"CHRONICLE_{name.upper()}", getattr(purging, name))
    assert CliRunner().invoke(cli.main, ["rebuild", "site"]).exit_code == 0
    assert [told.keys for told in cdn.taken] == [[EVERY_ANSWER]]
    cdn.statuses = [401]
    refused = CliRunner().invoke(cli.main, ["rebuild", "site"])
    assert (refused.exit_code, "401" in refused.output, SECRET in refused.output) == (1, True, False)


def test_read_models_that_stand_elsewhere_have_everything_dropped() -> None:
    store = SQLiteStore(":memory:")
    store.apply([], 0, 5)
    store.clear()
    assert due(store, 5) == Purge((EVERY_ANSWER,), 0)
    store.apply([], 0, 7)
    assert due(store, 5) == Purge((EVERY_ANSWER,), 7)


def test_shared_read_models_are_told_of_by_whoever_follows(
    shared: Settings, shared_tokens: Tokens, clock: Clock, cdn: Cdn
) -> None:
    purging = structs.replace(shared, purge_url=cdn.url)
    with followed(purging), opened(purging, shared_tokens, clock) as house:
        until(lambda: cdn.taken)
        assert cdn.taken[0].keys == [EVERY_ANSWER]
        id = house.published()
        until(lambda: cdn.dropped(f"article:{id}", "latest"))
        until(lambda: house.get("/v1/latest").headers["surrogate-control"].startswith("max-age=86400"))


def test_a_secret_is_written_nowhere(caplog: pytest.LogCaptureFixture, cdn: Cdn, purging: Settings) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"{cdn.url}?token={SECRET}"
    hook = PurgeHook(url, {"Fastly-Key": SECRET})
    cdn.statuses = [403, 403]
    for address in (url, "http://127.0.0.1:1/" + SECRET):
        purger = Purger(structs.replace(hook, url=address), purging.reads, Flag(), told_after_seconds=0)
        purger.follows.set()
        purger.start()
        until(lambda: "was not told" in caplog.text)
        purger.close()
        assert SECRET not in caplog.text
        assert "127.0.0.1" not in "".join(one.getMessage() for one in caplog.records if one.name == "cms.purge")
        caplog.clear()
    assert SECRET not in repr(hook) + repr(purging) + str(structs.replace(purging, purge_url=url))


# What is told at once.


def test_many_keys_go_in_several_requests() -> None:
    keys = [f"article:{n}" for n in range(KEYS_AT_ONCE_MOST + 1)] + ["source:" + "x" * 3_000 + str(n) for n in range(5)]
    told = list(portions(keys))
    assert [key for portion in told for key in portion] == keys
    for portion in told:
        assert len(portion) <= KEYS_AT_ONCE_MOST
        assert len(" ".join(portion)) <= HEADER_BYTES_MOST
    assert list(portions([])) == []


def test_of_too_many_keys_everything_is_dropped() -> None:
    store = SQLiteStore(":memory:")
    store.apply([Put("card", str(n), b"{}") for n in range(KEYS_MOST)], 0, 1)
    few = due(store, 0)
    assert few is not None
    assert len(few.keys) == KEYS_MOST
    store.apply([Put("card", "one-more", b"{}")], 1, 2)
    assert due(store, 0) == Purge((EVERY_ANSWER,), 2)
    assert due(store, 1) == Purge(("article:one-more",), 2)
    assert due(store, 2) is None


def test_where_nobody_knows_what_was_touched_everything_is_dropped() -> None:
    store = SQLiteStore(":memory:")
    for position in range(TOUCHED_BATCHES_KEPT + 2):
        store.apply([], position, position + 1)
    assert due(store, 0) == due(store, None) == Purge((EVERY_ANSWER,), TOUCHED_BATCHES_KEPT + 2)


def test_of_counts_only_what_is_popular_is_told() -> None:
    store = SQLiteStore(":memory:")
    store.apply([Add("a1", 1, 1), Add("bot:a1", 1, 1)], 0, 1)
    assert due(store, 0) == Purge(("popular",), 1)


# How long a CDN keeps what.


def test_without_a_cdn_nothing_is_said_to_one(house: House) -> None:
    for path in ("/v1/latest", "/v1/popular", "/v1/sections", f"/v1/articles/{house.published()}"):
        assert "surrogate-control" not in house.get(path).headers


def test_a_cdn_keeps_answers_for_a_day_and_views_for_a_minute(shown: House) -> None:
    id = shown.published()
    day, minute = (f"max-age={n}, stale-while-revalidate=10, stale-if-error=86400" for n in (86_400, 60))
    for path, told in (("latest", day), ("sections", day), (f"articles/{id}/ninjs", day), (f"articles/{id}", minute)):
        response = shown.get(f"/v1/{path}")
        assert response.headers["surrogate-control"] == told, path
        again = shown.get(f"/v1/{path}", if_none_match=response.headers["etag"])
        assert (again.status_code, again.headers["surrogate-control"]) == (304, told)
    assert "surrogate-control" not in shown.get("/v1/popular").headers


def test_what_is_related_is_fetched_anew_for_no_cdn_is_told_of_words(shown: House) -> None:
    path = f"/v1/articles/{shown.published(headline='Bridge closed', section='energy')}/related"
    assert shown.ids(path) == []
    assert shown.get(path).headers["surrogate-control"].startswith("max-age=60,")


@pytest.mark.parametrize("left", [1.0, 19.9, 20.0, 61.0, 7_200.0, 86_400.0, 172_801.0, 10.0**9])
@pytest.mark.parametrize("keys", [{"latest"}, {"latest", "views:a1"}])
def test_nobody_has_an_answer_that_has_ended(left: float, keys: set[str]) -> None:
    now = 1_700_000_000.0
    told = surrogates.for_a_cdn(answers.answer(b"{}", frozenset(keys), now + left), now)
    seconds = int(told.surrogate_control.removeprefix(b"max-age=").partition(b",")[0] or 0)
    assert told.until + seconds <= now + left
    assert told.until > now
    assert b"stale" not in told.surrogate_control


# Settings.


def test_a_purge_is_set_by_address_and_header() -> None:
    told = from_environment(
        {"CHRONICLE_PURGE_URL": "https://cdn.example/x", "CHRONICLE_PURGE_HEADER": "Fastly-Key: a b"}
    )
    assert told.purge_hook == PurgeHook("https://cdn.example/x", {"Fastly-Key": "a b"})
    assert from_environment({}).purge_hook is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("URL", "ftp://cdn.example/"),
        ("URL", "http://[cdn/"),
        ("HEADER", SECRET),
        ("HEADER", f"Key: {SECRET}\nOther: x"),
        ("HEADER", f"Key: {SECRET}\u2028"),
        ("HEADER", f"Host: {SECRET}"),
        ("HEADER", f": {SECRET}"),
    ],
)
def test_a_purge_that_cannot_be_meant_is_refused_without_repeating_it(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        from_environment({"CHRONICLE_PURGE_URL": "https://cdn.example", f"CHRONICLE_PURGE_{name}": value})
    assert f"CHRONICLE_PURGE_{name}" in str(refused.value)
    assert SECRET not in str(refused.value)
