from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import newsroom, reader
from tests.browser.chromium import OPTIONS, chromium
from tests.browser.newsroom import Site
from tests.browser.reader import DESKTOP, HEIGHT, WAIT_SECONDS, Look, Open, Scheme, Window
from tests.servers import Unusable


@pytest.fixture(scope="session")
def program() -> Path:
    try:
        return chromium()
    except Unusable as lack:
        pytest.skip(f"No browser: {lack}.")


@pytest.fixture(scope="package")
def site(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with newsroom.opened(tmp_path_factory.mktemp("site")) as opened:
        yield opened


# Playwright leaves a loop running in this thread, so that nobody can run another: it comes after the newsroom was
# filled, and goes with the tests of this folder.
@pytest.fixture(scope="package")
def browser(program: Path, site: Site) -> Iterator[Browser]:
    expect.set_options(timeout=WAIT_SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def open_window(browser: Browser, site: Site) -> Iterator[Open]:
    """Whoever reads, asks nobody but the site, and sees no error."""
    windows: list[Window] = []
    with ExitStack() as stack:

        def open_window(
            *, scripts: bool = True, width: int = DESKTOP, scheme: Scheme = "light", address: str = site.address
        ) -> Window:
            opened = reader.opened(
                browser,
                address,
                java_script_enabled=scripts,
                viewport={"width": width, "height": HEIGHT},
                color_scheme=scheme,
            )
            windows.append(stack.enter_context(opened))
            return windows[-1]

        yield open_window
        for window in windows:
            assert window.asked_elsewhere == []
            assert window.errors == []


@pytest.fixture
def look(open_window: Open) -> Look:
    """A page in a window of its own."""

    def look(path: str, *, scripts: bool = True, width: int = DESKTOP, scheme: Scheme = "light") -> Page:
        return open_window(scripts=scripts, width=width, scheme=scheme).look(path)

    return look
