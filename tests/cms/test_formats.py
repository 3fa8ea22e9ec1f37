"""Any article is valid ninjs in every version, and schema.org's vocabulary knows all that is said of it."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from jsonschema_rs import Draft7Validator, Draft202012Validator, Registry, ValidationError
from msgspec import structs

from cms import published
from cms.addresses import whole
from cms.ids import article_id, urn
from cms.ninjs.mapping import VERSIONS, ninjs
from cms.published import Published
from cms.structured_data import rendered, structured_data
from domain.article import ARTICLE, ArticlePublished
from domain.body import Image, Paragraph, Url, first_image
from domain.content import Content, Correction, Edition
from domain.section import SECTION, SectionAdded
from domain.source import SOURCE, SourceAdded
from domain.tag import TAG, TagAdded
from domain.writer import WRITER, WriterAdded
from projections.sqlite_store import SQLiteStore
from tests.domain.any_events import UNHURRIED, editions, some_words
from tests.domain.given import NOON
from tests.projections.told import SITE, follow, told

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "ninjs"
GEOJSON = "https://geojson.org/schema/GeoJSON.json"
SECTION_ABOVE = "above"
ID = article_id("a1")

URIS = Draft202012Validator({"format": "uri"}, validate_formats=True)
BARE = Content(headline="Rain", section="world")
EDITION = Edition(
    slug="rain",
    published_at=NOON,
    updated_at=NOON + timedelta(hours=1),
    content=structs.replace(
        BARE,
        standfirst="It pours.",
        tags=("river",),
        writers=("ann",),
        source="Agency",
        body=(
            Paragraph(text="It *rained* a [lot](/weather)."),
            Image(url="/media/rain.JPG?w=1", alt="Drops", caption="Rain.", credit="Ann"),
        ),
    ),
    corrections=(Correction(NOON, "It was Tuesday."),),
)
WORK = "headline url datePublished dateModified author publisher sourceOrganization keywords inLanguage version"
VOCABULARY = {
    # Of Thing, CreativeWork, Article and NewsArticle.
    "NewsArticle": set(
        f"{WORK} description mainEntityOfPage image articleSection wordCount isAccessibleForFree correction".split()
    ),
    "WebPage": {"breadcrumb"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name", "item"},
    "Person": {"name", "url"},
    "Organization": {"name", "url"},
    "ImageObject": {"url", "contentUrl", "caption", "description", "creditText"},
    "CorrectionComment": {"text", "datePublished"},
}

any_url = st.from_regex(next(meta.pattern for meta in Url.__metadata__), fullmatch=True)  # type: ignore[attr-defined]


def published_as(edition: Edition, name: str = "A name", url: str = "") -> Published:
    content = edition.content
    changes = [
        SECTION.change(SECTION_ABOVE, SectionAdded(name, 1, None)),
        SECTION.change(content.section, SectionAdded(name, 1, SECTION_ABOVE)),
        *(TAG.change(slug, TagAdded(name)) for slug in content.tags),
        *(WRITER.change(slug, WriterAdded(name)) for slug in content.writers),
        SOURCE.change("source", SourceAdded(content.source, url)),
        ARTICLE.change(ID, ArticlePublished(edition)),
    ]
    with closing(SQLiteStore(":memory:")) as store:
        follow(store, told(*changes))
        found, _ = store.read(lambda reads: published.read(reads, ID, SITE))
    assert isinstance(found, Published)
    return found


def as_json(shape: object) -> Any:
    return json.loads(msgspec.json.encode(shape))


@pytest.fixture(scope="module")
def require_valid() -> Callable[[str, object], None]:
    """By IPTC's own schemas, addresses and times included."""
    if not CORPUS.exists():
        pytest.skip("needs ../shared/corpus/ninjs")
    registry = Registry([(GEOJSON, json.loads((CORPUS / "GeoJSON-schema.json").read_text()))])
    validators: dict[str, Any] = {}
    for version in VERSIONS:
        schema = json.loads((CORPUS / f"ninjs-schema_{version}.json").read_text())
        kind = Draft7Validator if version == "1.6" else Draft202012Validator
        validators[version] = kind(schema, registry=registry, validate_formats=True)
    return lambda version, shape: validators[version].validate(as_json(shape))


@settings(UNHURRIED, max_examples=30)
@for_all(edition=editions, name=some_words, url=st.just("") | any_url)
def test_any_article_is_valid_ninjs_in_every_version(
    require_valid: Callable[[str, object], None], edition: Edition, name: str, url: str
) -> None:
    found = published_as(edition, name, url)
    for version in VERSIONS:
        require_valid(version, ninjs(found, SITE, version))


def test_what_is_no_ninjs_is_found(require_valid: Callable[[str, object], None]) -> None:
    found = as_json(ninjs(published_as(EDITION), SITE))
    for wrong in ({"uri": "no address"}, {"firstCreated": "yesterday"}, {"headline": "of another version"}):
        with pytest.raises(ValidationError):
            require_valid("3.1", {**found, **wrong})


@settings(UNHURRIED, max_examples=150)
@for_all(any_url)
def test_whatever_an_editor_may_type_leaves_as_a_uri_or_not_at_all(address: str) -> None:
    made = whole(address, SITE.base_url)
    assert made is None or URIS.is_valid(made), made
    assert made is None or whole(made, SITE.base_url) == made


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/media/rain day.jpg", "https://news.example/media/rain%20day.jpg"),
        ("https://media.example/100%.jpg?a=[1]#b", "https://media.example/100%25.jpg?a=%5B1%5D#b"),
        ("https://media.example/a%20b", "https://media.example/a%20b"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("https://bücher.example/ü", "https://b%C3%BCcher.example/%C3%BC"),
        ("https://media.example:port/", None),
        ("https://?x", None),
        ("https://[x/", None),
    ],
)
def test_an_address_is_made_whole(typed: str, told: str | None) -> None:
    assert whole(typed, SITE.base_url) == told


def test_each_version_names_a_thing_in_its_own_way() -> None:
    found = published_as(EDITION, "River", "https://agency.example")
    newest, middle, oldest = (as_json(ninjs(found, SITE, version)) for version in ("3.1", "2.2", "1.6"))
    assert newest["uri"] == middle["uri"] == oldest["uri"] == urn(ID)
    assert newest["headlines"][0]["value"] == middle["headlines"][0]["value"] == oldest["headline"] == "Rain"
    assert newest["firstCreated"] == middle["firstcreated"] == oldest["firstcreated"] == "2025-03-01T12:00:00Z"
    assert newest["versionCreated"] == middle["versioncreated"] == oldest["versioncreated"] == "2025-03-01T13:00:00Z"
    assert newest["by"] == middle["by"] == oldest["byline"] == "River"
    assert newest["edNote"] == middle["ednote"] == oldest["ednote"]
    assert "It was Tuesday." in newest["edNote"]
    assert newest["infoSources"][0] == {"name": "Agency", "role": "source", "uri": "https://agency.example"}
    assert oldest["infosource"][0] == {"name": "Agency", "rel": "source"}
    html, text = newest["bodies"]
    assert (html["value"], text["value"]) == (oldest["body_html"], oldest["body_text"])
    assert text["value"] == "It rained a lot."
    assert (text["charCount"], text["wordCount"]) == (oldest["charcount"], oldest["wordcount"]) == (16, 4)
    assert [subject["literal"] for subject in newest["subjects"]] == ["world", SECTION_ABOVE, "river"]
    assert [f"{one['scheme']}{one['code']}" for one in oldest["subject"]] == [one["uri"] for one in newest["subjects"]]


def test_pictures_go_along_with_whole_addresses() -> None:
    found = published_as(EDITION)
    (picture,) = as_json(ninjs(found, SITE))["associations"]
    assert (picture["name"], picture["type"], picture["by"]) == ("picture_1", "picture", "Ann")
    assert picture["uri"] == "https://news.example/media/rain.JPG?w=1"
    assert picture["renditions"] == [{"name": "web", "href": picture["uri"], "contentType": "image/jpeg"}]
    assert {one["role"]: one["value"] for one in picture["descriptions"]} == {"caption": "Rain.", "alt": "Drops"}
    assert list(as_json(ninjs(found, SITE, "1.6"))["associations"]) == ["picture_1"]
    assert 'src="https://news.example/media/rain.JPG?w=1"' in found.article.html
    assert 'href="https://news.example/weather"' in found.article.html


def test_what_is_not_known_is_not_told() -> None:
    bare = published_as(Edition(slug="rain", published_at=NOON, updated_at=NOON, content=BARE))
    for version in VERSIONS:
        told_of = json.dumps(as_json(ninjs(bare, SITE, version))).lower()
        for name in (
            "byline",
            '"by"',
            "people",
            "person",
            "bodies",
            "body_",
            "ednote",
            "associations",
            "null",
            "copyright",
        ):
            assert name not in told_of, (version, name)
    data = as_json(structured_data(bare, SITE))
    assert not {"image", "correction", "keywords", "description", "sourceOrganization"} & set(data)
    assert data["author"] == [data["publisher"]]


# schema.org.


def things(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from things(below)


@settings(UNHURRIED, max_examples=20)
@for_all(edition=editions, name=some_words)
def test_structured_data_is_said_in_words_of_the_vocabulary(edition: Edition, name: str) -> None:
    data = json.loads(rendered(structured_data(published_as(edition, name), SITE)))
    for thing in things(data):
        words = {word for word in thing if not word.startswith("@")}
        assert words <= VOCABULARY[thing["@type"]], thing
        for word in words & {"datePublished", "dateModified"}:
            assert datetime.fromisoformat(thing[word]).tzinfo is not None
        for word in words & {"url", "contentUrl", "item"}:
            assert URIS.is_valid(thing[word]), thing[word]
    assert data["@context"] == "https://schema.org"
    assert set(data) >= {"headline", "datePublished", "dateModified", "author"}
    assert ("image" in data) == bool(first_image(edition.content.body))


def test_search_engines_find_what_they_ask_for() -> None:
    data = as_json(structured_data(published_as(EDITION, "River", "https://agency.example"), SITE))
    assert data["@type"] == "NewsArticle"
    assert (data["headline"], data["description"]) == ("Rain", "It pours.")
    assert data["url"] == data["mainEntityOfPage"]["@id"] == "https://news.example/world/rain"
    assert data["author"] == [{"@type": "Person", "name": "River", "url": "https://news.example/writer/ann"}]
    assert data["publisher"] == {"@type": "Organization", "name": "The Chronicle", "url": "https://news.example/"}
    assert data["sourceOrganization"]["url"] == "https://agency.example"
    assert (data["image"][0]["caption"], data["image"][0]["creditText"]) == ("Rain.", "Ann")
    (correction,) = data["correction"]
    assert (correction["@type"], correction["text"]) == ("CorrectionComment", "It was Tuesday.")
    crumbs = data["mainEntityOfPage"]["breadcrumb"]["itemListElement"]
    assert [crumb["item"].removeprefix("https://news.example/") for crumb in crumbs] == [
        "",
        "above",
        "world",
        "world/rain",
    ]
    assert (data["wordCount"], data["inLanguage"], data["isAccessibleForFree"]) == (4, "en", True)


def test_an_agency_s_words_without_a_byline_are_the_agency_s() -> None:
    content = structs.replace(EDITION.content, writers=())
    data = as_json(structured_data(published_as(structs.replace(EDITION, content=content)), SITE))
    assert data["author"] == [{"@type": "Organization", "name": "Agency"}] == [data["sourceOrganization"]]


def test_structured_data_ends_no_script() -> None:
    content = structs.replace(EDITION.content, headline="</script><!--<script>\u2028&", source="<b>")
    found = structured_data(published_as(structs.replace(EDITION, content=content)), SITE)
    text = rendered(found)
    assert not set("<>&\u2028") & set(text.decode())
    assert json.loads(text) == as_json(found)
