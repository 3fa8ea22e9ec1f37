"""The site by keyboard alone."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.newsroom import PAGES, Site
from tests.browser.reader import DESKTOP, PHONE, Look

STOPS_MOST = 150
# Of what has the focus, if that is within a part of the page: whether there is an outline, and whether it is on the
# screen.
SHOWN = """within => {
  const one = document.activeElement;
  if (!one.matches(`${within} *`)) return null;
  const box = one.getBoundingClientRect(), style = getComputedStyle(one);
  return {
    what: one.outerHTML.slice(0, 120),
    // A film's controls are the browser's own.
    outlined: one.matches("video") || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
    on_screen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


def stops(page: Page, within: str) -> list[Any]:
    """Wherever the key of tabulation leads from where the focus is, until it leaves a part of the page."""
    found = []
    for _ in range(STOPS_MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(SHOWN, within)
        if stop is None:
            break
        found.append(stop)
    return found


def test_the_first_stop_skips_to_the_news(look: Look) -> None:
    page = look("/")
    skip = page.get_by_role("link", name="Skip to the news")
    expect(skip).not_to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("main a").first).to_be_focused()


def test_an_article_is_reached_from_the_top_of_the_front_page(look: Look, site: Site) -> None:
    page = look("/")
    lead = page.locator("main .headline a").first
    to = str(lead.get_attribute("href"))
    for _ in range(STOPS_MOST):
        page.keyboard.press("Tab")
        if lead.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.address}{to}")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_whatever_has_the_focus_shows_it(look: Look, width: int) -> None:
    found = stops(look("/", width=width), "body")
    for kind in ("article", "search"):
        page = look(PAGES[kind], width=width)
        page.locator("main").focus()
        found += stops(page, "main")
    assert len(found) > 50
    assert [stop for stop in found if not (stop["outlined"] and stop["on_screen"])] == []


def test_the_menu_of_all_sections_opens_and_closes(look: Look) -> None:
    page = look("/")
    summary = page.locator(".menu summary")
    summary.press("Enter")
    expect(page.locator(".menu").get_by_role("link", name="Football")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".menu").get_by_role("link", name="Football")).to_be_hidden()
    expect(summary).to_be_focused()
