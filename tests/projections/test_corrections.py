"""What was said to readers stays said: every correction and every withdrawal, newest first."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from msgspec import structs

from domain.article import ARTICLE, ArticleCorrected, ArticleRestored, ArticleWithdrawn
from domain.content import Correction, Edition
from domain.recorded import Recorded
from domain.rules import Change
from projections import corrections
from projections.corrections import Corrections, Told
from projections.sqlite_store import SQLiteStore
from projections.store import Place, Put, Reads, Store, key
from tests.domain import newsday
from tests.domain.any_events import UNHURRIED
from tests.domain.given import NOON, ONE, TWO
from tests.projections.told import SITE, edition, follow, published, section, told, unpublished, updated

SiteOf = Callable[..., Reads]

RAIN = edition(headline="Rain", slug="rain", section="asia")
CHESS = edition(headline="Chess", slug="chess", section="sport")
NEWS = (
    section("world"),
    section("asia", parent="world"),
    section("sport"),
    published("a1", RAIN),
    published("a2", CHESS),
)
WITHDRAWN = ARTICLE.change("a2", ArticleWithdrawn("It was no chess.", "Chess", "sport"))


def corrected(id: str, edition: Edition, *said: tuple[datetime, str]) -> Change:
    """The edition with all that was said of it."""
    all_said = tuple(Correction(at, note) for at, note in said)
    return ARTICLE.change(id, ArticleCorrected(structs.replace(edition, corrections=all_said)))


WET = corrected("a1", RAIN, (ONE, "It rained twice."))
DRY = corrected("a1", RAIN, (ONE, "It rained twice."), (TWO, "It did not rain."))


def read(reads: Reads, *, section: str | None = None, limit: int = 20, after: str | None = None) -> Corrections:
    found = corrections.read(reads, SITE, section=section, limit=limit, after=after)
    assert found is not None
    return found


def notes(found: Corrections) -> list[str]:
    return [entry.note for entry in found.items]


def test_a_correction_has_an_id_and_a_place_of_its_own() -> None:
    _, event = told(published("a1", RAIN), WET)
    assert corrections.project(event) == [
        Put("correction", "a1~2", msgspec.json.encode(Told("correction", ONE, "It rained twice.", "Rain", "asia"))),
        Place("a1~2", key(ONE, "a1~2"), ("corrections", "corrections:asia")),
    ]


def test_a_withdrawal_has_a_place_at_the_moment_of_its_recording() -> None:
    _, event = told(published("a2", CHESS), WITHDRAWN)
    assert corrections.project(event) == [
        Put("correction", "a2~2", msgspec.json.encode(Told("withdrawal", NOON, "It was no chess.", "Chess", "sport"))),
        Place("a2~2", key(NOON, "a2~2"), ("corrections", "corrections:sport")),
    ]


def test_every_correction_is_told_newest_first(site: SiteOf) -> None:
    found = read(site(*NEWS, WET, DRY))
    assert [(one.kind, one.at, one.note) for one in found.items] == [
        ("correction", TWO, "It did not rain."),
        ("correction", ONE, "It rained twice."),
    ]
    (article,) = {one.article for one in found.items}
    assert (article.id, article.headline, article.section) == ("a1", "Rain", "asia")
    assert article.url == "https://news.example/asia/rain"
    assert found.next is None


def test_editions_that_correct_nothing_are_not_told(site: SiteOf) -> None:
    said = structs.replace(RAIN, corrections=(Correction(ONE, "It rained twice."),))
    reads = site(*NEWS, WET, updated("a1", said), unpublished("a1"), published("a1", said))
    assert notes(read(reads)) == ["It rained twice."]


def test_a_new_headline_is_shown_from_then_on(site: SiteOf) -> None:
    (entry,) = read(site(*NEWS, WET, updated("a1", edition(headline="Showers", slug="showers", section="asia")))).items
    assert (entry.article.headline, entry.article.url) == ("Showers", "https://news.example/asia/showers")


def test_a_correction_outlasts_its_article_without_an_address(site: SiteOf) -> None:
    (entry,) = read(site(*NEWS, WET, unpublished("a1"))).items
    assert (entry.note, entry.article.headline, entry.article.url) == ("It rained twice.", "Rain", None)


def test_a_withdrawal_is_told_with_its_notice_and_no_address(site: SiteOf) -> None:
    (entry,) = read(site(*NEWS, WITHDRAWN)).items
    assert (entry.kind, entry.at, entry.note) == ("withdrawal", NOON, "It was no chess.")
    assert (entry.article.id, entry.article.headline, entry.article.url) == ("a2", "Chess", None)


def test_a_withdrawal_from_before_there_was_a_log_is_told_without_a_headline(site: SiteOf) -> None:
    reads = site(*NEWS, ARTICLE.change("a2", ArticleWithdrawn("It was no chess.")))
    (entry,) = read(reads).items
    assert (entry.note, entry.article.headline, entry.article.url) == ("It was no chess.", "", None)
    assert read(reads, section="sport").items == []


def test_a_withdrawal_that_ended_stays_told_and_its_article_has_an_address_again(site: SiteOf) -> None:
    restored = ARTICLE.change("a2", ArticleRestored(CHESS))
    (entry,) = read(site(*NEWS, WITHDRAWN, restored)).items
    assert (entry.kind, entry.article.url) == ("withdrawal", "https://news.example/sport/chess")
    assert len(read(site(*NEWS, WITHDRAWN, restored, WITHDRAWN)).items) == 2


def test_a_section_tells_what_was_said_in_it_and_below(site: SiteOf) -> None:
    reads = site(*NEWS, WET, DRY, WITHDRAWN)
    assert notes(read(reads, section="world")) == notes(read(reads, section="asia"))
    assert notes(read(reads, section="asia")) == ["It did not rain.", "It rained twice."]
    assert notes(read(reads, section="sport")) == ["It was no chess."]
    assert corrections.read(reads, SITE, section="moon") is None


# Pages.


def a_long_log() -> list[Recorded]:
    """Forty articles, corrected and withdrawn by turns, many of them in one moment."""
    story: list[Change] = list(NEWS[:3])
    for n in range(40):
        id = f"b{n:02}"
        of = edition(headline=f"Report {n}", slug=f"report-{n}", section=["asia", "sport"][n % 4 == 0])
        taken = ARTICLE.change(id, ArticleWithdrawn(f"Notice {n}", of.content.headline, of.content.section))
        at = NOON + timedelta(minutes=n // 10)
        story += [published(id, of), taken if n % 3 == 0 else corrected(id, of, (at, f"Note {n}"))]
    return told(*story)


def walked(reads: Reads, section: str | None, limit: int) -> list[str]:
    """All notes, page by page."""
    found: list[str] = []
    after = None
    while True:
        page = read(reads, section=section, limit=limit, after=after)
        assert len(page.items) <= limit
        found += notes(page)
        if page.next is None:
            return found
        after = page.next


@pytest.mark.parametrize("slug", [None, "world", "sport"])
def test_pages_neither_skip_nor_repeat(store: Store, slug: str | None) -> None:
    follow(store, a_long_log())
    whole = notes(read(store, section=slug, limit=100))
    expected = [n for n in range(40) if slug is None or (n % 4 == 0) == (slug == "sport")]
    assert {int(note.split()[1]) for note in whole} == set(expected)
    for limit in (1, 3, 7, len(whole)):
        assert walked(store, slug, limit) == whole


def test_a_page_after_which_nothing_comes_has_no_next(site: SiteOf) -> None:
    reads = site(*NEWS, WET, DRY)
    assert read(reads, limit=2).next is None
    first = read(reads, limit=1)
    assert first.next == key(TWO, "a1~3")
    assert read(reads, limit=1, after=first.next).next is None


def test_what_is_said_meanwhile_moves_no_page(site: SiteOf) -> None:
    before, later = site(*NEWS, WET, DRY), site(*NEWS, WET, DRY, corrected("a2", CHESS, (TWO + timedelta(1), "Draw.")))
    after = read(before, limit=1).next
    assert notes(read(before, limit=1, after=after)) == notes(read(later, limit=1, after=after)) == ["It rained twice."]


@settings(UNHURRIED, max_examples=30)
@for_all(st.integers(0, 2**32))
def test_on_any_day_all_that_was_said_is_told(seed: int) -> None:
    events = newsday.opened(seed).pass_by(150)
    said = [one for one in events if isinstance(one.event, ArticleCorrected | ArticleWithdrawn)]
    with closing(SQLiteStore(":memory:")) as store:
        follow(store, events)
        assert sorted(one.article.id for one in read(store, limit=200).items) == sorted(one.id for one in said)
