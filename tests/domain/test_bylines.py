"""Who an article is by: writers of the house and guests, agencies and papers."""

from domain.rules import decide
from domain.source import SOURCE, SetSource, SourceAdded, SourceChanged
from domain.writer import WRITER, SetWriter, WriterAdded, WriterChanged
from tests.domain.given import ANN, given

AGENCY = SOURCE.change("agency", SourceAdded("An agency", "https://agency.example"))


def test_a_guest_is_a_writer_too() -> None:
    command = SetWriter(slug="bob", name="Bob Ray", guest=True)
    assert decide(command, given()) == [WRITER.change("bob", WriterAdded("Bob Ray", guest=True))]


def test_a_writer_may_become_a_guest_and_is_one_no_longer() -> None:
    guest = WRITER.change("ann-lee", WriterChanged("Ann Lee", guest=True))
    assert decide(SetWriter(slug="ann-lee", name="Ann Lee", guest=True), given(ANN)) == [guest]
    back = WRITER.change("ann-lee", WriterChanged("Ann Lee"))
    assert decide(SetWriter(slug="ann-lee", name="Ann Lee"), given(ANN, guest)) == [back]


def test_a_source_has_a_name_and_an_address() -> None:
    assert decide(SetSource(slug="agency", name="An agency", url="https://agency.example"), given()) == [AGENCY]


def test_a_source_is_changed() -> None:
    changed = SOURCE.change("agency", SourceChanged("The agency"))
    assert decide(SetSource(slug="agency", name="The agency"), given(AGENCY)) == [changed]
    assert decide(SetSource(slug="agency", name="The agency"), given(AGENCY, changed)) == []
