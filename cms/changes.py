"""What changes for readers, read from the history: articles that come, change and go, and sections that change places.

A frame is an event as it is sent. Its `id` stands last, so that a frame that was cut off is one that never came.
"""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Struct, UnsetType

from cms import menus
from cms.history import History
from domain.article import ArticleCorrected, ArticleTaken, ArticleWithdrawn, EditionGiven
from domain.content import Correction
from domain.section import Menu, SectionAdded, SectionMoved
from projections.cards import Site

# Each may hold a whole article, and the one before it.
AT_ONCE_MOST = 100
# Most of a history is nothing to readers: one look must not take long because of that.
LOOKED_THROUGH_MOST = 5_000

GIVEN = frozenset(kind.__name__ for kind in EditionGiven.__subclasses__())
TAKEN = frozenset(kind.__name__ for kind in ArticleTaken.__subclasses__())
PLACED = frozenset(kind.__name__ for kind in (SectionAdded, SectionMoved))
TOPICS = ", ".join(f"'{topic}'" for topic in sorted(GIVEN | TAKEN | PLACED))
EVENTS = """
select e.{position} as position, e.originator_id as stream, e.originator_version as version, e.topic as topic,
  e.state as state, f.topic as former_topic, f.state as former_state
from {table} e left join {table} f on f.originator_id = e.originator_id and f.originator_version = (
  select g.originator_version from {table} g
  where g.originator_id = e.originator_id and g.originator_version < e.originator_version and g.topic in ({topics})
  order by g.originator_version desc limit 1)
where e.{position} > ? and e.{position} <= ? and e.topic in ({topics})
order by e.{position} limit ?
"""


# What is read of an event: of an article's words no more than is told.


class StoredContent(Struct, frozen=True):
    headline: str
    section: str


class StoredEdition(Struct, frozen=True):
    slug: str
    published_at: datetime
    updated_at: datetime
    content: StoredContent
    corrections: tuple[Correction, ...] = ()


class StoredEvent(Struct, frozen=True):
    edition: StoredEdition | None = None
    notice: str = ""
    parent: str | None = None


class Stored(Struct, frozen=True):
    at: datetime
    event: StoredEvent


decoder = msgspec.json.Decoder(Stored)


# What is told.


class Given(Struct, frozen=True, kw_only=True):
    """`published` and `updated`. `kind` and `note` are there for an update: whether it corrects, and what was wrong."""

    id: str
    version: int
    position: int
    at: datetime
    section: str
    slug: str
    url: str
    headline: str
    published_at: datetime
    updated_at: datetime
    kind: str | UnsetType = UNSET
    note: str | UnsetType = UNSET


class Taken(Struct, frozen=True, kw_only=True):
    """`withdrawn`. `section` is where it stood; `reason`: unpublished, withdrawn (with a notice), or moved."""

    id: str
    version: int
    position: int
    at: datetime
    section: str
    reason: str
    notice: str | UnsetType = UNSET


class Reset(Struct, frozen=True):
    """What the client has is no longer to be gone on from; it reads afresh, and goes on from here."""

    position: int
    reason: str


def frame(name: str, position: int, data: Struct) -> bytes:
    return b"event: %s\ndata: %s\nid: %d\n\n" % (name.encode(), msgspec.json.encode(data), position)


def beat(position: int) -> bytes:
    """Nothing happened up to here that the client is told."""
    return b"id: %d\n\n" % position


def reset(position: int, reason: str) -> bytes:
    return frame("reset", position, Reset(position, reason))


class Change(Struct, frozen=True):
    """`told`: to those who listen to everything, or to where it stands now: `section`.

    `left`: to those who listen only to where it stood before: `former`. `rearranged`: sections that hold others now.
    """

    position: int
    told: bytes = b""
    section: str | None = None
    left: bytes = b""
    former: str | None = None
    rearranged: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        return len(self.told) + len(self.left)

    def heard(self, section: str | None, within: frozenset[str]) -> bytes:
        """What a listener gets of it. `within`: the section that it asked for, and all that are part of it."""
        if section is None:
            return b"" if self.rearranged else self.told
        if section in self.rearranged or self.section in within:
            return self.told
        return self.left if self.former in within else b""


class Batch(NamedTuple):
    """`position`: up to where the history was looked through. `menu`: another one, if sections changed places."""

    changes: list[Change]
    position: int
    menu: Menu | None


def read(history: History, after: int, until: int, site: Site) -> Batch:
    """What comes next after a position; never past `until`."""
    end = min(until, after + LOOKED_THROUGH_MOST)
    sql = EVENTS.format(table=history.table, position=history.position_column, topics=TOPICS)
    rows = history.select(sql, after, end, AT_ONCE_MOST)
    if len(rows) == AT_ONCE_MOST:
        end = rows[-1]["position"]
    changes = [change(history, row, site) for row in rows]
    placed = any(row["topic"] in PLACED for row in rows)
    return Batch([one for one in changes if one is not None], end, menus.now(history) if placed else None)


def change(history: History, row: Any, site: Site) -> Change | None:
    """None: it is nothing to anybody."""
    now = decoder.decode(bytes(row["state"]))
    if row["topic"] in PLACED:
        return moved_section(history, row, now)
    former = before(row)
    stood = former.edition if former else None
    return given(row, now, stood, site) if row["topic"] in GIVEN else taken(row, now, stood, site)


def before(row: Any) -> StoredEvent | None:
    return decoder.decode(bytes(row["former_state"])).event if row["former_state"] is not None else None


def given(row: Any, now: Stored, stood: StoredEdition | None, site: Site) -> Change:
    edition = now.event.edition
    assert edition is not None
    section, position = edition.content.section, row["position"]
    corrects = row["topic"] == ArticleCorrected.__name__
    told = Given(
        id=id_of(row),
        version=row["version"],
        position=position,
        at=now.at.astimezone(site.zone),
        section=section,
        slug=edition.slug,
        url=f"{site.base_url}/{section}/{edition.slug}",
        headline=edition.content.headline,
        published_at=edition.published_at.astimezone(site.zone),
        updated_at=edition.updated_at.astimezone(site.zone),
        kind=UNSET if stood is None else "correction" if corrects else "update",
        note=edition.corrections[-1].note if corrects else UNSET,
    )
    event = frame("published" if stood is None else "updated", position, told)
    if stood is None or stood.content.section == section:
        return Change(position, event, section)
    former = stood.content.section
    return Change(position, event, section, gone(row, now, former, "moved", site), former)


def taken(row: Any, now: Stored, stood: StoredEdition | None, site: Site) -> Change | None:
    if stood is None:
        return None  # It stood nowhere.
    former = stood.content.section
    reason = "withdrawn" if row["topic"] == ArticleWithdrawn.__name__ else "unpublished"
    event = gone(row, now, former, reason, site)
    return Change(row["position"], event, None, event, former)


def gone(row: Any, now: Stored, former: str, reason: str, site: Site) -> bytes:
    told = Taken(
        id=id_of(row),
        version=row["version"],
        position=row["position"],
        at=now.at.astimezone(site.zone),
        section=former,
        reason=reason,
        notice=now.event.notice or UNSET,
    )
    return frame("withdrawn", row["position"], told)


def moved_section(history: History, row: Any, now: Stored) -> Change | None:
    """Those that hold what they did not, or no longer what they did, are to be read afresh."""
    former, position = before(row), row["position"]
    if former is None or former.parent == now.event.parent:
        return None
    menu = menus.at(history, position)
    held = menus.above(menu, former.parent) ^ menus.above(menu, now.event.parent)
    return Change(position, reset(position, "sections"), rearranged=held) if held else None


def id_of(row: Any) -> str:
    return str(row["stream"]).partition(":")[2]
