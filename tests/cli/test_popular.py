"""An editor asks what the lists would be under other rules, and nothing changes by it."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cms.ids import new_id
from domain.recorded import Recorded
from domain.views import BUCKET_SECONDS, VIEWS, Counts, ViewsCounted
from tests.agents import BROWSER, CRAWLER
from tests.cli.home import SECTION, Home, article
from tests.web.deadline import until

Ids = Mapping[str, str]


def counted(home: Home, event: ViewsCounted) -> None:
    with home.newsroom() as room:
        stream = VIEWS.stream(new_id())
        recorded = Recorded(
            stream=stream, version=1, at=datetime.now(UTC), by="system:views", command=new_id(), event=event
        )
        room.history.record([recorded])


def bucket(**ago: float) -> int:
    return int((datetime.now(UTC) - timedelta(**ago)).timestamp()) // BUCKET_SECONDS


def by_name(home: Home) -> Ids:
    """The ids of the articles, by headline."""
    found = {}
    for recorded in home.events():
        if type(recorded.event).__name__ == "ArticleDrafted":
            found[recorded.event.content.headline] = recorded.id  # type: ignore[union-attr]
    return found


@pytest.fixture
def ids(home: Home) -> Ids:
    """Rain was read by people today, Frost by a crawler today, Flood by people two days ago."""
    return furnish(home)


def furnish(home: Home) -> Ids:
    city = {"type": "section", "slug": "city", "name": "City", "parent": "nation"}
    sport = {"type": "section", "slug": "sport", "name": "Sport"}
    home.imported(
        SECTION,
        city,
        sport,
        article("x-1", headline="Rain"),
        article("x-2", headline="Frost", section="city"),
        article("x-3", headline="Flood", section="sport", views=1000),
    )
    ids = by_name(home)
    today: Counts = {bucket(minutes=5): {ids["Rain"]: 5, ids["Flood"]: 1}}
    before: Counts = {bucket(hours=47): {ids["Flood"]: 30}}
    crawled: Counts = {bucket(minutes=1): {ids["Frost"]: 9}}
    unsure: Counts = {bucket(minutes=1): {ids["Rain"]: 2}}
    event = ViewsCounted({**today, **before}, bots={"Googlebot": crawled}, unsure={"curl": unsure}, rules="1")
    counted(home, event)
    return ids


def asked(home: Home, *options: str | Path) -> Any:
    return json.loads(home.done("popular", "--json", *options).stdout)


def listed(home: Home, *options: str | Path) -> list[tuple[str, int, str]]:
    return [(line["headline"], line["count"], line["change"]) for line in asked(home, *options)["items"]]


def bots(home: Home, *lines: str) -> Path:
    path = home.folder / "bots.txt"
    path.write_text("\n".join(lines))
    return path


def test_without_other_rules_it_is_the_live_list(home: Home, ids: Ids) -> None:
    assert listed(home) == [("Rain", 7, "="), ("Flood", 1, "=")]
    assert [name for name, *_ in listed(home, "--list", "trending")] == ["Rain", "Flood"]


def test_another_window_is_held_against_the_live_one(home: Home, ids: Ids) -> None:
    assert listed(home, "--window", "2d") == [("Flood", 31, "+1"), ("Rain", 7, "-1")]
    assert listed(home, "--window", "2d", "--against", "7d") == [("Flood", 31, "="), ("Rain", 7, "=")]
    assert listed(home, "--window", "90m", "--against", "1h") == [("Rain", 7, "="), ("Flood", 1, "=")]
    assert listed(home, "--window", "all")[0] == ("Flood", 1031, "+1")
    gone = asked(home, "--window", "3m")["gone"]
    assert [(line["headline"], line["live_rank"], line["rank"]) for line in gone] == [("Flood", 2, None)]


def test_another_bot_list_lets_recorded_agents_in_or_out(home: Home, ids: Ids) -> None:
    nobody = bots(home, "# Nobody is a bot.", "")
    assert listed(home, "--bots", nobody) == [("Frost", 9, "new"), ("Rain", 7, "-1"), ("Flood", 1, "-1")]
    strict = bots(home, "  GOOGLE", "curl  ")
    assert listed(home, "--bots", strict) == [("Rain", 5, "="), ("Flood", 1, "=")]
    assert listed(home, "--unsure", "leave-out") == [("Rain", 5, "="), ("Flood", 1, "=")]


def test_a_section_holds_what_is_part_of_it(home: Home, ids: Ids) -> None:
    nobody = bots(home)
    assert [name for name, *_ in listed(home, "--bots", nobody, "--section", "nation")] == ["Frost", "Rain"]
    assert listed(home, "--bots", nobody, "--section", "city", "--limit", "1") == [("Frost", 9, "new")]


def test_another_fading_is_held_against_the_live_one(home: Home, ids: Ids) -> None:
    answer = asked(home, "--list", "trending", "--fading", "1440")
    assert [(line["headline"], line["rank"], line["live_rank"]) for line in answer["items"]] == [
        ("Rain", 1, 1),
        ("Flood", 2, 2),
    ]
    assert answer["items"][1]["count"] > 10 * answer["items"][1]["live_count"]
    assert answer["asked"]["fading_minutes"] == 1440


def test_the_lists_of_a_moment_that_is_past(home: Home, ids: Ids) -> None:
    then = datetime.now(UTC) - timedelta(days=1)
    answer = asked(home, "--at", then.isoformat())
    assert [(line["headline"], line["count"]) for line in answer["items"]] == [("Flood", 30)]
    as_of = datetime.fromisoformat(answer["as_of"])
    assert as_of <= then < as_of + timedelta(seconds=BUCKET_SECONDS)


def test_the_table_shows_both_lists_side_by_side(home: Home, ids: Ids) -> None:
    rules, heading, *lines = home.done("popular", "--window", "2d", "--limit", "1").stdout.splitlines()
    assert rules.startswith("popular, 2d, as of ")
    assert rules.endswith("; live: 24h")
    assert heading.split() == ["rank", "live", "change", "views", "live", "views", "headline"]
    assert [line.split() for line in lines] == [
        ["1", "2", "new", "31", "1", "Flood"],
        ["-", "1", "gone", "7", "7", "Rain"],
    ]


def test_a_headline_is_shown_and_not_obeyed(home: Home) -> None:
    home.imported(SECTION, article(headline="[red]Rain[/red] \u202edna"))
    (id,) = by_name(home).values()
    counted(home, ViewsCounted({bucket(): {id: 1}}))
    (line,) = home.done("popular").stdout.splitlines()[2:]
    assert line.rstrip().endswith("[red]Rain[/red]  dna")


def test_a_site_that_nobody_read_has_an_empty_list(home: Home) -> None:
    home.imported(SECTION, article())
    assert "Nobody read anything then." in home.done("popular").stdout
    assert asked(home)["items"] == []


def test_nothing_is_written(home: Home, ids: Ids) -> None:
    home.done("popular")
    before = files(home)
    for options in ([], ["--list", "trending"], ["--bots", bots(home)], ["--at", "2020-01-01T00:00Z"]):
        home.done("popular", *options)
    (home.folder / "bots.txt").unlink()
    assert files(home) == before


def files(home: Home) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in home.folder.rglob("*") if path.is_file()}


def test_a_crawler_that_a_running_server_left_out_can_be_let_in(home: Home) -> None:
    home.imported(SECTION, article("x-1", headline="Rain"), article("x-2", headline="Frost"))
    ids = by_name(home)
    with home.serving() as server:
        for name, agent in (("Rain", BROWSER), ("Frost", CRAWLER), ("Frost", CRAWLER)):
            viewed = server.client.post(f"/v1/articles/{ids[name]}/views", headers={"User-Agent": agent})
            assert viewed.status_code == 204
        until(lambda: server.read("/v1/popular")["items"])
        assert listed(home) == [("Rain", 1, "=")]
        assert listed(home, "--bots", bots(home, "bingbot")) == [("Frost", 2, "new"), ("Rain", 1, "-1")]
        assert [item["headline"] for item in server.read("/v1/popular")["items"]] == ["Rain"]
        assert server.stop() == 0


def test_the_same_on_postgresql(shared_home: Home) -> None:
    furnish(shared_home)
    assert listed(shared_home, "--window", "2d") == [("Flood", 31, "+1"), ("Rain", 7, "-1")]
    assert listed(shared_home, "--bots", bots(shared_home))[0] == ("Frost", 9, "new")


@pytest.mark.parametrize(
    "wrong",
    [
        "--list latest",
        "--window 3w",
        "--window 0h",
        "--window -1h",
        "--window 1h30m",
        "--fading 0",
        "--fading 8",
        "--list trending --window 1h",
        "--list trending --against 1h",
        "--against 3d",
        "--limit 0",
        "--at yesterday",
        "--at 2026-02-30T06:00",
        "--at 2026-02-30",
        "--at 2999-01-01",
        "--window 1000000m",
        "--bots nowhere.txt",
        "--unsure perhaps",
        "stray",
    ],
)
def test_wrong_use_is_named(home: Home, ids: Ids, wrong: str) -> None:
    result = home.run("popular", *wrong.split())
    assert result.exit_code == 2
    assert result.stderr.startswith("Usage: ")
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    assert result.stdout == ""


def test_a_section_that_is_not_there_is_named(home: Home, ids: Ids) -> None:
    result = home.run("popular", "--section", "nowhere")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "chronicle: There is no section 'nowhere'; say its slug.\n"


def test_without_a_newsroom_none_is_made(home: Home) -> None:
    result = home.run("popular")
    assert result.exit_code == 1
    assert "there is no newsroom" in result.stderr
    assert not list(home.folder.iterdir())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Bingbot\nGooglebot/2.1", "line 2: names of agents have letters"),
        ("^Google.*", "line 1: names of agents have letters"),
        ("x" * 41, "line 1: no name of an agent is longer than 40 characters"),
        ("\n\nb\xf6t", "line 3: names of agents have letters"),
        ("x" * 2**20 + "x", "is longer than 1,048,576 bytes"),
        ("\n".join(f"bot{n}" for n in range(10_001)), "has 10,001 words; 10,000 are allowed"),
    ],
)
def test_a_bad_bot_list_is_named_in_one_line(home: Home, ids: Ids, text: str, said: str) -> None:
    result = home.run("popular", "--bots", bots(home, text))
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_window_that_is_none_is_told_how_long_one_may_be(home: Home, ids: Ids) -> None:
    assert "up to 999,999, such as 90m" in home.run("popular", "--window", "1000000m").stderr
    assert listed(home, "--window", "999999d") == [("Flood", 31, "+1"), ("Rain", 7, "-1")]


def test_a_moment_that_lies_ahead_is_refused(home: Home, ids: Ids) -> None:
    ahead = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    result = home.run("popular", "--at", ahead)
    assert result.exit_code == 2
    assert "This lies ahead; say a moment that is past." in result.stderr


def test_a_day_is_its_beginning(home: Home, ids: Ids) -> None:
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    answer = asked(home, "--at", f"{midnight:%Y-%m-%d}")
    assert datetime.fromisoformat(answer["as_of"]) == midnight


def test_a_bot_list_that_is_no_file_is_not_waited_for(home: Home, ids: Ids) -> None:
    pipe = home.folder / "pipe"
    os.mkfifo(pipe)
    result = home.run("popular", "--bots", pipe)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"chronicle: {pipe} is no regular file; - reads standard input.\n"


def test_a_bot_list_may_come_by_standard_input(home: Home, ids: Ids) -> None:
    """On which nothing comes here."""
    assert listed(home, "--bots", "-") == listed(home, "--bots", bots(home))


def test_a_bot_list_may_begin_as_windows_writes_it(home: Home, ids: Ids) -> None:
    path = home.folder / "bots.txt"
    path.write_bytes("\ufeffGoogle\r\nCURL\r\n".encode())
    assert listed(home, "--bots", path) == [("Rain", 5, "="), ("Flood", 1, "=")]
