from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.article import ArticleDrafted, ArticleRevised
from domain.content import Revision
from domain.rules import Change
from domain.section import SECTION, SectionMoved
from domain.slug import SLUG, SlugClaimed
from projections import latest
from projections.latest import Latest
from projections.store import Place, Reads, key
from tests.domain.given import NOON, ONE, TWO
from tests.projections.told import SITE, edition, published, section, told, unpublished, updated

SiteOf = Callable[..., Reads]

MENU = (section("world"), section("asia", parent="world"), section("japan", parent="asia"), section("sport"))
NEWS = (
    *MENU,
    published("a1", edition(slug="s1", section="world", at=NOON, tags=("rain",), writers=("ann",))),
    published("a2", edition(slug="s2", section="asia", at=ONE, tags=("rain", "wind"), source="Agence")),
    published("a3", edition(slug="s3", section="japan", at=TWO, tags=("wind",), writers=("ann", "bob"))),
    published("a4", edition(slug="s4", section="sport", at=TWO, writers=("bob",), source="Agence")),
)


def ids(answer: Latest | None) -> list[str]:
    assert answer is not None
    return [card.id for card in answer.items]


# Writes.


def test_an_edition_is_placed_in_the_lists_of_all_that_it_names() -> None:
    (event,) = told(
        published("a1", edition(section="asia", tags=("rain", "wind"), writers=("ann", "bob"), source="Agence", at=ONE))
    )
    lists = ("latest", "section:asia", "tag:rain", "tag:wind", "writer:ann", "writer:bob", "source:Agence")
    assert latest.project(event) == [Place("a1", key(ONE, "a1"), (*lists, "month:2025-03"))]


def test_an_update_is_placed_at_the_first_publication() -> None:
    (event,) = told(updated("a1", edition(at=NOON)))
    lists = ("latest", "section:world", f"month:{NOON:%Y-%m}")
    assert latest.project(event) == [Place("a1", key(NOON, "a1"), lists)]


def test_what_is_unpublished_leaves_all_lists() -> None:
    (event,) = told(unpublished("a1"))
    assert latest.project(event) == [Place("a1")]


@pytest.mark.parametrize(
    "change",
    [
        Change("article:a1", ArticleDrafted(edition().content, "staff-1")),
        Change("article:a1", ArticleRevised(Revision(section="sport"))),
        SLUG.change("rain", SlugClaimed("a1")),
    ],
)
def test_what_readers_do_not_see_moves_nothing(change: Change) -> None:
    (event,) = told(change)
    assert latest.project(event) == []


# Answers.


def test_the_latest_come_newest_first_and_by_id_downward_among_equals(site: SiteOf) -> None:
    assert ids(latest.read(site(*NEWS), SITE)) == ["a4", "a3", "a2", "a1"]


@pytest.mark.parametrize(
    ("slug", "expected"),
    [("world", ["a3", "a2", "a1"]), ("asia", ["a3", "a2"]), ("japan", ["a3"]), ("sport", ["a4"])],
)
def test_a_section_shows_what_its_sub_sections_hold(site: SiteOf, slug: str, expected: list[str]) -> None:
    assert ids(latest.read(site(*NEWS), SITE, section=slug)) == expected


def test_a_section_that_moves_takes_its_articles_along(site: SiteOf) -> None:
    reads = site(*NEWS, SECTION.change("asia", SectionMoved(0, "sport")))
    assert ids(latest.read(reads, SITE, section="world")) == ["a1"]
    assert ids(latest.read(reads, SITE, section="sport")) == ["a4", "a3", "a2"]


def test_an_empty_section_shows_nothing(site: SiteOf) -> None:
    assert latest.read(site(section("money")), SITE, section="money") == Latest([], None)


def test_a_section_that_is_not_there_has_no_answer(site: SiteOf) -> None:
    assert latest.read(site(*NEWS), SITE, section="money") is None


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"tag": "rain"}, ["a2", "a1"]),
        ({"writer": "ann"}, ["a3", "a1"]),
        ({"source": "Agence"}, ["a4", "a2"]),
        ({"tag": "snow"}, []),
        ({"tag": "wind", "writer": "ann"}, ["a3"]),
        ({"section": "world", "tag": "rain"}, ["a2", "a1"]),
        ({"section": "asia", "source": "Agence"}, ["a2"]),
        ({"section": "sport", "tag": "rain"}, []),
        ({"section": "world", "tag": "wind", "writer": "bob"}, ["a3"]),
    ],
    ids=lambda value: "+".join(value),
)
def test_what_matches_all_that_is_asked_for_is_shown(
    site: SiteOf, filters: dict[str, str], expected: list[str]
) -> None:
    assert ids(latest.read(site(*NEWS), SITE, **filters)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("limit", range(1, 9))
@pytest.mark.parametrize("filters", [{}, {"section": "world"}, {"section": "world", "tag": "rain"}], ids=str)
def test_pages_follow_each_other_over_ties(site: SiteOf, limit: int, filters: dict[str, str]) -> None:
    reads = site(*MENU, *(published(f"a{n}", edition(slug=f"s{n}", tags=("rain",))) for n in range(7)))
    seen: list[str] = []
    after: str | None = None
    for _ in range(7):
        page = latest.read(reads, SITE, limit=limit, after=after, **filters)
        assert page is not None
        seen += ids(page)
        if page.next is None:
            break
        after = page.next
    assert seen == [f"a{n}" for n in reversed(range(7))]


def test_a_page_that_ends_with_the_list_has_no_next(site: SiteOf) -> None:
    reads = site(*NEWS)
    pages = [latest.read(reads, SITE, limit=limit) for limit in (3, 4, 5)]
    assert [page and page.next for page in pages] == [key(ONE, "a2"), None, None]


def test_an_updated_article_keeps_its_place(site: SiteOf) -> None:
    later = edition(headline="Rain, rain", slug="s1", at=NOON, section="sport")
    reads = site(*NEWS, updated("a1", later))
    assert ids(latest.read(reads, SITE)) == ["a4", "a3", "a2", "a1"]
    assert ids(latest.read(reads, SITE, section="sport")) == ["a4", "a1"]
    assert ids(latest.read(reads, SITE, tag="rain")) == ["a2"]


def test_an_unpublished_article_is_in_no_list(site: SiteOf) -> None:
    reads = site(*NEWS, unpublished("a2"))
    questions: list[dict[str, str]] = [{}, {"section": "world"}, {"tag": "rain"}, {"source": "Agence"}]
    answers = [ids(latest.read(reads, SITE, **asked)) for asked in questions]  # type: ignore[arg-type]
    assert answers == [["a4", "a3", "a1"], ["a3", "a1"], ["a1"], ["a4"]]


def test_an_article_published_again_takes_its_old_place(site: SiteOf) -> None:
    again = published("a2", edition(slug="s2", section="asia", at=ONE))
    assert ids(latest.read(site(*NEWS, unpublished("a2"), again), SITE)) == ["a4", "a3", "a2", "a1"]


def test_microseconds_tell_articles_apart(site: SiteOf) -> None:
    tick = timedelta(microseconds=1)
    reads = site(published("a1", edition(slug="s1", at=NOON + tick)), published("a2", edition(slug="s2", at=NOON)))
    assert ids(latest.read(reads, SITE)) == ["a1", "a2"]
