"""What an event tells of hits that are summed up."""

from cms.agents import RULES, Kind
from cms.tally import NAMES_MOST, OTHERS, Counted, Tally, decode, encode
from domain.views import ViewsCounted


def hit(article: str = "a1", bucket: int = 7, **told: object) -> Counted:
    shown = {"section": "world", "edition": 0, "kind": Kind.READER, "agent": "", "visitor": 1, "hits": 1, **told}
    return Counted(bucket=bucket, hour=0, article=article, **shown)  # type: ignore[arg-type]


def event(*hits: Counted) -> ViewsCounted:
    tally = Tally()
    tally.add(hits)
    return tally.event()


def test_hits_are_packed_and_unpacked_as_they_were() -> None:
    hits = [hit(), hit("a2", 8, kind=Kind.BOT, agent="Googlebot", visitor=2**64 - 1, hits=3, edition=4)]
    assert decode(encode(hits)) == hits


def test_hits_are_summed_by_moment_and_article() -> None:
    assert event(hit(hits=2), hit(), hit("a2"), hit(bucket=8)) == ViewsCounted(
        {7: {"a1": 3, "a2": 1}, 8: {"a1": 1}}, rules=RULES
    )


def test_crawlers_and_unsure_agents_are_summed_apart_by_name() -> None:
    crawler = hit(kind=Kind.BOT, agent="Googlebot")
    unsure = hit(kind=Kind.UNSURE, agent="curl", hits=2)
    assert event(hit(), crawler, unsure) == ViewsCounted(
        {7: {"a1": 1}}, {"Googlebot": {7: {"a1": 1}}}, {"curl": {7: {"a1": 2}}}, rules=RULES
    )


def test_an_edition_that_is_not_the_first_is_named() -> None:
    counted = event(hit(), hit(edition=5, hits=2), hit(edition=5, kind=Kind.UNSURE, agent="curl"))
    assert counted.editions == {"a1": {5: 3}}


def test_nobody_cares_which_edition_a_crawler_saw() -> None:
    assert event(hit(edition=5, kind=Kind.BOT, agent="Googlebot")).editions == {}


def test_an_event_names_so_many_agents_and_no_more() -> None:
    counted = event(*(hit(kind=Kind.UNSURE, agent=f"agent-{n}") for n in range(NAMES_MOST + 50)))
    assert len(counted.unsure) == NAMES_MOST + 1
    assert counted.unsure[OTHERS] == {7: {"a1": 50}}
