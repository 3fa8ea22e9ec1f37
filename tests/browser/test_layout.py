"""How pages lie on screens and on paper, and what they weigh."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser import newsroom
from tests.browser.newsroom import MADE, PAGES, Site
from tests.browser.reader import DESKTOP, HEIGHT, PHONE, Look, Open

SMALL_PHONE = 320
SHIFT_MOST = 0.02
OWN, OWN_BYTES_MOST = ["document", "script", "stylesheet"], 50_000
# How far a page and each of its elements reach beyond the window; what scrolls by itself may.
BEYOND = """() => {
  const scrolls = (one) => one && (getComputedStyle(one).overflowX === "auto" || scrolls(one.parentElement));
  const unseen = (one) => one.closest(".unseen, .skip, .seen");
  const page = document.documentElement;
  const out = [...document.body.querySelectorAll("*")].filter((one) => {
    const box = one.getBoundingClientRect();
    return (box.right > innerWidth + 1 || box.left < -1) && one.checkVisibility() && !scrolls(one) && !unseen(one);
  });
  return [page.scrollWidth - page.clientWidth, ...out.map((one) => one.outerHTML.slice(0, 120))];
}"""
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => entry.value)))
  .observe({ type: "layout-shift", buffered: true });
"""


def fits(page: Page) -> None:
    for width in (SMALL_PHONE, PHONE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert page.evaluate(BEYOND) == [0], (page.url, width)


def test_no_page_is_wider_than_a_phone(look: Look, site: Site) -> None:
    page = look("/", width=SMALL_PHONE)
    for kind in (*PAGES, *MADE):
        page.goto(site.paths[kind])
        fits(page)


def test_the_menu_of_all_sections_is_no_wider_than_a_phone(look: Look) -> None:
    page = look("/", width=SMALL_PHONE)
    page.locator(".menu summary").click()
    fits(page)


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("kind", ["front", "article", "section"])
def test_nothing_jumps_while_a_page_loads(open_window: Open, kind: str, width: int) -> None:
    window = open_window(width=width)
    window.context.add_init_script(SHIFTS)
    page = window.look(PAGES[kind])
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.mouse.wheel(0, 3 * HEIGHT)
    page.wait_for_function("scrollY > 0")
    assert sum(page.evaluate("shifts")) < SHIFT_MOST


def test_pictures_below_the_fold_wait_for_the_reader(look: Look) -> None:
    page = look("/")
    below = "images => images.filter((one) => one.getBoundingClientRect().top > innerHeight).map((one) => one.loading)"
    loading = page.locator("main img").evaluate_all(below)
    assert len(loading) > 3
    assert set(loading) == {"lazy"}
    assert page.locator("main img").first.get_attribute("loading") is None


def test_the_front_page_itself_is_light(open_window: Open) -> None:
    page = open_window().context.new_page()
    requests: list[Request] = []
    page.on("requestfinished", lambda request: requests.append(request))
    page.goto("/")
    own = [request for request in requests if request.resource_type in OWN]
    assert sorted(request.resource_type for request in own) == OWN
    # As it came over the wire, in the coding that browser and server agreed on.
    sizes = [request.sizes()["responseBodySize"] for request in own]
    assert min(sizes) > 0
    assert sum(sizes) < OWN_BYTES_MOST


def test_paper_shows_the_article_and_not_the_site_around_it(look: Look) -> None:
    page = look(PAGES["article"])
    page.emulate_media(media="print")
    for around in (".menu", ".bar nav", ".find", ".aside", ".breaking", ".foot nav", ".share"):
        for one in page.locator(around).all():
            expect(one).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".body p").first).to_be_visible()


# From right to left.


@pytest.fixture(scope="package")
def arabic(site: Site, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the same newsroom, in a language that is written from right to left."""
    with newsroom.translated(site, "ar", tmp_path_factory.mktemp("arabic")) as address:
        yield address


@pytest.mark.parametrize("width", [SMALL_PHONE, DESKTOP])
def test_a_language_from_the_right_begins_there(open_window: Open, arabic: str, width: int) -> None:
    page = open_window(address=arabic, width=width).context.new_page()
    for kind in ("front", "article", "latest", "archive", "search"):
        page.goto(PAGES[kind])
        assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
        assert page.evaluate(BEYOND) == [0], kind


def test_arrow_keys_follow_the_script(open_window: Open, arabic: str) -> None:
    page = open_window(address=arabic).look("/")
    page.get_by_role("tab").first.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab").nth(1)).to_be_focused()
