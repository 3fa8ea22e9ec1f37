"""Who may know whom: cms -> projections -> domain, and never the other way."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = {package: sorted((ROOT / package).rglob("*.py")) for package in ("domain", "projections", "cms")}

# What would make a decision or a projection answer differently when it is asked again.
IMPURE_MODULES = {"os", "random", "secrets", "time", "uuid"}
IMPURE_CALLS = {"now", "utcnow", "today", "getenv", "environ", "urandom", "uuid1", "uuid4"}


def imports(source: str) -> set[str]:
    """The first words of all that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names):
                found |= {name.name.partition(".")[0] for name in names}
            case ast.ImportFrom(module=str(module), level=0):
                found.add(module.partition(".")[0])
            case ast.ImportFrom(level=level):
                found.add("." * level)
            case _:
                pass
    return found


def calls_for_the_world(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in IMPURE_CALLS:
            yield node.attr


def importers(package: str, of: str) -> set[str]:
    return {path.name for path in MODULES[package] if of in imports(path.read_text())}


def in_package(package: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", MODULES[package], ids=lambda path: str(path.relative_to(ROOT)))


@pytest.mark.parametrize("package", MODULES)
def test_each_package_is_there_to_be_looked_at(package: str) -> None:
    assert len(MODULES[package]) > 5


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import os.path as path, redis", {"os", "redis"}),
        ("from domain.slug import Slug", {"domain"}),
        ("def late():\n    from cms import ids", {"cms"}),
        ("from . import slug", {"."}),
    ],
)
def test_every_way_to_import_is_seen(source: str, found: set[str]) -> None:
    assert imports(source) == found


def test_every_call_for_the_world_is_seen() -> None:
    source = "at = datetime.now(UTC)\nday = date.today()\nid = uuid.uuid4()\nhome = os.environ['HOME']"
    assert sorted(calls_for_the_world(source)) == ["environ", "now", "today", "uuid4"]


@in_package("domain")
def test_the_domain_knows_only_itself(path: Path) -> None:
    assert imports(path.read_text()) <= {"domain", "msgspec", *sys.stdlib_module_names}


@in_package("projections")
def test_projections_know_the_domain_and_their_stores(path: Path) -> None:
    # The stemmer is as pure as they are.
    known = {"projections", "domain", "msgspec", "redis", "tantivy", "Stemmer", *sys.stdlib_module_names}
    assert imports(path.read_text()) <= known


@pytest.mark.parametrize(
    ("database", "module"),
    [("redis", "redis_store.py"), ("sqlite3", "sqlite_store.py"), ("tantivy", "search_index.py")],
)
def test_one_module_of_the_projections_knows_each_database(database: str, module: str) -> None:
    assert importers("projections", database) == {module}


@pytest.mark.parametrize("package", ["domain", "projections"])
@pytest.mark.parametrize("framework", ["eventsourcing", "litestar"])
def test_only_the_running_system_knows_its_frameworks(package: str, framework: str) -> None:
    assert importers(package, framework) == set()
    assert importers("cms", framework)


@in_package("domain")
def test_the_domain_asks_no_clock_no_dice_and_no_environment(path: Path) -> None:
    source = path.read_text()
    assert not imports(source) & (IMPURE_MODULES | {"io", "pathlib", "socket", "sqlite3", "subprocess", "threading"})
    assert list(calls_for_the_world(source)) == []


@in_package("projections")
def test_projections_ask_no_clock_no_dice_and_no_environment(path: Path) -> None:
    source = path.read_text()
    assert not imports(source) & IMPURE_MODULES
    assert list(calls_for_the_world(source)) == []
