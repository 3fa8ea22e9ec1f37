"""Views that a process has counted. One stream for each counting process and start, so that counters never clash."""

from collections.abc import Mapping

from msgspec import Struct

from domain.rules import Aggregate, Event

BUCKET_SECONDS = 10


class ViewsCounted(Event, frozen=True):
    """`counts`: views by ten-second bucket (Unix time divided by ten) of the moment they were made, then by article."""

    counts: Mapping[int, Mapping[str, int]]


class Counter(Struct, frozen=True):
    """Nothing is ever decided on views."""


def evolve(counter: Counter, event: ViewsCounted) -> Counter:
    return counter


VIEWS = Aggregate("views", Counter(), evolve)
