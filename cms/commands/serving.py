"""`chronicle serve` and `chronicle follow`: what runs until it is stopped."""

import click

from cms import history, settings
from cms.follower import Follower
from cms.reading import open_store
from cms.scheduler import Scheduler
from cms.search_folder import SearchFolder
from cms.search_follower import SearchFollower
from cms.settings import Settings
from cms.terminal import messages, opened
from projections.site import NAME


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that serve.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site and the API. With embedded read models, one of its processes also follows the history."""
    from cms import server

    values = settings.from_environment()
    ready_to_serve(values)
    server.require_free(host, port)
    messages.print(f"Serving on http://{host}:{port}; stop with Ctrl-C.")
    server.serve(host, port, workers)


def ready_to_serve(values: Settings) -> None:
    """Find what is wrong before workers start, where it can be said in one line."""
    from cms.site.theme import Theme

    Theme(values)
    with history.opened(values.events):
        store = open_store(values.reads)
        store.position()
        store.close()


@click.command()
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
        search_follower = SearchFollower(room.history, SearchFolder(values.search_path, values.language))
        search_follower.start()
        messages.print(f"Following {NAME}; stop with Ctrl-C.")
        with purge.telling(values.purge_hook, follower):
            server.wait_for_signal()
        search_follower.close()
        scheduler.close()
        follower.close()
