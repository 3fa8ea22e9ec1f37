"""The entrance: who comes in by a password, how they set it, and the second factor. Every try counts, and is noted."""

from typing import NoReturn

from argon2 import PasswordHasher
from msgspec import Struct

from cms import login_limits, passwords, second_factor, sessions, staff
from cms.login_limits import ACCOUNT, CLIENT, CODE, Attempt
from cms.newsroom import Newsroom
from cms.passwords import Link, Passwords
from cms.recorders import Statement
from cms.second_factor import Offer
from cms.sessions import Begun
from cms.staff import User
from domain.permission import Forbidden
from domain.rules import Refused

NOTED_SECONDS = 90 * 24 * 60 * 60

WRONG = "The address, the password or the code is not right."
CODE_NEEDED = "The password is right; a code of the second factor is needed too."
WRONG_LINK = "This link is not known, was used or has expired; ask for another one."


class NotLetIn(Exception):
    """Which of what was shown is wrong is not told; that a code is needed is, after the right password."""


class Client(Struct, frozen=True):
    """Where somebody asks from: `address` as limits count it."""

    address: str
    agent: str = ""


class Entrance:
    """Its methods take their time on purpose: call them from threads that are set apart for it."""

    def __init__(self, newsroom: Newsroom, secret: str, hasher: PasswordHasher) -> None:
        self.newsroom = newsroom
        self.secret = secret
        self.passwords = Passwords(newsroom, hasher)

    # Coming in.

    def log_in(self, client: Client, email: str, password: str, code: str) -> Begun:
        email = email.strip().lower()
        attempt = Attempt(self.newsroom, self.secret, [(ACCOUNT, email), (CLIENT, client.address)])
        staff_id, kept = self.account(email)
        fits = self.passwords.fits(kept, password)
        if not fits or kept is None or staff.at_work(self.newsroom, staff_id) is None:
            self.refuse(client, staff_id, "log-in refused", NotLetIn(WRONG))
        accepted = self.second_factor(client, staff_id, code, attempt)
        begun = sessions.begin(self.newsroom, self.secret, staff_id, client.agent)
        try:
            self.newsroom.note(
                self.passwords.stands(staff_id, kept, password),
                *begun.statements,
                *attempt.forgiven(),
                *accepted,
                *self.noted(client, staff_id, staff_id, "logged in"),
            )
        except Refused:
            raise NotLetIn(WRONG) from None
        return begun

    def account(self, email: str) -> tuple[str, str | None]:
        """One look-up, whether there is somebody of this address, with a password, or nobody."""
        if not staff.EMAIL.fullmatch(email):
            return "", None
        rows = self.newsroom.history.select(
            "select vault.id as id, password.hash as hash from vault"
            " left join password on password.staff = vault.id where vault.email = ?",
            email,
        )
        return (rows[0]["id"], rows[0]["hash"]) if rows else ("", None)

    def second_factor(self, client: Client, staff_id: str, code: str, attempt: Attempt) -> list[Statement]:
        """Not asked for, or accepted."""
        if not second_factor.is_on(self.newsroom, staff_id):
            return []
        if not code:
            self.newsroom.note(attempt.none(), *self.noted(client, staff_id, "", "code asked for"))
            raise NotLetIn(CODE_NEEDED)
        guess = Attempt(self.newsroom, self.secret, [(CODE, staff_id)])
        if not second_factor.accept(self.newsroom, staff_id, code):
            self.refuse(client, staff_id, "code refused", NotLetIn(WRONG))
        return guess.forgiven()

    # Passwords.

    def set_by_link(self, client: Client, token: str, password: str) -> None:
        """Once. Whoever was logged in as this person is not any more."""
        attempt = Attempt(self.newsroom, self.secret, [(CLIENT, client.address)])
        staff_id = passwords.owner_of(self.newsroom, token)
        if staff_id is None or staff.at_work(self.newsroom, staff_id) is None:
            self.refuse(client, staff_id or "", "link refused", NotLetIn(WRONG_LINK))
        person, _ = staff.unsealed(self.newsroom.history, staff_id)
        passwords.require_good(password, person)
        try:
            self.newsroom.note(
                passwords.used(self.newsroom, token),
                *self.passwords.chosen(staff_id, password),
                sessions.others_ended(staff_id),
                attempt.none(),
                login_limits.forgotten(self.secret, ACCOUNT, person.email),
                *self.noted(client, staff_id, staff_id, "password set by link"),
            )
        except Refused:
            raise NotLetIn(WRONG_LINK) from None

    def change_password(self, client: Client, user: User, current: str, password: str) -> None:
        """They stay logged in here, and nowhere else."""
        shown = self.shown(client, user, current)
        person, _ = staff.unsealed(self.newsroom.history, user.id)
        passwords.require_good(password, person)
        self.newsroom.note(
            *self.passwords.chosen(user.id, password),
            sessions.others_ended(user.id, user.session),
            *shown,
            *self.noted(client, user.id, user.id, "password changed"),
        )

    def shown(self, client: Client, user: User, password: str) -> list[Statement]:
        """Whoever holds a token is not yet the person: what matters most asks for the password again."""
        attempt = Attempt(self.newsroom, self.secret, [(ACCOUNT, user.id), (CLIENT, client.address)])
        if not self.passwords.fits(self.passwords.kept(user.id), password):
            self.refuse(client, user.id, "password refused", Forbidden("This is not your password."))
        return attempt.forgiven()

    # The second factor.

    def offer_second_factor(self, client: Client, user: User, password: str, issuer: str) -> Offer:
        shown = self.shown(client, user, password)
        person, _ = staff.unsealed(self.newsroom.history, user.id)
        return second_factor.offer(self.newsroom, user.id, person.email, issuer, *shown)

    def confirm_second_factor(self, client: Client, user: User, code: str) -> tuple[str, ...]:
        guess = Attempt(self.newsroom, self.secret, [(CODE, user.id)])
        on = [*guess.forgiven(), *self.noted(client, user.id, user.id, "second factor on")]
        codes = second_factor.confirm(self.newsroom, user.id, code, *on)
        if codes is None:
            self.refuse(client, user.id, "code refused", Forbidden("This code is not right."))
        return codes

    def remove_second_factor(self, client: Client, user: User, password: str) -> None:
        shown = self.shown(client, user, password)
        off = self.noted(client, user.id, user.id, "second factor off")
        self.newsroom.note(*second_factor.removed(user.id), *shown, *off)

    # What an admin does for somebody.

    def new_link(self, client: Client, staff_id: str, by: str, base_url: str) -> Link:
        staff.require_at_work(self.newsroom, staff_id)
        noted = self.noted(client, staff_id, by, "link made")
        return passwords.new_link(self.newsroom, base_url, staff_id, *noted)

    def without_second_factor(self, client: Client, staff_id: str, by: str) -> None:
        staff.require_at_work(self.newsroom, staff_id)
        self.newsroom.note(*second_factor.removed(staff_id), *self.noted(client, staff_id, by, "second factor off"))

    def end(self, client: Client, staff_id: str, way_in: str, by: str) -> None:
        sessions.end(self.newsroom, staff_id, way_in, *self.noted(client, staff_id, by, "ended"))

    # What auditors may want to know of it.

    def refuse(self, client: Client, staff_id: str, act: str, error: Exception) -> NoReturn:
        self.newsroom.note(*self.noted(client, staff_id, "", act))
        raise error

    def noted(self, client: Client, staff_id: str, by: str, act: str) -> list[Statement]:
        return noted(self.newsroom, staff_id, by, client.address, act)


def noted(newsroom: Newsroom, staff_id: str, by: str, where: str, act: str) -> list[Statement]:
    """Of whom, by whom (nobody: whoever tried), from where; never what was typed."""
    now = newsroom.now_seconds()
    return [
        Statement("delete from login where at < ?", [(now - NOTED_SECONDS,)]),
        Statement("insert into login values (?, ?, ?, ?, ?)", [(now, staff_id, by, where, act)]),
    ]
