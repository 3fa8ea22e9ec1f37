"""What sections, tags, sources and writers are called, and where they stand."""

from collections.abc import Callable

from domain.section import SECTION, SectionAdded, SectionClosed, SectionMoved, SectionRenamed, SectionReopened
from domain.source import SOURCE, SourceAdded
from domain.tag import TAG, TagAdded, TagMerged, TagParted, TagRenamed
from domain.writer import WRITER, WriterAdded, WriterChanged
from projections import sections, sources, tags, writers
from projections.sections import Section
from projections.sources import CountedSource
from projections.store import Drop, Put, Reads
from projections.tags import CountedTag, Tag
from projections.writers import Writer
from tests.projections.told import edition, published, section, told, unpublished, updated

SiteOf = Callable[..., Reads]


# Sections.


def test_a_section_is_a_name_and_a_place() -> None:
    (event,) = told(SECTION.change("asia", SectionAdded("Asia", 2, "world")))
    assert sections.project(event) == [
        Put("section", "asia", b'{"name":"Asia"}'),
        Put("menu", "asia", b'{"position":2,"parent":"world"}'),
    ]


def test_a_renamed_section_writes_its_name_alone() -> None:
    (event,) = told(SECTION.change("asia", SectionRenamed("Asia and Pacific")))
    assert sections.project(event) == [Put("section", "asia", b'{"name":"Asia and Pacific"}')]


def test_a_moved_section_writes_its_place_alone() -> None:
    (event,) = told(SECTION.change("asia", SectionMoved(0)))
    assert sections.project(event) == [Put("menu", "asia", b'{"position":0,"parent":null}')]


def test_the_menu_is_a_tree_in_the_order_of_its_positions(site: SiteOf) -> None:
    reads = site(
        section("world", 1),
        section("sport", 0),
        section("japan", 0, "asia"),
        section("europe", 1, "world"),
        section("asia", 1, "world"),
        section("africa", 0, "world"),
    )
    japan = Section(slug="japan", name="Japan", position=0, parent="asia")
    asia = Section(slug="asia", name="Asia", position=1, parent="world", sections=(japan,))
    africa = Section(slug="africa", name="Africa", position=0, parent="world")
    europe = Section(slug="europe", name="Europe", position=1, parent="world")
    assert sections.read(reads) == (
        Section(slug="sport", name="Sport", position=0, parent=None),
        Section(slug="world", name="World", position=1, parent=None, sections=(africa, asia, europe)),
    )


def test_a_section_that_was_renamed_and_moved_has_its_new_name_and_place(site: SiteOf) -> None:
    changed = (SECTION.change("asia", SectionMoved(5, None)), SECTION.change("asia", SectionRenamed("Far East")))
    assert sections.read(site(section("world"), section("asia", 1, "world"), *changed)) == (
        Section(slug="world", name="World", position=0, parent=None),
        Section(slug="asia", name="Far East", position=5, parent=None),
    )


def test_the_lists_of_a_section_are_its_own_and_those_below(site: SiteOf) -> None:
    reads = site(section("world"), section("asia", 0, "world"), section("japan", 0, "asia"), section("sport"))
    assert sections.lists_of(reads, "world") == ["section:world", "section:asia", "section:japan"]
    assert sections.lists_of(reads, "japan") == ["section:japan"]
    assert sections.lists_of(reads, "money") is None


def test_a_closed_section_writes_that_alone() -> None:
    closed, reopened = told(SECTION.change("asia", SectionClosed()), SECTION.change("asia", SectionReopened()))
    assert sections.project(closed) == [Put("closed", "asia", b"")]
    assert sections.project(reopened) == [Drop("closed", "asia")]


def test_where_a_section_is_closed_the_open_ones_within_it_take_its_place(site: SiteOf) -> None:
    reads = site(
        section("sport", 0),
        section("world", 1),
        section("asia", 1, "world"),
        section("japan", 0, "asia"),
        section("europe", 2, "world"),
        section("money", 2),
        *(SECTION.change(slug, SectionClosed()) for slug in ("world", "asia")),
    )
    assert [(one.slug, one.parent) for one in sections.read(reads)] == [
        ("sport", None),
        ("japan", None),
        ("europe", None),
        ("money", None),
    ]
    assert sections.lists_of(reads, "world") == ["section:world", "section:asia", "section:europe", "section:japan"]


# Tags.

RAIN, WIND, SNOW = (TAG.change(slug, TagAdded(slug.title())) for slug in ("rain", "wind", "snow"))
TAGGED = (
    RAIN,
    WIND,
    SNOW,
    published("a1", edition(slug="s1", tags=("rain", "wind"))),
    published("a2", edition(slug="s2", tags=("wind",))),
)


def test_a_tag_is_a_slug_and_a_name() -> None:
    (event,) = told(TAG.change("cape-town", TagAdded("Cape Town")))
    assert tags.project(event) == [Put("tag", "cape-town", b'{"slug":"cape-town","name":"Cape Town"}')]


def test_tags_in_use_come_with_their_articles_the_most_used_first(site: SiteOf) -> None:
    assert tags.read(site(*TAGGED)) == [CountedTag("wind", "Wind", 2), CountedTag("rain", "Rain", 1)]


def test_equally_used_tags_lie_by_slug(site: SiteOf) -> None:
    reads = site(*TAGGED, published("a3", edition(slug="s3", tags=("snow", "rain"))))
    assert [tag.slug for tag in tags.read(reads)] == ["rain", "wind", "snow"]


def test_a_tag_counts_what_is_public_now(site: SiteOf) -> None:
    reads = site(*TAGGED, unpublished("a2"), updated("a1", edition(slug="s1", tags=("wind",))))
    assert tags.read(reads) == [CountedTag("wind", "Wind", 1)]


def test_a_tag_that_gave_way_is_one_document() -> None:
    renamed, merged, parted = told(
        TAG.change("rain", TagRenamed("Showers")),
        TAG.change("rain", TagMerged("weather")),
        TAG.change("rain", TagParted()),
    )
    assert tags.project(renamed) == [Put("tag", "rain", b'{"slug":"rain","name":"Showers"}')]
    assert tags.project(merged) == [Put("alias", "rain", b"weather")]
    assert tags.project(parted) == [Drop("alias", "rain")]


def test_what_leads_to_a_tag_is_read_with_it_in_one_or_several_steps(site: SiteOf) -> None:
    steps = (TAG.change("rain", TagMerged("wind")), TAG.change("wind", TagMerged("snow")))
    reads = site(*TAGGED, *steps)
    assert tags.lists_of(reads, "rain", "snow") == [["tag:snow", "tag:rain", "tag:wind"]]
    assert tags.some(reads, ["rain", "wind"]) == [Tag("snow", "Snow")]
    assert tags.read(reads) == [CountedTag("snow", "Snow", 2)]


# Sources.


def test_a_source_is_a_slug_a_name_and_an_address() -> None:
    (added,) = told(SOURCE.change("wire", SourceAdded("Wire", "https://wire.example")))
    document = b'{"slug":"wire","name":"Wire","url":"https://wire.example"}'
    assert sources.project(added) == [Put("source", "wire", document)]


def test_sources_lie_by_name_and_count_what_is_public_now(site: SiteOf) -> None:
    reads = site(
        SOURCE.change("wire", SourceAdded("wire")),
        SOURCE.change("agency", SourceAdded("Agency")),
        published("a1", edition(slug="s1", source="wire")),
        published("a2", edition(slug="s2", source="wire")),
        unpublished("a2"),
    )
    assert sources.read(reads) == [
        CountedSource("agency", "Agency", "", 0),
        CountedSource("wire", "wire", "", 1),
    ]


# Writers.


def test_a_writer_is_a_slug_a_name_and_a_few_lines() -> None:
    added, changed = told(
        WRITER.change("bob", WriterAdded("Bob Ray")), WRITER.change("bob", WriterChanged("Bob Lee", "On rain."))
    )
    assert writers.project(added) == [Put("writer", "bob", b'{"slug":"bob","name":"Bob Ray","bio":"","guest":false}')]
    assert writers.project(changed) == [
        Put("writer", "bob", b'{"slug":"bob","name":"Bob Lee","bio":"On rain.","guest":false}')
    ]


def test_writers_lie_by_name_whatever_its_case(site: SiteOf) -> None:
    people = {"z": "ann Lee", "b": "Bob Ray", "a": "Bob Ray", "c": "al Green"}
    reads = site(*(WRITER.change(slug, WriterAdded(name)) for slug, name in people.items()))
    assert writers.read(reads) == [
        Writer("c", "al Green", ""),
        Writer("z", "ann Lee", ""),
        Writer("a", "Bob Ray", ""),
        Writer("b", "Bob Ray", ""),
    ]
