import pytest
from msgspec import structs

from domain.article import ARTICLE, ArticleUnpublished
from domain.content import Revision
from domain.publishing import PublishArticle, UnpublishArticle, UpdateArticle
from domain.rules import Change, Command, Outdated, Refused, Unknown, decide
from tests.domain.given import (
    DRAFTED,
    NEWSPAPER,
    NOON,
    ONE,
    PUBLISHED,
    RAIN,
    TWO,
    claimed,
    edition,
    given,
    published,
    revised,
    updated,
)

DRAFT = (*NEWSPAPER, DRAFTED)
LIVE = (*DRAFT, *PUBLISHED)
NEW_HEADLINE = revised(Revision(headline="Rain, rain"))
RAINIER = structs.replace(RAIN, headline="Rain, rain")
UNPUBLISHED = ARTICLE.change("a1", ArticleUnpublished())

PUBLISH = PublishArticle(article_id="a1", at=NOON, headline_slug="rain-at-last", made_on=None)
PUBLISH_LATER = PublishArticle(article_id="a1", at=TWO, headline_slug="rain-rain", made_on=None)
UPDATE = UpdateArticle(article_id="a1", at=ONE, made_on=None)
UNPUBLISH = UnpublishArticle(article_id="a1")


def test_a_publication_claims_an_address_and_carries_the_whole_edition() -> None:
    assert decide(PUBLISH, given(*DRAFT)) == [claimed("rain-at-last"), published(edition(RAIN))]


def test_the_address_that_an_editor_chose_is_claimed() -> None:
    chosen = structs.replace(RAIN, slug="wet")
    assert decide(PUBLISH, given(*DRAFT, revised(Revision(slug="wet")))) == [
        claimed("wet"),
        published(edition(chosen, slug="wet")),
    ]


def test_publishing_what_is_published_records_nothing() -> None:
    assert decide(PUBLISH_LATER, given(*LIVE)) == []


def test_an_update_brings_the_working_copy_to_readers() -> None:
    assert decide(UPDATE, given(*LIVE, NEW_HEADLINE)) == [updated(edition(RAINIER, updated_at=ONE))]


def test_an_update_keeps_the_first_publication_and_the_address_of_the_first_headline() -> None:
    twice = (*LIVE, NEW_HEADLINE, updated(edition(RAINIER, updated_at=ONE)), revised(Revision(section="sport")))
    sporty = structs.replace(RAINIER, section="sport")
    again = UpdateArticle(article_id="a1", at=TWO, made_on=None)
    assert decide(again, given(*twice)) == [updated(edition(sporty, slug="rain-at-last", updated_at=TWO))]


def test_an_update_of_nothing_records_nothing() -> None:
    assert decide(UPDATE, given(*LIVE)) == []


def test_a_revision_taken_back_leaves_nothing_to_update() -> None:
    taken_back = revised(Revision(headline="Rain at last"))
    assert decide(UPDATE, given(*LIVE, NEW_HEADLINE, taken_back)) == []


def test_a_published_article_can_be_unpublished() -> None:
    assert decide(UNPUBLISH, given(*LIVE)) == [UNPUBLISHED]


def test_unpublishing_twice_records_nothing() -> None:
    assert decide(UNPUBLISH, given(*LIVE, UNPUBLISHED)) == []


def test_published_again_it_keeps_its_address_and_its_place_in_time() -> None:
    assert decide(PUBLISH_LATER, given(*LIVE, UNPUBLISHED)) == [published(edition(RAIN, updated_at=TWO))]


def test_published_again_it_carries_what_was_revised_meanwhile() -> None:
    assert decide(PUBLISH_LATER, given(*LIVE, UNPUBLISHED, NEW_HEADLINE)) == [
        published(edition(RAINIER, updated_at=TWO))
    ]


def test_a_publication_is_made_on_the_working_copy_that_the_editor_saw() -> None:
    seen = structs.replace(PUBLISH, made_on=1)
    assert decide(seen, given(*DRAFT)) == [claimed(), published(edition())]


@pytest.mark.parametrize("command", [PUBLISH, UPDATE, UNPUBLISH], ids=["publish", "update", "unpublish"])
def test_what_was_never_drafted_cannot_reach_readers(command: Command) -> None:
    with pytest.raises(Unknown, match="no such article"):
        decide(command, given(*NEWSPAPER))


@pytest.mark.parametrize(
    "command",
    [
        structs.replace(PUBLISH_LATER, made_on=1),
        structs.replace(UPDATE, made_on=1),
        structs.replace(UNPUBLISH, made_on=1),
    ],
    ids=["publish", "update", "unpublish"],
)
def test_what_was_decided_on_an_older_working_copy_is_outdated(command: Command) -> None:
    with pytest.raises(Outdated, match="changed with version 3"):
        decide(command, given(*LIVE, NEW_HEADLINE))


def test_changes_of_a_published_article_are_not_published_but_updated() -> None:
    with pytest.raises(Refused, match="an update brings its changes to readers"):
        decide(PUBLISH_LATER, given(*LIVE, NEW_HEADLINE))


@pytest.mark.parametrize(
    ("before", "status"), [(DRAFT, "draft"), ((*LIVE, UNPUBLISHED), "unpublished")], ids=["a draft", "unpublished"]
)
def test_only_what_is_published_can_be_updated(before: tuple[Change, ...], status: str) -> None:
    with pytest.raises(Refused, match=f"To update an article, it must be published; this one is {status}"):
        decide(UPDATE, given(*before))


def test_a_draft_cannot_be_unpublished() -> None:
    with pytest.raises(Refused, match="To unpublish an article, it must be published; this one is draft"):
        decide(UNPUBLISH, given(*DRAFT))
