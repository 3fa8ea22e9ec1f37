"""Two ways side by side, in turns, so that whatever else the machine does meets both."""

import time
from collections.abc import Callable, Sequence
from statistics import median, quantiles

from msgspec import Struct

Once = Callable[[int], float]
"""Does it once, is told which round this is, and returns how many a second it came to."""


class Found(Struct, frozen=True, kw_only=True):
    """Medians in a second; `ratio`: the median of the rounds' ratios. `least_...`: the target, where there is one."""

    what: str
    ours: float
    beside: str
    theirs: float
    ratio: float
    least_ratio: float | None = None
    least_ours: float | None = None

    @property
    def target(self) -> str:
        if self.least_ratio is not None:
            return f"{self.least_ratio:.1f} times: {'reached' if self.ratio >= self.least_ratio else 'MISSED'}"
        if self.least_ours is not None:
            return f"{self.least_ours:,.0f}/s: {'reached' if self.ours >= self.least_ours else 'MISSED'}"
        return ""

    def __str__(self) -> str:
        numbers = f"{self.ours:,.0f}", f"{self.theirs:,.0f}", f"{self.ratio:.2f}"
        return line(self.what, *numbers, self.beside, self.target)


class Fact(Struct, frozen=True, kw_only=True):
    """A figure that nothing stands beside. `reached`: whether it is as it must be; None: nothing was asked of it."""

    what: str
    value: str
    said: str = ""
    target: str = ""
    reached: bool | None = None

    def __str__(self) -> str:
        outcome = "" if self.reached is None else "reached" if self.reached else "MISSED"
        target = f"{self.target}: {outcome}" if self.target and outcome else self.target or outcome
        return line(self.what, self.value, "", "", self.said, target)


def line(what: str, ours: str, theirs: str, ratio: str, beside: str, target: str) -> str:
    return f"{what:<42}{ours:>10}{theirs:>10}{ratio:>8}  {beside:<32}{target}".rstrip()


HEADER = line("in a second, medians", "Chronicle", "beside", "ratio", "what stands beside", "target")


def side_by_side(
    what: str,
    ours: Once,
    beside: str,
    theirs: Once,
    rounds: int,
    *,
    least_ratio: float | None = None,
    least_ours: float | None = None,
) -> Found:
    rates = [(ours(round), theirs(round)) for round in range(rounds)]
    return Found(
        what=what,
        ours=median(our for our, _ in rates),
        beside=beside,
        theirs=median(their for _, their in rates),
        ratio=median(our / their for our, their in rates),
        least_ratio=least_ratio,
        least_ours=least_ours,
    )


def rate(count: int, work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


def p99(times: Sequence[float]) -> float:
    """What all but one in a hundred stay below."""
    return quantiles(times, n=100, method="inclusive")[98]
