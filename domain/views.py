"""Views that a process has counted. One stream for each counting process and start, so that counters never clash."""

from collections.abc import Mapping

from msgspec import Struct

from domain.rules import Aggregate, Event

BUCKET_SECONDS = 10

Counts = Mapping[int, Mapping[str, int]]
"""By ten-second bucket (Unix time divided by ten) of the moment that they were made, then by article."""


class ViewsCounted(Event, frozen=True):
    """`counts`: by readers. `bots` and `unsure`: by the name of the agent, bots and those that do not tell.

    `editions`: by article, then by version, those of `counts` and `unsure` that saw another edition than the first.
    `rules`: the version of the rules that told agents apart; without one, all views stand in `counts`, whoever made
    them, and `editions` says nothing.
    """

    counts: Counts
    bots: Mapping[str, Counts] = {}
    unsure: Mapping[str, Counts] = {}
    editions: Mapping[str, Mapping[int, int]] = {}
    rules: str = ""


class Counter(Struct, frozen=True):
    """Nothing is ever decided on views."""


def evolve(counter: Counter, event: ViewsCounted) -> Counter:
    return counter


VIEWS = Aggregate("views", Counter(), evolve)
