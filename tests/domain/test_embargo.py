"""Before the moment that was agreed on, nobody gives an article to readers."""

from datetime import timedelta
from typing import Any

import pytest

from domain.article import ARTICLE, ArticleEmbargoed, ArticleEmbargoLifted, ArticleUnpublished, ArticleWithdrawn
from domain.content import Revision
from domain.drafting import ReviseArticle, SubmitArticle
from domain.publishing import (
    CorrectArticle,
    PublishArticle,
    RestoreArticle,
    UnpublishArticle,
    UpdateArticle,
    WithdrawArticle,
)
from domain.rules import Change, Refused, decide
from tests.domain.given import DRAFTED, NEWSPAPER, ONE, PUBLISHED, TWO, given, revised

UNTIL_TWO = ARTICLE.change("a1", ArticleEmbargoed(TWO))
LIFTED = ARTICLE.change("a1", ArticleEmbargoLifted())
DRAFT = (*NEWSPAPER, DRAFTED)
CHANGED = (*DRAFT, *PUBLISHED, revised(Revision(headline="Rain, rain")))
UNPUBLISHED = (*CHANGED, ARTICLE.change("a1", ArticleUnpublished()))
WITHDRAWN = (*CHANGED, ARTICLE.change("a1", ArticleWithdrawn("It did not rain.")))
REFUSAL = r"There is an embargo until 2025-03-01T14:00:00\+00:00"

GIVING: list[tuple[type[Any], dict[str, str], tuple[Change, ...]]] = [
    (PublishArticle, {"headline_slug": "rain-at-last"}, DRAFT),
    (PublishArticle, {"headline_slug": "rain-at-last"}, UNPUBLISHED),
    (UpdateArticle, {}, CHANGED),
    (CorrectArticle, {"note": "It rained twice."}, CHANGED),
    (RestoreArticle, {}, WITHDRAWN),
]
gives = pytest.mark.parametrize(("command", "fields", "before"), GIVING)


@gives
def test_before_its_moment_nothing_is_given_to_readers(
    command: type[Any], fields: dict[str, str], before: tuple[Change, ...]
) -> None:
    for at in (ONE, TWO - timedelta(microseconds=1)):
        with pytest.raises(Refused, match=REFUSAL):
            decide(command(article_id="a1", at=at, **fields), given(*before, UNTIL_TWO))


@gives
def test_from_its_moment_on_it_is_given_as_any_other(
    command: type[Any], fields: dict[str, str], before: tuple[Change, ...]
) -> None:
    asked = command(article_id="a1", at=TWO, **fields)
    assert decide(asked, given(*before, UNTIL_TWO)) == decide(asked, given(*before)) != []


@gives
def test_once_lifted_it_holds_nothing_back(
    command: type[Any], fields: dict[str, str], before: tuple[Change, ...]
) -> None:
    asked = command(article_id="a1", at=ONE, **fields)
    assert decide(asked, given(*before, UNTIL_TWO, LIFTED)) == decide(asked, given(*before)) != []


def test_another_moment_takes_the_place_of_the_one_before() -> None:
    publish = PublishArticle(article_id="a1", at=ONE, headline_slug="rain-at-last")
    assert decide(publish, given(*DRAFT, UNTIL_TWO, ARTICLE.change("a1", ArticleEmbargoed(ONE)))) != []
    with pytest.raises(Refused, match="embargo"):
        decide(publish, given(*DRAFT, ARTICLE.change("a1", ArticleEmbargoed(ONE)), UNTIL_TWO))


@pytest.mark.parametrize(
    ("command", "before"),
    [
        (ReviseArticle(article_id="a1", patch={"headline": "Rain, rain"}), DRAFT),
        (SubmitArticle(article_id="a1"), DRAFT),
        (UnpublishArticle(article_id="a1"), CHANGED),
        (WithdrawArticle(article_id="a1", notice="It did not rain."), CHANGED),
    ],
    ids=lambda value: type(value).__name__,
)
def test_work_goes_on_and_what_readers_have_can_be_taken_away(command: Any, before: tuple[Change, ...]) -> None:
    assert len(decide(command, given(*before, UNTIL_TWO))) == 1
