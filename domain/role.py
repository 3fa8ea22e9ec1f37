"""The roles of a newsroom, and what each may do: a table that an editor could check."""

from enum import StrEnum


class Role(StrEnum):
    CONTRIBUTOR = "contributor"
    REPORTER = "reporter"
    EDITOR = "editor"
    PUBLISHER = "publisher"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Privilege(StrEnum):
    """One for each act that a route or a command may ask for."""

    DRAFT = "draft"
    READ_OWN = "read own"
    READ_DRAFTS = "read drafts"
    REVISE_OWN = "revise own"
    REVISE_ANY = "revise any"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    DISCARD = "discard"
    ASSIGN = "assign"
    READ_CONFIDENTIAL = "read confidential notes"
    SCHEDULE = "schedule"
    PUBLISH = "publish"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    UNLOCK = "unlock"
    UNDO = "undo others"
    MANAGE_FRONT = "manage front"
    MANAGE_TAGS = "manage tags"
    MANAGE_WRITERS = "manage writers"
    MANAGE_SECTIONS = "manage sections"
    MANAGE_PAGES = "manage pages"
    MANAGE_STAFF = "manage staff"
    AUDIT = "audit"


P = Privilege
WRITING = frozenset({P.DRAFT, P.READ_OWN, P.REVISE_OWN, P.SUBMIT})
REPORTING = WRITING | {P.READ_DRAFTS}
EDITING = REPORTING | {
    P.REVISE_ANY,
    P.RETURN,
    P.APPROVE,
    P.DISCARD,
    P.ASSIGN,
    P.READ_CONFIDENTIAL,
    P.SCHEDULE,
    P.PUBLISH,
    P.CORRECT,
    P.MANAGE_FRONT,
    P.MANAGE_TAGS,
    P.MANAGE_WRITERS,
}
PRIVILEGES: dict[Role, frozenset[Privilege]] = {
    Role.CONTRIBUTOR: WRITING,
    Role.REPORTER: REPORTING,
    Role.EDITOR: EDITING,
    Role.PUBLISHER: EDITING | {P.WITHDRAW, P.UNLOCK, P.UNDO, P.MANAGE_SECTIONS, P.MANAGE_PAGES},
    Role.AUDITOR: frozenset({P.READ_DRAFTS, P.AUDIT}),
    Role.ADMIN: frozenset(Privilege),
}
