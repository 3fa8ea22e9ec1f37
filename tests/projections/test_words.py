"""What an article says, as stems, and what it has in common with others."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import structs

from cms import forms
from cms.forms import ArticleForm
from cms.ids import article_id
from domain.body import Paragraph
from domain.content import Content, Edition
from domain.views import VIEWS, ViewsCounted
from projections import related, words
from projections.likeness import as_written, names
from projections.sqlite_store import SQLiteStore
from projections.store import Place, Reads, Store, key
from tests.domain.given import NOON
from tests.projections.told import SITE, edition, follow, published, section, told, unpublished, updated

SiteOf = Callable[..., Reads]

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
ARTICLES, QUERIES = CORPUS / "related-articles.ndjson", CORPUS / "related-queries.ndjson"
TEXT = (
    "Firefighters in Ganja saved eleven horses from a burning stable near the old railway depot before dawn."
    " Nobody was hurt, and the owner thanked neighbours who carried water until engines arrived."
)
WATER = "Neighbours in Ganja carried water to a burning stable, and horses were saved before dawn."


def saying(slug: str, text: str, **fields: Any) -> Edition:
    given = edition(slug=slug, **fields)
    return structs.replace(given, content=structs.replace(given.content, body=(Paragraph(id="p", text=text),)))


def ids(reads: Reads, id: str, limit: int = 10) -> list[str]:
    found = related.read(reads, id, SITE, limit)
    assert found is not None
    return [one.card.id for one in found]


# Stems.


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bakı", "baki"),
        ("Gəncə", "gence"),
        ("U.S.", "US"),
        ("Astara’s", "astara"),
        ("Élysée", "elysee"),
        ("İZMİR", "izmir"),
        ("Łódź", "lodz"),
        ("Nukuʻalofa", "nukualofa"),
        ("archæology", "archaeology"),
    ],
)
def test_a_word_is_the_same_however_it_is_typed(one: str, other: str) -> None:
    assert words.stems[one] == words.stems[other] != ""


def test_words_that_tell_nothing_and_addresses_of_links_are_left_out() -> None:
    content = Content(
        headline="The end", section="s", body=(Paragraph(text="See [the *dam*](https://a.example/x) now."),)
    )
    assert words.of(content) == words.Words(0, " end ", " see dam ", ())


def test_an_edition_stands_in_the_lists_of_its_first_words_and_a_taken_article_in_none() -> None:
    (event,) = told(published("a1", edition(headline="Rain and rain in Baku")))
    assert words.project(event) == [Place("words:a1", key(NOON, "a1"), ("word:rain", "word:baku"))]
    (taken,) = told(unpublished("a1"))
    assert words.project(taken) == [Place("words:a1")]


def test_names_are_written_with_a_capital_wherever_they_stand() -> None:
    content = Content(
        headline="Horses Saved", section="s", body=(Paragraph(text="Horses ran. In Ganja, horses rest."),)
    )
    assert names(content, as_written(content)) == {words.stems["Ganja"]}


# What is related.


def test_of_two_versions_of_a_story_the_newest_is_shown_and_none_of_its_own(site: SiteOf) -> None:
    reads = site(
        section("world"),
        published("asked", saying("s0", WATER, section="sport")),
        published("old", saying("s1", TEXT, at=NOON - timedelta(hours=3))),
        published("new", saying("s2", TEXT + " More follows.", at=NOON - timedelta(hours=1))),
    )
    assert ids(reads, "asked") == ["new"]
    assert ids(reads, "old") == ["asked", "new"]
    assert [one.why.by for one in related.read(reads, "old", SITE) or []] == ["likeness", "section"]


def test_what_is_nearer_in_time_and_more_read_comes_first(site: SiteOf) -> None:
    reports = [f"Horses of Ganja: {word}." for word in ("stable", "race", "market", "doctor")]
    days = (0, 300, 2, 300)
    news = [
        published(f"a{n}", saying(f"s{n}", text, headline=f"h{n}", at=NOON - timedelta(days=day)))
        for n, (text, day) in enumerate(zip(reports, days, strict=True))
    ]
    assert ids(site(*news), "a0") == ["a2", "a1", "a3"]
    viewed = VIEWS.change("counter-1", ViewsCounted({177237012: {"a3": 5_000}}))
    found = related.read(site(*news, viewed), "a0", SITE)
    assert found is not None
    assert [(one.card.id, one.why.days_apart, one.why.viewed) for one in found] == [
        ("a2", 2, 0),
        ("a3", 300, 5_000),
        ("a1", 300, 0),
    ]


def test_every_store_answers_the_same_whatever_the_batches(stores: list[Store]) -> None:
    news = [published(f"a{n}", saying(f"s{n}", f"{WATER} Part {n % 7}, day {n}.", headline=f"h{n}")) for n in range(40)]
    events = told(section("world"), *news, updated("a3", saying("s3", TEXT)), unpublished("a5"))
    for n, store in enumerate(stores):
        follow(store, events, batch=3 + 40 * n)
    answers = [related.read(store, "a1", SITE, 30) for store in stores]
    assert answers[0]
    assert answers == [answers[0]] * len(stores)


# On real stories.


@cache
def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.skipif(not ARTICLES.exists(), reason="needs ../shared/corpus/related-articles.ndjson")
def test_a_headline_alone_finds_the_articles_that_tell_its_story() -> None:
    store = SQLiteStore(":memory:")
    changes = [imported(record) for record in records(ARTICLES) if record["type"] == "article"]
    follow(store, told(*changes), batch=1_000)
    ranks = [rank(store, query["headline"], set(map(article_id, query["related"]))) for query in records(QUERIES)]
    first = sum(rank == 1 for rank in ranks) / len(ranks)
    reciprocal = sum(1 / rank for rank in ranks if rank) / len(ranks)
    assert first >= 0.70
    assert reciprocal >= 0.81
    store.close()


def imported(record: dict[str, Any]) -> Any:
    form = msgspec.convert({name: record[name] for name in ("headline", "section", "body")}, ArticleForm)
    id = article_id(record["external_id"])
    content = forms.content(form, lambda order: str(order))
    return published(id, Edition(slug=record["external_id"], published_at=NOON, updated_at=NOON, content=content))


def rank(store: SQLiteStore, headline: str, right: set[str]) -> int:
    """Of the first one that is right; 0 if none of ten is."""
    found = related.of(store, "draft", Content(headline=headline, section="all"), None, SITE)
    return next((n for n, one in enumerate(found, start=1) if one.card.id in right), 0)
