"""Fill the example newsroom, unless there is one already, and serve it."""

import asyncio
import random
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import click
import msgspec

from cms import forms, importer, newsroom, server, sessions, settings, staff
from cms.asks import Hit, View
from cms.catching_up import follow_to_the_end
from cms.forms import PageForm
from cms.ids import article_id
from cms.imports.records import BadLine
from cms.newsroom import Newsroom
from cms.passwords import HASHER, Passwords
from cms.terminal import Failure, explained
from domain.drafting import ReviseArticle
from domain.front import ArrangeFront, DeclareBreaking, Package
from domain.publishing import CorrectArticle
from domain.role import Role
from domain.views import BUCKET_SECONDS

Record = dict[str, Any]
Seen = tuple[datetime, Record]

EDITION = Path(__file__).with_name("edition.ndjson")
PAGES = Path(__file__).with_name("pages.ndjson")
EMAIL = "desk@chronicle.example"
VIEWS, READERS = 2_500, 600
READ_DAYS = 2
# How much is read in each hour of a day, from midnight on.
RHYTHM = (3, 2, 1, 1, 1, 2, 4, 7, 9, 9, 8, 8, 9, 9, 8, 7, 7, 8, 9, 10, 10, 9, 7, 5)
# So many of the newest articles rise, since so long ago, each by so many views.
RISING, RISING_MINUTES, RISING_VIEWS = 3, 30, 70
# With how many of ten views each makes.
AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": 5,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5"
    " Mobile/15E148 Safari/604.1": 4,
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": 1,
}
CORRECTED = "The reservoir rose 2.7 metres in a day. Engineers chose to release water early, and slowly."
CORRECTION = "An earlier version said that the reservoir rose three metres in a day. It rose 2.7 metres."
BREAKING = timedelta(hours=12)
PASSWORD_BYTES = 12


@click.command()
@click.option("--port", default=8000, type=click.IntRange(1, 65535))
def main(port: int) -> None:
    with explained():
        values = settings.from_environment()
        server.require_free("127.0.0.1", port)
        with newsroom.opened(values.events, zone=values.zone) as room:
            password = new_password(room, staff.find(room.history, EMAIL) or fill(room, values.zone))
        follow_to_the_end(values)
        say(f"http://127.0.0.1:{port}", password)
        server.serve("127.0.0.1", port, 1)


def fill(room: Newsroom, zone: tzinfo) -> str:
    """Import the edition, moved to these days, and read it a little. Returns the id of the one who runs the desk."""
    now = room.clock()
    edition = moved_to(now)
    with tempfile.TemporaryDirectory() as folder:
        moved = Path(folder) / EDITION.name
        moved.write_bytes(msgspec.json.Encoder().encode_lines(edition))
        importer.check(room, moved, stop)
        importer.record(room, moved)
    correct(room)
    arrange(room)
    publish_pages(room)
    asyncio.run(read(room, views(edition, now, zone)))
    return staff.hire(room, EMAIL, "The Desk", Role.ADMIN, "system:demo")


def new_password(room: Newsroom, staff_id: str) -> str:
    """Another one at each start: so it need lie nowhere, and nobody has to remember it."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    chosen = Passwords(room, HASHER).chosen(staff_id, password)
    room.note(*chosen, sessions.others_ended(staff_id))
    return password


def publish_pages(room: Newsroom) -> None:
    for record in map(msgspec.json.decode, PAGES.read_bytes().splitlines()):
        room.execute(forms.page(record.pop("slug"), msgspec.convert(record, PageForm)), "system:demo")


def stop(line: BadLine) -> None:
    raise Failure(f"{EDITION.name}, {line}")


def moved_to(now: datetime) -> list[Record]:
    """The edition by whole days later, so that mornings stay mornings, and its newest article lies just before now."""
    records = [msgspec.json.decode(line) for line in EDITION.read_bytes().splitlines()]
    dated = [record for record in records if record.get("published_at")]
    days = (now - max(datetime.fromisoformat(record["published_at"]) for record in dated)) // timedelta(days=1)
    for record in dated:
        record["published_at"] = (datetime.fromisoformat(record["published_at"]) + timedelta(days=days)).isoformat()
    return records


def correct(room: Newsroom) -> None:
    """What one report got wrong, as readers are told."""
    id = article_id("demo-008")
    room.execute(ReviseArticle(article_id=id, patch={"standfirst": CORRECTED}), "system:demo")
    room.execute(CorrectArticle(article_id=id, at=room.clock(), note=CORRECTION), "system:demo")


def arrange(room: Newsroom) -> None:
    """The site's front: two pins, the flood in a package, and the newest of it above all for a while."""
    flood = Package("The flood on the Ilvar", ids("demo-030", "demo-020", "demo-014"))
    room.execute(ArrangeFront(front="", pins=ids("demo-040", "demo-038"), packages=(flood,)), "system:demo")
    now = room.clock()
    breaking = DeclareBreaking(article_id=article_id("demo-040"), at=now, until=now + BREAKING)
    room.execute(breaking, "system:demo")


def ids(*external_ids: str) -> tuple[str, ...]:
    return tuple(map(article_id, external_ids))


def views(edition: Sequence[Record], now: datetime, zone: tzinfo) -> list[Hit]:
    """Views of the last days, most of them of a few articles, and of some new ones that rise just now."""
    draw = random.Random(1)
    published = [record for record in edition if record.get("published_at")]
    draw.shuffle(published)
    newest = sorted(published, key=published_at)[-RISING:]
    seen = [*rhythmical(draw, published, now, zone), *rising(draw, newest, now)]
    # A day after the other: of a day that is over, readers are told apart until the next roll-up only.
    return [looked_at(draw, at, record) for at, record in sorted(seen, key=lambda one: one[0])]


def rhythmical(draw: random.Random, published: Sequence[Record], now: datetime, zone: tzinfo) -> Iterator[Seen]:
    """More by day than by night; of what was there already, the first ones most, and the less the older they are."""
    moments = [now - timedelta(minutes=minutes) for minutes in range(READ_DAYS * 24 * 60)]
    busy = [RHYTHM[at.astimezone(zone).hour] for at in moments]
    for at in draw.choices(moments, busy, k=VIEWS):
        there = [(place, record) for place, record in enumerate(published, 1) if published_at(record) <= at]
        weights = [1 / place / (1 + (at - published_at(record)) / timedelta(days=1)) for place, record in there]
        yield at, draw.choices(there, weights)[0][1]


def rising(draw: random.Random, newest: Sequence[Record], now: datetime) -> Iterator[Seen]:
    """The nearer to now, the more."""
    for record in newest:
        since = min(timedelta(minutes=RISING_MINUTES), now - published_at(record))
        for _ in range(RISING_VIEWS):
            yield now - draw.triangular(0, 1, 0) * since, record


def published_at(record: Record) -> datetime:
    return datetime.fromisoformat(record["published_at"])


def looked_at(draw: random.Random, at: datetime, record: Record) -> Hit:
    view = View(
        article_id(record["external_id"]),
        record["section"],
        client=f"reader-{draw.randrange(READERS)}",
        agent=draw.choices(list(AGENTS), list(AGENTS.values()))[0],
    )
    return Hit(view, int(at.timestamp()) // BUCKET_SECONDS)


async def read(room: Newsroom, hits: Sequence[Hit]) -> None:
    """Back when all of it is on disk."""
    loop = asyncio.get_running_loop()
    for hit in hits:
        hit.answer = loop.create_future()
        room.committer.ask(hit)
    await asyncio.gather(*(hit.answer for hit in hits if hit.answer))


def say(address: str, password: str) -> None:
    click.echo(f"""
The example newsroom is open. Look at

  {address}/                   the site, as readers see it

and at what it is made of:

  {address}/v1/front           what the editors put first
  {address}/v1/latest          what is new
  {address}/v1/popular         what is read most
  {address}/v1/trending        what will be read next
  {address}/v1/pages           who we are, and how to reach us
  {address}/feeds/latest.rss   the same for feed readers; also .atom and .json
  {address}/schema             every route, to try them out

To edit and to audit, log in by POST {address}/editorial/session with

  {EMAIL}
  {password}

That password is good until the next start. For scripts, .venv/bin/chronicle token {EMAIL}
""")
    click.echo("Ctrl-C stops it; `make demo` starts it again with all that it holds.")


if __name__ == "__main__":
    main()
