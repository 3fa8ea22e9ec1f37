"""From a draft to readers, and back."""

from tests.web.deadline import until
from tests.web.house import House

FERRY = {
    "headline": "Ferries return",
    "standfirst": "After eleven years.",
    "section": "energy",
    "tags": ["River Ilvar", "Ferries"],
    "writers": ["ann"],
    "source": "Valley Wire",
    "body": [
        {"kind": "paragraph", "text": "The *first* one left at six."},
        {"kind": "image", "url": "/static/ferry.svg", "alt": "A ferry", "credit": "Bob"},
    ],
}
LISTS = (
    "/v1/latest",
    "/v1/latest?section=energy",
    "/v1/latest?section=economy",
    "/v1/latest?tag=ferries",
    "/v1/latest?tag=river-ilvar&section=energy",
    "/v1/latest?writer=ann",
    "/v1/latest?source=Valley%20Wire",
)


def test_a_draft_is_the_desk_s_alone(house: House) -> None:
    draft = house.draft(**FERRY)
    assert house.get(f"/v1/articles/{draft['id']}").status_code == 404
    assert house.ids("/v1/latest") == []
    copy = house.ask("GET", f"/editorial/articles/{draft['id']}")
    assert copy.headers["etag"] == '"1"'
    assert (copy.json()["status"], copy.json()["headline"]) == ("draft", "Ferries return")


def test_what_is_published_stands_in_all_its_lists_at_the_very_next_request(house: House) -> None:
    draft = house.draft(**FERRY)
    house.revise(draft["id"], 1, headline="Ferries return to the Ilvar")
    published = house.publish(draft["id"], 2)
    assert published["position"] == int(house.get("/v1/latest").headers["position"])
    for path in LISTS:
        assert house.ids(path) == [draft["id"]], path
    assert house.read("/v1/tags")["items"] == [
        {"slug": "ferries", "name": "Ferries", "articles": 1},
        {"slug": "river-ilvar", "name": "River Ilvar", "articles": 1},
    ]


def test_the_article_says_all_that_the_desk_wrote(house: House) -> None:
    id = house.published(**FERRY)
    answer = house.read(f"/v1/articles/{id}")
    first, second = answer.pop("body")
    html = answer.pop("html")
    assert answer == {
        "id": id,
        "slug": "ferries-return",
        "url": "https://post.example/energy/ferries-return",
        "headline": "Ferries return",
        "standfirst": "After eleven years.",
        "section": "energy",
        "badges": ["photo"],
        "published_at": "2024-05-14T16:00:00+04:00",
        "updated_at": "2024-05-14T16:00:00+04:00",
        "byline": {"writers": [{"slug": "ann", "name": "Ann Ash"}], "source": "Valley Wire"},
        "image": {"url": "/static/ferry.svg", "alt": "A ferry", "caption": "", "credit": "Bob"},
        "tags": [{"slug": "river-ilvar", "name": "River Ilvar"}, {"slug": "ferries", "name": "Ferries"}],
        "views": 0,
        "corrections": [],
        "version": 2,
    }
    assert (first["kind"], first["text"]) == ("paragraph", "The *first* one left at six.")
    assert second["kind"] == "image"
    assert first["id"]
    assert first["id"] != second["id"]
    assert "<em>first</em>" in html
    assert house.read("/v1/articles/by-slug/ferries-return")["id"] == id


def test_a_card_is_the_article_without_its_body(house: House) -> None:
    id = house.published(**FERRY)
    (card,) = house.read("/v1/latest")["items"]
    answer = house.read(f"/v1/articles/{id}")
    assert set(answer) - set(card) == {"body", "html", "tags", "views", "corrections", "version"}
    assert all(answer[name] == value for name, value in card.items())


def test_a_body_may_be_plain_paragraphs(house: House) -> None:
    id = house.published(body="The first.\n\nThe second,\nin two lines.\n \n\nThe third.")
    texts = [block["text"] for block in house.read(f"/v1/articles/{id}")["body"]]
    assert texts == ["The first.", "The second,\nin two lines.", "The third."]


def test_those_that_share_most_tags_are_related_then_the_newest_of_the_section(house: House) -> None:
    ferry = house.published(tags=["River", "Ferries"])
    house.clock.forward(minutes=1)
    bridge = house.published(headline="A bridge", tags=["River", "Ferries"], section="sport")
    house.clock.forward(minutes=1)
    flood = house.published(headline="A flood", tags=["River"])
    house.clock.forward(minutes=1)
    budget = house.published(headline="A budget")
    house.published(headline="A match", section="sport")
    assert house.ids(f"/v1/articles/{ferry}/related") == [bridge, flood, budget]
    assert house.ids(f"/v1/articles/{ferry}/related?limit=1") == [bridge]
    house.unpublish(bridge)
    assert house.ids(f"/v1/articles/{ferry}/related") == [flood, budget]
    assert house.get(f"/v1/articles/{bridge}/related").status_code == 404


def test_a_revision_reaches_readers_with_the_update(house: House) -> None:
    id = house.published(tags=["Ferries"], section="energy")
    house.clock.forward(hours=1)
    newer = house.published(headline="Newer")
    house.revise(id, 1, headline="Ferries stay", tags=["Boats"], section="sport")
    assert house.read(f"/v1/articles/{id}")["headline"] == "Ferries return to the river"
    house.update(id, 3)
    answer = house.read(f"/v1/articles/{id}")
    assert (answer["headline"], answer["version"], answer["slug"]) == ("Ferries stay", 4, "ferries-return-to-the-river")
    assert answer["published_at"] == "2024-05-14T16:00:00+04:00"
    assert answer["updated_at"] == "2024-05-14T17:00:00+04:00"
    assert house.ids("/v1/latest") == [newer, id]
    assert house.ids("/v1/latest?tag=ferries") == house.ids("/v1/latest?section=energy") == []
    assert house.ids("/v1/latest?tag=boats") == house.ids("/v1/latest?section=sport") == [id]


def test_unpublished_is_gone_everywhere(house: House) -> None:
    id = house.published(**FERRY)
    house.view(id)
    until(lambda: house.ids("/v1/popular"))
    house.unpublish(id)
    for path in (f"/v1/articles/{id}", "/v1/articles/by-slug/ferries-return", f"/v1/articles/{id}/related"):
        assert house.get(path).status_code == 404, path
    for path in (*LISTS, "/v1/popular", "/v1/popular?window=all", "/v1/popular?section=economy"):
        assert house.ids(path) == [], path
    assert house.read("/v1/tags")["items"] == []
    assert house.client.post(f"/v1/articles/{id}/views").status_code == 404


def test_published_again_it_has_its_old_place_and_address(house: House) -> None:
    id = house.published()
    house.clock.forward(days=1)
    newer = house.published(headline="Newer")
    house.unpublish(id)
    house.revise(id, 3, headline="Ferries return, again")
    house.clock.forward(days=1)
    house.publish(id, 4)
    assert house.ids("/v1/latest") == [newer, id]
    answer = house.read("/v1/articles/by-slug/ferries-return-to-the-river")
    assert (answer["id"], answer["headline"]) == (id, "Ferries return, again")
    assert answer["published_at"] == "2024-05-14T16:00:00+04:00"
    assert answer["updated_at"] == "2024-05-16T16:00:00+04:00"


def test_an_old_address_leads_to_the_present_one(house: House) -> None:
    id = house.published(slug="ferries")
    house.revise(id, 1, slug="boats")
    assert house.read("/v1/articles/by-slug/ferries")["id"] == id
    house.update(id, 3)
    moved = house.get("/v1/articles/by-slug/ferries")
    assert (moved.status_code, moved.headers["location"]) == (301, "/v1/articles/by-slug/boats")
    assert moved.headers["cache-control"] == "public, no-cache"
    assert house.read("/v1/articles/by-slug/boats")["id"] == id
    house.revise(id, 4, slug="ferries")
    house.update(id, 5)
    assert house.read("/v1/articles/by-slug/ferries")["id"] == id
    assert house.get("/v1/articles/by-slug/boats").headers["location"] == "/v1/articles/by-slug/ferries"


def test_one_address_is_never_two_articles(house: House) -> None:
    ids = [house.published(headline="Rain") for _ in range(3)]
    assert [house.read(f"/v1/articles/{id}")["slug"] for id in ids] == ["rain", "rain-2", "rain-3"]


def test_views_count_in_popular_and_in_the_article_and_change_nothing_else(house: House) -> None:
    less, more = house.published(headline="Less"), house.published(headline="More", section="sport")
    before = house.read(f"/v1/articles/{more}")
    house.view(less)
    house.view(more, times=3)
    until(lambda: sum(item["views"] for item in house.read("/v1/popular")["items"]) == 4)
    for window in ("1h", "24h", "7d", "30d", "all"):
        answer = house.read(f"/v1/popular?window={window}")
        assert [(item["id"], item["views"]) for item in answer["items"]] == [(more, 3), (less, 1)]
        assert (answer["window"], answer["as_of"]) == (window, "2024-05-14T16:00:00+04:00")
    assert house.ids("/v1/popular?section=sport") == [more]
    assert house.ids("/v1/popular?limit=1") == [more]
    assert house.read(f"/v1/articles/{more}") == {**before, "views": 3}


def test_views_leave_a_window_with_time(house: House) -> None:
    id = house.published()
    house.view(id)
    until(lambda: house.ids("/v1/popular?window=1h"))
    house.clock.forward(hours=1)
    assert house.ids("/v1/popular?window=1h") == []
    assert house.ids("/v1/popular?window=24h") == house.ids("/v1/popular?window=all") == [id]


def test_what_trends_falls_with_time_until_something_newer_is_wanted(house: House) -> None:
    before, now = house.published(headline="Before"), house.published(headline="Now", section="sport")
    house.view(before, times=3)
    until(lambda: house.ids("/v1/trending"))
    house.clock.forward(minutes=40)
    house.view(now)
    until(lambda: house.ids("/v1/trending") == [now, before])
    answer = house.read("/v1/trending")
    newer, older = answer["items"]
    assert (newer["score"], newer["views_15m"], newer["views_1h"]) == (1_000, 1, 1)
    assert (older["score"] < 300, older["views_15m"], older["views_1h"]) == (True, 0, 3)
    assert answer["as_of"] == "2024-05-14T16:40:00+04:00"
    assert house.ids("/v1/trending?section=sport") == house.ids("/v1/trending?limit=1") == [now]
    assert house.get("/v1/trending?section=money").status_code == 404


def test_the_menu_and_the_people(house: House) -> None:
    menu = [(s["slug"], [below["slug"] for below in s["sections"]]) for s in house.read("/v1/sections")["items"]]
    assert menu == [("nation", []), ("economy", ["energy"]), ("sport", [])]
    assert [writer["name"] for writer in house.read("/v1/writers")["items"]] == ["Ann Ash", "Bob Birch"]
    assert house.read("/v1/writers/ann") == {"slug": "ann", "name": "Ann Ash", "bio": "Rivers.", "guest": False}
    assert house.get("/v1/writers/nobody").status_code == 404
