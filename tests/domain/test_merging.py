"""Two editors in one article: what both did is kept, and where they did it to the same words both are told."""

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from msgspec import structs

from domain.body import Block, Heading, Paragraph
from domain.content import FIELDS, Content, Revision
from domain.drafting import ReviseArticle
from domain.merging import Clash, merged
from domain.rules import Refused, decide
from tests.domain.any_events import UNHURRIED, contents
from tests.domain.given import DRAFTED, ENDING, NEWSPAPER, OPENING, RAIN, given, revised

MIDDLE = Paragraph(id="p3", text="It went on.")
LAST = Paragraph(id="p4", text="All was dry.")
HEADING = Heading(id="h1", text="The clouds")
WETTER = structs.replace(OPENING, text="It poured.")
DRIER = structs.replace(ENDING, text="Then it dried.")

BASE = structs.replace(RAIN, body=(OPENING, MIDDLE, ENDING))


def body(*blocks: Block) -> Content:
    return structs.replace(BASE, body=blocks)


def clash(theirs: Content, yours: Content) -> tuple[str, ...]:
    with pytest.raises(Clash) as clash:
        merged(BASE, theirs, yours)
    return clash.value.paths


# Fields.


def test_fields_of_both_sides_are_kept() -> None:
    theirs = structs.replace(BASE, headline="Rain, rain")
    yours = structs.replace(BASE, standfirst="Wet.", section="sport")
    both = structs.replace(BASE, headline="Rain, rain", standfirst="Wet.", section="sport")
    assert merged(BASE, theirs, yours) == both


def test_the_same_change_on_both_sides_is_one() -> None:
    same = structs.replace(BASE, headline="Rain, rain", body=(WETTER, ENDING))
    assert merged(BASE, same, same) == same


def test_a_field_that_both_changed_is_a_clash_by_its_name() -> None:
    theirs = structs.replace(BASE, headline="Rain, rain", tags=("rain",), source="Agence")
    yours = structs.replace(BASE, headline="Rain!", tags=("wind",), source="Agence")
    assert clash(theirs, yours) == ("headline", "tags")


def test_a_clash_is_a_refusal_that_names_what_both_changed() -> None:
    with pytest.raises(Refused, match=r"Somebody else changed this too: headline, body\.p1\."):
        merged(
            BASE,
            structs.replace(BASE, headline="Rain, rain", body=(WETTER, MIDDLE, ENDING)),
            structs.replace(BASE, headline="Rain!", body=(structs.replace(OPENING, text="Drops."), MIDDLE, ENDING)),
        )


# Blocks.


@pytest.mark.parametrize(
    ("theirs", "yours", "both"),
    [
        (body(WETTER, MIDDLE, ENDING), body(OPENING, MIDDLE, DRIER), body(WETTER, MIDDLE, DRIER)),
        (body(HEADING, OPENING, MIDDLE, ENDING), body(OPENING, MIDDLE, ENDING, LAST), body(HEADING, *BASE.body, LAST)),
        (body(MIDDLE, ENDING), body(OPENING, MIDDLE), body(MIDDLE)),
        (body(OPENING, ENDING), body(OPENING, ENDING), body(OPENING, ENDING)),
        (body(OPENING, ENDING), body(OPENING, MIDDLE, LAST, ENDING), body(OPENING, LAST, ENDING)),
        (body(ENDING, OPENING, MIDDLE), body(WETTER, MIDDLE, ENDING), body(ENDING, WETTER, MIDDLE)),
        (body(ENDING, OPENING, MIDDLE), body(OPENING, HEADING, MIDDLE, ENDING), body(ENDING, OPENING, HEADING, MIDDLE)),
        (body(OPENING, HEADING, MIDDLE, ENDING), body(ENDING, OPENING, MIDDLE), body(ENDING, OPENING, HEADING, MIDDLE)),
        (body(ENDING, MIDDLE, OPENING), body(ENDING, MIDDLE, OPENING), body(ENDING, MIDDLE, OPENING)),
        (body(ENDING, OPENING, MIDDLE), body(OPENING, ENDING), body(ENDING, OPENING)),
    ],
    ids=[
        "both change",
        "both add",
        "both remove",
        "both remove the same",
        "added after what the other removed",
        "moved, and changed",
        "moved, and added after what moved",
        "added, and moved",
        "both move the same",
        "moved, and removed",
    ],
)
def test_blocks_of_both_sides_are_kept(theirs: Content, yours: Content, both: Content) -> None:
    assert merged(BASE, theirs, yours) == both


def test_what_both_add_at_one_place_stands_there_side_by_side() -> None:
    theirs, yours = body(OPENING, HEADING, MIDDLE, ENDING), body(OPENING, LAST, MIDDLE, ENDING)
    assert merged(BASE, theirs, yours) == body(OPENING, LAST, HEADING, MIDDLE, ENDING)


def test_a_block_that_both_changed_is_a_clash_by_its_id() -> None:
    assert clash(body(WETTER, ENDING), body(structs.replace(OPENING, text="Drops."), ENDING)) == ("body.p1",)


def test_two_new_blocks_of_one_id_are_a_clash() -> None:
    other = structs.replace(HEADING, text="The sun")
    assert clash(body(*BASE.body, HEADING), body(*BASE.body, other)) == ("body.h1",)


@pytest.mark.parametrize(
    ("theirs", "yours"),
    [(body(MIDDLE, ENDING), body(WETTER, MIDDLE, ENDING)), (body(WETTER, MIDDLE, ENDING), body(MIDDLE, ENDING))],
    ids=["they removed it", "you removed it"],
)
def test_to_remove_what_the_other_side_changed_is_a_clash(theirs: Content, yours: Content) -> None:
    assert clash(theirs, yours) == ("body.p1",)


def test_to_move_blocks_in_two_ways_is_a_clash_of_the_body() -> None:
    assert clash(body(ENDING, OPENING, MIDDLE), body(MIDDLE, OPENING, ENDING)) == ("body",)


# Whatever the contents.

# Few ids and few words, so that the sides meet in the same blocks.
blocks: st.SearchStrategy[Block] = st.builds(Paragraph, id=st.sampled_from("abcdef"), text=st.sampled_from("xy"))
bodies = st.lists(blocks, unique_by=lambda block: block.id, max_size=6).map(tuple)
any_contents = contents | st.builds(Content, headline=st.sampled_from("xy"), section=st.just("world"), body=bodies)


@settings(UNHURRIED, max_examples=300)
@for_all(any_contents, any_contents)
def test_what_one_side_left_alone_is_as_the_other_made_it(base: Content, changed: Content) -> None:
    assert merged(base, base, changed) == changed
    assert merged(base, changed, base) == changed
    assert merged(base, changed, changed) == changed


@settings(UNHURRIED, max_examples=300)
@for_all(any_contents, any_contents, any_contents)
def test_a_merge_loses_no_block_and_repeats_none(base: Content, theirs: Content, yours: Content) -> None:
    try:
        both = merged(base, theirs, yours)
    except Clash:
        return
    stood, they, you, found = ({block.id for block in one.body} for one in (base, theirs, yours, both))
    assert found == (they & you) | ((they | you) - stood)
    assert len(both.body) == len(found)


@settings(UNHURRIED, max_examples=200)
@for_all(contents, contents, contents, st.sets(st.sampled_from(FIELDS)))
def test_changes_of_different_fields_commute(base: Content, one: Content, other: Content, names: set[str]) -> None:
    theirs = structs.replace(base, **{name: getattr(one, name) for name in names})
    yours = structs.replace(base, **{name: getattr(other, name) for name in FIELDS if name not in names})
    both = merged(base, theirs, yours)
    assert both == merged(base, yours, theirs)
    assert all(getattr(both, name) == getattr(one if name in names else other, name) for name in FIELDS)


# Decided.

NEW_HEADLINE = revised(Revision(headline="Rain, rain"))


def revise(**patch: object) -> ReviseArticle:
    return ReviseArticle(article_id="a1", patch=patch, base=RAIN)


def test_a_revision_made_on_a_base_is_merged_and_records_its_own_part() -> None:
    before = given(*NEWSPAPER, DRAFTED, NEW_HEADLINE)
    assert decide(revise(section="sport"), before) == [revised(Revision(section="sport"))]


def test_a_revision_that_others_made_already_records_nothing() -> None:
    assert decide(revise(headline="Rain, rain"), given(*NEWSPAPER, DRAFTED, NEW_HEADLINE)) == []


def test_a_revision_that_clashes_is_refused() -> None:
    with pytest.raises(Clash, match="headline"):
        decide(revise(headline="Rain!"), given(*NEWSPAPER, DRAFTED, NEW_HEADLINE))


def test_two_sides_do_not_grow_a_body_beyond_its_bound_together() -> None:
    many = tuple(Paragraph(id=f"n{n}", text="Drops.") for n in range(997))
    theirs = revised(Revision(blocks=(*many, HEADING), order=("p1", *(block.id for block in many), "h1", "p2")))
    before = given(*NEWSPAPER, DRAFTED, theirs)
    with pytest.raises(Refused, match="at most 1000 blocks"):
        decide(revise(body=(OPENING, ENDING, LAST)), before)
    assert len(decide(revise(body=(OPENING, DRIER)), before)) == 1


def test_no_block_is_lost_in_a_merge_because_another_has_its_id() -> None:
    twins = revise(body=(OPENING, structs.replace(ENDING, id="p1")))
    with pytest.raises(Refused, match="Two blocks have the same id"):
        decide(twins, given(*NEWSPAPER, DRAFTED, NEW_HEADLINE))
