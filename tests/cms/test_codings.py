"""Which content coding a client gets, and that what it gets is what was rendered."""

import asyncio
import gzip

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from cms import codings
from cms.answers import NEVER, answer
from cms.web import replies

DECODED = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstandard.decompress}


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("zstd ; q = 0.7", "zstd"),
        ("*", "br"),
        ("br;q=0, *", "zstd"),
        ("gzip;q=0", "identity"),
        ("identity", "identity"),
        ("identity;q=1, br;q=0.5", "identity"),
        ("deflate", "identity"),
        ("", "identity"),
        ("br;q=high", "identity"),
        ("*;q=0", "identity"),
    ],
)
def test_the_coding_that_a_client_likes_best_is_chosen(accept_encoding: str, coding: str) -> None:
    assert codings.wanted(accept_encoding) == coding


@given(st.text(max_size=100))
def test_whatever_a_client_accepts_there_is_one(accept_encoding: str) -> None:
    assert codings.wanted(accept_encoding) in (*codings.OFFERED, codings.IDENTITY)


@pytest.mark.parametrize("coding", codings.OFFERED)
@pytest.mark.parametrize("size", [0, 1_000, codings.THOROUGHLY_BYTES_MOST + 1])
def test_a_coded_body_is_the_same_each_time_and_decodes(coding: str, size: int) -> None:
    body = b"news " * (size // 5)
    assert DECODED[coding](codings.coded(body, coding)) == body
    assert codings.coded(body, coding) == codings.coded(body, coding)


def test_each_coding_has_an_etag_of_its_own() -> None:
    kept = answer(b"news " * 1_000, frozenset(), 0)
    assert len({kept.form(coding).etag for coding in (*codings.OFFERED, codings.IDENTITY)}) == 4


def test_what_is_small_is_not_coded() -> None:
    kept = answer(b"{}", frozenset(), 0)
    assert kept.form("br") is kept.form("identity")


def test_what_no_client_says_is_not_remembered() -> None:
    before = codings.remembered.cache_info().currsize
    assert codings.wanted("br" + " " * 10_000) == "identity"
    assert codings.remembered.cache_info().currsize == before


def test_of_many_who_ask_together_for_a_large_answer_one_has_it_coded(monkeypatch: pytest.MonkeyPatch) -> None:
    coded: list[str] = []
    code = codings.coded

    def counted(body: bytes, coding: str) -> bytes:
        coded.append(coding)
        return code(body, coding)

    async def ask() -> list[object]:
        large = answer(bytes(2 * replies.CODED_HERE_BYTES_MOST), frozenset(), NEVER)
        return list(await asyncio.gather(*(replies.formed(large, coding) for coding in ("gzip", "br") * 20)))

    monkeypatch.setattr(codings, "coded", counted)
    assert len({id(form) for form in asyncio.run(ask())}) == 2
    assert sorted(coded) == ["br", "gzip"]
    assert replies.being_formed == {}
