"""The change feed: what is told, in which order, to whom, and from where on."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from cms import broadcast, changes
from cms.broadcast import Broadcast
from cms.settings import Settings
from domain.article import ArticlePublished, ArticleUpdated
from domain.role import Role
from domain.rules import Command
from domain.section import SetSection
from tests.domain import newsday
from tests.domain.any_events import UNHURRIED
from tests.domain.newsday import SECTIONS
from tests.web.deadline import until
from tests.web.house import Clock, House, followed, opened, problem
from tests.web.listening import Client, Connection, Event, read_afresh

BEAT_SECONDS = 0.01


def feed(house: House) -> Broadcast:
    found: Broadcast = house.door.app.state.broadcast
    return found


@pytest.fixture
def listened(house: House) -> House:
    feed(house).beat_seconds = BEAT_SECONDS
    return house


def told(house: House, query: str = "after=0", last_event_id: str | None = None) -> list[Event]:
    """All up to now, but for ids alone."""
    connection = Connection(house, query, last_event_id)
    connection.reached(house.head())
    return [event for event in connection.close() if event.name]


def act(house: House, id: str, act: str, **body: Any) -> None:
    answer = house.ask("POST", f"/editorial/articles/{id}/{act}", body or None, role=Role.ADMIN)
    assert answer.status_code == 200, answer.text


def arranged(house: House, *commands: Command) -> None:
    for command in commands:
        house.newsroom.execute(command, "test")


def names(found: list[Event]) -> list[str]:
    return [event.name for event in found]


def test_a_listener_hears_of_a_publication_as_it_happens_and_a_reading_after_it_shows_it(listened: House) -> None:
    connection = Connection(listened)
    connection.wait(len)
    id = listened.published(headline="Rain", section="energy")
    (event,) = connection.named(1)
    card = listened.read("/v1/latest")["items"][0]
    assert event.name == "published"
    assert event.data["position"] == event.id
    assert {name: event.data[name] for name in ("id", "slug", "url", "headline", "section", "updated_at")} == {
        name: card[name] for name in ("id", "slug", "url", "headline", "section", "updated_at")
    }
    assert event.data["version"] == listened.read(f"/v1/articles/{id}")["version"]
    connection.close()


def test_the_life_of_an_article_is_told_as_readers_saw_it(listened: House) -> None:
    id = listened.published(headline="Rain")
    listened.revise(id, 2, headline="More rain")
    listened.update(id, 3)
    listened.revise(id, 4, headline="Some rain")
    assert listened.ask(
        "POST", f"/editorial/articles/{id}/correct", {"note": "It was less."}, headers={"If-Match": '"5"'}
    ).is_success
    act(listened, id, "unpublish")
    listened.publish(id, 5)
    act(listened, id, "withdraw", notice="It never rained.")
    found = told(listened)
    assert names(found) == ["published", "updated", "updated", "withdrawn", "published", "withdrawn"]
    assert [event.data["headline"] for event in found[:3]] == ["Rain", "More rain", "Some rain"]
    assert [(event.data["kind"], event.data.get("note")) for event in found[1:3]] == [
        ("update", None),
        ("correction", "It was less."),
    ]
    assert [(event.data["reason"], event.data.get("notice"), event.data["section"]) for event in found[3::2]] == [
        ("unpublished", None, "nation"),
        ("withdrawn", "It never rained.", "nation"),
    ]
    assert sorted({event.id for event in found}) == [event.id for event in found]


@pytest.mark.parametrize("bound", ["AT_ONCE_MOST", "LOOKED_THROUGH_MOST"])
def test_what_is_read_in_pieces_is_told_whole(listened: House, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    monkeypatch.setattr(changes, bound, 1)
    id = listened.published(headline="Rain")
    act(listened, id, "unpublish")
    listened.publish(id, 2)
    act(listened, id, "unpublish")
    assert names(told(listened)) == ["published", "withdrawn", "published", "withdrawn"]


def test_views_and_drafts_are_told_to_nobody(listened: House) -> None:
    id = listened.published()
    head = listened.head()
    listened.view(id, times=3)
    until(lambda: listened.read(f"/v1/articles/{id}")["views"] == 3)
    listened.draft(headline="Not yet")
    assert told(listened, f"after={head}") == []


def test_an_id_without_data_carries_the_position_on(listened: House) -> None:
    connection = Connection(listened, "section=sport")
    connection.wait(len)
    listened.published(section="nation")
    found = connection.reached(listened.head())
    assert {(event.name, *event.data) for event in found} == {("",)}
    assert connection.received.startswith(b"retry: ")
    connection.close()


def test_the_last_event_id_beats_after_and_neither_means_from_now(listened: House) -> None:
    for headline in ("One", "Two"):
        listened.published(headline=headline)
    first, second = told(listened)
    assert told(listened, "after=0", str(first.id)) == [second]
    assert told(listened, f"after={second.id}", "0") == [first, second]
    assert told(listened, "") == []
    assert told(listened, f"after={first.id}", "") == [second]


@pytest.mark.parametrize(
    ("query", "last_event_id"), [("after=5000", None), ("", "5000"), ("after=0", "9" * 30), ("", "x"), ("", "-1")]
)
def test_whoever_is_beyond_the_history_begins_again_at_its_head(
    listened: House, query: str, last_event_id: str | None
) -> None:
    listened.published()
    connection = Connection(listened, query, last_event_id)
    (reset,) = connection.named(1)
    assert (reset.name, reset.id, reset.data["position"]) == ("reset", listened.head(), listened.head())
    listened.published(headline="Two")
    assert names(connection.named(2)) == ["reset", "published"]
    connection.close()


@pytest.mark.parametrize("after", ["x", "-1", "1.5", str(10**18)])
def test_what_is_no_position_is_refused(house: House, after: str) -> None:
    problem(house.get(f"/v1/changes?after={after}"), 400)


def test_there_is_no_feed_of_a_section_that_is_not_there(house: House) -> None:
    problem(house.get("/v1/changes?section=gardening"), 404)


def test_only_the_headers_are_told_to_whoever_asks_for_these(house: House) -> None:
    answer = house.client.head("/v1/changes?after=0")
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
    assert not {"etag", "surrogate-key", "content-encoding"} & set(answer.headers)


def test_a_section_hears_of_its_sub_sections(listened: House) -> None:
    for section in ("economy", "energy", "sport"):
        listened.published(headline=section, section=section)
    assert [event.data["headline"] for event in told(listened, "after=0&section=economy")] == ["economy", "energy"]
    assert [event.data["headline"] for event in told(listened, "after=0&section=energy")] == ["energy"]


def test_an_article_that_moves_leaves_one_section_and_comes_to_the_other(listened: House) -> None:
    id = listened.published(section="energy")
    head = listened.head()
    listened.revise(id, 2, section="sport")
    listened.update(id, 3)
    (left,) = told(listened, f"after={head}&section=economy")
    assert (left.name, left.data["reason"], left.data["section"], left.data["id"]) == (
        *("withdrawn", "moved", "energy"),
        id,
    )
    (came,) = told(listened, f"after={head}&section=sport")
    assert (came.name, came.data["section"]) == ("updated", "sport")
    assert names(told(listened, f"after={head}")) == ["updated"]


def test_who_listens_to_a_section_reads_afresh_when_another_comes_under_it(listened: House) -> None:
    id = listened.published(section="sport")
    connections = {
        section: Connection(listened, f"after=0&section={section}" if section else "after=0")
        for section in ("economy", "energy", "sport", "")
    }
    for connection in connections.values():
        connection.wait(len)
    arranged(listened, SetSection(slug="sport", name="Sport", parent="economy"))
    (reset,) = connections["economy"].named(1)
    assert (reset.name, reset.data["reason"]) == ("reset", "sections")
    assert listened.ids(f"/v1/latest?section=economy&min_position={reset.id}") == [id]
    listened.published(headline="Two", section="sport")
    assert names(connections["economy"].named(2)) == ["reset", "published"]
    for section, connection in connections.items():
        connection.reached(listened.head())
        assert ("reset" in names(connection.close())) is (section == "economy"), section
    arranged(listened, SetSection(slug="sport", name="Sport", position=9))
    assert "reset" not in names(told(listened, f"after={reset.id}&section=economy"))


def test_listeners_wait_while_the_read_models_are_made_anew(listened: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is told that a reading would not show, though it was told before."""
    for headline in ("One", "Two"):
        listened.published(headline=headline)
    assert len(told(listened)) == 2
    look = listened.reading.look
    monkeypatch.setattr(listened.reading, "look", lambda: None)
    listened.client.blocking_portal.call(setattr, listened.reading, "position", 0)
    connection = Connection(listened, "after=0")
    connection.wait(lambda found: len(found) >= 3)
    assert not any(names(connection.events))
    listened.published(headline="Three")
    until(lambda: listened.reading.store.position() >= listened.head())
    listened.client.blocking_portal.call(look)
    assert len(connection.named(3)) == 3
    connection.close()


def test_no_more_listen_than_there_is_room_for(listened: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcast, "LISTENERS_MOST", 1)
    first = Connection(listened)
    first.wait(len)
    answer = listened.get("/v1/changes")
    problem(answer, 503)
    assert answer.headers["retry-after"]
    first.close()
    second = Connection(listened)
    second.wait(len)
    second.close()


def test_nothing_is_left_of_listeners_that_went(listened: House) -> None:
    connections = [Connection(listened) for _ in range(20)]
    for connection in connections:
        connection.wait(len)
    assert len(feed(listened).listeners) == 20
    for connection in connections:
        connection.close()
    assert not feed(listened).listeners
    assert feed(listened).following is None
    assert not feed(listened).reads.tasks


def test_a_listener_that_takes_nothing_is_let_go(listened: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcast, "STALLED_SECONDS", 0.02)
    connection = Connection(listened)
    connection.wait(len)
    listened.client.blocking_portal.call(connection.takes.clear)
    until(lambda: connection.answered.done())
    assert not feed(listened).listeners


def test_who_is_far_behind_reads_the_history_in_pieces(listened: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cms.changes.AT_ONCE_MOST", 2)
    monkeypatch.setattr("cms.changes.LOOKED_THROUGH_MOST", 5)
    monkeypatch.setattr(broadcast, "RECENT_POSITIONS", 3)
    monkeypatch.setattr(broadcast, "RECENT_CHANGES_MOST", 4)
    monkeypatch.setattr(broadcast, "CHUNK_BYTES", 500)
    staying = Connection(listened, "after=0")
    ids = [listened.published(headline=f"Report {n}") for n in range(12)]
    found = told(listened)
    assert [event.data["id"] for event in found] == ids
    assert staying.named(12) == found
    assert len(feed(listened).recent.changes) <= 4
    staying.close()


def test_what_lies_side_by_side_in_the_history_is_told_once_wherever_it_is_cut(
    listened: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast, "CHUNK_BYTES", 600)
    id = listened.published()
    (published,) = listened.newsroom.history.after(listened.head() - 1, 1)
    assert isinstance(published.event, ArticlePublished)
    updated = structs.replace(published, event=ArticleUpdated(published.event.edition))
    listened.newsroom.history.record([structs.replace(updated, version=version) for version in range(3, 8)])
    listened.read(f"/v1/latest?min_position={listened.head()}")
    whole = Connection(listened, "after=0")
    found = [event for event in whole.reached(listened.head()) if event.name]
    whole.close()
    assert [event.data["version"] for event in found] == [2, 3, 4, 5, 6, 7], id
    for most in range(20, len(whole.received), 17):
        cut = Connection(listened, "after=0", most=most)
        cut.wait(lambda _: False)
        came = cut.close()
        last_id = str(came[-1].id) if came else None
        assert [event for event in came if event.name] + told(listened, "after=0", last_id) == found, most


# Whatever happens, and wherever it is cut.

COMMANDS = 25
cuts = st.lists(st.one_of(st.integers(30, 700), st.integers(700, 5_000)), max_size=4)


class Site:
    """A newspaper at work, and clients that come and go."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.day = newsday.opened(seed)
        self.recorded = 0
        feed(house).beat_seconds = BEAT_SECONDS
        self.record()
        self.clients = [Client(section) for section in (None, *SECTIONS)]

    def work(self, commands: int) -> None:
        self.day.pass_by(commands)
        self.record()

    def record(self) -> None:
        new = self.day.events[self.recorded :]
        self.recorded = len(self.day.events)
        if new:
            self.house.newsroom.history.record(new)
        self.house.read(f"/v1/latest?min_position={self.house.head()}")

    def check(self, client: Client) -> None:
        client.catch_up(self.house)
        assert client.articles == read_afresh(self.house, client.section), client.section


def lived_through(site: Site, which: int, cuts: list[int]) -> None:
    client = site.clients[which]
    for most in cuts:
        connection = client.connect(site.house, most)
        site.work(COMMANDS)
        connection.reached(site.house.head())
        client.take(site.house, connection.close())
    site.work(COMMANDS)
    site.check(client)


@pytest.fixture
def site(embedded: Settings, clock: Clock) -> Iterator[Site]:
    with opened(embedded, {}, clock) as house:
        yield Site(house, seed=7)


@settings(UNHURRIED, max_examples=15, suppress_health_check=list(HealthCheck))
@given(which=st.integers(0, len(SECTIONS)), cuts=cuts)
def test_a_client_cut_at_any_byte_ends_where_a_fresh_reading_does(site: Site, which: int, cuts: list[int]) -> None:
    lived_through(site, which, cuts)


def test_clients_that_come_back_late_end_there_too(site: Site) -> None:
    for _ in range(6):
        site.work(60)
        for client in site.clients:
            connection = client.connect(site.house, site.day.random.randrange(30, 3_000))
            connection.reached(site.house.head())
            client.take(site.house, connection.close())
    for client in site.clients:
        site.check(client)
    assert any(client.resets for client in site.clients[1:])
    assert not site.clients[0].resets


def test_a_client_of_shared_stores_ends_there_too(shared: Settings, clock: Clock) -> None:
    with followed(shared), opened(shared, {}, clock) as house:
        site = Site(house, seed=11)
        for which, most in enumerate([40, 333, 1_200, 2_500, 77]):
            lived_through(site, which, [most, 2 * most])
