"""What holds for any commands in any order."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.article import ARTICLE, Article, EditionGiven, Status
from domain.content import Edition
from domain.recorded import Recorded
from domain.rules import Event
from domain.section import SECTION, Section
from domain.slug import SLUG
from domain.tag import TAG
from domain.views import ViewsCounted
from tests.domain.any_events import EVENT_TYPES, UNHURRIED
from tests.domain.newsday import ARTICLES, SECTIONS, SLUGS_OF_TAGS, opened

DOMAIN = Path(__file__).parent.parent.parent / "domain"

seeds = st.integers(0, 2**32)


def editions(history: Iterable[Recorded]) -> Iterator[tuple[str, Edition]]:
    for recorded in history:
        if isinstance(recorded.event, EditionGiven):
            yield recorded.id, recorded.event.edition


@settings(UNHURRIED, max_examples=50)
@for_all(seeds)
def test_a_command_that_was_accepted_records_nothing_when_it_comes_again(seed: int) -> None:
    day = opened(seed)
    for _ in range(100):
        command = day.command()
        day.ask(command)
        assert day.ask(command) == []


@settings(UNHURRIED, max_examples=50)
@for_all(seeds)
def test_an_address_belongs_to_one_article_for_ever(seed: int) -> None:
    holders: dict[str, str] = {}
    day = opened(seed)
    for id, edition in editions(day.pass_by(150)):
        assert holders.setdefault(edition.slug, id) == id
    assert {slug: day.fold(SLUG, slug).article_id for slug in holders} == holders


@settings(UNHURRIED, max_examples=50)
@for_all(seeds)
def test_the_first_publication_of_an_article_never_moves(seed: int) -> None:
    first: dict[str, object] = {}
    for id, edition in editions(opened(seed).pass_by(150)):
        assert first.setdefault(id, edition.published_at) == edition.published_at


@settings(UNHURRIED, max_examples=50)
@for_all(seeds)
def test_no_section_is_its_own_ancestor(seed: int) -> None:
    day = opened(seed)
    day.pass_by(150)
    for slug in SECTIONS:
        above: list[str] = []
        section: Section = day.fold(SECTION, slug)
        while section.parent is not None:
            above.append(section.parent)
            assert slug not in above
            section = day.fold(SECTION, section.parent)


def decided() -> set[str]:
    """Names that the domain's functions use, other than to match: what nobody can ask for happens on no day."""
    nodes = [node for path in DOMAIN.glob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    within = [part for node in nodes if isinstance(node, ast.FunctionDef) for part in ast.walk(node)]
    matched = {part.cls for part in within if isinstance(part, ast.MatchClass)}
    return {part.id for part in within if isinstance(part, ast.Name) and part not in matched}


@settings(UNHURRIED, max_examples=50)
@for_all(seeds)
def test_no_tag_leads_to_itself(seed: int) -> None:
    day = opened(seed)
    day.pass_by(200)
    for slug in SLUGS_OF_TAGS:
        passed: list[str] = []
        while slug:
            assert slug not in passed
            passed.append(slug)
            slug = day.fold(TAG, slug).into
        assert day.fold(TAG, passed[-1]).exists or len(passed) == 1


def test_the_days_that_properties_are_tried_on_are_full() -> None:
    """Every type of event that comes of a decision happens, and every status is reached."""
    kinds: set[type[Event]] = set()
    statuses: set[Status | None] = set()
    for seed in range(60):
        day = opened(seed)
        kinds |= {type(recorded.event) for recorded in day.pass_by(300)}
        articles: list[Article] = [day.fold(ARTICLE, id) for id in ARTICLES]
        statuses |= {status for article in articles for status in (article.status, article.shown_status)}
    assert kinds == {kind for kind in EVENT_TYPES if kind.__name__ in decided()} | {ViewsCounted}
    assert statuses >= set(Status)
