"""The command line."""

import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click
import msgspec

from cms import (
    audit,
    entrance,
    history,
    importer,
    newsroom,
    other_rules,
    passwords,
    searching,
    settings,
    staff,
    worklist,
)
from cms.follower import Follower, NotAlone, alone, collect_less_garbage
from cms.history import History
from cms.importer import BadLine
from cms.imports import formats
from cms.imports.records import Dropped, Wishes
from cms.newsroom import Newsroom
from cms.reading import open_store
from cms.scheduler import Scheduler
from cms.search_folder import SearchFolder
from cms.search_follower import SearchFollower
from cms.settings import PurgeHook, Settings
from cms.terminal import Commands, Failure, messages, progress, standing_newsroom, stepping
from domain.role import Role
from domain.section import SECTION
from projections import search
from projections.follow import catch_up
from projections.site import NAME, project

BY = "system:command-line"
DESK = "desk"
BAD_LINES_SHOWN = 20
DROPPED_SHOWN = 40
CAUGHT_UP_SECONDS = 2.0


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chronicle-cms", prog_name="chronicle")
def main() -> None:
    """Chronicle, the backend of a news site. Settings come from the environment; the README lists them."""
    collect_less_garbage()


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that serve.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the API. With embedded read models, one of its processes also follows the history."""
    from cms import server

    values = settings.from_environment()
    ready_to_serve(values)
    server.require_free(host, port)
    messages.print(f"Serving on http://{host}:{port}; stop with Ctrl-C.")
    server.serve(host, port, workers)


def ready_to_serve(values: Settings) -> None:
    """Find what is wrong before workers start, where it can be said in one line."""
    with history.opened(values.events):
        store = open_store(values.reads)
        store.position()
        store.close()


def folder_of(values: Settings) -> SearchFolder:
    return SearchFolder(values.search_path, values.language)


def opened(values: Settings) -> AbstractContextManager[Newsroom]:
    return newsroom.opened(values.events, zone=values.zone)


@main.command()
def follow() -> None:
    """Keep shared read models up to date, and publish what is scheduled. Of several that run, one updates at a time."""
    from cms import purge, server

    values = settings.from_environment()
    with opened(values) as room:
        store = open_store(values.reads)
        store.position()
        follower, scheduler = Follower(room.history, store, values.reads, lambda touched: None), Scheduler(room)
        follower.start()
        scheduler.start()
        search_follower = SearchFollower(room.history, folder_of(values))
        search_follower.start()
        messages.print(f"Following {NAME}; stop with Ctrl-C.")
        with purge.telling(values.purge_hook, follower):
            server.wait_for_signal()
        search_follower.close()
        scheduler.close()
        follower.close()


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    default="edition",
    type=click.Choice(formats.FORMATS),
    show_default=True,
    help="What the file holds.",
)
@click.option("--section", default="", help="Slug of the section for articles of other formats that name none.")
@click.option("--skip-bad", is_flag=True, help="Record all but the bad lines.")
def import_(file: Path, form: str, section: str, skip_bad: bool) -> None:
    """Record what FILE holds. Repeating it changes nothing; a bad line is named, and then nothing is recorded."""
    with opened(settings.from_environment()) as room:
        read = formats.reader(form, wishes(room, section))
        dropped = Dropped()
        bad: list[BadLine] = []
        lines = importer.check(room, file, bad.append, read, dropped)
        for line in bad[:BAD_LINES_SHOWN]:
            messages.print(f"{file}: {line}", markup=False)
        if len(bad) > BAD_LINES_SHOWN:
            messages.print(f"and {len(bad) - BAD_LINES_SHOWN} more bad lines")
        if bad and not skip_bad:
            lines_are = "line is" if len(bad) == 1 else "lines are"
            raise Failure(f"{len(bad)} {lines_are} bad; nothing was recorded. Mend, or leave out with --skip-bad.")
        with progress("importing", lines) as advance:
            report = importer.record(room, file, advance, read)
        tell_dropped(dropped)
        for what in (*report.left_alone, *report.refused):
            messages.print(f"{file}: {what}", markup=False)
        report.counts["left out"] = len(bad)
        counts = ", ".join(f"{count} {what}" for what, count in sorted(report.counts.items()) if count)
        messages.print(f"{counts or 'nothing to record'}; the history is at position {room.history.head()}")
    follow_to_the_end(settings.from_environment())
    if report.refused:
        raise Failure(f"{len(report.refused)} lines were refused, since the newsroom changed while they were imported.")


def wishes(room: Newsroom, section: str) -> Wishes:
    def stands(slug: str) -> bool:
        return bool(room.history.version_of(SECTION.stream(slug)))

    if section and not stands(section):
        raise Failure(f"there is no section '{section}'; add it first, or leave --section out.")
    return Wishes(section, stands)


def tell_dropped(dropped: Dropped) -> None:
    lines = dropped.lines()
    for line in lines[:DROPPED_SHOWN]:
        messages.print(f"dropped: {line}", markup=False)
    if len(lines) > DROPPED_SHOWN:
        messages.print(f"and {len(lines) - DROPPED_SHOWN} more kinds of what was dropped")


def follow_to_the_end(values: Settings) -> None:
    """Bring embedded read models up to date, unless a server does."""
    if not values.embedded:
        return
    with history.opened(values.events) as events:
        store = open_store(values.reads)
        try:
            with alone(values.reads, store):
                catch_up(events.for_readers, store, project)
        except NotAlone:
            pass
        finally:
            store.close()
        searching.follow_to_the_end(folder_of(values), events)


@main.group("staff")
def staff_group() -> None:
    """People who work here."""


@staff_group.command("add")
@click.argument("email")
@click.option("--name", required=True, help="As colleagues know them.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="What they may do.")
@click.option("--section", "sections", multiple=True, help="Where they work; again for more. None: everywhere.")
def staff_add(email: str, name: str, role: str, sections: tuple[str, ...]) -> None:
    """Add a staff member with the address EMAIL, or take back one who left."""
    with opened(settings.from_environment()) as room:
        id = staff.hire(room, email, name, Role(role), BY, sections)
        ways_in = f"`chronicle staff reset {email}` lets them set a password, `chronicle token {email}` makes a token"
        messages.print(f"{email} is {role}, with the id {id}; {ways_in}.", markup=False)


@staff_group.command("list")
def staff_list() -> None:
    """Print who works here: address, name, role and sections, parted by tabs."""
    with history.opened(standing_newsroom().events) as events:
        for one in staff.everybody(events):
            if one.member.role is not None:
                sections = ",".join(one.member.sections) or "all"
                click.echo("\t".join([one.person.email, one.person.name, one.member.role, sections]))


@staff_group.command("leave")
@click.argument("email")
def staff_leave(email: str) -> None:
    """End the work of EMAIL here: password, sessions and tokens are void from this moment on."""
    with opened(standing_newsroom()) as room:
        command, beside = staff.leaving(staff.named_here(room.history, email))
        room.execute(command, BY, beside=beside)
        messages.print(f"{email} has left.", markup=False)


@staff_group.command("reset")
@click.argument("email")
def staff_reset(email: str) -> None:
    """Print a link by which EMAIL sets a password: once, alone on standard output. It holds for a day."""
    values = standing_newsroom()
    with opened(values) as room:
        staff_id = staff.require_at_work(room, staff.named_here(room.history, email)).id
        noted = entrance.noted(room, staff_id, BY, "command line", "link made")
        click.echo(passwords.new_link(room, values.base_url, staff_id, *noted).link)


@main.command()
@click.argument("email")
def token(email: str) -> None:
    """Print an API token for the staff member EMAIL: once, alone on standard output."""
    with opened(standing_newsroom()) as room:
        click.echo(staff.new_token(room, email))


@main.command("history")
@click.option("--after", default=0, type=click.IntRange(min=0), show_default=True, help="A position of the history.")
@click.option("--stream", help="Only this stream, such as article:ID.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
def history_(after: int, stream: str | None, limit: int | None) -> None:
    """Print events as NDJSON, oldest first."""
    with history.opened(standing_newsroom().events) as events:
        for count, recorded in enumerate(audit.events(events, after, stream), start=1):
            click.echo(msgspec.json.encode(audit.entry(recorded)))
            if count == limit:
                return


main.add_command(other_rules.popular_)


@main.command()
def status() -> None:
    """Print where the history and the read models are; exit 1 if those are behind."""
    values = settings.from_environment()
    with history.opened(values.events) as events:
        store = open_store(values.reads)
        head = events.head()
        position = caught_up(store, head)
        click.echo(f"history  position {head}")
        click.echo(told(NAME, position, head))
        store.close()
        folder = folder_of(values)
        searched = None if folder.current is None else caught_up(folder, head)
        # Asked again: more may have been recorded meanwhile.
        ahead = position > events.head()
    if searched is None:
        click.echo(f"{search.NAME:<8} there is no index yet in {folder.path}")
    else:
        click.echo(told(search.NAME, searched, head))
    if ahead:
        raise Failure(f"{NAME} is ahead of the history, so it is of another one; `chronicle rebuild` makes it anew.")
    behind = [name for name, at in ((NAME, position), (search.NAME, searched)) if at is not None and at < head]
    if behind:
        are = " and ".join(behind) + (" is" if len(behind) == 1 else " are")
        raise Failure(f"{are} behind. Does `chronicle {'serve' if values.embedded else 'follow'}` run?")


def told(name: str, position: int, head: int) -> str:
    lag = max(0, head - position)
    return f"{name:<8} position {position}  lag {lag}  {'behind' if lag else 'up to date'}"


def caught_up(store: Any, head: int) -> int:
    """The store's position; a follower at work is given a moment to reach the head."""
    give_up_at = time.monotonic() + CAUGHT_UP_SECONDS
    position: int = store.position()
    while position < head and time.monotonic() < give_up_at:
        time.sleep(0.02)
        position = store.position()
    return position


@main.command()
@click.argument("groups", nargs=-1, type=click.Choice([NAME, DESK, search.NAME]))
def rebuild(groups: tuple[str, ...]) -> None:
    """Build read models anew from the history: in place, where readers see them grow; that of search beside it."""
    values = standing_newsroom()
    with history.opened(values.events) as events:
        if NAME in (groups or (NAME,)):
            rebuild_site(values, events)
        if DESK in (groups or (DESK,)):
            worklist.rebuild(events)
            messages.print(f"{DESK} is rebuilt")
        if search.NAME in (groups or (search.NAME,)):
            rebuild_search(values, events)


def rebuild_search(values: Settings, events: History) -> None:
    with progress(f"rebuilding {search.NAME}", events.head()) as advance:
        try:
            made = folder_of(values).make(events, stepping(advance))
        except NotAlone:
            raise Failure("another process is making the index of search; wait for it.") from None
    messages.print(f"{search.NAME} is rebuilt up to position {made.position}")


def rebuild_site(values: Settings, events: History) -> None:
    store = open_store(values.reads)
    with progress(f"rebuilding {NAME}", events.head()) as advance:
        store.clear()
        position = catch_up(
            events.for_readers, store, project, applied=lambda touched: advance(touched.position - touched.previous)
        )
    store.close()
    messages.print(f"{NAME} is rebuilt up to position {position}")
    if values.purge_hook is not None:
        purge_everything(values.purge_hook, position)


def purge_everything(hook: PurgeHook, position: int) -> None:
    from cms import purge

    time.sleep(purge.SETTLED_SECONDS)
    try:
        purge.everything(hook, position)
    except purge.NotTold as error:
        raise Failure(f"The CDN was not told ({error}); drop everything there, or rebuild again.") from None


@main.command()
def verify() -> None:
    """Check that the history is intact, and that every read model equals its replay. Exit 1 at the first difference."""
    values = settings.from_environment()
    with history.opened(values.events) as events:
        head = events.head()
        with progress("history", head) as advance:
            count = audit.require_intact(events, stepping(advance))
        click.echo(f"history  intact: {count} events up to position {head}")
        with progress(DESK, head) as advance:
            audit.require_desk(events, stepping(advance))
        click.echo(f"{DESK:<8} equals its replay")
        store = open_store(values.reads)
        with progress(NAME, head) as advance:
            position = audit.require_replayed(events, store, stepping(advance))
        click.echo(f"{NAME:<8} equals its replay at position {position}")
        store.close()


if __name__ == "__main__":
    main()
