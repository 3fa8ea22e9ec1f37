"""Many editors on two newsrooms, at random: what they were told is what the history holds, and what readers see."""

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from cms.asks import Key, Receipt
from cms.audit import require_intact, require_replayed
from cms.newsroom import Newsroom
from cms.reading import open_store
from domain.importing import ImportArticle
from domain.recorded import AGGREGATES, Recorded
from domain.rules import Command, Refused
from domain.section import SetSection
from domain.tag import NamedTag
from domain.views import ViewsCounted
from domain.writer import SetWriter
from projections.follow import catch_up
from projections.site import project
from tests.cms.desk import NOON, RAIN, draft, publish, read, recorded, revise, together, unpublish, update

EDITORS = 6
COMMANDS_EACH = 60
ARTICLES = 12


class Told(NamedTuple):
    """`by` names the one command; None: it was refused."""

    by: str
    receipt: Receipt | None


def some_command(random: Random) -> Command:
    article, number = f"a{random.randrange(ARTICLES)}", random.randrange(5)
    made_on = random.choice([None, None, random.randrange(1, 8)])
    imported = ImportArticle(
        article_id=article,
        external_id=article,
        content=RAIN,
        author="system:import",
        at=NOON,
        headline_slug=f"rain-{number}",
        tags=(NamedTag(f"tag-{number}", "Tag"),),
        published_at=random.choice([None, NOON]),
        views=number,
    )
    choices: list[Callable[[], Command]] = [
        lambda: draft(article, f"Rain, day {number}"),
        lambda: imported,
        lambda: revise({"headline": f"Rain, day {number}", "tags": (f"tag-{number}",)}, article, made_on),
        lambda: revise({"standfirst": f"It rained {number} times.", "slug": f"rain-{number}"}, article, made_on),
        lambda: publish(article, f"rain-{number}", made_on),
        lambda: update(article, made_on),
        lambda: unpublish(article),
        lambda: SetSection(slug=f"section-{number}", name=f"Section {random.randrange(3)}", parent="world"),
        lambda: SetWriter(slug="ann-lee", name="Ann Lee", bio=f"Wrote {number} times."),
    ]
    return random.choice(choices)()


def edit(newsrooms: list[Newsroom], seed: int, editor: int) -> list[Told]:
    """Each command under a name of its own; now and then it is repeated, perhaps in the other newsroom."""
    random = Random(seed * EDITORS + editor)
    told: list[Told] = []
    for n in range(COMMANDS_EACH):
        by, command = f"editor-{editor}-{n}", some_command(random)
        for _ in range(random.choice([1, 1, 2])):
            try:
                told.append(Told(by, random.choice(newsrooms).execute(command, by, Key("key", "body"))))
            except Refused:
                told.append(Told(by, None))
        if n % 10 == 0:
            asyncio.run(read(random.choice(newsrooms), f"a{n % ARTICLES}"))
    return told


@pytest.mark.parametrize("seed", [1, 2])
def test_what_editors_were_told_is_what_the_history_holds(
    newsroom: Newsroom, other_newsroom: Newsroom, tmp_path: Path, seed: int
) -> None:
    before = newsroom.history.head()
    newsrooms = [newsroom, other_newsroom]
    told = [one for mine in together(*(partial(edit, newsrooms, seed, n) for n in range(EDITORS))) for one in mine]
    other_newsroom.committer.close()
    newsroom.committer.close()

    history = [one for one in recorded(newsroom.history) if one.position > before]
    editorial = [one for one in history if not isinstance(one.event, ViewsCounted)]
    by = {name: [one for one in editorial if one.by == name] for name in {one.by for one in told}}
    assert sum(map(len, by.values())) == len(editorial)
    assert {one.receipt is None for one in told} == {True, False}
    assert told_of(told) == {name: len(events) for name, events in by.items() if events}
    for name, receipt in told:
        if receipt is not None and by[name]:
            last = by[name][-1]
            assert (receipt.stream, receipt.version, receipt.position) == (last.stream, last.version, last.position)

    positions = [one.position for one in history]
    assert positions == sorted(set(positions))
    require_contiguous(recorded(newsroom.history))
    assert require_intact(newsroom.history) == len(recorded(newsroom.history))
    require_same_folds(newsroom)

    store = open_store(f"sqlite:///{tmp_path / 'reads.db'}")
    catch_up(newsroom.history.after, store, project, batch=7)
    assert require_replayed(newsroom.history, store) == newsroom.history.head()
    store.close()


def told_of(told: list[Told]) -> Counter[str]:
    """How many events each command was said to have recorded."""
    events: Counter[str] = Counter()
    for by, receipt in told:
        if receipt is not None and receipt.events:
            events[by] += receipt.events
    return events


def require_contiguous(history: list[Recorded]) -> None:
    versions: Counter[str] = Counter()
    for one in history:
        versions[one.stream] += 1
        assert one.version == versions[one.stream]


def require_same_folds(newsroom: Newsroom) -> None:
    """Read back stream by stream, and all in one walk."""
    walked: dict[str, tuple[int, Any]] = {}
    for one in recorded(newsroom.history):
        aggregate = AGGREGATES[one.stream.partition(":")[0]]
        _, state = walked.get(one.stream, (0, aggregate.initial))
        walked[one.stream] = (one.version, aggregate.evolve(state, one.event))
    for stream, folded in walked.items():
        kind, _, id = stream.partition(":")
        assert newsroom.history.fold(AGGREGATES[kind], id) == folded
