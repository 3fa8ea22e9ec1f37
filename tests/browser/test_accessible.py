"""What axe finds: nothing, on a page of each kind, on both screens, by day and by night."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.newsroom import MADE, PAGES, Site
from tests.browser.reader import DESKTOP, HEIGHT, PHONE, Look, Scheme

RULES: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    # Otherwise off.
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
# Stands around every page: looked at on two of them.
AROUND = {"exclude": [[".top"], [".aside"], [".foot"]]}
WHOLE = ("front", "article")


def found(page: Page, context: Any = None) -> list[tuple[str, str, str]]:
    """Rule, element and what is wrong with it."""
    violations = Axe().run(page, context, RULES).response["violations"]
    return [
        (violation["id"], node["html"][:200], node["failureSummary"])
        for violation in violations
        for node in violation["nodes"]
    ]


def seen(page: Page, width: int, scheme: Scheme) -> Page:
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.emulate_media(color_scheme=scheme)
    return page


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("kind", WHOLE)
def test_axe_finds_nothing(look: Look, kind: str, width: int) -> None:
    page = look(PAGES[kind])
    assert found(seen(page, width, "light")) == []
    assert found(seen(page, width, "dark")) == []


@pytest.mark.parametrize("kind", [kind for kind in (*PAGES, *MADE) if kind not in WHOLE])
def test_axe_finds_nothing_in_what_a_page_is_of(look: Look, site: Site, kind: str) -> None:
    page = look(site.paths[kind])
    assert found(seen(page, DESKTOP, "light"), AROUND) == []
    assert found(seen(page, PHONE, "dark"), AROUND) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens(look: Look, scheme: Scheme) -> None:
    page = look("/", width=PHONE, scheme=scheme)
    page.locator(".menu summary").click()
    assert found(page, ".menu") == []
    page.keyboard.press("Escape")
    page.locator("#find").fill("kesr")
    page.get_by_role("option").first.wait_for()
    page.locator("#find").press("ArrowDown")
    assert found(page, ".find") == []
    page.get_by_role("tab", name="Popular").click()
    assert found(page, ".aside") == []
