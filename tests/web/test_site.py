"""The site: every page that leads from the front, what it is kept under, and what it says when something is wrong."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx import Response
from lxml import html
from msgspec import structs

from cms.settings import BadSetting, Settings
from cms.site.theme import POLICY, Theme
from cms.web.asker import MACHINES, OTHERS, first_word, is_page
from domain.role import Role
from domain.section import RESERVED
from tests.web.deadline import until
from tests.web.house import Clock, House, Tokens, opened, problem

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
BODY: list[dict[str, Any]] = [
    {"kind": "paragraph", "text": "The **first** of [them](https://example.org/a)."},
    {"kind": "heading", "text": "What comes next", "level": 3},
    {"kind": "quote", "text": "It came.", "cite": "A pilot"},
    {"kind": "list", "items": ["One", "Two"], "ordered": True},
    {"kind": "image", "url": "/static/demo/port.svg", "alt": "A port", "caption": "The port.", "credit": "Wire"},
    {"kind": "video", "url": "https://youtu.be/dQw4w9WgXcQ", "caption": "The ferry."},
    {"kind": "embed", "url": "https://maps.example/ferry", "caption": "A map."},
    {"kind": "divider"},
]


def look(house: House, path: str) -> Response:
    return house.get(path, accept=BROWSER)


def page(house: House, path: str) -> html.HtmlElement:
    response = look(house, path)
    assert response.status_code == 200, (path, response.text)
    return html.fromstring(response.text)


def text(element: html.HtmlElement, path: str) -> str:
    return " ".join(" ".join(one.text_content().split()) for one in element.xpath(path))


@pytest.fixture
def ferry(house: House) -> str:
    """The path of an article with all that one can have."""
    id = house.published(
        standfirst="After ten years.", section="energy", tags=["River"], writers=["ann"], source="Wire", body=BODY
    )
    house.published(headline="Another", tags=["River"])
    slug = house.read(f"/v1/articles/{id}")["slug"]
    return f"/energy/{slug}"


def test_every_page_that_leads_from_the_front_is_there(house: House, ferry: str) -> None:
    seen: set[str] = set()
    ahead = ["/"]
    while ahead:
        path = ahead.pop()
        if path in seen:
            continue
        seen.add(path)
        response = look(house, path)
        assert response.status_code == 200, path
        if not response.headers["content-type"].startswith("text/html") or path.startswith("/schema"):
            continue
        found = html.fromstring(response.text)
        ids = found.xpath("//@id")
        assert len(ids) == len(set(ids)), path
        assert len(found.xpath("//h1")) == 1, path
        assert found.xpath("//title")[0].text.strip(), path
        for link in found.xpath("//a/@href | //link/@href | //script/@src | //img/@src | //form/@action"):
            place = urlsplit(link)
            if not place.netloc and place.path and place.scheme == "":
                ahead.append(f"{place.path}?{place.query}" if place.query else place.path)
    for kind in ("/energy", ferry, "/tag/river", "/writer/ann", "/archive/2024/05/14", "/search", "/corrections"):
        assert kind in seen, kind


def test_an_article_says_who_wrote_it_when_and_how_often_it_was_read(house: House, ferry: str) -> None:
    found = page(house, ferry)
    assert text(found, "//h1[not(@class)]") == "Ferries return to the river"
    assert text(found, "//*[@class='byline']") == "By Ann Ash · Wire"
    assert "14 May 2024 16:00 (UTC+04:00)" in text(found, "//*[@class='dateline']")
    assert "Photo" in text(found, "//*[@class='dateline']")
    assert "Video" in text(found, "//*[@class='dateline']")
    assert "0 views" in text(found, "//*[@class='dateline']")
    assert text(found, "//*[@class='way']") == "Economy Energy"
    assert "#River" in text(found, "//*[@class='tags']")
    assert "Another" in text(found, "//section[@class='related']")


def test_a_body_s_blocks_are_what_editors_typed(house: House, ferry: str) -> None:
    body = page(house, ferry).xpath("//*[@class='body']")[0]
    assert body.xpath("p/strong")[0].text == "first"
    assert body.xpath("p/a/@href") == ["https://example.org/a"]
    assert body.xpath("h3")[0].text == "What comes next"
    assert text(body, ".//blockquote") == "It came."
    assert [one.text for one in body.xpath("ol/li")] == ["One", "Two"]
    assert body.xpath(".//img/@alt") == ["A port"]
    assert text(body, ".//figure[img]/figcaption") == "The port. Wire"
    assert body.xpath(".//a[@class='play']/@data-player") == [
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"
    ]
    assert not body.xpath(".//iframe")


def test_machines_are_told_what_an_article_is(house: House, ferry: str) -> None:
    found = page(house, ferry)
    assert found.xpath("//link[@rel='canonical']/@href") == [f"https://post.example{ferry}"]
    said = dict(zip(found.xpath("//meta/@property"), found.xpath("//meta[@property]/@content"), strict=True))
    assert said["og:type"] == "article"
    assert said["og:image"] == "https://post.example/static/demo/port.svg"
    assert said["article:published_time"] == "2024-05-14T16:00:00+04:00"
    assert '"@type":"NewsArticle"' in found.xpath("//script[@type='application/ld+json']")[0].text


def test_each_page_of_a_list_names_its_own_feed_first(house: House, ferry: str) -> None:
    for path, feed in (("/", "latest"), ("/energy", "section/energy"), ("/tag/river", "tag/river")):
        assert page(house, path).xpath("//link[@type='application/rss+xml']/@href")[0] == f"/feeds/{feed}.rss"


def test_what_was_typed_is_text_and_not_markup(house: House) -> None:
    evil = "<script>alert(1)</script>"
    house.published(
        headline=evil, standfirst=evil, tags=["a<b>"], source=evil, body=[{"kind": "paragraph", "text": evil}]
    )
    (card,) = house.read("/v1/latest")["items"]
    for path in ("/", "/nation", "/latest", "/search?q=script", f"/nation/{card['slug']}"):
        shown = look(house, path)
        assert evil not in shown.text, path
        scripts = html.fromstring(shown.text).xpath("//script[not(@src)]/@type")
        assert set(scripts) <= {"application/ld+json"}, path


# Kept.


def test_a_page_says_who_may_keep_it_and_what_may_run_in_it(house: House, ferry: str) -> None:
    until(lambda: look(house, "/search?q=ferries").status_code == 200)
    for path in ("/", ferry, "/search?q=ferries"):
        told = look(house, path).headers
        assert told["content-security-policy"] == POLICY
        assert "unsafe" not in POLICY
        assert told["x-content-type-options"] == "nosniff"
        assert told["vary"] == "Accept-Encoding"
        assert look(house, path).headers["etag"] == told["etag"]
        assert house.get(path, if_none_match=told["etag"]).status_code == 304
    head = house.client.head("/")
    assert (head.status_code, head.content) == (200, b"")


def test_what_an_editor_does_is_on_every_page_at_once(house: House, ferry: str) -> None:
    before = {path: look(house, path).headers["etag"] for path in ("/", ferry, "/economy", "/latest", "/archive")}
    new = house.published(headline="A bridge opens")
    for path, etag in before.items():
        shown = look(house, path)
        assert "A bridge opens" in shown.text, path
        assert shown.headers["etag"] != etag
    house.unpublish(new)
    for path in before:
        assert "A bridge opens" not in look(house, path).text, path


def test_names_are_changed_on_every_page_at_once(house: House, ferry: str) -> None:
    assert "Economy" in look(house, ferry).text
    renamed = house.ask("PUT", "/editorial/sections/economy", {"name": "Money", "position": 2}, role=Role.ADMIN)
    assert renamed.status_code == 200
    for path in ("/", ferry, "/energy", "/search"):
        shown = look(house, path).text
        assert "Money" in shown, path
        assert "Economy" not in shown, path


def test_news_that_breaks_stands_above_every_page_until_it_ends(house: House, ferry: str) -> None:
    assert page(house, "/writer").xpath("//*[@data-breaking]/@hidden")
    id = house.published(headline="The dam holds")
    house.done("PUT", f"/editorial/articles/{id}/breaking", {"minutes": 10})
    for path in ("/", ferry, "/writer"):
        assert "The dam holds" in text(page(house, path), "//*[@data-breaking]"), path
    house.clock.forward(minutes=10)
    for path in ("/", ferry, "/writer"):
        assert page(house, path).xpath("//*[@data-breaking]/@hidden"), path


def test_a_page_is_of_today_until_midnight_in_the_newsroom(house: House) -> None:
    assert text(page(house, "/"), "//*[@class='today']") == "Tuesday, 14 May 2024"
    house.clock.forward(hours=7, minutes=59)
    assert "14 May" in text(page(house, "/"), "//*[@class='today']")
    house.clock.forward(minutes=1)
    assert "15 May" in text(page(house, "/"), "//*[@class='today']")


def test_parameters_that_no_page_knows_make_no_other_page(house: House) -> None:
    kept = len(house.reading.kept.answers)
    for number in range(5):
        assert look(house, f"/latest?utm_source={number}").status_code == 200
    # The page and its two parts.
    assert len(house.reading.kept.answers) == kept + 3


def test_a_view_without_a_script_is_counted(house: House, ferry: str) -> None:
    (seen,) = page(house, ferry).xpath("//noscript/img/@src")
    answer = house.get(seen)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/gif")
    assert answer.headers["cache-control"] == "no-store"
    assert house.get("/static/seen/unknown").status_code == 404


# Wrong.


def test_a_browser_is_told_on_a_page_what_is_wrong_and_a_program_by_a_problem(house: House, ferry: str) -> None:
    for path, status in (
        ("/nowhere", 404),
        ("/nation/nothing", 404),
        ("/tag/none", 404),
        ("/writer/none", 404),
        ("/page/none", 404),
        ("/a/b/c", 404),
        ("/archive/2024/02/30", 404),
        ("/latest?after=nonsense", 400),
        ("/popular?window=2h", 400),
        ("/preview/nonsense", 404),
    ):
        shown = look(house, path)
        assert (shown.status_code, shown.headers["content-type"]) == (status, "text/html; charset=utf-8"), path
        assert "Ferries return to the river" in shown.text, path
        assert shown.headers["content-security-policy"] == POLICY
        assert "Accept" in shown.headers["vary"]
        told = house.get(path, accept="application/json")
        assert told.headers["vary"] == "Accept"
        assert (told.status_code, told.headers["content-type"]) == (status, "application/problem+json"), path
    assert house.get("/v1/articles/none", accept=BROWSER).headers["content-type"] == "application/problem+json"


def test_a_withdrawn_article_leaves_its_notice(house: House, ferry: str) -> None:
    id = house.published(headline="Wrong")
    house.ask("POST", f"/editorial/articles/{id}/withdraw", {"notice": "It was <not> so."}, role=Role.ADMIN)
    shown = look(house, "/nation/wrong")
    assert shown.status_code == 410
    assert "It was &lt;not&gt; so." in shown.text
    log = text(page(house, "/corrections"), "//*[@class='log']")
    assert "It was <not> so." in log
    assert "Withdrawn" in log


def test_a_correction_stands_with_the_article_and_in_the_log(house: House) -> None:
    id = house.published(headline="A bridge")
    house.revise(id, 2, standfirst="Ten years.")
    house.done("POST", f"/editorial/articles/{id}/correct", {"note": "Ten, not nine."}, made_on=3)
    found = page(house, "/nation/a-bridge")
    assert "Ten, not nine." in text(found, "//*[@id='corrections']")
    assert "corrected" in text(found, "//header//*[@class='notice']")
    assert "Ten, not nine." in text(page(house, "/corrections"), "//*[@class='log']")


@pytest.mark.parametrize("wrong", ["/nation/{slug}", "/economy/{slug}", "/nowhere/{slug}"])
def test_another_section_leads_to_the_article_s_own(house: House, ferry: str, wrong: str) -> None:
    slug = ferry.rpartition("/")[2]
    moved = look(house, wrong.format(slug=slug))
    assert (moved.status_code, moved.headers["location"]) == (301, ferry)


def test_an_old_address_leads_to_the_new_one(house: House) -> None:
    id = house.published(headline="Old")
    house.revise(id, 2, slug="new", section="sport")
    house.update(id, 3)
    moved = look(house, "/nation/old")
    assert (moved.status_code, moved.headers["location"]) == (301, "/sport/new")


def test_the_theme_s_files_are_kept_for_ever_under_their_own_address(house: House) -> None:
    (style,) = page(house, "/").xpath("//link[@rel='stylesheet']/@href")
    told = house.get(style)
    assert told.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert told.headers["content-type"] == "text/css; charset=utf-8"
    moved = house.get("/static/theme/style.css?v=old")
    assert (moved.status_code, moved.headers["location"]) == (301, style)
    assert house.get("/static/theme/base.html").status_code == 404
    assert house.get("/static/theme/..%2Fbase.html").status_code == 404


# Settings.


def settled(settings: Settings, tokens: Tokens, clock: Clock, **changed: str) -> Any:
    return opened(structs.replace(settings, **changed), tokens, clock)


def test_a_site_speaks_its_language(embedded: Settings, tokens: Tokens, clock: Clock) -> None:
    with settled(embedded, tokens, clock, language="az") as house:
        house.published()
        found = page(house, "/")
        assert (found.get("lang"), found.get("dir")) == ("az", "ltr")
        assert "14 may 2024" in text(found, "//*[@class='today']")
        assert "Ən çox oxunan" in text(found, "//aside")
    with settled(embedded, tokens, clock, language="ar") as house:
        assert page(house, "/").get("dir") == "rtl"


def test_a_theme_of_one_s_own_is_taken_where_it_has_something(
    embedded: Settings, tokens: Tokens, clock: Clock, tmp_path: Path
) -> None:
    theme = tmp_path / "theme"
    (theme / "static").mkdir(parents=True)
    (theme / "words").mkdir()
    (theme / "page.html").write_text("<h1>Mine: {{ page.title }}</h1>")
    (theme / "static" / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (theme / "words" / "en.po").write_text('msgid "Latest"\nmsgstr "Just in"\n')
    settings = {"theme": str(theme), "accent": "#004488", "links": "App=https://example.org/app"}
    with settled(embedded, tokens, clock, **settings) as house:
        house.published()
        found = page(house, "/")
        assert "Just in" in text(found, "//aside")
        assert found.xpath("//a[@href='https://example.org/app']")[0].text == "App"
        assert "--accent:#004488" in house.get(found.xpath("//link[@rel='stylesheet']/@href")[0]).text
        assert house.client.get("/static/theme/logo.svg").headers["content-type"].startswith("image/svg+xml")


def test_a_service_makes_sizes_of_pictures(embedded: Settings, tokens: Tokens, clock: Clock) -> None:
    pattern = "https://img.example/w{width}/{quoted}"
    picture = {"kind": "image", "url": "https://pics.example/a.jpg", "alt": "A"}
    drawn = {"kind": "image", "url": "/static/demo/port.svg", "alt": "B"}
    with settled(embedded, tokens, clock, pictures=pattern) as house:
        house.published(body=[picture, drawn])
        (card,) = house.read("/v1/latest")["items"]
        first, second = page(house, f"/nation/{card['slug']}").xpath("//*[@class='body']//img")
        assert first.get("src") == "https://img.example/w960/https%3A%2F%2Fpics.example%2Fa.jpg"
        assert "https://img.example/w320/https%3A%2F%2Fpics.example%2Fa.jpg 320w" in first.get("srcset")
        assert second.get("srcset") is None


def test_a_theme_that_cannot_be_read_is_told_at_the_start(embedded: Settings, tmp_path: Path) -> None:
    (tmp_path / "front.html").write_text("{% if %}")
    with pytest.raises(BadSetting, match=r"front\.html, line 1"):
        Theme(structs.replace(embedded, theme=str(tmp_path)))


def test_where_a_theme_fails_readers_get_its_page_of_errors_or_a_problem(
    embedded: Settings, tokens: Tokens, clock: Clock, tmp_path: Path
) -> None:
    (tmp_path / "latest.html").write_text("{{ nothing.of.this }}")
    with settled(embedded, tokens, clock, theme=str(tmp_path)) as house:
        shown = look(house, "/latest")
        assert (shown.status_code, shown.headers["content-type"]) == (500, "text/html; charset=utf-8")
        assert "nothing" not in shown.text
    (tmp_path / "error.html").write_text("{{ nothing.of.this }}")
    with settled(embedded, tokens, clock, theme=str(tmp_path)) as house:
        problem(look(house, "/latest"), 500)


def test_a_view_of_another_article_leaves_a_page_as_it_is_kept(house: House, ferry: str) -> None:
    id = house.published(headline="Another river", tags=["River"])
    look(house, ferry)
    kept = house.reading.kept.answers[ferry, b""]
    house.view(id)
    until(lambda: house.read(f"/v1/articles/{id}")["views"] == 1)
    assert house.reading.kept.answers[ferry, b""] is kept


def test_a_section_may_begin_as_a_route_does(house: House) -> None:
    section = {"name": "Health care", "position": 9}
    assert house.ask("PUT", "/editorial/sections/healthcare", section, role=Role.ADMIN).is_success
    house.published(section="healthcare", headline="A ward opens")
    assert "A ward opens" in look(house, "/healthcare?after=").text
    assert look(house, "/healthcare?min_position=99999").status_code == 503
    assert look(house, "/healthcare/none").headers["content-type"] == "text/html; charset=utf-8"


def test_no_first_word_of_a_route_is_a_section(house: House) -> None:
    words = {first_word(route.path) for route in house.door.app.routes} - {"", "{section:str}"}
    assert {word for word in words if "." not in word} <= RESERVED
    assert words - {word for word in words if is_page(f"/{word}")} <= MACHINES | OTHERS


def test_a_tag_that_only_drafts_carry_has_no_page(house: House) -> None:
    house.draft(tags=["Secret deal"])
    assert look(house, "/tag/secret-deal").status_code == 404


def test_what_redirects_is_no_page(house: House, ferry: str) -> None:
    moved = look(house, ferry.replace("/energy/", "/nation/"))
    assert (moved.status_code, moved.headers["content-type"]) == (301, "application/problem+json")


def test_a_long_article_is_a_page_like_any_other(house: House) -> None:
    house.published(headline="Long", body=[{"kind": "paragraph", "text": f"Line {n}."} for n in range(150)])
    assert "Line 149." in text(page(house, "/nation/long"), "//*[@class='body']")


def test_who_asks_for_no_picture_or_shows_it_elsewhere_counts_no_view(house: House, ferry: str) -> None:
    (seen,) = page(house, ferry).xpath("//noscript/img/@src")
    assert house.client.head(seen).status_code == 200
    assert house.get(seen, sec_fetch_site="cross-site").status_code == 200
    assert house.get(seen, sec_fetch_site="same-origin").status_code == 200
    id = seen.rpartition("/")[2]
    until(lambda: house.read(f"/v1/articles/{id}")["views"] == 1)


def test_where_what_stands_beside_pages_fails_readers_are_told_all_the_same(
    embedded: Settings, tokens: Tokens, clock: Clock, tmp_path: Path
) -> None:
    (tmp_path / "beside.html").write_text("{{ nothing.of.this }}")
    with settled(embedded, tokens, clock, theme=str(tmp_path)) as house:
        shown = look(house, "/nowhere")
        assert (shown.status_code, shown.headers["content-type"]) == (500, "text/html; charset=utf-8")


def test_what_a_theme_s_folder_hides_is_given_to_nobody(embedded: Settings, tmp_path: Path) -> None:
    static, words = tmp_path / "static", tmp_path / "words"
    (static / "fonts.v2").mkdir(parents=True)
    (static / ".env").write_text("secret")
    assert not {"fonts.v2", ".env"} & Theme(structs.replace(embedded, theme=str(tmp_path))).files.keys()
    words.mkdir()
    (words / "en.po").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSetting, match="words"):
        Theme(structs.replace(embedded, theme=str(tmp_path)))
