"""What changes on a page while somebody looks at it."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.newsroom import Site
from tests.browser.reader import Open, Window

LINES = "[data-live] li"
HALF_A_MINUTE_MS = 30_000


def listening(window: Window, path: str = "/") -> Page:
    """A page that the change feed has answered."""
    page = window.context.new_page()
    with page.expect_response("**/v1/changes"):
        page.goto(path)
    return page


def test_what_is_published_comes_on_top_of_the_newest(open_window: Open, site: Site) -> None:
    page = listening(open_window())
    id = site.published(headline="The mayor resigns")
    top = page.locator(LINES).first
    expect(top).to_contain_text("The mayor resigns")
    expect(top.get_by_role("link")).to_have_attribute("href", site.path(id))
    expect(page.locator(LINES)).to_have_count(21)


def test_a_new_headline_takes_the_place_of_the_old_one(open_window: Open, site: Site) -> None:
    id = site.published(headline="Two are missing")
    page = listening(open_window())
    expect(page.locator(LINES).first).to_contain_text("Two are missing")
    site.updated(id, headline="Both were found")
    expect(page.locator(LINES).first).to_contain_text("Both were found")


def test_what_is_withdrawn_leaves(open_window: Open, site: Site) -> None:
    id = site.published(headline="Gold in the river")
    page = listening(open_window())
    expect(page.locator(LINES).first).to_contain_text("Gold in the river")
    site.withdrawn(id)
    expect(page.locator(LINES).filter(has_text="Gold in the river")).to_have_count(0)


def test_a_reader_of_another_tab_keeps_it(open_window: Open, site: Site) -> None:
    page = listening(open_window())
    page.get_by_role("tab", name="Popular").click()
    site.published(headline="The ice breaks")
    expect(page.locator(LINES).first).to_contain_text("The ice breaks")
    expect(page.get_by_role("tab", name="Popular")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#tab-latest")).to_be_hidden()


def strip_of(page: Page, headline: str) -> Locator:
    return page.get_by_role("region", name="Breaking news").get_by_role("link", name=headline)


def test_what_breaks_is_shown_within_half_a_minute(open_window: Open, site: Site) -> None:
    id = site.published(headline="The dam holds")
    page = on_a_clock(open_window())
    expect(strip_of(page, "The dam holds")).to_have_count(0)
    site.breaking(id)
    page.clock.fast_forward(HALF_A_MINUTE_MS)
    expect(strip_of(page, "The dam holds")).to_be_visible()


def test_what_breaks_no_more_is_gone_within_half_a_minute(open_window: Open, site: Site) -> None:
    id = site.published(headline="The bridge sways")
    site.breaking(id)
    page = on_a_clock(open_window())
    expect(strip_of(page, "The bridge sways")).to_be_visible()
    site.breaking_no_more(id)
    page.clock.fast_forward(HALF_A_MINUTE_MS)
    expect(strip_of(page, "The bridge sways")).to_have_count(0)


def on_a_clock(window: Window) -> Page:
    page = window.context.new_page()
    page.clock.install()
    page.goto("/latest")
    return page
