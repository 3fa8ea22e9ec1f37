"""Each field and block is laid at the door of the version that last changed it."""

from datetime import timedelta

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from cms.blame import BODY, Blame, blame
from domain.article import ArticleDrafted, ArticleEvent, ArticlePublished, ArticleRevised, ArticleSubmitted
from domain.content import FIELDS, Content, Revision, difference
from domain.recorded import Recorded
from tests.domain.any_events import UNHURRIED, contents
from tests.domain.given import ENDING, NOON, OPENING, PHOTO, RAIN, edition


def stream(*events: ArticleEvent) -> list[Recorded]:
    """One a minute, by `staff-1`, `staff-2` and so on."""
    return [
        Recorded(
            stream="article:a1",
            version=version,
            at=NOON + timedelta(minutes=version),
            by=f"staff-{version}",
            command=f"c{version}",
            event=event,
        )
        for version, event in enumerate(events, start=1)
    ]


def versions(found: Blame) -> dict[str, int]:
    """Of all that the first version did not make."""
    everything = found.fields | {f"body.{id}": one for id, one in found.blocks.items()}
    return {path: one.version for path, one in everything.items() if one.version > 1}


DRAFTED = ArticleDrafted(RAIN, "staff-1")
HEADLINE = ArticleRevised(Revision(headline="Rain, rain"))
WORDS = ArticleRevised(Revision(blocks=(type(OPENING)(id="p1", text="It poured."),)))
NEW_BLOCK = ArticleRevised(Revision(blocks=(PHOTO,), order=("i1", "p1", "p2")))


def test_all_of_a_draft_is_by_whoever_drafted_it() -> None:
    found = blame(stream(DRAFTED))
    assert set(found.fields) == {*FIELDS, BODY}
    assert list(found.blocks) == ["p1", "p2"]
    assert {one.by for one in (*found.fields.values(), *found.blocks.values())} == {"staff-1"}


def test_a_field_is_by_whoever_changed_it_last() -> None:
    assert versions(blame(stream(DRAFTED, HEADLINE, WORDS, HEADLINE))) == {"headline": 4, "body.p1": 3}


def test_a_new_block_changes_the_arrangement_of_the_body_too() -> None:
    found = blame(stream(DRAFTED, NEW_BLOCK))
    assert versions(found) == {"body": 2, "body.i1": 2}
    assert list(found.blocks) == ["i1", "p1", "p2"]


def test_blocks_that_moved_keep_the_names_of_those_who_wrote_them() -> None:
    assert versions(blame(stream(DRAFTED, ArticleRevised(Revision(order=("p2", "p1")))))) == {"body": 2}


def test_a_block_that_went_is_no_longer_there_and_one_that_comes_back_is_by_whoever_brought_it() -> None:
    gone = ArticleRevised(Revision(order=("p1",)))
    assert list(blame(stream(DRAFTED, gone)).blocks) == ["p1"]
    back = ArticleRevised(Revision(blocks=(ENDING,), order=("p1", "p2")))
    assert versions(blame(stream(DRAFTED, gone, back))) == {"body": 3, "body.p2": 3}


def test_what_changes_no_word_is_to_blame_for_none() -> None:
    assert versions(blame(stream(DRAFTED, ArticleSubmitted(), ArticlePublished(edition())))) == {}


# Few ids, so that blocks stay, change, go and come back.
few = st.builds(
    Content,
    headline=st.sampled_from("ab"),
    section=st.just("world"),
    standfirst=st.sampled_from("ab"),
    body=st.lists(
        st.builds(type(OPENING), id=st.sampled_from("xyz"), text=st.sampled_from("ab")),
        unique_by=lambda block: block.id,
        max_size=3,
    ).map(tuple),
)


@settings(UNHURRIED, max_examples=200)
@for_all(st.lists(few | contents, min_size=1, max_size=8))
def test_the_blame_is_the_last_version_in_which_it_differs(working_copies: list[Content]) -> None:
    first, *later = working_copies
    steps = list(zip(working_copies, later, strict=False))
    events = stream(ArticleDrafted(first, ""), *(ArticleRevised(difference(old, new)) for old, new in steps))
    found = blame(events)
    bodies = [{block.id: block for block in content.body} for content in working_copies]
    assert {id: one.version for id, one in found.blocks.items()} == {
        id: last_change([body.get(id) for body in bodies]) for id in bodies[-1]
    }
    assert {path: one.version for path, one in found.fields.items()} == {
        **{name: last_change([getattr(content, name) for content in working_copies]) for name in FIELDS},
        BODY: last_change([tuple(body) for body in bodies]),
    }


def last_change(values: list[object]) -> int:
    """The version from which on it was what it is."""
    return max((at + 1 for at in range(1, len(values)) if values[at] != values[at - 1]), default=1)
