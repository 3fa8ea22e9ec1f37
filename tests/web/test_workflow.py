"""An article's whole life, as those who work on it and those who read it see it."""

from typing import Any

import pytest
from httpx import Response

from domain.role import Role
from tests.web.deadline import until
from tests.web.house import Answer, House, article, problem

FERRY = {
    "headline": "Ferries return",
    "section": "energy",
    "tags": ["River"],
    "body": [{"kind": "paragraph", "id": "first", "text": "The first one left at six."}],
}
LISTS = ("/v1/latest", "/v1/latest?tag=river", "/v1/latest?section=energy", "/v1/latest?section=economy", "/v1/popular")
CORRECTION = "It left at seven, not at six."
NOTICE = "Nobody had seen a ferry."


def ask(house: House, id: str, act: str, role: Role, body: Any = None, made_on: int | None = None) -> Response:
    headers = {} if made_on is None else {"If-Match": f'"{made_on}"'}
    return house.ask("POST", f"/editorial/articles/{id}/{act}", body, role=role, headers=headers)


def done(house: House, id: str, act: str, role: Role, body: Any = None, made_on: int | None = None) -> Answer:
    response = ask(house, id, act, role, body, made_on)
    assert response.status_code == 200, response.text
    accepted: Answer = response.json()
    return accepted


def status(house: House, id: str) -> str:
    return str(house.ask("GET", f"/editorial/articles/{id}").json()["status"])


def test_an_article_from_its_first_draft_to_its_last_notice(house: House) -> None:
    older = house.published(headline="A flood", section="energy", tags=["River"])
    house.clock.forward(hours=1)

    # A reporter writes it, an editor asks for more, and finds it fit at the second look.
    id = house.ask("POST", "/editorial/articles", article(**FERRY), role=Role.REPORTER).json()["id"]
    path = f"/editorial/articles/{id}"
    assert ask(house, id, "submit", Role.CONTRIBUTOR).status_code == 403
    done(house, id, "submit", Role.REPORTER)
    assert status(house, id) == "in_review"
    for act, body in (("return", {"note": "Mine."}), ("approve", None), ("discard", None)):
        assert ask(house, id, act, Role.REPORTER, body).status_code == 403, act
    done(house, id, "return", Role.EDITOR, {"note": "Who saw it?"})
    assert status(house, id) == "draft"
    revision = {"standfirst": "Two fishermen saw it."}
    assert house.ask("PATCH", path, revision, role=Role.REPORTER, headers={"If-Match": '"3"'}).status_code == 200
    done(house, id, "submit", Role.REPORTER)
    done(house, id, "approve", Role.EDITOR)
    assert status(house, id) == "approved"
    assert house.get(f"/v1/articles/{id}").status_code == 404

    # Readers get it.
    assert ask(house, id, "publish", Role.REPORTER, made_on=6).status_code == 403
    done(house, id, "publish", Role.EDITOR, made_on=6)
    assert house.ids("/v1/latest") == [id, older]
    assert house.ids(f"/v1/articles/{older}/related") == [id]
    house.view(id)
    until(lambda: house.ids("/v1/popular") == [id])
    first = house.read(f"/v1/articles/{id}")
    assert (first["standfirst"], first["slug"]) == ("Two fishermen saw it.", "ferries-return")

    # It is updated quietly, and corrected aloud; meanwhile another one has come.
    house.clock.forward(hours=1)
    newer = house.published(headline="A match", section="sport")
    house.revise(id, 7, headline="Ferries are back")
    assert house.read(f"/v1/articles/{id}")["headline"] == "Ferries return"
    assert ask(house, id, "update", Role.REPORTER, made_on=8).status_code == 403
    house.update(id, 8)
    updated = house.read(f"/v1/articles/{id}")
    assert (updated["headline"], updated["slug"], updated["corrections"]) == ("Ferries are back", "ferries-return", [])
    house.clock.forward(hours=1)
    house.revise(id, 9, body=[{"kind": "paragraph", "id": "first", "text": "The first one left at seven."}])
    assert ask(house, id, "correct", Role.REPORTER, {"note": CORRECTION}, 10).status_code == 403
    done(house, id, "correct", Role.EDITOR, {"note": CORRECTION}, 10)
    corrected = house.read(f"/v1/articles/{id}")
    assert corrected["corrections"] == [{"at": "2024-05-14T19:00:00+04:00", "note": CORRECTION}]
    assert corrected["body"][0]["text"] == "The first one left at seven."
    assert corrected["published_at"] == first["published_at"]
    assert house.ids("/v1/latest") == [newer, id, older]

    # It is withdrawn: readers are told why in its place, and find it nowhere else.
    for act, body in (("withdraw", {"notice": NOTICE}), ("restore", None)):
        assert ask(house, id, act, Role.EDITOR, body).status_code == 403, act
    done(house, id, "withdraw", Role.PUBLISHER, {"notice": NOTICE})
    assert_gone(house, id, NOTICE)
    assert house.ids(f"/v1/articles/{older}/related") == []
    assert house.ids("/v1/latest") == [newer, older]

    # It comes back to its old place and address, with what was said of it; and goes again.
    house.clock.forward(days=1)
    done(house, id, "restore", Role.PUBLISHER)
    assert house.ids("/v1/latest") == [newer, id, older]
    restored = house.read("/v1/articles/by-slug/ferries-return")
    same = ("id", "headline", "body", "published_at", "corrections", "views")
    assert {name: restored[name] for name in same} == {name: corrected[name] for name in same}
    assert restored["updated_at"] == "2024-05-15T19:00:00+04:00"
    assert house.ids(f"/v1/articles/{older}/related") == [id]
    done(house, id, "withdraw", Role.PUBLISHER, {"notice": "Again."})
    assert_gone(house, id, "Again.")

    versions = house.ask("GET", f"{path}/versions").json()["items"]
    assert [line["event"].removeprefix("Article") for line in versions] == [
        *["Drafted", "Submitted", "Returned", "Revised", "Submitted", "Approved", "Published"],
        *["Revised", "Updated", "Revised", "Corrected", "Withdrawn", "Restored", "Withdrawn"],
    ]
    (returned,) = house.audit(f"/audit/events?stream=article:{id}&type=ArticleReturned").json()["items"]
    assert returned["event"]["note"] == "Who saw it?"


def assert_gone(house: House, id: str, notice: str) -> None:
    for path in (f"/v1/articles/{id}", "/v1/articles/by-slug/ferries-return", f"/v1/articles/{id}/related"):
        assert problem(house.get(path), 410)["detail"] == notice, path
    assert problem(house.client.post(f"/v1/articles/{id}/views"), 410)["detail"] == notice
    for path in LISTS:
        assert id not in house.ids(path), path


# From one state to another.

NOTES: Answer = {"return": {"note": "Who?"}, "correct": {"note": CORRECTION}, "withdraw": {"notice": NOTICE}}
NAMES_VERSION = ("publish", "update", "correct")
ACTS = ("submit", "return", "approve", "discard", "reopen", *NAMES_VERSION, "unpublish", "withdraw", "restore")
ROADS = {
    "draft": "",
    "in_review": "submit",
    "approved": "submit approve",
    "published": "publish",
    "unpublished": "publish unpublish",
    "withdrawn": "publish withdraw",
    "discarded": "discard",
}
REFUSED = {
    "draft": "approve update correct unpublish withdraw restore",
    "in_review": "reopen update correct unpublish withdraw restore",
    "approved": "submit reopen update correct unpublish withdraw restore",
    "published": "submit return approve discard reopen",
    "unpublished": "submit return approve discard reopen update correct restore",
    "withdrawn": "submit return approve discard reopen publish update correct unpublish",
    "discarded": "submit return approve publish update correct unpublish withdraw restore",
}


def acted(house: House, id: str, act: str) -> Response:
    return ask(house, id, act, Role.ADMIN, NOTES.get(act), 1 if act in NAMES_VERSION else None)


def brought(house: House, road: str) -> str:
    """The id of a new article to which these acts were done."""
    id: str = house.draft()["id"]
    for act in road.split():
        assert acted(house, id, act).status_code == 200, act
    return id


@pytest.mark.parametrize("state", ROADS)
def test_an_act_out_of_order_is_refused_with_a_sentence(house: House, state: str) -> None:
    refused = []
    for act in ACTS:
        id = brought(house, ROADS[state])
        assert status(house, id) == state
        head, response = house.head(), acted(house, id, act)
        if response.status_code != 200:
            refused.append(act)
            says = problem(response, 409)["detail"]
            assert says.startswith(f"To {act} an article, it must be ")
            assert says.endswith(f"; this one is {state.replace('_', ' ')}.")
            assert (house.head(), status(house, id)) == (head, state)
    assert refused == [act for act in ACTS if act in REFUSED[state].split()]


@pytest.mark.parametrize(
    "road",
    [
        "submit return submit approve publish correct unpublish publish withdraw restore withdraw",
        "submit approve return discard reopen submit approve publish",
        "publish unpublish withdraw restore",
    ],
)
def test_an_act_repeated_is_answered_the_same_and_records_nothing(house: House, road: str) -> None:
    id = house.draft()["id"]
    for act in road.split():
        first, head = acted(house, id, act), house.head()
        again = acted(house, id, act)
        assert (first.status_code, again.status_code) == (200, 200), act
        assert again.json() == first.json(), act
        assert house.head() == head, act


def test_an_update_repeated_is_answered_the_same_and_records_nothing(house: House) -> None:
    id = house.published()
    house.revise(id, 1, standfirst="New.")
    first, head = house.update(id, 3), house.head()
    assert house.update(id, 3) == first
    assert house.head() == head


def test_what_is_revised_after_its_approval_is_looked_at_again(house: House) -> None:
    id = brought(house, "submit approve")
    house.revise(id, 1, standfirst="New.")
    assert status(house, id) == "in_review"


def test_a_discarded_article_is_not_revised(house: House) -> None:
    id = brought(house, "discard")
    says = problem(house.ask("PATCH", f"/editorial/articles/{id}?base=1", {"standfirst": "New."}), 409)["detail"]
    assert says.startswith("To revise an article, it must be ")


def test_a_correction_moves_nothing_in_latest(house: House) -> None:
    older = house.published(tags=["River"])
    house.clock.forward(hours=1)
    newer = house.published(headline="Newer", tags=["River"])
    house.clock.forward(hours=1)
    done(house, older, "correct", Role.EDITOR, {"note": CORRECTION}, 1)
    for path in ("/v1/latest", "/v1/latest?section=nation", "/v1/latest?tag=river"):
        assert house.ids(path) == [newer, older], path
    answer = house.read(f"/v1/articles/{older}")
    assert (answer["published_at"], answer["updated_at"]) == ("2024-05-14T16:00:00+04:00", "2024-05-14T18:00:00+04:00")


def test_corrections_stay_and_are_told_in_their_order(house: House) -> None:
    id = house.published()
    for made_on, note in enumerate(("It was a Monday.", "It was the seventh."), 2):
        done(house, id, "correct", Role.EDITOR, {"note": note}, made_on)
    house.revise(id, 4, standfirst="New.")
    house.update(id, 5)
    told = [correction["note"] for correction in house.read(f"/v1/articles/{id}")["corrections"]]
    assert told == ["It was a Monday.", "It was the seventh."]


def test_an_article_that_was_unpublished_and_then_withdrawn_is_gone_with_its_notice(house: House) -> None:
    id = brought(house, "publish unpublish")
    assert house.get(f"/v1/articles/{id}").status_code == 404
    acted(house, id, "withdraw")
    assert problem(house.get(f"/v1/articles/{id}"), 410)["detail"] == NOTICE


def test_every_old_address_of_a_withdrawn_article_tells_the_notice(house: House) -> None:
    id = house.published(slug="ferries")
    house.revise(id, 1, slug="boats")
    house.update(id, 3)
    acted(house, id, "withdraw")
    for slug in ("ferries", "boats"):
        assert problem(house.get(f"/v1/articles/by-slug/{slug}"), 410)["detail"] == NOTICE


@pytest.mark.parametrize(
    ("act", "body", "path"),
    [
        ("return", {"note": "Who?", "to": "ann"}, "to"),
        ("return", {"note": "x" * 5_001}, "note"),
        ("return", {"note": 7}, "note"),
        ("correct", {"note": CORRECTION, "quiet": True}, "quiet"),
        ("correct", {"note": ""}, "note"),
        ("correct", {"note": " \n"}, "note"),
        ("correct", {"note": "x" * 2_001}, "note"),
        ("correct", {}, "note"),
        ("withdraw", {"notice": NOTICE, "for": "ever"}, "for"),
        ("withdraw", {"notice": ""}, "notice"),
        ("withdraw", {"notice": " \n"}, "notice"),
        ("withdraw", {"notice": "x" * 2_001}, "notice"),
        ("withdraw", {"note": NOTICE}, "note"),
        ("withdraw", {}, "notice"),
    ],
)
def test_what_is_wrong_with_a_note_is_named(house: House, act: str, body: Answer, path: str) -> None:
    id = house.published()
    head = house.head()
    (error,) = problem(ask(house, id, act, Role.PUBLISHER, body, 2), 400)["errors"]
    assert error["path"] == path
    assert house.head() == head


@pytest.mark.parametrize("act", ["correct", "withdraw"])
def test_readers_are_never_left_without_a_word(house: House, act: str) -> None:
    id = house.published()
    problem(ask(house, id, act, Role.PUBLISHER, None, 2), 400)
    assert status(house, id) == "published"
