"""`chronicle status`, `rebuild` and `verify`: the read models, held against the history."""

import time
from collections.abc import Callable

import click

from cms import audit, history, settings, worklist
from cms.alone import NotAlone
from cms.history import History
from cms.reading import open_store
from cms.search_folder import SearchFolder
from cms.settings import PurgeHook, Settings
from cms.terminal import Failure, messages, progress, standing_newsroom, stepping
from projections import search
from projections.follow import catch_up
from projections.site import NAME, project

DESK = "desk"
GROUPS = (NAME, DESK, search.NAME)
CAUGHT_UP_SECONDS = 2.0


@click.command()
def status() -> None:
    """Print where the history and the read models are; exit 1 if those are behind."""
    values = settings.from_environment()
    with history.opened(values.events) as events:
        store = open_store(values.reads)
        head = events.head()
        position = caught_up(store.position, head)
        click.echo(f"history  position {head}")
        click.echo(told(NAME, position, head))
        store.close()
        folder = SearchFolder(values.search_path, values.language)
        # No failure if it is behind: nobody waits for it here.
        searched = told_of_search(folder, head)
        # Asked again: more may have been recorded meanwhile.
        ahead = position > events.head()
    click.echo(searched)
    if ahead:
        raise Failure(f"{NAME} is ahead of the history, so it is of another one; `chronicle rebuild` makes it anew.")
    # Search that is behind alone is no failure: it is a cache, and whoever serves next brings it up to date.
    if position < head:
        raise Failure(f"{NAME} is behind. Does `chronicle {'serve' if values.embedded else 'follow'}` run?")


def told(name: str, position: int, head: int) -> str:
    lag = max(0, head - position)
    return f"{name:<8} position {position}  lag {lag}  {'behind' if lag else 'up to date'}"


def told_of_search(folder: SearchFolder, head: int) -> str:
    if folder.is_foreign:
        what = "is of another language or shape: whoever serves makes it anew"
        return f"{search.NAME:<8} the index in {folder.path} {what}"
    if folder.current is None:
        return f"{search.NAME:<8} there is no index yet in {folder.path}"
    return told(search.NAME, folder.position(), head)


def caught_up(reached: Callable[[], int], head: int) -> int:
    """The position that is reached; a follower at work is given a moment to reach the head."""
    give_up_at = time.monotonic() + CAUGHT_UP_SECONDS
    position = reached()
    while position < head and time.monotonic() < give_up_at:
        time.sleep(0.02)
        position = reached()
    return position


@click.command()
@click.argument("groups", nargs=-1, type=click.Choice(GROUPS))
def rebuild(groups: tuple[str, ...]) -> None:
    """Build read models anew from the history: in place, where readers see them grow; that of search beside it."""
    values, wanted = standing_newsroom(), groups or GROUPS
    with history.opened(values.events) as events:
        if NAME in wanted:
            rebuild_site(values, events)
        if DESK in wanted:
            worklist.rebuild(events)
            messages.print(f"{DESK} is rebuilt")
        if search.NAME in wanted:
            rebuild_search(values, events)


def rebuild_search(values: Settings, events: History) -> None:
    with progress(f"rebuilding {search.NAME}", events.head()) as advance:
        try:
            made = SearchFolder(values.search_path, values.language).make(events, stepping(advance))
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


@click.command()
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
