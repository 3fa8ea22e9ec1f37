"""An article in the formats of others: ninjs and schema.org."""

import pytest

from cms.ids import urn
from domain.role import Role
from tests.web.house import House, problem

VERSIONS = ("1.6", "2.2", "3.1")
PICTURE = {
    "kind": "image",
    "url": "/media/ferry.jpg",
    "alt": "A white ferry",
    "caption": "The ferry at noon.",
    "credit": "Ann Ash",
}
TOLD = {
    "headline": "Ferries return <b>",
    "section": "economy",
    "standfirst": "After two years.",
    "tags": ["River"],
    "writers": ["ann"],
    "source": "The Agency",
    "body": [
        {"kind": "paragraph", "text": "The *first* [boat](/harbour) came."},
        PICTURE,
        {"kind": "quote", "text": "At last.", "cite": "A captain"},
    ],
}


@pytest.fixture
def article(house: House) -> str:
    """Published, then corrected."""
    house.done("PUT", "/editorial/sources/the-agency", {"name": "The Agency", "url": "https://agency.example"})
    id = house.published(**TOLD)
    version = house.revise(id, 2, standfirst="After three years.")["version"]
    house.done("POST", f"/editorial/articles/{id}/correct", {"note": "Three years, not two."}, made_on=version)
    return id


def test_an_article_is_given_as_ninjs_in_the_version_that_is_asked_for(house: House, article: str) -> None:
    path = f"/v1/articles/{article}/ninjs"
    for version in VERSIONS:
        told = house.read(f"{path}?version={version}")
        standard = told.get("standard") or told["$standard"]
        assert standard["version"] == version
        assert told["uri"] == urn(article)
    assert house.get(path).content == house.get(f"{path}?version=3.1").content


def test_a_version_that_nobody_knows_is_refused(house: House, article: str) -> None:
    for version in ("4.0", "3x1", "3.1%0A"):
        problem(house.get(f"/v1/articles/{article}/ninjs?version={version}"), 400)


def test_an_article_is_given_as_structured_data(house: House, article: str) -> None:
    response = house.get(f"/v1/articles/{article}/jsonld")
    assert response.headers["content-type"] == "application/ld+json"
    assert b"<" not in response.content
    told = response.json()
    assert (told["@type"], told["headline"]) == ("NewsArticle", "Ferries return <b>")
    assert told["publisher"]["name"] == "The Ferry Post"
    assert told["datePublished"].endswith("+04:00")
    assert [one["text"] for one in told["correction"]] == ["Three years, not two."]


@pytest.mark.parametrize("format", ["ninjs", "jsonld"])
def test_every_format_follows_the_article(house: House, article: str, format: str) -> None:
    path = f"/v1/articles/{article}/{format}"
    before = house.get(path)
    house.view(article)
    house.update(article, house.revise(article, 4, headline="Ferries rest")["version"])
    assert "Ferries rest" in house.get(path).text
    assert house.get(path, if_none_match=before.headers["etag"]).status_code == 200
    notice = {"notice": "It was wrong."}
    assert house.ask("POST", f"/editorial/articles/{article}/withdraw", notice, role=Role.PUBLISHER).is_success
    assert problem(house.get(path), 410)["detail"] == "It was wrong."
    problem(house.get(f"/v1/articles/none/{format}"), 404)
    problem(house.get(f"/v1/articles/{house.draft()['id']}/{format}"), 404)


@pytest.mark.parametrize("format", ["ninjs", "jsonld"])
def test_views_make_no_format_anew(house: House, article: str, format: str) -> None:
    keys = house.get(f"/v1/articles/{article}/{format}").headers["surrogate-key"].split()
    assert {f"article:{article}", "writer:ann", "tag:river", "section", "source"} <= set(keys)
    assert not [key for key in keys if key.startswith("views:")]
