"""What readers do on the site, with scripts and without."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.newsroom import NOTICE, PAGES, Site
from tests.browser.reader import DESKTOP, PHONE, Look, Open

with_scripts_and_without = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
on_both_screens = pytest.mark.parametrize("width", [PHONE, DESKTOP])


def shown(page: Page) -> list[str]:
    """The ids of the articles that the page itself lists."""
    ids: list[str] = page.locator("main [data-id]").evaluate_all("cards => cards.map(card => card.dataset.id)")
    return ids


@with_scripts_and_without
@on_both_screens
def test_an_article_is_read_from_the_front_page(look: Look, scripts: bool, width: int) -> None:
    page = look("/", scripts=scripts, width=width)
    headline = page.locator("main .headline a").first
    said = headline.inner_text()
    headline.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(said)
    expect(page.locator(".story .body p").first).to_be_visible()


# See more.


@pytest.mark.parametrize("path", ["/latest", "/nation"])
def test_see_more_adds_every_article_once(look: Look, site: Site, path: str) -> None:
    page = look(path)
    see_all(page)
    assert shown(page) == listed(site, path)
    assert len(shown(page)) > 40


@pytest.mark.parametrize("path", ["/latest", "/nation"])
def test_see_more_leads_to_every_article_once_without_scripts(look: Look, site: Site, path: str) -> None:
    page = look(path, scripts=False)
    ids = shown(page)
    while page.locator("[data-more]").count():
        with page.expect_navigation():
            page.locator("[data-more]").click()
        ids += shown(page)
    assert ids == listed(site, path)


def see_all(page: Page) -> None:
    while page.locator("[data-more]").count():
        before = len(shown(page))
        page.locator("[data-more]").click()
        expect(page.locator("main [data-id]")).not_to_have_count(before)
        expect(page.locator("[data-more][aria-busy]")).to_have_count(0)


def listed(site: Site, path: str) -> list[str]:
    if path == "/latest":
        return site.server.all_latest()
    return [card["id"] for card in site.read(f"/v1/latest?section={path[1:]}&limit=100")["items"]]


def test_see_more_goes_on_with_the_keyboard_where_the_list_ended(look: Look) -> None:
    page = look("/latest")
    before = len(shown(page))
    page.locator("[data-more]").press("Enter")
    expect(page.locator("main [data-id]").nth(before).locator("a").first).to_be_focused()


def test_what_leads_a_section_does_not_come_again(look: Look, site: Site) -> None:
    oldest = listed(site, "/nation")[-1]
    site.pinned("nation", oldest)
    page = look("/nation")
    assert shown(page)[0] == oldest
    see_all(page)
    assert sorted(shown(page)) == sorted(listed(site, "/nation"))
    site.pinned("nation")


# Tabs.


def test_a_click_changes_between_the_newest_and_the_most_read(look: Look) -> None:
    page = look("/")
    latest, popular = page.get_by_role("tab", name="Latest"), page.get_by_role("tab", name="Popular")
    selected(page, latest, popular)
    popular.click()
    selected(page, popular, latest)
    latest.click()
    selected(page, latest, popular)


def test_arrow_keys_change_between_the_newest_and_the_most_read(look: Look) -> None:
    page = look("/")
    latest, popular = page.get_by_role("tab", name="Latest"), page.get_by_role("tab", name="Popular")
    latest.focus()
    for key, chosen, other in (
        ("ArrowRight", popular, latest),
        ("ArrowRight", latest, popular),
        ("ArrowLeft", popular, latest),
    ):
        page.keyboard.press(key)
        expect(chosen).to_be_focused()
        selected(page, chosen, other)
    page.keyboard.press("Tab")
    expect(page.locator("#tab-popular a").first).to_be_focused()


def selected(page: Page, chosen: Any, other: Any) -> None:
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(other).to_have_attribute("aria-selected", "false")
    expect(page.locator(f"#{chosen.get_attribute('aria-controls')}")).to_be_visible()
    expect(page.locator(f"#{other.get_attribute('aria-controls')}")).to_be_hidden()


@on_both_screens
def test_both_lists_are_seen_without_scripts(look: Look, width: int) -> None:
    page = look("/", scripts=False, width=width)
    for name in ("Latest", "Popular"):
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    assert page.locator("#tab-latest li").count() == 20
    assert page.locator("#tab-popular li").count() == 20


# From one page to another.


@with_scripts_and_without
def test_a_tag_leads_to_all_that_carry_it(look: Look, site: Site, scripts: bool) -> None:
    page = look(PAGES["corrected article"], scripts=scripts)
    page.get_by_role("link", name="#Floods").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("#Floods")
    assert set(shown(page)) <= {card["id"] for card in site.read("/v1/latest?tag=floods&limit=100")["items"]}
    expect(page.locator("main").get_by_role("link", name=re.compile("Kesrin Dam opens"))).to_be_visible()


def test_an_old_address_leads_on(look: Look, site: Site) -> None:
    id = site.published(headline="The bridge is open")
    old = site.path(id)
    site.updated(id, slug="the-bridge-was-open")
    page = look(old)
    expect(page).to_have_url(f"{site.address}/nation/the-bridge-was-open")
    expect(page.get_by_role("heading", level=1)).to_have_text("The bridge is open")


def test_a_wrong_section_leads_to_the_right_one(look: Look, site: Site) -> None:
    page = look(PAGES["article"].replace("/energy/", "/sport/"))
    expect(page).to_have_url(f"{site.address}{PAGES['article']}")


def test_the_archive_s_calendar_leads_to_a_day(look: Look, site: Site) -> None:
    day = site.paths["day"]
    page = look(f"/archive/{day.split('/')[2]}")
    page.locator(f".month a[href='{day}']").click()
    expect(page).to_have_url(f"{site.address}{day}")
    assert shown(page) == [card["id"] for card in site.read(f"/v1/{day[1:]}?limit=20")["items"]]
    expect(page.locator(".month [aria-current=page]")).to_have_attribute("href", day)


# What is not there, or not yet, or no more.


@with_scripts_and_without
def test_what_is_not_there_leads_on_by_search(look: Look, scripts: bool) -> None:
    page = look(PAGES["not found"], scripts=scripts)
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    page.locator("main input[name=q]").fill("river")
    page.locator("main input[name=q]").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search")
    assert shown(page)


def test_a_withdrawn_article_s_notice_stands_in_its_place(look: Look) -> None:
    page = look(PAGES["withdrawn article"])
    expect(page.get_by_role("heading", level=1)).to_have_text("This article was withdrawn")
    expect(page.get_by_text(NOTICE)).to_be_visible()


def test_a_correction_is_told_above_and_below(look: Look) -> None:
    page = look(PAGES["corrected article"])
    page.get_by_role("link", name="This article was corrected.").click()
    expect(page.locator("#corrections")).to_be_in_viewport()
    expect(page.locator("#corrections")).to_contain_text("It rose 2.7 metres.")


def test_a_preview_says_that_it_is_none(look: Look, site: Site) -> None:
    page = look(site.paths["preview"])
    expect(page.get_by_text("Preview of unpublished work.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not yet")
    expect(page.locator("meta[name=robots]")).to_have_attribute("content", re.compile("noindex"))


# An article's links.


def test_a_click_copies_an_article_s_link(open_window: Open, site: Site) -> None:
    window = open_window()
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = window.look(PAGES["article"])
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == site.address + PAGES["article"]


def test_nobody_is_offered_what_needs_a_script_without_one(look: Look) -> None:
    page = look(PAGES["article"], scripts=False)
    expect(page.get_by_role("link", name="Telegram").first).to_be_visible()
    expect(page.locator("[data-copy]")).to_be_hidden()
