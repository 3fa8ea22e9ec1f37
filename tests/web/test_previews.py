"""A link under which somebody outside looks at a working copy, until it ends or is closed."""

from collections.abc import Iterator

import pytest
from httpx import Response
from itsdangerous import URLSafeSerializer

from cms.settings import Settings
from domain.role import Role
from domain.staff import DismissStaff
from tests.web.house import Answer, Clock, House, Tokens, opened, problem
from tests.web.people import id_of

BODY = [{"kind": "paragraph", "id": "a", "text": "The **first** one left at six."}]
JSON = {"accept": "application/json"}


@pytest.fixture
def id(house: House) -> str:
    return str(house.draft(body=BODY, standfirst="After ten years.", writers=["ann"], source="Agency")["id"])


def path(id: str) -> str:
    return f"/editorial/articles/{id}/previews"


def link(house: House, id: str, **body: int) -> Answer:
    response = house.ask("POST", path(id), body)
    assert response.status_code == 201, response.text
    made: Answer = response.json()
    return made


def place(url: str) -> str:
    return url.removeprefix("https://post.example")


def look(house: House, url: str, **headers: str) -> Response:
    return house.get(place(url), **headers)


def nowhere(response: Response) -> str:
    return str(problem(response, 404)["detail"])


# Opened.


def test_a_link_is_open_for_as_many_hours_as_asked(house: House, id: str) -> None:
    made = link(house, id)
    assert set(made) == {"id", "url", "until"}
    assert made["url"].startswith("https://post.example/preview/")
    assert made["until"] == "2024-05-17T16:00:00+04:00"
    assert link(house, id, hours=1)["until"] == "2024-05-14T17:00:00+04:00"
    assert link(house, id, hours=720)["until"] == "2024-06-13T16:00:00+04:00"


@pytest.mark.parametrize("body", [{"hours": 0}, {"hours": 721}, {"hours": 1.5}, {"hours": None}, {"days": 1}, []])
def test_hours_that_cannot_be_meant_are_refused(house: House, id: str, body: Answer) -> None:
    problem(house.ask("POST", path(id), body), 400)


def test_the_links_that_are_open_are_listed(house: House, id: str) -> None:
    short, long = link(house, id, hours=1), link(house, id)
    assert house.ask("GET", path(id)).json()["items"] == [short, long]
    house.clock.forward(hours=1)
    assert house.ask("GET", path(id)).json()["items"] == [long]
    house.done("DELETE", f"{path(id)}/{long['id']}")
    assert house.ask("GET", path(id)).json()["items"] == []


def test_a_link_that_is_asked_for_again_is_the_same_link(house: House, id: str) -> None:
    key = {"Idempotency-Key": "link-1"}
    first, again = (house.ask("POST", path(id), {"hours": 5}, headers=key).json() for _ in range(2))
    assert first == again
    assert house.ask("GET", path(id)).json()["items"] == [first]


def test_only_who_may_revise_an_article_makes_links_to_it(house: House, id: str) -> None:
    made = link(house, id)
    for role in (Role.CONTRIBUTOR, Role.REPORTER, Role.AUDITOR):
        problem(house.ask("POST", path(id), {}, role=role), 403)
        problem(house.ask("DELETE", f"{path(id)}/{made['id']}", role=role), 403)
    assert look(house, made["url"]).status_code == 200
    problem(house.ask("POST", path("nothing"), {}), 404)
    problem(house.ask("GET", path("nothing")), 404)


def test_no_more_than_twenty_links_are_open(house: House, id: str) -> None:
    made = [link(house, id, hours=1 + order) for order in range(20)]
    assert "close one first" in problem(house.ask("POST", path(id), {}), 409)["detail"]
    house.done("DELETE", f"{path(id)}/{made[5]['id']}")
    link(house, id)
    house.clock.forward(hours=1)
    link(house, id)


# Looked at.


def test_who_has_the_link_sees_the_working_copy_as_it_stands(house: House, id: str) -> None:
    url = link(house, id)["url"]
    page = look(house, url)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    for said in ("Ferries return to the river", "After ten years.", "Ann Ash", "Agency", "<strong>first</strong>"):
        assert said in page.text, said
    house.revise(id, 1, headline="Ferries stay")
    assert "<h1>Ferries stay</h1>" in look(house, url).text


def test_a_program_gets_the_working_copy_as_json(house: House, id: str) -> None:
    found = look(house, link(house, id)["url"], **JSON).json()
    assert set(found) == {"headline", "standfirst", "section", "byline", "body", "html", "until"}
    assert found["byline"] == {"writers": [{"slug": "ann", "name": "Ann Ash"}], "source": "Agency"}
    assert found["body"] == BODY
    assert found["until"] == "2024-05-17T16:00:00+04:00"


def test_what_was_typed_is_text_and_not_markup(house: House) -> None:
    evil = "<script>alert(1)</script>"
    id = house.draft(headline=evil, standfirst=evil, source=evil, body=[{"kind": "paragraph", "text": evil}])["id"]
    page = look(house, link(house, id)["url"]).text
    assert page.count("<script") == 1  # The theme's own.
    assert "alert(1)</script>" not in page


def test_a_preview_is_kept_and_found_by_nobody(house: House, id: str) -> None:
    url = link(house, id)["url"]
    for headers in ({}, JSON):
        answer = look(house, url, **headers)
        assert answer.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy


def test_a_preview_looks_as_the_article_will_and_says_that_it_is_none(house: House, id: str) -> None:
    page = look(house, link(house, id)["url"]).text
    assert "Preview of unpublished work." in page
    assert "17 May 2024 16:00 (UTC+04:00)" in page
    assert '<article class="story">' in page
    assert "data-article" not in page  # It counts no views.


def test_a_link_gives_nothing_but_the_preview(house: House, id: str) -> None:
    token = link(house, id)["url"].rpartition("/")[2]
    assert house.get(f"/editorial/articles/{id}", authorization=f"Bearer {token}").status_code == 401


# Closed, ended, forged.


def test_every_link_that_leads_nowhere_says_the_same(house: House, id: str) -> None:
    closed, ended, long = link(house, id), link(house, id, hours=1), link(house, id)
    house.done("DELETE", f"{path(id)}/{closed['id']}")
    house.clock.forward(hours=1)
    secret = house.door.app.state.secret
    payload = [id, long["id"], 4_000_000_000]
    wrong = [
        closed["url"],
        ended["url"],
        long["url"][:-1],
        long["url"] + "x" * 600,
        "/preview/nothing",
        "/preview/%00",
        f"/preview/{URLSafeSerializer('another secret', 'preview').dumps(payload)}",
        f"/preview/{URLSafeSerializer(secret, 'session').dumps(payload)}",
    ]
    assert look(house, long["url"]).status_code == 200
    said = [look(house, url) for url in wrong]
    assert len({nowhere(answer) for answer in said}) == 1
    assert {answer.headers["cache-control"] for answer in said} == {"private, no-store"}


def test_a_link_to_what_was_given_up_leads_nowhere(house: House, id: str) -> None:
    url = link(house, id)["url"]
    house.done("POST", f"/editorial/articles/{id}/discard")
    nowhere(look(house, url))


def test_a_link_to_what_was_withdrawn_leads_nowhere(house: House, id: str) -> None:
    url = link(house, id)["url"]
    house.publish(id)
    assert look(house, url).status_code == 200
    response = house.ask("POST", f"/editorial/articles/{id}/withdraw", {"notice": "It was wrong."}, role=Role.PUBLISHER)
    assert response.status_code == 200, response.text
    nowhere(look(house, url))


def test_a_link_of_somebody_who_left_leads_nowhere(house: House, id: str) -> None:
    url = link(house, id)["url"]
    assert look(house, url).status_code == 200
    house.newsroom.execute(DismissStaff(staff_id=id_of(house, Role.EDITOR)), "test")
    nowhere(look(house, url))


def test_a_link_leads_nowhere_once_whoever_opened_it_does_not_reach_the_article(house: House, id: str) -> None:
    contributor = id_of(house, Role.CONTRIBUTOR)
    house.done("PUT", f"/editorial/articles/{id}/assignment", {"to": contributor})
    url = house.ask("POST", path(id), {}, role=Role.CONTRIBUTOR).json()["url"]
    assert look(house, url).status_code == 200
    house.done("PUT", f"/editorial/articles/{id}/assignment", {"to": None})
    nowhere(look(house, url))


def test_to_close_a_link_twice_records_nothing(house: House, id: str) -> None:
    made = link(house, id)
    house.done("DELETE", f"{path(id)}/{made['id']}")
    head = house.head()
    house.done("DELETE", f"{path(id)}/{made['id']}")
    assert house.head() == head


# Several processes.


@pytest.fixture(params=["embedded", "shared"])
def two(request: pytest.FixtureRequest, clock: Clock) -> Iterator[tuple[House, House]]:
    settings: Settings = request.getfixturevalue(request.param)
    tokens: Tokens = request.getfixturevalue("tokens" if request.param == "embedded" else "shared_tokens")
    with opened(settings, tokens, clock) as one, opened(settings, tokens, clock) as other:
        yield one, other


def test_a_link_that_one_process_made_every_process_knows(two: tuple[House, House]) -> None:
    one, other = two
    id = one.draft()["id"]
    made = link(one, id)
    assert look(other, made["url"]).status_code == 200
    other.done("DELETE", f"{path(id)}/{made['id']}")
    nowhere(look(one, made["url"]))
