"""The documentation says what the code says."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import click
import msgspec
import pytest

from cms import cli
from cms.settings import PREFIX, Settings
from domain.recorded import AnyEvent
from domain.role import PRIVILEGES, Privilege
from domain.rules import Event

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
EVENTS = (ROOT / "docs" / "events.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])

KINDS: tuple[type[Event], ...] = get_args(AnyEvent)
LIMITS = re.findall(
    r"^\| `([a-z_.]+\.[A-Z]\w+)` \| ([0-9,.]+)", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE
)


def commands(command: click.Command = cli.main, name: str = "chronicle") -> Iterator[tuple[str, click.Command]]:
    """Those that do something, by their full names."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for word in command.list_commands(context):
        below = command.get_command(context, word)
        assert below, word
        yield from commands(below, f"{name} {word}")


def row_of(start: str) -> str:
    """The row of a table in the README whose first cell begins so."""
    (row,) = re.findall(rf"^\| `{re.escape(start)}[` ].*$", README, re.MULTILINE)
    return str(row)


def section_of(kind: type[Event]) -> str:
    (text,) = re.findall(rf"^### {kind.__name__}\n(.*?)(?=^##|\Z)", EVENTS, re.MULTILINE | re.DOTALL)
    return str(text)


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("field", msgspec.structs.fields(Settings), ids=lambda field: field.name)
def test_the_readme_lists_every_setting_with_its_default(field: msgspec.structs.FieldInfo) -> None:
    row = row_of(f"{PREFIX}{field.name.upper()}")
    # What stands for an empty default is said in words.
    assert field.default in (msgspec.NODEFAULT, "") or f"| `{field.default}` |" in row


def test_the_readme_lists_no_setting_that_is_not_there() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.__struct_fields__}
    assert set(re.findall(rf"{PREFIX}\w+", README)) == known


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_the_readme_lists_every_command_with_its_options_and_arguments(name: str, command: click.Command) -> None:
    row = row_of(name)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert set(parameter.opts) & set(re.findall(r"--[\w-]+", row)), f"{name} {parameter.opts}"
        else:
            word = str(parameter.name).removesuffix("s" if parameter.nargs == -1 else "")
            assert word.upper() in row


def test_the_readme_lists_no_command_and_no_option_that_is_not_there() -> None:
    known = dict(commands())
    for row in re.findall(r"^\| `(chronicle .*?)` \|", README, re.MULTILINE):
        (name,) = [name for name in known if f"{row} ".startswith(f"{name} ")]
        options = {option for parameter in known[name].params for option in parameter.opts}
        assert set(re.findall(r"--[\w-]+", row)) <= options


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_event_is_described_with_its_fields(kind: type[Event]) -> None:
    text = section_of(kind)
    for field in kind.__struct_fields__:
        assert f"`{field}`" in text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_event_has_an_example_that_decodes(kind: type[Event]) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", section_of(kind), re.DOTALL)
    event = msgspec.json.decode(example, type=AnyEvent)
    assert type(event) is kind
    assert json.loads(msgspec.json.encode(event)) == json.loads(example)


def test_no_event_is_described_that_is_not_there() -> None:
    assert set(re.findall(r"^### (\w+)$", EVENTS, re.MULTILINE)) == {kind.__name__ for kind in KINDS}


def test_the_roles_stand_in_the_documentation_as_in_the_code() -> None:
    rows = [("", *PRIVILEGES), *[("---",) * (1 + len(PRIVILEGES))]]
    rows += [(act, *("yes" if act in held else "no" for held in PRIVILEGES.values())) for act in Privilege]
    table = "\n".join(f"| {' | '.join(row)} |".replace("|  |", "| |") for row in rows)
    assert f"\n\n{table}\n\n" in (ROOT / "docs" / "editing.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?![a-z]+:)([^)]+)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        found = page.parent / path if path else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


def test_limits_are_documented() -> None:
    assert len(LIMITS) >= 20


@pytest.mark.parametrize(("name", "written"), LIMITS)
def test_every_limit_has_the_value_that_is_documented(name: str, written: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert bound(getattr(import_module(module), attribute)) == float(written.replace(",", ""))


def bound(limit: Any) -> float:
    """The number itself, or the highest that a type allows."""
    if isinstance(limit, timedelta):
        return limit.total_seconds()
    for meta in getattr(limit, "__metadata__", ()):
        for name in ("le", "max_length"):
            if (value := getattr(meta, name, None)) is not None:
                return float(value)
    return float(limit)
