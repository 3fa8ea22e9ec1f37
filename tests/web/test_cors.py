"""Pages of other origins read what is public and count views, if the newsroom names them."""

from collections.abc import Iterator

import pytest
from httpx import Response
from msgspec import structs

from cms.settings import BadSetting, Settings, from_environment
from cms.web import cors
from cms.web.app import create_app
from tests.web.deadline import until
from tests.web.house import Clock, House, Tokens, opened

READER = "https://reader.example"
STRANGER = "https://stranger.example"
EXPOSED = "ETag, Position, Retry-After, Location"


def named(setting: str) -> frozenset[str]:
    return from_environment({"CHRONICLE_CORS_ORIGINS": setting}).origins


@pytest.fixture
def shared(embedded: Settings) -> Settings:
    return structs.replace(embedded, cors_origins=f"{READER}, http://localhost:5173")


@pytest.fixture
def open_house(shared: Settings, tokens: Tokens, clock: Clock) -> Iterator[House]:
    with opened(shared, tokens, clock, 0.05) as house:
        yield house


@pytest.fixture
def anybodys(embedded: Settings, tokens: Tokens, clock: Clock) -> Iterator[House]:
    with opened(structs.replace(embedded, cors_origins="*"), tokens, clock, 0.05) as house:
        yield house


def told(response: Response) -> dict[str, str]:
    return {
        name: value for name, value in response.headers.items() if name.startswith("access-control-") or name == "vary"
    }


def may_read(response: Response, origin: str = READER, vary: str = "Origin") -> bool:
    return told(response) == {
        "access-control-allow-origin": origin,
        "access-control-expose-headers": EXPOSED,
        "vary": vary,
    }


def asked_first(house: House, path: str, origin: str = READER, method: str = "POST") -> Response:
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    return house.client.options(path, headers=headers)


def test_a_page_of_a_named_origin_reads_answers_kept_ones_too(open_house: House) -> None:
    id = open_house.published()
    for path in ("/v1/latest", f"/v1/articles/{id}", "/v1/popular"):
        for _ in range(2):
            answer = open_house.get(path, Origin=READER)
            assert answer.status_code == 200
            assert may_read(answer, vary="Accept-Encoding, Origin"), told(answer)
            # What is kept is the same for everybody; who may read it is not kept.
            again = open_house.get(path, Origin="http://localhost:5173")
            assert may_read(again, "http://localhost:5173", "Accept-Encoding, Origin")
            assert again.content == answer.content


def test_a_page_learns_that_nothing_changed(open_house: House) -> None:
    etag = open_house.get("/v1/latest").headers["etag"]
    answer = open_house.get("/v1/latest", Origin=READER, If_None_Match=etag)
    assert answer.status_code == 304
    assert may_read(answer, vary="Accept-Encoding, Origin")


def test_a_page_reads_what_went_wrong(open_house: House) -> None:
    for path, status in (
        ("/v1/articles/nothing", 404),
        ("/v1/latest?limit=0", 400),
        ("/v1/nowhere", 404),
        ("/v1/latest?min_position=x", 400),
        ("/v1/latest?min_position=999999", 503),
    ):
        answer = open_house.get(path, Origin=READER)
        assert answer.status_code == status
        assert may_read(answer), (path, told(answer))


def test_a_page_follows_an_old_address(open_house: House) -> None:
    id = open_house.published()
    open_house.revise(id, 1, slug="ferries")
    open_house.update(id, 3)
    answer = open_house.get("/v1/articles/by-slug/ferries-return-to-the-river", Origin=READER)
    assert answer.status_code == 301
    assert may_read(answer)
    assert answer.headers["location"] == "/v1/articles/by-slug/ferries"


def test_a_page_counts_views_the_first_and_those_at_the_door(open_house: House) -> None:
    id = open_house.published()
    for last, status in (("views", 204), ("views", 204), ("beacon", 202)):
        answer = open_house.client.post(f"/v1/articles/{id}/{last}", headers={"Origin": READER})
        assert answer.status_code == status
        assert may_read(answer), told(answer)
    until(lambda: open_house.read(f"/v1/articles/{id}")["views"] == 3)
    missing = open_house.client.post("/v1/articles/nothing/views", headers={"Origin": READER})
    assert missing.status_code == 404
    assert may_read(missing)


def test_a_browser_that_asks_first_is_answered_at_once(open_house: House) -> None:
    answer = asked_first(open_house, "/v1/articles/any/views")
    assert (answer.status_code, answer.content) == (204, b"")
    assert told(answer) == {
        "access-control-allow-origin": READER,
        "access-control-allow-methods": "GET, HEAD, POST",
        "access-control-allow-headers": "If-None-Match, Idempotency-Key, Content-Type, Last-Event-ID",
        "access-control-max-age": "600",
        "vary": "Origin",
    }


@pytest.mark.parametrize(
    "origin", [STRANGER, "null", f"{READER}.evil.example", "http://reader.example", READER.upper()]
)
def test_a_page_of_another_origin_is_told_nothing(open_house: House, origin: str) -> None:
    id = open_house.published()
    for _ in range(2):
        assert told(open_house.get("/v1/latest", Origin=origin)) == {"vary": "Accept-Encoding, Origin"}
    counted = open_house.client.post(f"/v1/articles/{id}/views", headers={"Origin": origin})
    assert told(counted) == {"vary": "Origin"}
    first = asked_first(open_house, "/v1/latest", origin)
    assert (first.status_code, told(first)) == (204, {"vary": "Origin"})


def test_a_cache_is_told_of_origins_by_whoever_asks_without_one(open_house: House) -> None:
    for path, vary in (("/v1/latest", "Accept-Encoding, Origin"), ("/v1/articles/nothing", "Origin")):
        for _ in range(2):
            assert told(open_house.get(path)) == {"vary": vary}


def test_any_origin_may_read_where_all_may(anybodys: House) -> None:
    id = anybodys.published()
    shown = {"access-control-allow-origin": "*", "access-control-expose-headers": EXPOSED}
    for headers in ({"Origin": STRANGER}, {}):
        for _ in range(2):
            assert told(anybodys.get("/v1/latest", **headers)) == {**shown, "vary": "Accept-Encoding"}
        assert told(anybodys.client.post(f"/v1/articles/{id}/views", headers=headers)) == shown
    assert told(asked_first(anybodys, "/v1/latest", STRANGER))["access-control-allow-origin"] == "*"


def test_the_desk_and_the_audit_are_open_to_no_page(anybodys: House, open_house: House) -> None:
    for house in (anybodys, open_house):
        for path in ("/editorial/articles", "/audit/events", "/health", "/v1", "/v1x/latest"):
            answer = house.get(path, Origin=READER)
            assert not any(name.startswith("access-control-") for name in answer.headers), path
            assert "Origin" not in answer.headers.get("vary", "")
            first = asked_first(house, path)
            assert "access-control-allow-origin" not in first.headers, path


def test_no_answer_ever_lets_credentials_pass(anybodys: House, open_house: House) -> None:
    for house in (anybodys, open_house):
        for answer in (house.get("/v1/latest", Origin=READER), asked_first(house, "/v1/latest")):
            assert "access-control-allow-credentials" not in answer.headers


def test_without_the_setting_nothing_stands_before_the_door(house: House) -> None:
    door = create_app(Settings())
    assert cors.around(door, Settings().origins) is door
    assert told(house.get("/v1/latest", Origin=READER)) == {"vary": "Accept-Encoding"}
    assert not any(name.startswith("access-control-") for name in asked_first(house, "/v1/latest").headers)


def test_origins_are_understood_as_browsers_send_them() -> None:
    assert named("") == frozenset()
    assert named("  ") == frozenset()
    assert named("*") == {"*"}
    assert named("https://News.Example:443, http://[::1]:5173,http://a.example:80,http://a.example:8080") == {
        "https://news.example",
        "http://[::1]:5173",
        "http://a.example",
        "http://a.example:8080",
    }
    assert named("capacitor://localhost") == {"capacitor://localhost"}


@pytest.mark.parametrize(
    "setting",
    [
        "news.example",
        "https://news.example/",
        "https://news.example/path",
        "https://*.example",
        "https://ann@news.example",
        "https://news.example:0",
        "https://news.example:99999",
        "https://zeitung.köln",
        "null",
        f"*, {READER}",
        "https://a.example https://b.example",
        ",",
        " , ",
    ],
)
def test_what_is_no_origin_is_refused_at_the_start(setting: str) -> None:
    with pytest.raises(BadSetting, match="CHRONICLE_CORS_ORIGINS holds origins such as"):
        named(setting)
