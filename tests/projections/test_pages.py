"""Fixed pages as readers get them."""

from collections.abc import Callable

from domain.body import Paragraph
from domain.page import PAGE, PagePublished, PageTakenDown
from projections import pages
from projections.pages import Page, PageLine
from projections.store import Drop, Put, Reads
from tests.domain.given import NOON
from tests.projections.told import SITE, told

SiteOf = Callable[..., Reads]

BODY = (Paragraph(id="p1", text="We print the news."),)
ABOUT = PAGE.change("about", PagePublished("About us", BODY, 2))


def test_a_page_is_one_document_with_the_time_of_its_recording() -> None:
    published, taken_down = told(ABOUT, PAGE.change("about", PageTakenDown()))
    document = (
        b'{"title":"About us","body":[{"kind":"paragraph","id":"p1","text":"We print the news."}],'
        b'"position":2,"updated_at":"2025-03-01T12:00:00Z"}'
    )
    assert pages.project(published) == [Put("page", "about", document)]
    assert pages.project(taken_down) == [Drop("page", "about")]


def test_pages_lie_by_position_then_by_slug(site: SiteOf) -> None:
    reads = site(
        ABOUT,
        PAGE.change("ethics", PagePublished("Ethics", (), 2)),
        PAGE.change("contacts", PagePublished("Contacts")),
        PAGE.change("former", PagePublished("Former")),
        PAGE.change("former", PageTakenDown()),
    )
    assert pages.menu(reads) == [
        PageLine("contacts", "Contacts", 0),
        PageLine("about", "About us", 2),
        PageLine("ethics", "Ethics", 2),
    ]
    assert pages.read(reads, "about", SITE) == Page(slug="about", title="About us", body=BODY, updated_at=NOON)
    assert pages.read(reads, "former", SITE) is None
