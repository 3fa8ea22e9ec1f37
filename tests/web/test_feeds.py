"""Feeds hold what their formats ask for; an item keeps its id, whatever becomes of its address."""

from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from domain.role import Role
from tests.web.feed_rules import ATOM, CONTENT, JSON_FEED, atom_faults, html_faults, parsed, rss_faults
from tests.web.house import House, problem

FORMS = ("rss", "atom", "json")
FEEDS = ("latest", "section/nation", "section/economy", "tag/river", "writer/ann")
TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
}
SITE = "https://post.example"
BODY = [
    {
        "kind": "paragraph",
        "text": "A [page](/nation/bridge), [another](ferry), [a letter](mailto:a@b.example) & 5 < 6.",
    },
    {"kind": "image", "url": "/static/ferry.jpg", "alt": "A ferry", "caption": "At dawn", "credit": "A. Lens"},
    {"kind": "video", "url": "/static/ferry.mp4"},
    {"kind": "paragraph", "text": "*Ends.*"},
]


def faults(house: House, path: str) -> list[str]:
    response = house.get(path)
    form = path.partition("?")[0].rpartition(".")[2]
    assert (response.status_code, response.headers["content-type"]) == (200, TYPES[form])
    if form == "json":
        found = response.json()
        assert found["feed_url"] == SITE + path
        in_html = (fault for item in found["items"] for fault in html_faults(item["content_html"]))
        return [*map(str, Draft202012Validator(JSON_FEED).iter_errors(found)), *in_html]
    return list((rss_faults if form == "rss" else atom_faults)(response.content, SITE + path))


def items(house: House, path: str = "/feeds/latest.json") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.read(path)["items"]
    return found


@pytest.fixture
def full(house: House) -> str:
    """An article with all that one can have, and one with next to nothing."""
    house.published(headline="Nothing but this")
    house.clock.forward(minutes=1)
    return house.published(
        headline="Rain & <wind> \ufffe at “night”",
        standfirst="It *rains*, & how: <heavily>.",
        tags=["River", "Ferries"],
        writers=["ann", "bob"],
        source="An agency",
        body=BODY,
    )


@pytest.mark.usefixtures("full")
def test_every_feed_is_what_its_format_asks_for(house: House) -> None:
    for form in FORMS:
        for name in FEEDS:
            assert faults(house, f"/feeds/{name}.{form}") == [], (name, form)
        assert faults(house, f"/feeds/latest.{form}?limit=1") == []


def test_the_rules_find_what_is_wrong(house: House) -> None:
    house.published(body=[{"kind": "paragraph", "text": "A [page](https://post.example/x)."}])
    for form, wrong in (
        ("rss", (("<title>The Ferry Post</title>", ""), ('isPermaLink="false"', ""), ("Tue, 14", "Mon, 14"))),
        (
            "atom",
            (
                (f"{SITE}/nation", "/nation"),
                ("2024-05-14T16:00:00+04:00", "yesterday"),
                ("<author>", "<author/><author>"),
            ),
        ),
    ):
        right = house.get(f"/feeds/latest.{form}").text
        found = rss_faults if form == "rss" else atom_faults
        for old, new in (*wrong, ("https://post.example/x", "/x")):
            assert old in right
            assert list(found(right.replace(old, new).encode(), f"{SITE}/feeds/latest.{form}")), (form, new)


def test_an_item_says_all_that_readers_get(house: House, full: str) -> None:
    item, plain = items(house)
    assert (item["url"], item["title"]) == (f"{SITE}/nation/rain-wind-at-night", "Rain & <wind> \ufffe at “night”")
    assert item["summary"] == "It *rains*, & how: <heavily>."
    assert item["image"] == f"{SITE}/static/ferry.jpg"
    assert item["date_published"] == item["date_modified"] == "2024-05-14T16:01:00+04:00"
    assert item["tags"] == ["Nation", "River", "Ferries"]
    assert item["authors"] == [
        {"name": "Ann Ash", "url": f"{SITE}/writer/ann"},
        {"name": "Bob Birch", "url": f"{SITE}/writer/bob"},
    ]
    assert item["_chronicle"] == {"source": "An agency"}
    for address in ("/nation/bridge", "/nation/ferry", "/static/ferry.jpg", "/static/ferry.mp4"):
        assert f'"{SITE}{address}"' in item["content_html"]
    assert "<em>Ends.</em>" in item["content_html"]
    assert plain["authors"] == [{"name": "The Ferry Post"}]
    assert set(plain) & {"summary", "image", "_chronicle"} == set()


def test_the_three_formats_say_the_same(house: House, full: str) -> None:
    said = items(house)[0]
    item = parsed(house.get("/feeds/latest.rss").content).find("channel/item")
    entry = parsed(house.get("/feeds/latest.atom").content).find(f"{ATOM}entry")
    assert item.findtext("guid") == entry.findtext(f"{ATOM}id") == said["id"]
    # What XML cannot hold is left out.
    assert item.findtext("title") == entry.findtext(f"{ATOM}title") == said["title"].replace("\ufffe", "")
    assert item.findtext(CONTENT) == entry.findtext(f"{ATOM}content") == said["content_html"]
    assert item.findtext("pubDate") == "Tue, 14 May 2024 16:01:00 +0400"
    assert entry.findtext(f"{ATOM}published") == said["date_published"]
    assert item.findtext("description") == "It *rains*, &amp; how: &lt;heavily&gt;."
    assert entry.findtext(f"{ATOM}summary") == said["summary"]
    assert [one.text for one in item.findall("category")] == said["tags"]
    assert [one.get("label") for one in entry.findall(f"{ATOM}category")] == said["tags"]
    creators = [one.text for one in item.findall("{http://purl.org/dc/elements/1.1/}creator")]
    assert creators == [one["name"] for one in said["authors"]]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ([BODY[1], BODY[3]], "Ends."),
        ([{"kind": "paragraph", "text": "A *ferry* & fog. " * 9}] * 3, "fog. A ferry &amp; fog. A ferry &amp; fog. A…"),
        ([{"kind": "paragraph", "text": "風" * 300}], "風…"),
    ],
)
def test_what_has_no_standfirst_is_described_in_rss_by_how_it_begins(house: House, body: Any, says: str) -> None:
    house.published(body=body)
    assert faults(house, "/feeds/latest.rss") == []
    told = parsed(house.get("/feeds/latest.rss").content).findtext("channel/item/description")
    assert told.endswith(says)
    assert len(told.replace("&amp;", "&")) <= 201
    assert "summary" not in items(house)[0]


@pytest.mark.usefixtures("full")
def test_what_has_no_words_has_no_description(house: House) -> None:
    descriptions = parsed(house.get("/feeds/latest.rss").content).findall("channel/item/description")
    assert len(descriptions) == 1


@pytest.mark.usefixtures("full")
def test_a_channel_says_in_words_what_it_is_of(house: House) -> None:
    for path, says in (
        ("latest", "The newest articles in The Ferry Post"),
        ("writer/ann", "Ann Ash: the newest articles in The Ferry Post"),
    ):
        channel = parsed(house.get(f"/feeds/{path}.rss").content).find("channel")
        assert channel.findtext("description") == says


def test_an_item_keeps_its_id_and_its_date_when_its_address_changes(house: House) -> None:
    id = house.published(headline="Ferries", slug="ferries")
    (before,) = items(house)
    house.clock.forward(hours=1)
    version = house.revise(id, 2, slug="boats", section="sport", headline="Boats")["version"]
    house.update(id, version)
    (after,) = items(house)
    assert (before["url"], after["url"]) == (f"{SITE}/nation/ferries", f"{SITE}/sport/boats")
    assert (after["id"], after["date_published"]) == (before["id"], before["date_published"])
    assert (before["date_modified"], after["date_modified"]) == (
        "2024-05-14T16:00:00+04:00",
        "2024-05-14T17:00:00+04:00",
    )


def test_a_correction_is_told_in_the_content(house: House) -> None:
    id = house.published(body=[{"kind": "paragraph", "text": "Three metres."}])
    (before,) = items(house)
    house.clock.forward(days=1)
    version = house.revise(id, 2, headline="Ferries are back")["version"]
    response = house.ask(
        "POST",
        f"/editorial/articles/{id}/correct",
        {"note": "2 metres, not 3 & more."},
        headers={"If-Match": f'"{version}"'},
    )
    assert response.status_code == 200, response.text
    (after,) = items(house)
    assert after["content_html"].endswith("<p>Correction, 2024-05-15: 2 metres, not 3 &amp; more.</p>")
    assert (after["id"], after["date_published"]) == (before["id"], before["date_published"])
    assert after["date_modified"] == "2024-05-15T16:00:00+04:00"
    assert faults(house, "/feeds/latest.rss") == []


@pytest.mark.parametrize(("act", "body"), [("unpublish", None), ("withdraw", {"notice": "It was wrong."})])
def test_what_is_taken_leaves_the_feeds(house: House, full: str, act: str, body: Any) -> None:
    assert len(items(house, "/feeds/tag/river.json")) == 1
    assert house.ask("POST", f"/editorial/articles/{full}/{act}", body, role=Role.ADMIN).status_code == 200
    for name in FEEDS:
        for form in FORMS:
            assert "rain-wind" not in house.get(f"/feeds/{name}.{form}").text
            assert faults(house, f"/feeds/{name}.{form}") == []


def test_a_section_has_what_its_sub_sections_have(house: House) -> None:
    house.published(headline="Oil", section="energy")
    assert [item["title"] for item in items(house, "/feeds/section/economy.json")] == ["Oil"]
    assert items(house, "/feeds/section/sport.json") == []


def test_a_tag_that_gave_way_leads_to_the_feed_of_the_other(house: House) -> None:
    house.published(tags=["Stream", "River"])
    house.done("POST", "/editorial/tags/stream/merge", {"into": "river"})
    for form in FORMS:
        response = house.get(f"/feeds/tag/stream.{form}?limit=3&x=y")
        assert (response.status_code, response.headers["location"]) == (301, f"/feeds/tag/river.{form}?limit=3")
    assert items(house, "/feeds/tag/river.json")[0]["tags"] == ["Nation", "River"]


def test_there_is_no_other_feed(house: House) -> None:
    for name in ("section/none", "tag/none", "writer/none", "nothing", "section/nation.rss"):
        for form in (*FORMS, "xml", ""):
            problem(house.get(f"/feeds/{name}.{form}"), 404)


def test_a_page_that_cannot_be_meant_is_refused(house: House) -> None:
    for form in FORMS:
        for query in ("limit=0", "limit=101", "after=x"):
            problem(house.get(f"/feeds/latest.{form}?{query}"), 400)


@pytest.mark.usefixtures("full")
def test_a_feed_is_coded_and_not_sent_again(house: House) -> None:
    for form in FORMS:
        for coding in ("br", "zstd", "gzip"):
            response = house.get(f"/feeds/latest.{form}", accept_encoding=coding)
            assert response.headers["content-encoding"] == coding
            etag = response.headers["etag"]
            unchanged = house.get(f"/feeds/latest.{form}", accept_encoding=coding, if_none_match=etag)
            assert (unchanged.status_code, unchanged.content) == (304, b"")
        head = house.client.head(f"/feeds/latest.{form}")
        assert (head.status_code, head.content, head.headers["content-type"]) == (200, b"", TYPES[form])


def test_pages_lead_on_to_older_ones(house: House) -> None:
    for number in range(5):
        house.published(headline=f"No. {number}")
        house.clock.forward(minutes=1)
    path, seen = "/feeds/latest.json?limit=2", []
    while path:
        page = house.read(path)
        assert faults(house, path) == []
        for form in ("rss", "atom"):
            (next,) = [
                link.get("href")
                for link in parsed(house.get(path.replace(".json", f".{form}")).content).iter(f"{ATOM}link")
                if link.get("rel") == "next"
            ] or [""]
            assert next == page.get("next_url", "").replace(".json", f".{form}")
        seen += [item["title"] for item in page["items"]]
        path = page.get("next_url", "").removeprefix(SITE)
    assert seen == [f"No. {number}" for number in (4, 3, 2, 1, 0)]


def test_an_empty_feed_is_one_too(house: House) -> None:
    for form in FORMS:
        assert faults(house, f"/feeds/latest.{form}") == []


def test_a_feed_is_kept_until_what_it_shows_changes(house: House, full: str) -> None:
    for form in FORMS:
        house.get(f"/feeds/tag/river.{form}")
    house.view(full)
    house.published(headline="Something else")
    kept = {path for path, _ in house.reading.kept.answers}
    assert {f"/feeds/tag/river.{form}" for form in FORMS} <= kept
    house.ask("PUT", "/editorial/writers/ann", {"name": "Ann Oak"})
    assert items(house, "/feeds/tag/river.json")[0]["authors"][0]["name"] == "Ann Oak"


@pytest.mark.usefixtures("full")
def test_as_many_as_there_are_may_be_asked_for(house: House) -> None:
    assert items(house, "/feeds/latest.json?limit=100") == items(house)


def test_moments_from_before_there_were_zones_are_written_as_the_formats_can(house: House) -> None:
    house.clock.now = house.clock.now.replace(year=1880)
    house.published()
    for form in FORMS:
        assert faults(house, f"/feeds/latest.{form}") == []
