"""Tags are named, and one gives way to another: never in a circle."""

import pytest
from msgspec import structs

from domain.article import ARTICLE, ArticleDrafted
from domain.drafting import DraftArticle
from domain.rules import Change, Command, Refused, Unknown, decide
from domain.tag import (
    TAG,
    THESAURUS,
    AddAlias,
    MergeTag,
    NamedTag,
    PartTag,
    SetTag,
    TagAdded,
    TagMerged,
    TagParted,
    TagRenamed,
    ThesaurusChanged,
)
from tests.domain.given import NEWSPAPER, RAIN, given

SHOWERS, DRIZZLE, WEATHER = (TAG.change(slug, TagAdded(slug.title())) for slug in ("showers", "drizzle", "weather"))
TAGS = (SHOWERS, DRIZZLE, WEATHER)


def merged(slug: str, into: str) -> list[Change]:
    return [THESAURUS.change("site", ThesaurusChanged(slug)), TAG.change(slug, TagMerged(into))]


def test_a_tag_is_added_before_anything_carries_it() -> None:
    assert decide(SetTag(slug="showers", name="Showers"), given()) == [SHOWERS]


def test_a_tag_is_renamed() -> None:
    renamed = TAG.change("showers", TagRenamed("Rain showers"))
    assert decide(SetTag(slug="showers", name="Rain showers"), given(*TAGS)) == [renamed]
    assert decide(SetTag(slug="showers", name="Rain showers"), given(*TAGS, renamed)) == []


def test_a_tag_gives_way_to_another() -> None:
    assert decide(MergeTag(slug="drizzle", into="showers"), given(*TAGS)) == merged("drizzle", "showers")


def test_a_tag_that_took_others_may_give_way_itself() -> None:
    before = (*TAGS, *merged("drizzle", "showers"))
    assert decide(MergeTag(slug="showers", into="weather"), given(*before)) == merged("showers", "weather")


def test_a_tag_that_gave_way_may_give_way_to_another_one() -> None:
    before = (*TAGS, *merged("drizzle", "showers"))
    assert decide(MergeTag(slug="drizzle", into="weather"), given(*before)) == merged("drizzle", "weather")


def test_what_leads_there_already_records_nothing() -> None:
    before = (*TAGS, *merged("drizzle", "showers"), *merged("rain", "showers"))
    assert decide(MergeTag(slug="drizzle", into="showers"), given(*before)) == []
    assert decide(AddAlias(slug="rain", into="showers"), given(*before)) == []


def test_a_slug_that_no_tag_has_leads_to_one() -> None:
    assert decide(AddAlias(slug="rain", into="showers"), given(*TAGS)) == merged("rain", "showers")


def test_an_alias_may_lead_elsewhere() -> None:
    before = (*TAGS, *merged("rain", "showers"))
    assert decide(AddAlias(slug="rain", into="weather"), given(*before)) == merged("rain", "weather")


def test_an_alias_that_was_parted_is_a_tag_once_it_has_a_name() -> None:
    before = (*TAGS, *merged("rain", "showers"), TAG.change("rain", TagParted()))
    assert decide(SetTag(slug="rain", name="Rain"), given(*before)) == [TAG.change("rain", TagAdded("Rain"))]


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (MergeTag(slug="showers", into="showers"), "A tag is not merged into itself"),
        (MergeTag(slug="showers", into="drizzle"), "The tag 'drizzle' has itself given way to 'showers'"),
        (MergeTag(slug="weather", into="drizzle"), "The tag 'drizzle' has itself given way to 'showers'"),
        (MergeTag(slug="weather", into="none"), "There is no tag 'none'"),
        (MergeTag(slug="weather", into="rain"), "There is no tag 'rain'"),
        (AddAlias(slug="weather", into="showers"), "There is a tag 'weather': merge it"),
        (AddAlias(slug="new", into="none"), "There is no tag 'none'"),
        (SetTag(slug="drizzle", name="Mist"), "'drizzle' leads to the tag 'showers': part it first"),
        (SetTag(slug="rain", name="Rain"), "'rain' leads to the tag 'showers': part it first"),
    ],
)
def test_only_a_tag_that_stands_for_itself_takes_others(command: Command, refusal: str) -> None:
    with pytest.raises(Refused, match=refusal):
        decide(command, given(*TAGS, *merged("drizzle", "showers"), *merged("rain", "showers")))


@pytest.mark.parametrize("command", [MergeTag(slug="none", into="showers"), PartTag(slug="none")])
def test_only_a_tag_that_is_there_gives_way_or_is_parted(command: Command) -> None:
    with pytest.raises(Unknown, match="There is no tag 'none'"):
        decide(command, given(*TAGS))


def test_a_tag_that_gave_way_stands_for_itself_again() -> None:
    parted = TAG.change("drizzle", TagParted())
    before = (*TAGS, *merged("drizzle", "showers"))
    assert decide(PartTag(slug="drizzle"), given(*before)) == [parted]
    assert decide(PartTag(slug="drizzle"), given(*before, parted)) == []
    assert decide(MergeTag(slug="showers", into="drizzle"), given(*before, parted)) == merged("showers", "drizzle")


def test_an_article_with_a_tag_that_gave_way_keeps_it_and_does_not_revive_it() -> None:
    content = structs.replace(RAIN, tags=("drizzle", "rain"))
    tags = (NamedTag("drizzle", "Drizzle"), NamedTag("rain", "Rain"))
    before = (*NEWSPAPER, *TAGS, *merged("drizzle", "showers"), *merged("rain", "showers"))
    command = DraftArticle(article_id="a1", content=content, author="staff-1", tags=tags)
    assert decide(command, given(*before)) == [ARTICLE.change("a1", ArticleDrafted(content, "staff-1"))]
