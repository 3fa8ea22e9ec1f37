"""What an edition file holds is recorded once, however often it is imported."""

from pathlib import Path
from typing import Any

import pytest

import cms.demo
from cms.ids import article_id
from domain.article import ARTICLE, ArticleRevised, ArticleUpdated
from domain.body import Paragraph
from domain.drafting import ReviseArticle
from domain.publishing import UnpublishArticle
from domain.section import CloseSection
from tests.cli.home import SECTION, WRITER, Home, article
from tests.web.deadline import until

DEMO = Path(cms.demo.__file__).with_name("edition.ndjson")
REAL = Path(__file__).parents[3] / "shared" / "corpus" / "wikinews.ndjson"
PARTED = "the corpus of real articles is not beside the repository"


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(DEMO, id="demo"),
        pytest.param(REAL, id="wikinews", marks=pytest.mark.skipif(not REAL.exists(), reason=PARTED)),
    ],
)
def test_a_file_imported_twice_is_recorded_once(home: Home, file: Path) -> None:
    home.done("import", file)
    head = home.head()
    articles = sum(b'"type": "article"' in line for line in file.read_bytes().splitlines())
    assert home.types().count("ArticleDrafted") == articles > 0
    again = home.done("import", file)
    assert "recorded" not in again.stderr
    assert home.head() == head
    home.done("status")
    home.done("verify")


def test_a_record_says_all_that_readers_see(home: Home) -> None:
    home.imported(
        SECTION,
        WRITER,
        article(
            headline="Ferries return",
            standfirst="After eleven years.",
            tags=["River Ilvar"],
            writers=["ann"],
            source="Wire",
            body="One.\n\nTwo.",
            views=5279,
            published_at="2021-11-25T11:22:00+04:00",
        ),
        article("x-2", headline="A draft", published_at=None),
    )
    with home.serving() as server:
        (card,) = server.read("/v1/latest")["items"]
        found = server.read(f"/v1/articles/{card['id']}")
        assert card["id"] == article_id("x-1")
        assert card["published_at"] == "2021-11-25T07:22:00Z"
        assert card["byline"] == {"writers": [{"slug": "ann", "name": "Ann Ash"}], "source": "Wire"}
        assert [block["text"] for block in found["body"]] == ["One.", "Two."]
        assert found["views"] == 5279
        assert server.read("/v1/popular?window=all")["items"][0]["views"] == 5279
        assert server.read("/v1/popular?window=30d")["items"] == []


def test_a_running_server_shows_what_is_imported(home: Home) -> None:
    with home.serving() as server:
        assert server.all_latest() == []
        home.imported(SECTION, article("x-1"), article("x-2"))
        until(lambda: len(server.all_latest()) == 2)
        home.imported(SECTION, article("x-1", headline="Changed"))
        until(lambda: server.read(f"/v1/articles/{article_id('x-1')}")["headline"] == "Changed")


def test_a_changed_record_revises_and_updates_in_one_breath(home: Home) -> None:
    home.imported(SECTION, article(body="One.\n\nTwo."))
    head = home.head()
    home.imported(SECTION, article(headline="Changed", body="One.\n\nThree."))
    revised, updated = home.events(head)
    assert revised.command == updated.command
    assert isinstance(revised.event, ArticleRevised)
    assert isinstance(updated.event, ArticleUpdated)
    (block,) = revised.event.revision.blocks
    assert block == Paragraph(id=block.id, text="Three.")
    assert updated.event.edition.content.headline == revised.event.revision.headline == "Changed"


def test_a_changed_draft_is_revised_and_published_once_it_has_a_date(home: Home) -> None:
    home.imported(SECTION, article(published_at=None))
    head = home.head()
    home.imported(SECTION, article(published_at=None, headline="Changed"))
    assert home.types(head) == ["ArticleRevised"]
    head = home.head()
    home.imported(SECTION, article(headline="Changed"))
    assert home.types(head) == ["SlugClaimed", "ArticlePublished"]


def test_a_section_and_a_writer_follow_their_records(home: Home) -> None:
    home.imported(SECTION, WRITER)
    head = home.head()
    home.imported({**SECTION, "name": "The Nation", "position": 2}, {**WRITER, "bio": "Rivers."})
    assert home.types(head) == ["SectionRenamed", "SectionMoved", "WriterChanged"]


def test_a_writer_may_be_a_guest(home: Home) -> None:
    home.imported({**WRITER, "guest": True})
    with home.serving() as server:
        assert [writer["guest"] for writer in server.read("/v1/writers")["items"]] == [True]


def test_a_closed_section_takes_what_it_had_and_nothing_new(home: Home) -> None:
    home.imported(SECTION, WRITER, article())
    with home.newsroom() as room:
        room.execute(CloseSection(slug=SECTION["slug"]), "an editor")
    head = home.head()
    result = home.run("import", home.file(article(headline="Changed"), article("x-2")))
    assert result.exit_code == 1
    assert "line 2: section: the section 'nation' is closed: it takes no new articles" in result.stderr
    assert home.head() == head
    home.imported(article(headline="Changed"))
    assert home.types(head) == ["ArticleRevised", "ArticleUpdated"]


@pytest.fixture
def edited(home: Home) -> Home:
    """An editor changed an imported article."""
    home.imported(SECTION, article())
    with home.newsroom() as room:
        id = article_id("x-1")
        room.execute(ReviseArticle(article_id=id, patch={"standfirst": "By hand."}, made_on=None), "an editor")
    return home


def test_what_an_editor_changed_is_reported_and_left_alone(edited: Home) -> None:
    head = edited.head()
    result = edited.imported(SECTION, article(headline="Changed"), article("x-2"))
    assert "line 2: An editor changed the article since it was imported." in result.stderr
    assert edited.types(head) == ["ArticleDrafted", "SlugClaimed", "ArticlePublished"]


def test_what_an_editor_unpublished_is_not_published_again(home: Home) -> None:
    home.imported(SECTION, article())
    with home.newsroom() as room:
        room.execute(UnpublishArticle(article_id=article_id("x-1")), "an editor")
    head = home.head()
    home.imported(SECTION, article())
    assert "line 2" in home.imported(SECTION, article(headline="Changed")).stderr
    assert home.head() == head


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"published_at": "2020-01-01T00:00:00Z"}, "published_at"),
        ({"views": 8}, "views"),
    ],
)
def test_what_cannot_change_any_more_is_reported(home: Home, fields: dict[str, Any], says: str) -> None:
    home.imported(SECTION, article(views=7))
    head = home.head()
    result = home.imported(SECTION, article(**{"views": 7, **fields}))
    assert f"line 2: {says}" in result.stderr
    assert home.head() == head


def test_ids_come_from_the_other_system_s_name_of_the_article(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path, {"EVENTS": f"sqlite:///{tmp_path}/other.db", "READS": f"sqlite:///{tmp_path}/others.db"})
    copies = []
    for house in (home, other):
        house.imported(SECTION, article(body="One.\n\nTwo."))
        with house.newsroom() as room:
            _, found = room.history.fold(ARTICLE, article_id("x-1"))
            copies.append(found.content)
    assert copies[0] == copies[1] is not None


def test_an_edition_by_its_name_and_nothing_else(home: Home) -> None:
    file = home.file(SECTION, article())
    assert home.run("import", file, "--format", "edition").exit_code == 0
    assert home.run("import", file, "--format", "tablets").exit_code == 2
    assert home.run("import", home.folder / "none.ndjson").exit_code == 2
