import pytest
from msgspec import structs

from domain.article import ARTICLE, ArticleDrafted
from domain.body import Paragraph
from domain.content import Content
from domain.drafting import DraftArticle
from domain.rules import Refused, decide
from domain.tag import TAG, NamedTag, TagAdded
from tests.domain.given import ANN, DRAFTED, NEWSPAPER, OPENING, RAIN, WORLD, given


def draft(content: Content = RAIN, *tags: NamedTag) -> DraftArticle:
    return DraftArticle(article_id="a1", content=content, author="staff-1", tags=tags)


def test_a_draft_is_a_content_and_who_wrote_it() -> None:
    assert decide(draft(), given(WORLD, ANN)) == [ARTICLE.change("a1", ArticleDrafted(RAIN, "staff-1"))]


def test_a_draft_may_have_no_words_yet() -> None:
    empty = Content(headline="Rain at last", section="world")
    assert decide(draft(empty), given(WORLD)) == [ARTICLE.change("a1", ArticleDrafted(empty, "staff-1"))]


def test_a_tag_comes_to_be_when_it_is_first_used() -> None:
    tagged = structs.replace(RAIN, tags=("rain", "cape-town"))
    tags = NamedTag("rain", "Rain"), NamedTag("cape-town", "Cape Town")
    assert decide(draft(tagged, *tags), given(*NEWSPAPER)) == [
        TAG.change("rain", TagAdded("Rain")),
        TAG.change("cape-town", TagAdded("Cape Town")),
        ARTICLE.change("a1", ArticleDrafted(tagged, "staff-1")),
    ]


def test_the_first_spelling_of_a_tag_stays() -> None:
    tagged = structs.replace(RAIN, tags=("rain",))
    known = TAG.change("rain", TagAdded("Rain"))
    assert decide(draft(tagged, NamedTag("rain", "RAIN")), given(*NEWSPAPER, known)) == [
        ARTICLE.change("a1", ArticleDrafted(tagged, "staff-1"))
    ]


def test_an_article_is_drafted_once() -> None:
    with pytest.raises(Refused, match="exists already"):
        decide(draft(), given(*NEWSPAPER, DRAFTED))


def test_a_draft_needs_a_section_that_is_there() -> None:
    with pytest.raises(Refused, match="There is no section 'world'"):
        decide(draft(), given(ANN))


def test_a_draft_needs_writers_that_are_there() -> None:
    with pytest.raises(Refused, match="There is no writer 'ann-lee'"):
        decide(draft(), given(WORLD))


def test_every_block_of_a_draft_needs_an_id() -> None:
    nameless = structs.replace(RAIN, body=(OPENING, Paragraph(text="Then it stopped.")))
    with pytest.raises(Refused, match="Every block needs an id"):
        decide(draft(nameless), given(*NEWSPAPER))


def test_no_two_blocks_of_a_draft_share_an_id() -> None:
    twins = structs.replace(RAIN, body=(OPENING, Paragraph(id="p1", text="Then it stopped.")))
    with pytest.raises(Refused, match="Two blocks have the same id"):
        decide(draft(twins), given(*NEWSPAPER))
