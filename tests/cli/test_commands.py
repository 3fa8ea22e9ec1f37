"""Each command says in one line what it did or what to do about an error."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cms.cli import main
from cms.history import History
from tests.cli.home import SECTION, WRITER, Home, article


def commands(group: click.Group, *names: str) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command, name
        assert command.name == name
        yield (*names, name)
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)


@pytest.mark.parametrize("command", [(), *commands(main)], ids=" ".join)
def test_every_command_has_help_and_knows_wrong_use(home: Home, command: tuple[str, ...]) -> None:
    helped = home.done(*command, "--help")
    assert helped.stdout.startswith(f"Usage: {' '.join(['main', *command])}")
    assert len(helped.stdout.splitlines()) > 4
    assert home.run(*command, "--nonsense").exit_code == 2
    assert not list(home.folder.iterdir()), "it left something behind"


@pytest.mark.parametrize(
    "wrong",
    [
        "nonsense",
        "serve --port 0",
        "serve --port 70000",
        "serve --workers 0",
        "serve stray",
        "staff",
        "staff add",
        "staff add ann@post.example --name Ann --role king",
        "staff add ann@post.example --role editor",
        "staff leave",
        "staff reset",
        "staff list stray",
        "token",
        "import",
        "history --after -1",
        "history --limit 0",
        "history --limit many",
        "rebuild nothing",
    ],
)
def test_wrong_use_exits_with_2(home: Home, wrong: str) -> None:
    result = home.run(*wrong.split())
    assert result.exit_code == 2
    assert result.stderr.startswith("Usage: ")
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("EVENTS", "mysql://127.0.0.1/news", "CHRONICLE_EVENTS must begin with"),
        ("EVENTS", "events.db", "CHRONICLE_EVENTS must begin with"),
        ("EVENTS", "postgresql://postgres@127.0.0.1:1/news", "CHRONICLE_EVENTS"),
        ("EVENTS", "sqlite:////dev/null/events.db", ""),
        ("READS", "memcached://127.0.0.1", "CHRONICLE_READS must begin with"),
        ("READS", "redis://127.0.0.1:1/0", "CHRONICLE_READS"),
        ("READS", "sqlite:////dev/null/reads.db", ""),
        ("SECRET", "open sesame", "CHRONICLE_SECRET needs 32 characters"),
        ("TRUSTED_PROXIES", "nearby", "CHRONICLE_TRUSTED_PROXIES holds addresses"),
        ("CORS_ORIGINS", "https://a.example/", "CHRONICLE_CORS_ORIGINS holds origins"),
        ("TIMEZONE", "Mars/Olympus", "CHRONICLE_TIMEZONE: there is no zone 'Mars/Olympus'"),
        ("TIMEZONE", "../etc/passwd", "CHRONICLE_TIMEZONE"),
        ("BASE_URL", "post.example", "CHRONICLE_BASE_URL must begin with"),
        ("BASE_URL", "https://post.example/", "CHRONICLE_BASE_URL must not end with"),
    ],
)
@pytest.mark.parametrize("command", ["status", "serve", "verify"])
def test_a_setting_that_nothing_can_run_with_is_named(
    home: Home, command: str, setting: str, value: str, says: str
) -> None:
    result = home.run(command, **{setting: value})
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("chronicle: ")
    assert says in line
    assert result.stdout == "" or setting == "READS"


def test_a_file_that_holds_something_else_is_said_in_one_line(home: Home) -> None:
    for setting in ("EVENTS", "READS"):
        for command in ("status", "verify", "rebuild"):
            path = home.folder / f"{setting}.txt"
            path.write_text("Once upon a time there was no database at all. " * 100)
            result = home.run(command, **{setting: f"sqlite:///{path}"})
            assert result.exit_code == 1
            assert result.stderr.startswith("chronicle: ")
            assert len(result.stderr.splitlines()) == 1


# Staff and tokens.


def test_a_token_stands_alone_on_standard_output(home: Home) -> None:
    home.done("staff", "add", "Ann@Post.example", "--name", "Ann Ash", "--role", "editor")
    first, second = home.done("token", "ann@post.example"), home.done("token", "ANN@post.example")
    for result in (first, second):
        assert result.stderr == ""
        assert len(result.stdout.strip()) > 30
        assert result.stdout == result.stdout.strip() + "\n"
    assert first.stdout != second.stdout


def test_staff_are_listed_with_their_sections(home: Home) -> None:
    home.imported(SECTION)
    home.done("staff", "add", "ann@post.example", "--name", "Ann Ash", "--role", "editor", "--section", "nation")
    home.done("staff", "add", "bob@post.example", "--name", "Bob Birch", "--role", "admin")
    listed = ["ann@post.example\tAnn Ash\teditor\tnation", "bob@post.example\tBob Birch\tadmin\tall"]
    assert home.done("staff", "list").stdout.splitlines() == listed
    home.done("staff", "leave", "ann@post.example")
    assert home.done("staff", "list").stdout.splitlines() == listed[1:]
    home.done("staff", "add", "ann@post.example", "--name", "Ann Ash", "--role", "reporter")
    assert "Ann Ash\treporter\tall" in home.done("staff", "list").stdout


def test_a_reset_link_stands_alone_on_standard_output_and_sets_a_password(home: Home) -> None:
    home.done("staff", "add", "ann@post.example", "--name", "Ann Ash", "--role", "editor")
    link = home.done("staff", "reset", "ann@post.example").stdout
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/reset#[A-Za-z0-9_-]{43}\n", link)
    with home.serving() as server:
        given = {"token": link.strip().partition("#")[2], "password": "a heron on the quay"}
        assert server.client.post("/editorial/password", json=given).status_code == 204
        entered = {"email": "ann@post.example", "password": given["password"]}
        assert server.client.post("/editorial/session", json=entered).status_code == 201
    for file in filter(Path.is_file, home.folder.rglob("*")):
        assert b"a heron" not in file.read_bytes()


def test_a_token_opens_what_the_role_may_do_and_is_kept_as_a_hash(home: Home) -> None:
    home.done("staff", "add", "ann@post.example", "--name", "Ann Ash", "--role", "auditor")
    token = home.done("token", "ann@post.example").stdout.strip()
    with home.serving() as server:
        said = {"Authorization": f"Bearer {token}"}
        assert server.client.get("/audit/events", headers=said).status_code == 200
        assert server.client.post("/editorial/articles", headers=said, json={}).status_code == 403
    for file in home.folder.glob("*.db*"):
        assert token.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("staff", "add", "ann", "--name", "Ann", "--role", "editor"), "not an e-mail address"),
        (("staff", "add", "ann@post.example", "--name", " ", "--role", "editor"), "1 to 100"),
        (("staff", "add", "bob@post.example", "--name", "Bob", "--role", "editor"), "works here already"),
        (("token", "nobody@post.example"), "Nobody here has the address"),
        (("staff", "reset", "nobody@post.example"), "Nobody here has the address"),
        (("staff", "leave", "nobody@post.example"), "Nobody here has the address"),
        (("staff", "leave", "root@post.example"), "the last admin"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(home: Home, arguments: tuple[str, ...], says: str) -> None:
    home.done("staff", "add", "bob@post.example", "--name", "Bob", "--role", "reporter")
    home.done("staff", "add", "root@post.example", "--name", "Root", "--role", "admin")
    head = home.head()
    result = home.run(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert home.head() == head


# The history.


@pytest.fixture
def filled(home: Home) -> Home:
    home.imported(SECTION, WRITER, *(article(f"x-{order}", tags=["River"]) for order in range(10)))
    return home


def test_the_history_is_one_event_a_line_oldest_first(filled: Home) -> None:
    lines = [json.loads(line) for line in filled.done("history").stdout.splitlines()]
    assert [line["position"] for line in lines] == list(range(1, filled.head() + 1))
    assert [line["event"]["type"] for line in lines] == filled.types()
    assert set(lines[0]) == {"position", "stream", "version", "at", "by", "command", "event"}


def test_the_history_of_one_stream_and_from_a_position(filled: Home) -> None:
    everything = filled.done("history").stdout.splitlines()
    assert filled.done("history", "--limit", "3").stdout.splitlines() == everything[:3]
    assert filled.done("history", "--after", "3", "--limit", "2").stdout.splitlines() == everything[3:5]
    assert filled.done("history", "--after", "1000").stdout == ""
    (line,) = filled.done("history", "--stream", "tag:river").stdout.splitlines()
    assert json.loads(line)["event"] == {"type": "TagAdded", "name": "River"}
    position = json.loads(line)["position"]
    assert filled.done("history", "--stream", "tag:river", "--after", str(position)).stdout == ""
    assert filled.done("history", "--stream", "tag:none").stdout == ""


def test_a_reader_who_has_enough_may_close_the_pipe(filled: Home) -> None:
    more = [article(f"y-{order}", standfirst="x" * 1_900) for order in range(300)]
    filled.imported(SECTION, *more)
    process = subprocess.Popen(
        [sys.executable, "-m", "cms.cli", "history"],
        env=filled.process_environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b'{"position":1,')
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait(60) == 0


# Read models.


def test_status_tells_how_far_everything_is(filled: Home) -> None:
    head = filled.head()
    result = filled.done("status")
    assert result.stdout.splitlines() == [
        f"history  position {head}",
        f"site     position {head}  lag 0  up to date",
        f"search   position {head}  lag 0  up to date",
    ]


def test_status_of_an_empty_newsroom_is_up_to_date(home: Home) -> None:
    assert "position 0" in home.done("status").stdout


def test_status_exits_with_1_if_a_read_model_is_behind(filled: Home) -> None:
    filled.done("staff", "add", "ann@post.example", "--name", "Ann", "--role", "editor")
    result = filled.run("status")
    assert result.exit_code == 1
    assert "lag 1  behind" in result.stdout
    assert "chronicle serve" in result.stderr


def test_status_waits_for_no_search_and_says_what_its_index_is(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    head = filled.head()
    (position,) = filled.folder.glob("reads.db.search/*/position")
    position.write_text(f"{head - 1}")
    monkeypatch.setattr("cms.commands.read_models.time.sleep", lambda seconds: pytest.fail("It waits."))
    assert f"search   position {head - 1}  lag 1  behind" in filled.done("status").stdout
    assert "is of another language or shape: whoever serves" in filled.run("status", LANGUAGE="az").stdout
    shutil.rmtree(filled.folder / "reads.db.search")
    assert "there is no index yet" in filled.done("status").stdout


def test_what_is_recorded_while_status_looks_is_of_the_same_history(
    filled: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = iter([filled.head() - 1])
    head = History.head
    monkeypatch.setattr(History, "head", lambda history: next(heads, head(history)))
    filled.done("status")


def test_read_models_of_another_history_are_found_and_made_anew(filled: Home) -> None:
    (filled.folder / "events.db").unlink()
    filled.imported(SECTION, article(headline="Another world", external_id="y-1"))
    assert "of another one" in filled.run("status").stderr
    assert filled.run("rebuild").exit_code == 0
    assert filled.run("verify").exit_code == 0


def tampered(home: Home, database: str, statement: str) -> None:
    file = sqlite3.connect(home.folder / database)
    assert file.execute(statement).rowcount > 0
    file.commit()
    file.close()


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("update document set document = replace(document, 'Report x-7', 'Deport x-7') where kind = 'card'", "Deport"),
        ("delete from document where kind = 'article'", "document"),
        ("delete from member where list = (select number from list where name = 'latest')", "member"),
        ("update list set size = size + 1 where name = 'latest'", "size latest"),
        ("insert into total values ('none', 7)", "total none 7"),
        ("update position set position = position - 1", "The store holds"),
    ],
)
def test_verify_names_the_first_difference_and_rebuild_mends_it(filled: Home, statement: str, says: str) -> None:
    assert "equals its replay" in filled.done("verify").stdout
    tampered(filled, "reads.db", statement)
    result = filled.run("verify")
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert says in line
    filled.done("rebuild")
    filled.done("verify")
    filled.done("status")


@pytest.mark.parametrize(
    "statement",
    [
        "delete from stored_events where topic = 'ArticleDrafted'",
        "update stored_events set state = '{' where rowid = 5",
        "update stored_events set state = X'ff' where rowid = 5",
        "update stored_events set state = replace(state, 'ArticlePublished', 'ArticlePolished')"
        " where topic = 'ArticlePublished'",
        "update stored_events set originator_id = 'poem:1' where rowid = 5",
    ],
)
def test_verify_finds_a_history_that_is_not_whole(filled: Home, statement: str) -> None:
    tampered(filled, "events.db", statement)
    result = filled.run("verify")
    assert result.exit_code == 1
    assert result.stderr.startswith("chronicle: Position ")
    assert len(result.stderr.splitlines()) == 1


def test_rebuild_by_name_and_without(filled: Home) -> None:
    head = filled.head()
    for arguments in (("rebuild",), ("rebuild", "site")):
        assert f"up to position {head}" in filled.done(*arguments).stderr


def test_shared_read_models_by_the_same_commands(shared_home: Home) -> None:
    shared_home.imported(SECTION, article())
    assert shared_home.run("status").exit_code == 1
    shared_home.done("rebuild")
    shared_home.done("status")
    assert "equals its replay" in shared_home.done("verify").stdout
    head = shared_home.head()
    shared_home.imported(SECTION, article())
    assert shared_home.head() == head


def test_nobody_else_on_the_machine_reads_the_databases(filled: Home) -> None:
    for name in ("events.db", "reads.db"):
        assert next(filled.folder.rglob(name)).stat().st_mode & 0o077 == 0
