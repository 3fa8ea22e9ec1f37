"""What editors may put on a front, and what breaks."""

from datetime import timedelta, timezone

import pytest

from domain.article import ARTICLE, ArticleDrafted, ArticlePublished, ArticleUnpublished, ArticleWithdrawn
from domain.front import (
    BREAKING_MOST,
    FRONT,
    PACKAGE_ARTICLES_MOST,
    PACKAGES_MOST,
    PINS_MOST,
    ArrangeFront,
    BreakingDeclared,
    BreakingEnded,
    DeclareBreaking,
    EndBreaking,
    Fill,
    FrontArranged,
    Package,
)
from domain.permission import AskedBy, Forbidden
from domain.role import Role
from domain.rules import Change, Outdated, Refused, Unknown, decide
from domain.section import SECTION, SectionAdded
from domain.staff import STAFF, StaffHired
from tests.domain.given import NEWSPAPER, NOON, ONE, RAIN, edition, given

HOUR = timedelta(hours=1)
SITE = "site"


def published(*articles: str) -> list[Change]:
    events = (ArticleDrafted(RAIN, "staff-1"), ArticlePublished(edition()))
    return [ARTICLE.change(article, event) for article in articles for event in events]


def arranged(*pins: str, front: str = SITE, packages: tuple[Package, ...] = (), fill: Fill = Fill.LATEST) -> Change:
    return FRONT.change(front, FrontArranged(pins, packages, fill))


def arrange(
    *pins: str, front: str = "", packages: tuple[Package, ...] = (), made_on: int | None = None
) -> ArrangeFront:
    return ArrangeFront(front=front, pins=pins, packages=packages, made_on=made_on)


def declare(article: str = "a1", hours: float = 1) -> DeclareBreaking:
    return DeclareBreaking(article_id=article, at=NOON, until=NOON + hours * HOUR)


def declared(article: str = "a1", hours: float = 1) -> Change:
    return FRONT.change(SITE, BreakingDeclared(article, NOON + hours * HOUR))


def ended(article: str = "a1") -> Change:
    return FRONT.change(SITE, BreakingEnded(article))


FLOOD = Package("The flood", ("a3", "a2"))
NEWS = (*NEWSPAPER, *published("a1", "a2", "a3"))


# Arranging.


def test_a_front_is_arranged_with_pins_packages_and_a_rule() -> None:
    command = ArrangeFront(front="", pins=("a1",), packages=(FLOOD,), fill=Fill.POPULAR, made_on=0)
    assert decide(command, given(*NEWS)) == [arranged("a1", packages=(FLOOD,), fill=Fill.POPULAR)]


def test_a_section_has_a_front_of_its_own_with_articles_of_any() -> None:
    assert decide(arrange("a1", front="sport"), given(*NEWS)) == [arranged("a1", front="sport")]


def test_a_section_that_is_not_there_has_no_front() -> None:
    with pytest.raises(Unknown, match="There is no section 'asia'"):
        decide(arrange("a1", front="asia"), given(*NEWS))


def test_a_front_that_is_arranged_so_already_is_left_alone() -> None:
    assert decide(arrange("a1"), given(*NEWS, arranged("a1"))) == []
    assert decide(arrange("a2", "a1"), given(*NEWS, arranged("a1", "a2"))) == [arranged("a2", "a1")]


def test_the_first_arrangement_is_recorded_even_if_it_is_empty() -> None:
    assert decide(arrange(), given(*NEWS)) == [arranged()]
    assert decide(arrange(), given(*NEWS, arranged())) == []


def test_an_arrangement_that_was_made_on_an_older_one_is_outdated() -> None:
    stands = given(*NEWS, arranged("a1"), arranged("a2"))
    assert decide(arrange("a3", made_on=2), stands) == [arranged("a3")]
    for made_on in (0, 1):
        with pytest.raises(Outdated, match="arranged with version 2; this was made on"):
            decide(arrange("a3", made_on=made_on), stands)
    with pytest.raises(Outdated, match="has not come to version 3"):
        decide(arrange("a3", made_on=3), stands)


def test_breaking_news_makes_no_arrangement_outdated() -> None:
    stands = given(*NEWS, arranged("a1"), declared(), ended())
    assert decide(arrange("a3", made_on=1), stands) == [arranged("a3")]


@pytest.mark.parametrize(
    "unread",
    [
        (),
        (ARTICLE.change("a9", ArticleDrafted(RAIN, "staff-1")),),
        (*published("a9"), ARTICLE.change("a9", ArticleUnpublished())),
        (*published("a9"), ARTICLE.change("a9", ArticleWithdrawn("It did not rain."))),
    ],
    ids=["unknown", "a draft", "unpublished", "withdrawn"],
)
def test_what_readers_do_not_get_is_put_on_no_front(unread: tuple[Change, ...]) -> None:
    for command in (arrange("a1", "a9"), arrange("a1", packages=(Package("Rain", ("a9",)),))):
        with pytest.raises(Refused, match="'a9' is not published"):
            decide(command, given(*NEWS, *unread))


def test_what_stands_on_a_front_keeps_its_place_while_it_is_unpublished() -> None:
    stands = given(*NEWS, arranged("a1", packages=(FLOOD,)), ARTICLE.change("a2", ArticleUnpublished()))
    assert decide(arrange("a2", "a1"), stands) == [arranged("a2", "a1")]


@pytest.mark.parametrize(
    "command",
    [
        arrange("a1", "a1"),
        arrange("a2", packages=(FLOOD,)),
        arrange(packages=(FLOOD, Package("Rain", ("a1", "a3")))),
        arrange(packages=(Package("Rain", ("a1", "a1")),)),
    ],
)
def test_no_article_stands_on_a_front_twice(command: ArrangeFront) -> None:
    with pytest.raises(Refused, match="twice"):
        decide(command, given(*NEWS))


def test_a_front_has_its_bounds() -> None:
    ids = [f"a{n}" for n in range(PINS_MOST + PACKAGES_MOST + 2)]
    stands = given(*NEWSPAPER, *published(*ids))
    packages = tuple(Package(f"Package {n}", (ids[PINS_MOST + n],)) for n in range(PACKAGES_MOST + 1))
    assert decide(arrange(*ids[:PINS_MOST], packages=packages[:PACKAGES_MOST]), stands)
    for command, refusal in (
        (arrange(*ids[: PINS_MOST + 1]), "at most 20 pins"),
        (arrange(packages=packages), "at most 10 packages"),
        (arrange(packages=(Package("Empty", ()),)), "1 to 10 articles; 'Empty' has not"),
        (arrange(packages=(Package("Full", tuple(ids[: PACKAGE_ARTICLES_MOST + 1])),)), "1 to 10 articles"),
    ):
        with pytest.raises(Refused, match=refusal):
            decide(command, stands)


# Breaking news.


def test_a_published_article_is_declared_breaking_until_a_moment() -> None:
    assert decide(declare(), given(*NEWS)) == [declared()]


def test_it_can_be_declared_for_longer_or_shorter() -> None:
    stands = given(*NEWS, declared())
    assert decide(declare(), stands) == []
    assert decide(declare(hours=24), stands) == [declared(hours=24)]


def test_what_readers_do_not_get_does_not_break() -> None:
    with pytest.raises(Unknown):
        decide(declare("a9"), given(*NEWS))
    with pytest.raises(Refused, match="Only a published article"):
        decide(declare("a9"), given(*NEWS, ARTICLE.change("a9", ArticleDrafted(RAIN, "staff-1"))))


@pytest.mark.parametrize(
    ("hours", "refusal"), [(0, "in the future"), (-1, "in the future"), (24.001, "within 24 hours")]
)
def test_breaking_news_ends_soon(hours: float, refusal: str) -> None:
    with pytest.raises(Refused, match=refusal):
        decide(declare(hours=hours), given(*NEWS))


def test_a_declaration_clears_away_what_has_ended_by_itself() -> None:
    stands = given(*NEWS, declared("a1", hours=0), declared("a2", hours=2))
    assert decide(declare("a3"), stands) == [ended("a1"), declared("a3")]
    assert decide(declare("a1"), stands) == [declared("a1")]


def test_so_many_articles_break_at_once_and_no_more() -> None:
    ids = [f"a{n}" for n in range(BREAKING_MOST + 1)]
    *others, last = ids
    news = (*NEWSPAPER, *published(*ids))
    with pytest.raises(Refused, match="At most 10 articles"):
        decide(declare(last), given(*news, *map(declared, others)))
    assert decide(declare(others[0], hours=2), given(*news, *map(declared, others)))
    assert decide(declare(last), given(*news, *map(declared, others), ended(others[0])))


def test_breaking_news_is_ended_once() -> None:
    command = EndBreaking(article_id="a1")
    assert decide(command, given(*NEWS, declared())) == [ended()]
    assert decide(command, given(*NEWS)) == []
    with pytest.raises(Unknown):
        decide(EndBreaking(article_id="a9"), given(*NEWS))


# Who may.


def hired(role: Role, *sections: str) -> Change:
    return STAFF.change("s1", StaffHired(role, "digest", sections))


def asked(command: ArrangeFront | DeclareBreaking | EndBreaking) -> AskedBy:
    return AskedBy(staff_id="s1", command=command)


ASIA = SECTION.change("asia", SectionAdded("Asia", parent="world"))


def test_editors_arrange_fronts_and_reporters_do_not() -> None:
    for command in (arrange("a1"), declare(), EndBreaking(article_id="a1")):
        assert decide(asked(command), given(*NEWS, declared(hours=2), hired(Role.EDITOR)))
        with pytest.raises(Forbidden, match="manage front"):
            decide(asked(command), given(*NEWS, hired(Role.REPORTER)))


def test_who_works_for_a_section_arranges_its_front_and_those_below_alone() -> None:
    news = (*NEWS, ASIA)
    for front, sections in (("world", ["world"]), ("asia", ["world"]), ("sport", ["world", "sport"])):
        assert decide(asked(arrange("a1", front=front)), given(*news, hired(Role.EDITOR, *sections)))
    for front, sections in (("world", ["asia"]), ("sport", ["world"])):
        with pytest.raises(Forbidden, match=f"for the section '{front}'"):
            decide(asked(arrange("a1", front=front)), given(*news, hired(Role.EDITOR, *sections)))
    with pytest.raises(Forbidden, match="not for the site as a whole"):
        decide(asked(arrange("a1")), given(*news, hired(Role.EDITOR, "world", "sport")))


def test_who_works_for_a_section_declares_its_articles_breaking_alone() -> None:
    assert decide(asked(declare()), given(*NEWS, hired(Role.EDITOR, "world"))) == [declared()]
    with pytest.raises(Forbidden, match="for the section 'world'"):
        decide(asked(declare()), given(*NEWS, hired(Role.EDITOR, "sport")))


def test_times_are_moments_whatever_their_offset() -> None:
    in_tokyo = ONE.astimezone(timezone(timedelta(hours=9)))
    assert decide(DeclareBreaking(article_id="a1", at=NOON, until=in_tokyo), given(*NEWS, declared())) == []
