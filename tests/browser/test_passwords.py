"""Staff set a password by a link, in a browser."""

from playwright.sync_api import expect

from tests.browser.newsroom import REPORTER, Site
from tests.browser.reader import Look

PASSWORD = "a raft of nine planks"


def test_staff_set_a_password_by_a_link_and_log_in_with_it(look: Look, site: Site) -> None:
    link = site.home.done("staff", "reset", REPORTER).stdout.strip().removeprefix(site.address)
    page = look(link)
    first, again, said = page.locator("#password"), page.locator("#again"), page.get_by_role("status")
    first.fill(PASSWORD)
    again.fill(PASSWORD.upper())
    page.get_by_role("button", name="Set the password").click()
    expect(said).to_have_text("The two are not the same.")
    again.fill(PASSWORD)
    again.press("Enter")
    expect(said).to_have_text("Your password is set. You can log in now.")
    # What the link held is in no history and no bookmark.
    expect(page).to_have_url(f"{site.address}/reset")
    expect(first).to_have_value("")
    body = {"email": REPORTER, "password": PASSWORD}
    assert site.server.client.post("/editorial/session", json=body).status_code == 201


def test_half_a_link_is_said_to_be_none(look: Look) -> None:
    page = look("/reset")
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("status")).to_have_text("This is not the whole link.")


def test_whoever_has_no_scripts_is_told_that_setting_a_password_needs_them(look: Look) -> None:
    page = look("/reset", scripts=False)
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.locator("noscript p")).to_contain_text("This page needs JavaScript")
