"""`chronicle history`: the events themselves."""

import click
import msgspec

from cms import audit, history
from cms.terminal import standing_newsroom


@click.command("history")
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
