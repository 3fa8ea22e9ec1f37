"""`chronicle popular`: what the lists would be under other rules."""

import re
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cms import bot_list, history, periods, recount, settings
from cms.committer import utc_now
from cms.forms import BadField
from cms.recount import Line, Rule, Unsure, Weight, fading, in_window
from cms.terminal import Failure, progress, standing_newsroom, stepping
from domain.views import BUCKET_SECONDS
from projections import popular
from projections.cards import Site
from projections.trending import FADING_MINUTES

FADING_MINUTES_MOST = 24 * 60
LENGTH = re.compile(r"([1-9][0-9]{0,5})([mhd])", re.ASCII)
LENGTH_MOST = "999,999"
UNIT_SECONDS = {"m": 60, "h": 3600, "d": 86400}
# Where nobody looks at a screen, headlines are written out.
PIPED_COLUMNS = 500


class Length(click.ParamType[str]):
    """A window as text; what it is in buckets, `length` says."""

    name = "window"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> str:
        text = str(value)
        if text not in popular.WINDOWS and not LENGTH.fullmatch(text):
            self.fail(
                f"'{text}' is no window; say how many minutes, hours or days, up to {LENGTH_MOST},"
                " such as 90m, 6h or 3d, or all."
            )
        return text


def length(window: str) -> int | None:
    """In buckets of ten seconds; None: ever."""
    if window in popular.WINDOWS:
        return popular.WINDOWS[window]
    number, unit = window[:-1], window[-1]
    return int(number) * UNIT_SECONDS[unit] // BUCKET_SECONDS


class Asked(Struct, frozen=True, kw_only=True):
    """What was asked for, as the answer repeats it. What does not go with the list is null."""

    list: str
    window: str | None
    fading_minutes: int | None
    section: str | None
    bots: str | None
    unsure: Unsure
    against: str | None

    def weights(self, now: int) -> tuple[Weight, Weight]:
        """The asked one and the live one."""
        if self.fading_minutes is not None:
            return fading(now, self.fading_minutes), fading(now, FADING_MINUTES)
        assert self.window is not None
        assert self.against is not None
        return in_window(now, length(self.window)), in_window(now, length(self.against))


class Answer(Struct, frozen=True, kw_only=True):
    asked: Asked
    as_of: datetime
    position: int
    items: list[Line]
    gone: list[Line]


@click.command("popular")
@click.option(
    "--list",
    "name",
    default="popular",
    type=click.Choice(["popular", "trending"]),
    show_default=True,
    help="Which of both.",
)
@click.option("--window", type=Length(), help="Of popular: such as 90m, 6h or 3d, or all.  [default: 24h]")
@click.option(
    "--fading",
    "minutes",
    type=click.IntRange(1, FADING_MINUTES_MOST),
    help=f"Of trending: minutes after which a view weighs a quarter.  [default: {FADING_MINUTES}]",
)
@click.option("--section", help="Only this section, with all that are part of it: its slug.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="At most so many.")
@click.option(
    "--at",
    help="As of a moment that is past, such as 2026-03-29T06:00, or of a day's beginning.  [default: now]",
)
@click.option(
    "--bots",
    "file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="Another bot list: a text file, a word a line; - reads standard input.",
)
@click.option(
    "--unsure",
    default="count",
    type=click.Choice([one.value for one in Unsure]),
    show_default=True,
    help="Agents that do not tell whether a person reads.",
)
@click.option(
    "--against",
    type=click.Choice(list(popular.WINDOWS)),
    help="Of popular: the live window that it is held against.  [default: 24h]",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def popular_(
    name: str,
    window: str | None,
    minutes: int | None,
    section: str | None,
    limit: int,
    at: str | None,
    file: Path | None,
    unsure: str,
    against: str | None,
    as_json: bool,
) -> None:
    """Print what is popular or trending under other rules, beside the places of the live list.

    Everything is counted anew from the history, in memory; nothing that is live is touched.

    A bot list is a text file with one word a line; empty lines and lines that begin with # are passed over. An agent
    whose recorded name has one of the words in it, in capital letters or small, is a bot; all others count. Words are
    no regular expressions, so that a list can neither run for ever nor mean more than it says.

    Names of agents are recorded for bots and for those that may be either, never for readers: that a reader was a bot
    cannot be found out later.

    What is public, and in which section, is as of now, also with --at.
    """
    asked = fitting(name, window, minutes, section, file, unsure, against)
    values = standing_newsroom()
    now = utc_now() if at is None else said(at, values)
    words = bot_list.words(file) if file else None
    found = answered(values, asked, now, words, limit)
    if found is None:
        raise Failure(f"There is no section '{section}'; say its slug.")
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        show(found)


def answered(
    values: settings.Settings, asked: Asked, now: datetime, words: frozenset[str] | None, limit: int
) -> Answer | None:
    """None: no such section."""
    wanted, current = asked.weights(popular.bucket(now))
    rule = Rule(wanted, words, asked.unsure)
    with history.opened(values.events) as events:
        head = events.head()
        with progress("counting", head) as advance:
            store = recount.recounted(events, head, rule, current, stepping(advance))
    with closing(store):
        found = recount.compared(store, Site(values.title, values.base_url, values.zone), asked.section, limit)
    if found is None:
        return None
    return Answer(
        asked=asked,
        as_of=popular.moment(popular.bucket(now), values.zone),
        position=head,
        items=found.items,
        gone=found.gone,
    )


def fitting(
    name: str,
    window: str | None,
    minutes: int | None,
    section: str | None,
    file: Path | None,
    unsure: str,
    against: str | None,
) -> Asked:
    """What belongs to the other list is wrong use."""
    trending = name == "trending"
    if trending and (window or against):
        raise click.UsageError("--window and --against go with --list popular; trending has --fading.")
    if not trending and minutes:
        raise click.UsageError("--fading goes with --list trending; popular has --window.")
    return Asked(
        list=name,
        window=None if trending else window or "24h",
        fading_minutes=(minutes or FADING_MINUTES) if trending else None,
        section=section,
        bots=str(file) if file else None,
        unsure=Unsure(unsure),
        against=None if trending else against or "24h",
    )


def said(at: str, values: settings.Settings) -> datetime:
    try:
        seconds = periods.said(at, "at", values.zone, periods.day_start)
    except BadField as error:
        raise click.BadParameter(str(error), param_hint="--at") from None
    if seconds > utc_now().timestamp():
        raise click.BadParameter("This lies ahead; say a moment that is past.", param_hint="--at")
    return datetime.fromtimestamp(seconds, UTC)


def show(answer: Answer) -> None:
    asked = answer.asked
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PIPED_COLUMNS)
    measure = "views" if asked.window else "score"
    rules = asked.window or f"{asked.fading_minutes} minutes"
    current = asked.against or f"{FADING_MINUTES} minutes"
    console.print(
        f"{asked.list}, {rules}, as of {answer.as_of.isoformat()}; live: {current}", markup=False, soft_wrap=True
    )
    table = Table(box=None, pad_edge=False)
    for heading in ("rank", "live", "change", measure, f"live {measure}"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("headline", overflow="ellipsis", no_wrap=True)
    for line in (*answer.items, *answer.gone):
        numbers = (line.rank, line.live_rank, line.change, line.count, line.live_count)
        table.add_row(*("-" if one is None else str(one) for one in numbers), Text(plain(line.headline)))
    console.print(table)
    if not answer.items:
        console.print("Nobody read anything then.")


def plain(headline: str) -> str:
    """Nothing that a terminal obeys."""
    return "".join(character if character.isprintable() else " " for character in headline)
