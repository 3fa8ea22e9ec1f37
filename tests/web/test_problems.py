"""One shape for every error, and never a word of what lies behind it."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from httpx import Response

from cms.settings import Settings, sqlite_path
from domain.role import Role
from tests.web.deadline import until
from tests.web.house import House, article, problem

DRAFTS = "/editorial/articles"
ACTS: dict[str, Any] = {
    **dict.fromkeys(["/submit", "/approve", "/discard", "/publish", "/update", "/unpublish", "/restore"]),
    "/versions/1/restore": None,
    "/return": {"note": "Who says so?"},
    "/correct": {"note": "It left at seven."},
    "/withdraw": {"notice": "We were wrong."},
}


def draft(house: House, **fields: Any) -> Response:
    return house.ask("POST", DRAFTS, article(**fields))


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"headline": ""}, "headline"),
        ({"headline": "x" * 301}, "headline"),
        ({"headline": " \t "}, "headline"),
        ({"headline": 7}, "headline"),
        ({"standfirst": "x" * 2_001}, "standfirst"),
        ({"section": "No Slug"}, "section"),
        ({"slug": "-"}, "slug"),
        ({"tags": ["x"] * 31}, "tags"),
        ({"tags": ["River", "!"]}, "tags[1]"),
        ({"tags": "River"}, "tags"),
        ({"writers": ["Ann Ash"]}, "writers[0]"),
        ({"body": [{"kind": "paragraph", "text": ""}]}, "body[0].text"),
        ({"body": [{"kind": "paragraph"}]}, "body[0].text"),
        ({"body": [{"kind": "poem", "text": "x"}]}, "body[0].kind"),
        ({"body": [{"kind": "paragraph", "text": "x", "colour": "red"}]}, "body[0].colour"),
        ({"body": [{"kind": "heading", "text": "x", "level": 1}]}, "body[0].level"),
        ({"body": [{"kind": "image", "url": "javascript:alert(1)"}]}, "body[0].url"),
        ({"body": 7}, "body"),
        ({"body": "x" * 20_001}, "body"),
    ],
)
def test_a_field_at_fault_is_named(house: House, fields: dict[str, Any], path: str) -> None:
    head = house.head()
    (error,) = problem(draft(house, **fields), 400)["errors"]
    assert error["path"] == path
    assert house.head() == head


def test_a_field_that_nobody_knows_is_an_error(house: House) -> None:
    (error,) = problem(draft(house, headlines="Rain"), 400)["errors"]
    assert error["path"] == "headlines"


def test_a_field_that_is_missing_is_an_error(house: House) -> None:
    (error,) = problem(house.ask("POST", DRAFTS, {"headline": "Rain"}), 400)["errors"]
    assert error["path"] == "section"


@pytest.mark.parametrize("body", [b'{"headline": ', b"", b"[]", b"null", b'"rain"', b"\xff\xfe", b'{"headline": NaN}'])
def test_what_is_no_article_at_all_is_an_error(house: House, body: bytes) -> None:
    said = {"Authorization": f"Bearer {house.tokens[Role.EDITOR]}", "Content-Type": "application/json"}
    problem(house.client.post(DRAFTS, content=body, headers=said), 400)
    problem(house.client.post(DRAFTS, content=body, headers={**said, "Idempotency-Key": "once"}), 400)


def test_a_body_that_is_too_large_is_not_read(house: House) -> None:
    for key in ({}, {"Idempotency-Key": "once"}):
        problem(house.ask("POST", DRAFTS, article(standfirst="x" * 3_000_000), headers=key), 413)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("/v1/latest?limit=0", "limit"),
        ("/v1/latest?limit=101", "limit"),
        ("/v1/latest?limit=many", "limit"),
        ("/v1/latest?after=yesterday", "after"),
        (f"/v1/latest?tag={'x' * 201}", "tag"),
        ("/v1/popular?window=2h", "window"),
        ("/v1/popular?limit=1000", "limit"),
        ("/v1/articles/x/related?limit=-1", "limit"),
        ("/v1/latest?min_position=soon", "min_position"),
        ("/v1/latest?min_position=-1", "min_position"),
        ("/v1/search?q=&section=", "q"),
        (f"/v1/latest?min_position={'9' * 40}", "min_position"),
    ],
)
def test_a_question_out_of_bounds_is_never_answered_with_less(house: House, query: str, path: str) -> None:
    (error,) = problem(house.get(query), 400)["errors"]
    assert error["path"] == path


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("/v1/articles/x/ninjs?version=9", "Say 3.1, 2.2 or 1.6."),
        ("/v1/latest?after=x", "This is no cursor: use `next` of the page before."),
        ("/v1/corrections?after=x", "This is no cursor: use `next` of the page before."),
        ("/sitemap.xml?part=xx", "This is not of the form that is wanted here."),
        ("/v1/search?q=a&from=2020-02-30", "This is no day, such as 2024-05-14."),
        ("/v1/search?q=", "`q` is needed."),
        ("/v1/articles/x/related?explain=yes", "Give true or false."),
        ("/v1/latest?limit=many", "Give a whole number."),
        ("/v1/latest?limit=0", "At least 1."),
        ("/v1/changes?after=x", "Give a whole number."),
    ],
)
def test_what_is_wrong_with_a_question_is_said_in_words(house: House, query: str, says: str) -> None:
    assert problem(house.get(query), 400)["detail"] == says


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"headline": 7}, "Give text."),
        ({"headline": ""}, "This may not be empty."),
        ({"headline": "x" * 301}, "At most 300 characters."),
        ({"tags": ["x"] * 31}, "At most 30 of them."),
        ({"colour": "red"}, "There is no field `colour` here."),
        ({"slug": "A b"}, "A slug has small letters and digits, with single hyphens between them."),
        ({"related": ["a b"]}, "This is no id."),
        ({"body": 7}, "Give text or a list."),
        ({"body": "x" * 20_001}, "At most 20,000 characters."),
        ({"body": [{"kind": "poem"}]}, "'poem' is none of the words for this."),
        (
            {"body": [{"kind": "image", "url": "/a b.jpg"}]},
            "An address starts with http:// or https:// (pictures also with /), and has no spaces.",
        ),
    ],
)
def test_what_is_wrong_with_an_article_is_said_in_words(house: House, fields: dict[str, Any], says: str) -> None:
    assert problem(draft(house, **fields), 400)["detail"] == says


@pytest.mark.parametrize("path", ["latest", "popular", "trending", "front", "corrections", "changes", "search?q=rain"])
def test_a_section_that_is_not_there_is_named(house: House, path: str) -> None:
    start = f"/v1/{path}{'&' if '?' in path else '?'}section="
    until(lambda: house.get(f"{start}nope").status_code != 503)
    assert problem(house.get(f"{start}nope"), 404)["detail"] == "There is no section 'nope'."
    assert problem(house.get(f"{start}%0a"), 404)["detail"] == "There is no section of this name."
    assert problem(house.get("/feeds/section/nope.rss"), 404)["detail"] == "There is no section 'nope'."


def test_what_is_none_of_some_words_is_told_which_there_are(house: House) -> None:
    assert problem(house.get("/v1/popular?window=2h"), 400)["detail"] == "Say 1h, 24h, 7d, 30d or all."


@pytest.mark.parametrize(
    "path",
    [
        "/v1/nothing",
        "/v2/latest",
        "/v1/latest?section=nowhere",
        "/v1/popular?section=nowhere",
        "/v1/articles/none",
        "/v1/articles/none/related",
        "/v1/articles/by-slug/none",
        "/v1/writers/none",
        "/static/demo/none.svg",
        "/static/demo/..%2f__main__.py",
    ],
)
def test_what_is_not_there_is_not_found(house: House, path: str) -> None:
    problem(house.get(path), 404)


def test_a_view_of_nothing_is_not_found(house: House) -> None:
    problem(house.client.post("/v1/articles/none/views"), 404)
    problem(house.client.post(f"/v1/articles/{house.draft()['id']}/views"), 404)


@pytest.mark.parametrize("act", ["", *ACTS])
def test_an_article_that_nobody_drafted_is_not_found(house: House, act: str) -> None:
    method, body = ("POST", ACTS[act]) if act else ("PATCH", {"headline": "Rain"})
    problem(house.ask(method, f"{DRAFTS}/none{act}?base=1", body, role=Role.ADMIN), 404)
    problem(house.ask("GET", f"{DRAFTS}/none"), 404)


@pytest.mark.parametrize(("method", "path"), [("PUT", "/v1/latest"), ("POST", "/v1/latest"), ("DELETE", DRAFTS)])
def test_a_method_that_a_route_lacks_is_refused_with_those_that_it_has(house: House, method: str, path: str) -> None:
    response = house.ask(method, path)
    problem(response, 405)
    assert response.headers["allow"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"section": "nowhere"}, "There is no section 'nowhere'."),
        ({"writers": ["nobody"]}, "There is no writer 'nobody'."),
        ({"body": [{"kind": "divider", "id": "a"}, {"kind": "divider", "id": "a"}]}, "Two blocks have the same id."),
    ],
)
def test_the_newsroom_says_why_it_refuses(house: House, fields: dict[str, Any], says: str) -> None:
    head = house.head()
    assert problem(draft(house, **fields), 409)["detail"] == says
    assert house.head() == head


def test_only_what_is_published_can_be_updated_or_unpublished(house: House) -> None:
    id = house.draft()["id"]
    for act in ("update", "unpublish"):
        problem(house.ask("POST", f"{DRAFTS}/{id}/{act}?base=1"), 409)


@pytest.mark.parametrize(
    ("damage", "status", "says"),
    [
        ("alter table member rename to gone", 503, "This does not answer now; try again."),
        (
            "update document set document = '{' where kind = 'card'",
            500,
            "Something went wrong here; it has been noted.",
        ),
    ],
)
def test_damaged_read_models_tell_nothing_of_what_lies_behind(
    house: House, embedded: Settings, damage: str, status: int, says: str
) -> None:
    house.published()
    with closing(sqlite3.connect(sqlite_path(embedded.reads))) as file, file:
        file.execute(damage)
    response = house.get("/v1/latest")
    assert problem(response, status)["detail"] == says
    for secret in ("sqlite", "member", "document", "Traceback", ".py"):
        assert secret not in response.text
    assert house.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"headline":"\xff\xfe","section":"nation"}', "not UTF-8"),
        (b"", "A JSON body is needed."),
        (b'{"headline":"Rain\\u0000","section":"nation"}', "control character"),
        (b'{"headline":"\\u200b","section":"nation"}', "needs a letter"),
    ],
)
def test_a_body_that_nobody_means_is_refused(house: House, body: bytes, says: str) -> None:
    said = {"Authorization": f"Bearer {house.tokens[Role.EDITOR]}", "Content-Type": "application/json"}
    response = house.client.post(DRAFTS, content=body, headers=said)
    assert says in problem(response, 400)["detail"]


@pytest.mark.parametrize("act", ["return", "unschedule", "undo", "previews"])
def test_a_body_that_has_nothing_to_say_may_be_left_out(house: House, act: str) -> None:
    id = house.draft()["id"]
    house.done("POST", f"/editorial/articles/{id}/submit")
    house.done("POST", f"/editorial/articles/{id}/{act}")
