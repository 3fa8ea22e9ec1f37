"""`chronicle import`: checked as a whole, recorded, and what became of it is said."""

from pathlib import Path

import click

from cms import importer, settings
from cms.catching_up import follow_to_the_end
from cms.importer import Report
from cms.imports import formats
from cms.imports.records import BadLine, Destination, Dropped
from cms.newsroom import Newsroom
from cms.terminal import Failure, messages, opened, progress
from domain.section import SECTION

BAD_LINES_SHOWN = 20
DROPPED_SHOWN = 40


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    default="edition",
    type=click.Choice(formats.FORMATS),
    show_default=True,
    help="What the file holds.",
)
@click.option(
    "--section",
    default="",
    help="Slug of the section: of all articles of a feed; in ninjs and wxr, of those that name none.",
)
@click.option("--skip-bad", is_flag=True, help="Record all but the bad lines or items.")
def import_(file: Path, form: str, section: str, skip_bad: bool) -> None:
    """Record what FILE holds. Repeating it changes nothing. Bad lines or items are named; then nothing is recorded."""
    if section and form == "edition":
        raise click.UsageError("--section is for other formats: each article of an edition names its section.")
    one = "line" if form == "edition" else "item"
    with opened(settings.from_environment()) as room:
        read = formats.reader(form, destination(room, section))
        dropped = Dropped()
        bad: list[BadLine] = []
        lines = importer.check(room, file, bad.append, read, dropped)
        tell_bad(file, bad, one)
        if bad and not skip_bad:
            are = "is" if len(bad) == 1 else "are"
            raise Failure(
                f"{counted(len(bad), one)} {are} bad; nothing was recorded. Mend, or leave out with --skip-bad."
            )
        with progress("importing", lines) as advance:
            report = importer.record(room, file, advance, read)
        tell_dropped(dropped)
        report.counts["left out"] = len(bad)
        tell_recorded(file, report, room.history.head())
    follow_to_the_end(settings.from_environment())
    if report.refused:
        raise Failure(f"refused: {counted(len(report.refused), one)}, since the newsroom changed meanwhile.")


def destination(room: Newsroom, section: str) -> Destination:
    def stands(slug: str) -> bool:
        return bool(room.history.version_of(SECTION.stream(slug)))

    if section and not stands(section):
        raise Failure(f"there is no section '{section}'; add it first, or leave --section out.")
    return Destination(section, stands)


def counted(count: int, one: str) -> str:
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def tell_bad(file: Path, bad: list[BadLine], one: str) -> None:
    for line in bad[:BAD_LINES_SHOWN]:
        messages.print(f"{file}: {line}", markup=False)
    if len(bad) > BAD_LINES_SHOWN:
        messages.print(f"and {counted(len(bad) - BAD_LINES_SHOWN, f'more bad {one}')}")


def tell_recorded(file: Path, report: Report, head: int) -> None:
    for what in (*report.left_alone, *report.refused):
        messages.print(f"{file}: {what}", markup=False)
    recorded = ", ".join(counted(count, kind) for kind, count in sorted(report.recorded.items()))
    counts = [f"{count} {what}" for what, count in sorted(report.counts.items()) if count]
    told = "; ".join(filter(None, (recorded and f"{recorded} recorded", ", ".join(counts))))
    messages.print(f"{told or 'nothing to record'}; the history is at position {head}")


def tell_dropped(dropped: Dropped) -> None:
    for line in dropped.drafts.lines():
        messages.print(f"drafts: {line}", markup=False)
    lines = dropped.parts.lines()
    for line in lines[:DROPPED_SHOWN]:
        messages.print(f"dropped: {line}", markup=False)
    if len(lines) > DROPPED_SHOWN:
        messages.print(f"and {len(lines) - DROPPED_SHOWN} more kinds of what was dropped")
