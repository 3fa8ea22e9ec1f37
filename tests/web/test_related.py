"""What goes with an article: for readers, and for editors while they write."""

from typing import Any

from tests.web.house import House, article, problem

BRIDGE = "The bridge at Astara was closed after engineers found cracks in its northern pillar."
REPAIR = "Engineers began to repair the cracked pillar of the Astara bridge on Monday."
MATCH = "Neftchi won the cup after a long evening of penalties in front of forty thousand."


def why(house: House, path: str) -> dict[str, Any]:
    return {item["id"]: item["why"] for item in house.read(f"{path}?explain=true")["items"]}


def test_what_tells_of_the_same_is_related_and_says_why(house: House) -> None:
    closed = house.published(headline="Bridge closed", body=BRIDGE, tags=["Roads"])
    cup = house.published(headline="Cup won on penalties", body=MATCH, section="sport")
    repair = house.published(headline="Repair of the bridge begins", body=REPAIR, section="economy", tags=["Roads"])
    path = f"/v1/articles/{closed}/related"
    assert house.ids(path) == [repair]
    assert cup not in house.ids(path)
    reason = why(house, path)[repair]
    assert reason["by"] == "likeness"
    assert [tag["slug"] for tag in reason["tags"]] == ["roads"]
    assert {"bridge", "pillar"} <= {word["word"] for word in reason["words"]}
    assert [name["word"] for name in reason["names"]] == ["Astara"]
    parts = [one["weight"] for kind in ("tags", "words", "names") for one in reason[kind]]
    assert reason["score"] == sum(parts) + reason["recency"] + reason["views"]
    assert "why" not in house.read(path)["items"][0]


def test_what_editors_chose_comes_first_if_it_is_public(house: House) -> None:
    repair = house.published(headline="Repair of the bridge begins", body=REPAIR)
    cup = house.published(headline="Cup won", body=MATCH, section="sport")
    draft = house.draft(headline="Not yet")["id"]
    closed = house.draft(headline="Bridge closed", body=BRIDGE)["id"]
    house.revise(closed, 1, related=[draft, cup, cup, closed])
    copy = house.ask("GET", f"/editorial/articles/{closed}").json()
    assert copy["related"] == [draft, cup]
    house.publish(closed, 2)
    path = f"/v1/articles/{closed}/related"
    assert house.ids(path) == [cup, repair]
    assert why(house, path)[cup]["by"] == "editors"
    house.unpublish(cup)
    assert house.ids(path) == [repair]


def test_what_is_no_article_cannot_be_chosen(house: House) -> None:
    refused = house.ask("POST", "/editorial/articles", {**article(), "related": ["nothing"]})
    assert problem(refused, 409)["detail"] == "There is no article 'nothing'."
    id, other = house.draft()["id"], house.draft()["id"]
    refused = house.ask("PATCH", f"/editorial/articles/{id}", {"related": [other, "none"]}, headers={"If-Match": '"1"'})
    assert problem(refused, 409)["detail"] == "There is no article 'none'."


def test_at_most_ten_are_chosen_and_each_is_an_id(house: House) -> None:
    id = house.draft()["id"]
    for chosen in ([f"a{n}" for n in range(11)], ["a b"]):
        answer = house.ask("PATCH", f"/editorial/articles/{id}", {"related": chosen}, headers={"If-Match": '"1"'})
        assert problem(answer, 400)["errors"][0]["path"].startswith("related")


def test_a_headline_alone_gets_suggestions_which_only_editors_see(house: House) -> None:
    repair = house.published(headline="Repair of the bridge begins", body=REPAIR, section="economy")
    house.published(headline="Cup won", body=MATCH, section="sport")
    draft = house.draft(headline="Cracks in the Astara bridge")["id"]
    path = f"/editorial/articles/{draft}/related"
    assert [item["id"] for item in house.done("GET", path)["items"]] == [repair]
    (shown,) = house.done("GET", f"{path}?limit=1&explain=true")["items"]
    assert shown["why"]["days_apart"] is None
    problem(house.client.get(path), 401)
    problem(house.ask("GET", "/editorial/articles/unknown/related"), 404)
    problem(house.ask("GET", f"{path}?limit=0"), 400)


def test_words_that_tell_nothing_are_no_error(house: House) -> None:
    newest = house.published(headline="Cup won", body=MATCH)
    for headline in ("The", "?!", "ə", "« »"):
        draft = house.draft(headline=headline)["id"]
        items = house.done("GET", f"/editorial/articles/{draft}/related")["items"]
        assert [item["id"] for item in items] == [newest]


def test_an_answer_changes_with_the_first_article_that_shares_a_word(house: House) -> None:
    closed = house.published(headline="Bridge closed", body=BRIDGE, section="energy")
    path = f"/v1/articles/{closed}/related"
    assert house.ids(path) == []
    repair = house.published(headline="Repair begins", body=REPAIR)
    assert house.ids(path) == [repair]
    keys = house.get(path).headers["surrogate-key"]
    assert f"article:{repair}" in keys.split()
    assert "word" not in keys
    assert len(keys) < 2_000


def test_no_reader_is_told_which_drafts_editors_chose(house: House) -> None:
    draft = house.draft(headline="Not yet")["id"]
    closed = house.draft(headline="Bridge closed", related=[draft])["id"]
    house.publish(closed, 1)
    path = f"/v1/articles/{closed}/related"
    answer = house.get(path)
    assert f"article:{closed}" in answer.headers["surrogate-key"].split()
    assert draft not in str(answer.headers) + answer.text
    house.publish(draft, 1)
    assert house.ids(path) == [draft], "what was kept is dropped for it"
    assert f"article:{draft}" in house.get(path).headers["surrogate-key"].split()
