"""What search engines are told of the site."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from cms import sitemap_xml
from cms.sitemap_xml import NEWS, SITEMAP
from domain.role import Role
from projections import sitemap
from tests.web.feed_rules import parsed
from tests.web.house import House, problem

SITE = "https://post.example"
XML = "application/xml; charset=utf-8"


def read(house: House, path: str) -> Any:
    response = house.get(path)
    assert (response.status_code, response.headers["content-type"]) == (200, XML)
    # Nothing that the protocol does not know, and not too much of it.
    root = parsed(response.content)
    assert len(root) <= 50_000
    assert len(response.content) < 50 * 1024 * 1024
    children = {"sitemapindex": {"sitemap"}, "urlset": {"url"}}[local(root)]
    assert {local(one) for one in root} <= children
    for one in root:
        assert local(one[0]) == "loc"
        assert {local(part) for part in one} <= {"loc", "lastmod", "news"}
        assert one[0].text.startswith(f"{SITE}/")
        assert len(one[0].text) < 2_048
    return root


def local(element: Any) -> str:
    name: str = element.tag.rpartition("}")[2]
    return name


def addresses(house: House, path: str) -> list[str]:
    return [loc.text.removeprefix(SITE) for loc in read(house, path).iter(f"{{{SITEMAP}}}loc")]


def everything(house: House) -> list[str]:
    return [address for part in addresses(house, "/sitemap.xml") for address in addresses(house, part)]


def test_the_sitemap_leads_to_every_public_address(house: House) -> None:
    house.published(headline="Ferries", tags=["River"])
    gone = house.published(headline="Nothing", tags=["Void"])
    house.unpublish(gone)
    house.draft(headline="Not yet")
    house.done("PUT", "/editorial/tags/unused", {"name": "Unused"})
    assert addresses(house, "/sitemap.xml") == ["/sitemap.xml?part=2024-05", "/sitemap.xml?part=site"]
    fixed = ["/", "/nation", "/economy", "/energy", "/sport", "/tag/river", "/writer/ann", "/writer/bob"]
    assert everything(house) == ["/nation/ferries", *fixed]


def test_it_says_when_an_address_and_a_part_changed(house: House) -> None:
    id = house.published()
    house.clock.forward(days=40)
    version = house.revise(id, 2, headline="Ferries are back")["version"]
    house.update(id, version)
    for path in ("/sitemap.xml", "/sitemap.xml?part=2024-05"):
        assert read(house, path)[0][1].text == "2024-06-23T16:00:00+04:00"


def test_an_old_part_stays_as_it_is_while_others_are_published(house: House) -> None:
    first = house.published(headline="First")
    house.clock.forward(days=40)
    house.published(headline="Second")
    old, new = "/sitemap.xml?part=2024-05", "/sitemap.xml?part=2024-06"
    etags = [house.get(path).headers["etag"] for path in (old, new)]
    house.published(headline="Third")
    assert ("/sitemap.xml", b"part=2024-05") in house.reading.kept.answers
    assert ("/sitemap.xml", b"part=2024-06") not in house.reading.kept.answers
    assert house.get(old, if_none_match=etags[0]).status_code == 304
    assert house.get(new, if_none_match=etags[1]).status_code == 200
    house.unpublish(first)
    problem(house.get(old), 404)
    assert addresses(house, "/sitemap.xml") == [new, "/sitemap.xml?part=site"]


def test_a_new_name_of_the_menu_is_in_the_sitemap_at_once(house: House) -> None:
    everything(house)
    house.ask("PUT", "/editorial/sections/arts", {"name": "Arts", "position": 9}, role=Role.ADMIN)
    assert "/arts" in everything(house)
    assert house.ask("POST", "/editorial/sections/arts/close", role=Role.ADMIN).status_code == 200
    assert "/arts" not in everything(house)


def test_a_large_month_is_split(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "PART_ADDRESSES_MOST", 2)
    for number in range(3):
        house.published(headline=f"No {number}")
        house.clock.forward(minutes=1)
    parts = [urlsplit(part).query for part in addresses(house, "/sitemap.xml")]
    assert parts[:2] == ["part=2024-05", "part=2024-05-2"]
    assert everything(house)[:3] == ["/nation/no-0", "/nation/no-1", "/nation/no-2"]


def test_there_is_no_other_part(house: House) -> None:
    for part, status in (("2024-06", 404), ("site-9", 404), ("x", 400), ("2024-05-0", 400)):
        problem(house.get(f"/sitemap.xml?part={part}"), status)


# News.


def news(house: House) -> list[str]:
    return [loc.text.rpartition("/")[2] for loc in read(house, "/news-sitemap.xml").iter(f"{{{SITEMAP}}}loc")]


def test_the_news_are_of_two_days(house: House) -> None:
    house.published(headline="Old & <new>", slug="old")
    house.clock.forward(hours=24)
    house.published(headline="New", slug="new")
    assert news(house) == ["new", "old"]
    (told,) = read(house, "/news-sitemap.xml")[1].iterfind(f"{{{NEWS}}}news")
    said = [(local(one), one.text) for one in told.iter() if one.text]
    assert said == [
        ("name", "The Ferry Post"),
        ("language", "en"),
        ("publication_date", "2024-05-14T16:00:00+04:00"),
        ("title", "Old & <new>"),
    ]
    house.clock.forward(hours=23, minutes=59)
    assert news(house) == ["new", "old"]
    house.clock.forward(minutes=1)
    assert news(house) == ["new"]
    house.clock.forward(hours=24)
    assert news(house) == []


def test_an_old_article_that_changes_is_no_news(house: House) -> None:
    id = house.published()
    house.clock.forward(days=3)
    house.update(id, house.revise(id, 2, headline="Ferries are back")["version"])
    assert news(house) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [("en", "en"), ("en-GB", "en"), ("az-Latn", "az"), ("zh-CN", "zh-cn"), ("zh-TW", "zh-tw"), ("zh", "zh")],
)
def test_the_language_of_news_is_said_as_google_asks_for_it(code: str, said: str) -> None:
    assert sitemap_xml.language(code) == said


def test_robots_are_told_where_the_sitemaps_are_and_what_is_no_page(house: House) -> None:
    response = house.get("/robots.txt")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    lines = response.text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {f"Disallow: {path}" for path in ("/editorial/", "/audit/", "/preview/", "/v1/")} <= set(lines)
    for line in lines:
        if line.startswith("Sitemap: "):
            read(house, line.removeprefix(f"Sitemap: {SITE}"))
    assert sum(line.startswith("Sitemap: ") for line in lines) == 2


def test_shared_read_models_tell_the_same(shared_house: House) -> None:
    position = shared_house.publish(shared_house.draft(tags=["River"])["id"])["position"]
    shared_house.get(f"/v1/latest?min_position={position}")
    assert len(everything(shared_house)) == 9
    assert len(news(shared_house)) == 1
    assert len(shared_house.read("/feeds/tag/river.json")["items"]) == 1
