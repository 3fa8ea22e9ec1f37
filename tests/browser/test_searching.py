"""Search, from every page's header and from its own page."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.newsroom import Site
from tests.browser.reader import Look


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_header_searches(look: Look, scripts: bool) -> None:
    page = look("/", scripts=scripts)
    page.locator("#find").fill("reservoir")
    page.locator("#find").press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=reservoir$"))
    expect(page.locator("#q")).to_have_value("reservoir")
    expect(page.locator("main mark").first).to_have_text(re.compile("reservoir", re.IGNORECASE))


def test_search_narrows_by_section_and_order(look: Look, site: Site) -> None:
    page = look("/search?q=river")
    page.get_by_role("combobox", name="Section").select_option("economy")
    page.get_by_role("combobox", name="Order").select_option("newest")
    page.locator("main").get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile("section=economy"))
    expect(page.get_by_role("combobox", name="Section")).to_have_value("economy")
    wanted = site.read("/v1/search?q=river&section=economy&sort=newest&limit=20")["items"]
    assert page.locator("main [data-id]").evaluate_all("cards => cards.map(card => card.dataset.id)") == [
        card["id"] for card in wanted
    ]


def test_a_spelling_that_is_proposed_leads_to_what_it_finds(look: Look) -> None:
    page = look("/search?q=resevoir")
    page.get_by_role("link", name="reservoir", exact=True).click()
    expect(page.locator("#q")).to_have_value("reservoir")


def test_arrow_keys_choose_a_suggestion_and_enter_follows_it(look: Look) -> None:
    page = look("/")
    typed(page, "kesr")
    box, options = page.locator("#find"), page.get_by_role("option")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(options.nth(1).get_attribute("id")))
    box.press("ArrowUp")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    expect(options.nth(1)).to_have_attribute("aria-selected", "false")
    to = str(options.nth(0).get_attribute("data-to"))
    box.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(to) + "$"))


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(look: Look) -> None:
    page = look("/")
    typed(page, "kesr")
    page.locator("#find").press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(page.locator("#find")).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#find")).to_have_value("kesr")


def test_a_click_follows_a_suggestion(look: Look) -> None:
    page = look("/")
    typed(page, "kesr")
    option = page.get_by_role("option").first
    to = str(option.get_attribute("data-to"))
    option.click()
    expect(page).to_have_url(re.compile(re.escape(to) + "$"))


def typed(page: Page, text: str) -> None:
    """At once, so that one list is proposed and no other takes its place."""
    page.locator("#find").fill(text)
    expect(page.get_by_role("option").first).to_be_visible()
