"""Answers in smaller codings: the same words, another ETag, kept as well."""

import pytest

from tests.web.house import House

CODINGS = ("gzip", "br", "zstd")


@pytest.fixture
def path(house: House) -> str:
    paragraphs = [{"kind": "paragraph", "text": "The river rose by a hand in the night. " * 40}]
    return f"/v1/articles/{house.published(body=paragraphs)}"


def test_what_is_rendered_and_what_is_kept_come_in_the_coding_that_is_wanted(house: House, path: str) -> None:
    bare = house.get(path, accept_encoding="identity")
    assert "content-encoding" not in bare.headers
    for coding in CODINGS:
        for _ in ("made", "kept"):
            coded = house.get(path, accept_encoding=coding)
            assert (coded.headers["content-encoding"], coded.json()) == (coding, bare.json())
            assert int(coded.headers["content-length"]) < len(bare.content) / 4
            assert coded.headers["vary"] == "Accept-Encoding"


def test_an_etag_is_of_one_coding(house: House, path: str) -> None:
    etags = {coding: house.get(path, accept_encoding=coding).headers["etag"] for coding in ("identity", *CODINGS)}
    assert len(set(etags.values())) == 4
    for coding in etags:
        for other, etag in etags.items():
            again = house.get(path, accept_encoding=coding, if_none_match=etag)
            assert again.status_code == (304 if coding == other else 200)
            assert again.headers["etag"] == etags[coding]


def test_head_tells_the_length_of_the_coding(house: House, path: str) -> None:
    head = house.client.head(path, headers={"accept-encoding": "gzip"})
    assert head.headers["content-length"] == house.get(path, accept_encoding="gzip").headers["content-length"]
    assert not head.content


def test_an_answer_made_anew_has_another_etag_in_every_coding(house: House, path: str) -> None:
    before = {coding: house.get(path, accept_encoding=coding).headers["etag"] for coding in CODINGS}
    id = path.rpartition("/")[2]
    house.revise(id, 1, headline="Ferries rest")
    house.update(id, 3)
    for coding in CODINGS:
        answer = house.get(path, accept_encoding=coding, if_none_match=before[coding])
        assert (answer.status_code, answer.json()["headline"]) == (200, "Ferries rest")
