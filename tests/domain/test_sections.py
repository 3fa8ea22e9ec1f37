import pytest

from domain.rules import Change, Refused, decide
from domain.section import (
    MENU,
    RESERVED,
    SECTION,
    MenuRearranged,
    SectionAdded,
    SectionEvent,
    SectionMoved,
    SectionRenamed,
    SetSection,
)
from tests.domain.given import given


def section(slug: str, event: SectionEvent) -> Change:
    return SECTION.change(slug, event)


def rearranged(slug: str, parent: str | None) -> Change:
    return MENU.change("site", MenuRearranged(slug, parent))


WORLD = section("world", SectionAdded("World", 1))
ASIA = section("asia", SectionAdded("Asia", 2, "world"))
JAPAN = section("japan", SectionAdded("Japan", 3, "asia"))


def test_a_section_has_a_name_and_a_place() -> None:
    command = SetSection(slug="world", name="World", position=1)
    assert decide(command, given()) == [WORLD]


def test_a_section_can_be_part_of_another() -> None:
    command = SetSection(slug="asia", name="Asia", position=2, parent="world")
    assert decide(command, given(WORLD)) == [rearranged("asia", "world"), ASIA]


def test_a_section_that_names_no_place_comes_first_in_the_menu() -> None:
    assert decide(SetSection(slug="world", name="World"), given()) == [section("world", SectionAdded("World", 0))]


def test_a_section_as_it_stands_records_nothing() -> None:
    command = SetSection(slug="asia", name="Asia", position=2, parent="world")
    assert decide(command, given(WORLD, ASIA)) == []


def test_what_is_left_out_stays() -> None:
    assert decide(SetSection(slug="asia", name="Asia"), given(WORLD, ASIA)) == []


def test_a_section_is_renamed() -> None:
    command = SetSection(slug="asia", name="Asia and Pacific")
    assert decide(command, given(WORLD, ASIA)) == [section("asia", SectionRenamed("Asia and Pacific"))]


def test_a_section_is_moved_in_the_menu() -> None:
    command = SetSection(slug="asia", name="Asia", position=9)
    assert decide(command, given(WORLD, ASIA)) == [section("asia", SectionMoved(9, "world"))]


def test_a_section_is_moved_to_the_top() -> None:
    command = SetSection(slug="asia", name="Asia", parent=None)
    assert decide(command, given(WORLD, ASIA)) == [
        rearranged("asia", None),
        section("asia", SectionMoved(2, None)),
    ]


def test_a_section_is_renamed_and_moved_at_once() -> None:
    command = SetSection(slug="japan", name="Nippon", parent="world")
    assert decide(command, given(WORLD, ASIA, JAPAN)) == [
        rearranged("japan", "world"),
        section("japan", SectionRenamed("Nippon")),
        section("japan", SectionMoved(3, "world")),
    ]


def test_the_parent_of_a_section_is_there() -> None:
    with pytest.raises(Refused, match="There is no section 'world'"):
        decide(SetSection(slug="asia", name="Asia", parent="world"), given())


@pytest.mark.parametrize("below", ["world", "asia", "japan"])
def test_a_section_is_never_part_of_itself(below: str) -> None:
    with pytest.raises(Refused, match="cannot be part of itself"):
        decide(SetSection(slug="world", name="World", parent=below), given(WORLD, ASIA, JAPAN))


@pytest.mark.parametrize("slug", sorted(RESERVED))
def test_a_section_does_not_take_the_first_word_of_another_address(slug: str) -> None:
    with pytest.raises(Refused, match=f"'{slug}' is the first word of another address"):
        decide(SetSection(slug=slug, name="News"), given())


def chain(*slugs: str) -> list[Change]:
    """Each is part of the one before."""
    changes: list[Change] = []
    for slug, parent in zip(slugs, (None, *slugs), strict=False):
        changes += decide(SetSection(slug=slug, name=slug.title(), parent=parent), given(*changes))
    return changes


def test_sections_lie_within_each_other_on_eight_levels_at_most() -> None:
    eight = chain(*"abcdefgh")
    assert len(eight) == 15
    assert decide(SetSection(slug="x", name="X", parent="g"), given(*eight))
    with pytest.raises(Refused, match="Sections lie within each other on at most 8 levels"):
        decide(SetSection(slug="x", name="X", parent="h"), given(*eight))


def test_a_section_is_moved_with_all_that_is_part_of_it() -> None:
    before = (*chain(*"abcde"), *chain("x", "y", "z"))
    for parent in (None, *"abcde"):
        assert decide(SetSection(slug="y", name="Y", parent=parent), given(*before))
    assert decide(SetSection(slug="x", name="X", parent="e"), given(*before))
    deep = (*before, *decide(SetSection(slug="w", name="W", parent="z"), given(*before)))
    with pytest.raises(Refused, match="on at most 8 levels"):
        decide(SetSection(slug="x", name="X", parent="e"), given(*deep))
    alone = (*deep, *decide(SetSection(slug="y", name="Y", parent=None), given(*deep)))
    assert decide(SetSection(slug="x", name="X", parent="e"), given(*alone))


def test_sections_that_are_too_deep_since_before_can_still_be_renamed() -> None:
    deep = [section(f"s{n}", SectionAdded("S", 0, f"s{n - 1}" if n else None)) for n in range(12)]
    assert decide(SetSection(slug="s11", name="T"), given(*deep)) == [section("s11", SectionRenamed("T"))]
