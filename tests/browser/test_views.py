"""A reader's view is counted once."""

from tests.browser.newsroom import Site
from tests.browser.reader import Open
from tests.web.deadline import until


def test_a_view_counts_once_in_a_tab_and_again_in_another(open_window: Open, site: Site) -> None:
    id = site.published(headline="Read by a few")
    path = site.path(id)
    window = open_window()
    page = window.look(path)
    until(lambda: site.views(id) == 1)
    page.reload()
    page.goto("/")
    page.goto(path)
    window.look(path)
    until(lambda: site.views(id) >= 2)
    open_window().look(path)
    until(lambda: site.views(id) >= 3)
    assert site.views(id) == 3


def test_a_view_counts_without_scripts(open_window: Open, site: Site) -> None:
    id = site.published(headline="Read without scripts")
    page = open_window(scripts=False).look(site.path(id))
    until(lambda: site.views(id) == 1)
    page.reload()
    until(lambda: site.views(id) == 2)


def test_whoever_sees_a_headline_only_has_read_nothing(open_window: Open, site: Site) -> None:
    id, other = site.published(headline="Seen"), site.published(headline="Read")
    page = open_window().look("/latest")
    page.get_by_role("link", name="Read", exact=True).first.click()
    until(lambda: site.views(other) == 1)
    assert site.views(id) == 0
