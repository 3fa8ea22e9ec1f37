"""Films of other sites: nobody's browser asks these before somebody clicks."""

from playwright.sync_api import Locator, expect

from tests.browser.newsroom import FILM, PAGES, PLAYER
from tests.browser.reader import Look, Open


def test_a_film_asks_nobody_before_the_click(open_window: Open) -> None:
    window = open_window()
    window.context.route(PLAYER, lambda route: route.fulfill(content_type="text/html", body="<p>It plays."))
    page = window.look(PAGES["article"])
    page.get_by_role("link", name="The ferry comes in.").scroll_into_view_if_needed()
    expect(page.locator("iframe")).to_have_count(0)
    assert window.asked_elsewhere == []
    page.get_by_role("link", name="The ferry comes in.").click()
    expect(page.frame_locator("iframe").get_by_text("It plays.")).to_be_visible()
    expect(page.locator("iframe")).to_be_focused()
    assert window.asked_elsewhere == [PLAYER]
    window.asked.clear()


def test_a_film_is_a_link_without_scripts(look: Look) -> None:
    page = look(PAGES["article"], scripts=False)
    expect(page.get_by_role("link", name="The ferry comes in.")).to_have_attribute("href", FILM)


def test_a_film_has_its_room_before_it_plays(open_window: Open) -> None:
    window = open_window()
    window.context.route(PLAYER, lambda route: route.fulfill(content_type="text/html", body="<p>It plays."))
    page = window.look(PAGES["article"])
    room = size(page.locator("[data-player]"))
    page.locator("[data-player]").click()
    assert size(page.locator("iframe")) == room
    window.asked.clear()


def size(one: Locator) -> tuple[float, float]:
    box = one.bounding_box()
    assert box
    return box["width"], box["height"]
