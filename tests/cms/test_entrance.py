"""The entrance under pressure: what comes at once, from several processes, is let in no more often than it may be."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from argon2 import PasswordHasher
from pyotp import TOTP

from cms import newsroom as rooms
from cms import passwords, sessions, staff
from cms.entrance import Client, Entrance, NotLetIn
from cms.login_limits import ACCOUNT, ACCOUNT_ATTEMPTS, Attempt, TooOften
from cms.newsroom import Newsroom
from domain.role import Role
from domain.rules import Refused
from domain.staff import STAFF
from tests.cms.database import rows
from tests.cms.desk import NEVER_SECONDS, NOON, Clock, together

ADDRESS = "bo.rune@post.example"
PASSWORD = "a heron on the quay"
OTHER_PASSWORD = "two herons on the quay"
HERE = Client("203.0.113.9", "Ferry/1.0")
SECRET = "s" * 32
ROUNDS = 8


class Counting(PasswordHasher):
    """Costs next to nothing, and tells how often it was asked."""

    def __init__(self, time_cost: int = 1) -> None:
        super().__init__(time_cost=time_cost, memory_cost=8, parallelism=1)
        self.verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        self.verified += 1
        return super().verify(hash, password)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def newsroom(events_url: str, clock: Clock) -> Iterator[Newsroom]:
    with rooms.opened(events_url, clock, roll_up_seconds=NEVER_SECONDS) as room:
        yield room


@pytest.fixture
def other_newsroom(events_url: str, clock: Clock) -> Iterator[Newsroom]:
    with rooms.opened(events_url, clock, roll_up_seconds=NEVER_SECONDS) as room:
        yield room


@pytest.fixture
def here(newsroom: Newsroom) -> Entrance:
    return Entrance(newsroom, SECRET, Counting())


@pytest.fixture
def there(other_newsroom: Newsroom) -> Entrance:
    """Another process."""
    return Entrance(other_newsroom, SECRET, Counting())


@pytest.fixture
def bo(newsroom: Newsroom, here: Entrance) -> str:
    id = staff.hire(newsroom, ADDRESS, "Bo Rune", Role.EDITOR, by="admin")
    newsroom.note(*here.passwords.chosen(id, PASSWORD))
    return id


def went(act: Callable[..., object], *asked: object) -> bool:
    try:
        act(*asked)
    except (NotLetIn, TooOften, Refused):
        return False
    return True


def test_of_many_guesses_at_once_no_more_are_weighed_than_the_limit_allows(
    newsroom: Newsroom, other_newsroom: Newsroom, clock: Clock
) -> None:
    def guess(room: Newsroom) -> bool:
        return went(Attempt, room, SECRET, [(ACCOUNT, ADDRESS)])

    for _ in range(ROUNDS):
        passed = together(*[partial(guess, room) for room in (newsroom, other_newsroom)] * 5)
        assert sum(passed) <= ACCOUNT_ATTEMPTS
    assert not guess(newsroom)
    assert newsroom.history.select("select count(*) as count from attempt")[0]["count"] < 3 * ACCOUNT_ATTEMPTS
    clock.now += timedelta(seconds=ACCOUNT.seconds)
    assert guess(newsroom)
    assert newsroom.history.select("select count(*) as count from attempt")[0]["count"] == 1


def test_a_reset_link_that_two_use_at_once_works_for_one(
    newsroom: Newsroom, here: Entrance, there: Entrance, bo: str
) -> None:
    for n in range(ROUNDS):
        token = passwords.new_link(newsroom, "", bo).link.partition("#")[2]
        chosen = [f"a heron on quay {n}", f"two herons on quay {n}"]
        used = together(
            partial(went, here.set_by_link, HERE, token, chosen[0]),
            partial(went, there.set_by_link, HERE, token, chosen[1]),
        )
        assert sorted(used) == [False, True]
        fits = [here.passwords.fits(here.passwords.kept(bo), password) for password in chosen]
        assert fits == used


def test_a_code_that_two_show_at_once_lets_one_in(here: Entrance, there: Entrance, bo: str, clock: Clock) -> None:
    user = staff.require_at_work(here.newsroom, bo)
    secret = here.offer_second_factor(HERE, user, PASSWORD, "Post").secret
    here.confirm_second_factor(HERE, user, TOTP(secret).at(clock.now))
    for _ in range(ROUNDS):
        clock.now += timedelta(minutes=1)
        code = TOTP(secret).at(clock.now)
        entered = together(
            *[partial(went, entrance.log_in, HERE, ADDRESS, PASSWORD, code) for entrance in (here, there)]
        )
        assert sorted(entered) == [False, True]


def test_no_session_begins_by_a_password_that_was_just_changed(here: Entrance, there: Entrance, bo: str) -> None:
    user = staff.require_at_work(here.newsroom, bo)
    current, following = PASSWORD, OTHER_PASSWORD
    for _ in range(ROUNDS):
        _, changed = together(
            partial(went, there.log_in, HERE, ADDRESS, current, ""),
            partial(went, here.change_password, HERE, user, current, following),
        )
        assert changed
        assert [way.kind for way in sessions.of(here.newsroom, bo)] == []
        current, following = following, current


def test_whoever_leaves_while_logging_in_is_out(
    newsroom: Newsroom, here: Entrance, there: Entrance, events_url: str
) -> None:
    for n in range(ROUNDS):
        address = f"bo-{n}@post.example"
        id = staff.hire(newsroom, address, "Bo Rune", Role.EDITOR, by="admin")
        newsroom.note(*here.passwords.chosen(id, PASSWORD))
        command, beside = staff.leaving(id)
        together(
            partial(went, there.log_in, HERE, address, PASSWORD, ""),
            partial(went, newsroom.execute, command, "admin", None, beside),
        )
        assert rows(events_url, f"select id from session where staff = '{id}'") == []


def test_two_admins_who_let_each_other_go_at_once_do_not_both_go(newsroom: Newsroom, other_newsroom: Newsroom) -> None:
    one = staff.hire(newsroom, "one@post.example", "One", Role.ADMIN, by="system")
    for n in range(ROUNDS):
        other = staff.hire(newsroom, f"other-{n}@post.example", "Other", Role.ADMIN, by="system")
        gone = together(
            *[
                partial(went, room.execute, staff.leaving(id)[0], "admin")
                for room, id in ((newsroom, one), (other_newsroom, other))
            ]
        )
        assert sorted(gone) == [False, True]
        one = other if gone[0] else one
        assert newsroom.state(STAFF, one).role is Role.ADMIN


def test_a_wrong_address_is_weighed_as_a_wrong_password_is(newsroom: Newsroom, bo: str) -> None:
    hasher = Counting()
    entrance = Entrance(newsroom, SECRET, hasher)
    for n, (address, password) in enumerate(
        [(ADDRESS, OTHER_PASSWORD), ("nobody@post.example", PASSWORD), ("no address", PASSWORD)], start=1
    ):
        with pytest.raises(NotLetIn):
            entrance.log_in(HERE, address, password, "")
        assert hasher.verified == n


def test_a_password_is_hashed_again_at_the_cost_of_today(newsroom: Newsroom, here: Entrance, bo: str) -> None:
    before = here.passwords.kept(bo)
    here.log_in(HERE, ADDRESS, PASSWORD, "")
    assert here.passwords.kept(bo) == before
    dearer = Entrance(newsroom, SECRET, Counting(time_cost=2))
    dearer.log_in(HERE, ADDRESS, PASSWORD, "")
    after = here.passwords.kept(bo)
    assert after is not None
    assert "t=2" in after
    assert dearer.passwords.fits(after, PASSWORD)


def test_a_password_is_the_same_however_a_keyboard_writes_it(newsroom: Newsroom, here: Entrance, bo: str) -> None:
    newsroom.note(*here.passwords.chosen(bo, "un caf\u00e9 sur le quai"))
    assert went(here.log_in, HERE, ADDRESS, "un cafe\u0301 sur le quai", "")


def test_passwords_cost_what_is_recommended() -> None:
    hashed = passwords.HASHER.hash(PASSWORD)
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
