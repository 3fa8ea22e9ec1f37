from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from cms.recorders import Envelope
from domain.recorded import AnyEvent
from domain.rules import Event
from tests.domain.any_events import EVENT_TYPES, EVENTS, UNHURRIED, moments, words

STORED = Path(__file__).with_name("stored_events.jsonl").read_bytes().splitlines()

decoder = msgspec.json.Decoder(Envelope)
envelopes: st.SearchStrategy[Envelope] = st.builds(Envelope, moments, words, words, st.one_of(*EVENTS.values()))


def said(value: object, where: str = "") -> Iterator[tuple[str, object]]:
    """Every single value of a JSON document (or empty list of them), with its path."""
    match value:
        case dict() if value:
            yield from (one for name, part in value.items() for one in said(part, f"{where}.{name}"))
        case list() if value:
            yield from (one for place, part in enumerate(value) for one in said(part, f"{where}[{place}]"))
        case _:
            yield where, value


@pytest.mark.parametrize("line", STORED, ids=lambda line: decoder.decode(line).event.__class__.__name__)
def test_what_was_stored_once_decodes_for_ever(line: bytes) -> None:
    """The lines of `stored_events.jsonl` are for ever, like the events in every history: add lines, change none.

    A newer shape may say more than the line does, in fields with defaults, but nothing that it says may get lost.
    """
    stored, envelope = msgspec.json.decode(line), decoder.decode(line)
    again = msgspec.json.encode(envelope)
    assert type(envelope.event).__name__ == stored["event"]["type"]
    assert dict(said(stored)).items() <= dict(said(msgspec.json.decode(again))).items()
    assert decoder.decode(again) == envelope


def test_every_type_of_event_has_a_stored_line() -> None:
    assert {type(decoder.decode(line).event) for line in STORED} == EVENT_TYPES


def test_every_type_of_event_is_drawn_by_the_properties() -> None:
    assert set(EVENTS) == EVENT_TYPES


@settings(UNHURRIED, max_examples=300)
@for_all(envelopes)
def test_any_event_is_read_as_it_was_stored(envelope: Envelope) -> None:
    assert decoder.decode(msgspec.json.encode(envelope)) == envelope


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_an_event_lies_in_the_store_under_its_name(kind: type[Event]) -> None:
    assert kind.__struct_config__.tag == kind.__name__


def test_an_event_of_a_name_that_nobody_knows_is_not_read() -> None:
    with pytest.raises(msgspec.ValidationError, match="Invalid value 'ArticleBurnt'"):
        msgspec.json.decode(b'{"type":"ArticleBurnt"}', type=AnyEvent)
