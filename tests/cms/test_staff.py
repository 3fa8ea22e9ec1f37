"""Staff: the history knows an opaque id and a digest; what is personal or secret lies beside it."""

import hashlib
from datetime import timedelta
from functools import partial

import pytest

from cms import newsroom as rooms
from cms import staff
from cms.forms import BadField
from cms.newsroom import Newsroom
from domain.role import Privilege, Role
from domain.rules import Refused
from domain.staff import StaffHired
from tests.cms.database import events_table, rows
from tests.cms.desk import NOON, Clock, recorded, together

ADDRESS = "bo.rune@post.example"
# Long words: two letters may stand in any id by chance.
NAME = "Bogumil Rune"
ROUNDS = 12


def hire(newsroom: Newsroom, address: str = ADDRESS, name: str = NAME) -> str:
    return staff.hire(newsroom, address, name, Role.EDITOR, by="admin")


def test_a_name_and_an_address_stand_in_the_vault_alone(newsroom: Newsroom, events_url: str) -> None:
    id = hire(newsroom)
    ((kept,),) = rows(events_url, f"select value from vault where id = '{id}'")
    assert all(word.encode() in bytes(kept) for word in (ADDRESS, NAME))
    columns = "originator_id, topic, state"
    history = rows(events_url, f"select {columns} from {events_table(events_url)}")
    written = b" ".join(part if isinstance(part, bytes) else str(part).encode() for row in history for part in row)
    assert id.encode() in written
    assert not any(word.encode() in written for word in (ADDRESS, *ADDRESS.split("@"), NAME, *NAME.split()))


def test_the_digest_in_the_history_is_that_of_the_salted_values(newsroom: Newsroom, events_url: str) -> None:
    hire(newsroom)
    ((salt, value),) = rows(events_url, "select salt, value from vault")
    (hired,) = recorded(newsroom.history, StaffHired)
    assert hired.event == StaffHired(Role.EDITOR, hashlib.sha256(bytes(salt) + bytes(value)).hexdigest())


def test_two_of_the_same_name_have_different_salts(newsroom: Newsroom, events_url: str) -> None:
    hire(newsroom, "one@post.example")
    hire(newsroom, "two@post.example")
    salts = [bytes(salt) for (salt,) in rows(events_url, "select salt from vault")]
    assert len(set(salts)) == 2
    assert all(len(salt) == 16 for salt in salts)


@pytest.mark.parametrize("again", [ADDRESS, ADDRESS.upper(), f" {ADDRESS} "])
def test_an_address_is_given_to_one_person(newsroom: Newsroom, events_url: str, again: str) -> None:
    hire(newsroom)
    with pytest.raises(Refused, match="works here already"):
        hire(newsroom, again, "Another")
    assert rows(events_url, "select count(*) from vault") == [(1,)]
    assert len(recorded(newsroom.history, StaffHired)) == 1


def test_of_two_newsrooms_that_hire_one_address_at_once_one_does(
    newsroom: Newsroom, other_newsroom: Newsroom, events_url: str
) -> None:
    def attempt(room: Newsroom, address: str) -> bool:
        try:
            return bool(hire(room, address))
        except Refused:
            return False

    for n in range(ROUNDS):
        address = f"bo-{n}@post.example"
        hired = together(partial(attempt, newsroom, address), partial(attempt, other_newsroom, address))
        assert sorted(hired) == [False, True]
    in_vault = {id for (id,) in rows(events_url, "select id from vault")}
    assert {one.id for one in recorded(newsroom.history, StaffHired)} == in_vault
    assert len(in_vault) == ROUNDS


@pytest.mark.parametrize("address", ["", "bo", "bo@post", "bo rune@post.example", f"{'b' * 250}@post.example"])
def test_what_is_no_address_is_refused(newsroom: Newsroom, address: str) -> None:
    with pytest.raises(BadField, match="address"):
        hire(newsroom, address)
    assert recorded(newsroom.history, StaffHired) == []


@pytest.mark.parametrize("name", ["", "  ", "B" * 101])
def test_a_name_has_one_to_a_hundred_characters(newsroom: Newsroom, name: str) -> None:
    with pytest.raises(BadField, match="name"):
        hire(newsroom, ADDRESS, name)
    assert recorded(newsroom.history, StaffHired) == []


def test_a_token_says_who_asks_and_what_they_may_do(newsroom: Newsroom) -> None:
    id = hire(newsroom)
    user = staff.user_of(newsroom, staff.new_token(newsroom, ADDRESS))
    assert user is not None
    assert user.id == id
    assert user.may(Privilege.PUBLISH)
    assert not user.may(Privilege.AUDIT)


def test_a_token_is_kept_as_a_hash_alone(newsroom: Newsroom, events_url: str) -> None:
    id = hire(newsroom)
    token = staff.new_token(newsroom, ADDRESS)
    ((kept, whose, _),) = rows(events_url, "select hash, staff, at from credential")
    assert (kept, whose) == (hashlib.sha256(token.encode()).hexdigest(), id)
    assert staff.user_of(newsroom, kept) is None


def test_an_unknown_token_is_nobodys(newsroom: Newsroom) -> None:
    hire(newsroom)
    token = staff.new_token(newsroom, ADDRESS)
    assert [staff.user_of(newsroom, wrong) for wrong in ("", "guessed", token[:-1], f"{token} ")] == [None] * 4


def test_a_token_is_given_to_those_who_work_here(newsroom: Newsroom) -> None:
    with pytest.raises(Refused, match="Nobody here"):
        staff.new_token(newsroom, ADDRESS)


def test_a_token_is_good_for_a_year(events_url: str) -> None:
    clock = Clock(NOON)
    with rooms.opened(events_url, clock) as newsroom:
        hire(newsroom)
        token = staff.new_token(newsroom, ADDRESS)
        clock.now = NOON + timedelta(days=staff.TOKEN_DAYS)
        assert staff.user_of(newsroom, token) is not None
        clock.now += timedelta(seconds=1)
        assert staff.user_of(newsroom, token) is None
