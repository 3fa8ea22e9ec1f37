from datetime import UTC, datetime

import pytest
from msgspec import structs

from domain.article import ARTICLE, ArticleDrafted, ArticleUnpublished, ArticleViewsCarriedOver
from domain.content import Content, Edition, Revision
from domain.importing import ImportArticle
from domain.rules import Change, Refused, decide
from domain.tag import TAG, NamedTag, TagAdded
from tests.domain.given import NEWSPAPER, NOON, RAIN, WORLD, claimed, given, published, revised, updated

LONG_AGO = datetime(1999, 5, 1, 8, tzinfo=UTC)
RAINIER = structs.replace(RAIN, headline="Rain, rain")

IMPORT = ImportArticle(
    article_id="a1", external_id="old-1", content=RAIN, author="system:import", at=NOON, headline_slug="rain-at-last"
)
IMPORT_PUBLISHED = structs.replace(IMPORT, published_at=LONG_AGO, views=70)
IMPORT_CHANGED = structs.replace(IMPORT_PUBLISHED, content=RAINIER, headline_slug="rain-rain")

DRAFTED = ARTICLE.change("a1", ArticleDrafted(RAIN, "system:import", "old-1"))
OLD_EDITION = Edition(slug="rain-at-last", published_at=LONG_AGO, updated_at=LONG_AGO, content=RAIN)
PUBLICATION = [
    claimed(),
    published(OLD_EDITION),
    ARTICLE.change("a1", ArticleViewsCarriedOver(70)),
]
TAKEN_OVER = [*NEWSPAPER, DRAFTED, *PUBLICATION]
CHANGED_THERE = revised(Revision(headline="Rain, rain"), external_id="old-1")
CHANGED_HERE = revised(Revision(headline="Rain, rain"))


def test_an_article_is_taken_over_with_its_publication_and_its_views_in_one_decision() -> None:
    assert decide(IMPORT_PUBLISHED, given(*NEWSPAPER)) == [DRAFTED, *PUBLICATION]


def test_a_publication_that_nobody_counted_carries_no_views() -> None:
    uncounted = structs.replace(IMPORT_PUBLISHED, views=0)
    assert decide(uncounted, given(*NEWSPAPER)) == [DRAFTED, claimed(), published(OLD_EDITION)]


def test_what_was_not_published_there_is_a_draft_here() -> None:
    assert decide(IMPORT, given(*NEWSPAPER)) == [DRAFTED]


def test_a_draft_keeps_what_was_viewed_there_for_when_it_is_published() -> None:
    viewed, carried = structs.replace(IMPORT, views=70), ARTICLE.change("a1", ArticleViewsCarriedOver(70))
    assert decide(viewed, given(*NEWSPAPER)) == [DRAFTED, carried]
    assert decide(viewed, given(*NEWSPAPER, DRAFTED, carried)) == []
    assert decide(IMPORT_PUBLISHED, given(*NEWSPAPER, DRAFTED, carried)) == PUBLICATION[:-1]


def test_an_import_adds_the_tags_that_are_unknown() -> None:
    tagged = structs.replace(RAIN, tags=("rain",))
    command = structs.replace(IMPORT, content=tagged, tags=(NamedTag("rain", "Rain"),))
    assert decide(command, given(*NEWSPAPER)) == [
        TAG.change("rain", TagAdded("Rain")),
        ARTICLE.change("a1", ArticleDrafted(tagged, "system:import", "old-1")),
    ]


@pytest.mark.parametrize("again", [IMPORT, IMPORT_PUBLISHED], ids=["as a draft", "as published"])
def test_the_same_content_again_records_nothing(again: ImportArticle) -> None:
    assert decide(again, given(*TAKEN_OVER)) == []


def test_a_draft_that_is_still_one_records_nothing() -> None:
    assert decide(IMPORT, given(*NEWSPAPER, DRAFTED)) == []


def test_a_draft_that_was_published_there_since_is_published_here() -> None:
    assert decide(IMPORT_PUBLISHED, given(*NEWSPAPER, DRAFTED)) == PUBLICATION


def test_a_draft_that_was_changed_and_published_there_since_is_revised_and_published() -> None:
    edition = structs.replace(OLD_EDITION, slug="rain-rain", content=RAINIER)
    assert decide(IMPORT_CHANGED, given(*NEWSPAPER, DRAFTED)) == [
        CHANGED_THERE,
        claimed("rain-rain"),
        published(edition),
        ARTICLE.change("a1", ArticleViewsCarriedOver(70)),
    ]


def test_changed_content_revises_and_updates_under_the_known_address() -> None:
    edition = structs.replace(OLD_EDITION, content=RAINIER, updated_at=NOON)
    assert decide(IMPORT_CHANGED, given(*TAKEN_OVER)) == [CHANGED_THERE, updated(edition)]


def test_changed_content_of_a_draft_revises_it() -> None:
    changed = structs.replace(IMPORT, content=RAINIER)
    assert decide(changed, given(*NEWSPAPER, DRAFTED)) == [CHANGED_THERE]


def test_what_was_revised_by_an_import_can_be_revised_by_the_next() -> None:
    back = structs.replace(IMPORT, content=RAIN)
    assert decide(back, given(*NEWSPAPER, DRAFTED, CHANGED_THERE)) == [
        revised(Revision(headline="Rain at last"), external_id="old-1")
    ]


def test_what_an_editor_unpublished_stays_so_when_it_comes_again() -> None:
    unpublished = ARTICLE.change("a1", ArticleUnpublished())
    assert decide(IMPORT_PUBLISHED, given(*TAKEN_OVER, unpublished)) == []


@pytest.mark.parametrize(
    "by_an_editor",
    [revised(Revision(section="sport")), ARTICLE.change("a1", ArticleUnpublished())],
    ids=["revised", "unpublished"],
)
def test_changed_content_does_not_overrule_an_editor(by_an_editor: Change) -> None:
    with pytest.raises(Refused, match="An editor changed the article"):
        decide(IMPORT_CHANGED, given(*TAKEN_OVER, by_an_editor))


def test_an_editor_who_made_the_same_change_is_not_overruled() -> None:
    assert decide(IMPORT_CHANGED, given(*TAKEN_OVER, CHANGED_HERE)) == []


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (structs.replace(RAIN, section="money"), "There is no section 'money'"),
        (structs.replace(RAIN, writers=("bob",)), "There is no writer 'bob'"),
        (structs.replace(RAIN, body=(RAIN.body[0], RAIN.body[0])), "Two blocks have the same id"),
    ],
)
def test_an_import_is_held_to_the_rules_of_a_draft(content: Content, refusal: str) -> None:
    with pytest.raises(Refused, match=refusal):
        decide(structs.replace(IMPORT, content=content), given(*NEWSPAPER))


def test_an_import_needs_its_section_first() -> None:
    with pytest.raises(Refused, match="There is no writer 'ann-lee'"):
        decide(IMPORT, given(WORLD))
