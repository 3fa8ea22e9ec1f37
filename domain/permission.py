"""Who may ask for what: a command comes from a staff member, and is decided on only if that person may ask for it."""

from typing import Any

from msgspec import UNSET, Struct, structs

from domain.article import ARTICLE
from domain.drafting import DraftArticle, ReviseArticle
from domain.role import Privilege
from domain.rules import Change, Command, Fold, Refused, decide
from domain.section import SECTION, SetSection
from domain.staff import STAFF, StaffMember, works_for
from domain.task import TASK
from domain.workflow import ArticleCommand


class Forbidden(Refused):
    """The newsroom's rules allow it, but not to this person."""


class AskedBy(Struct, frozen=True, kw_only=True):
    """A command, as a staff member asks for it. What they may do is looked up in the moment of the decision."""

    staff_id: str
    command: Any

    @property
    def stream(self) -> str:
        stream: str = self.command.stream
        return stream


@decide.register
def decide_asked(asked: AskedBy, fold: Fold) -> list[Change]:
    command = asked.command
    require_permitted(command, asked.staff_id, fold)
    if isinstance(command, ArticleCommand):
        command = structs.replace(command, by=asked.staff_id)
    return decide(command, fold)


def require_permitted(command: Command, staff_id: str, fold: Fold) -> None:
    """A command names its `privilege`; one about an article has its id, one about a part of the site its `place`.

    Who may not revise any article acts on their own alone, unless the command's `reach` names another privilege.
    """
    member = fold(STAFF, staff_id)
    privilege: Privilege = command.privilege  # type: ignore[attr-defined]
    if not member.may(privilege):
        raise Forbidden(f"Your role does not include: {privilege}.")
    article_id = getattr(command, "article_id", None)
    if isinstance(command, DraftArticle):
        require_section(member, command.content.section, fold)
    elif article_id is not None:
        require_reach(member, staff_id, article_id, getattr(command, "reach", Privilege.REVISE_ANY), fold)
    if isinstance(command, ReviseArticle) and (section := command.patch.get("section")):
        require_section(member, str(section), fold)
    if (place := getattr(command, "place", None)) is not None:
        require_section(member, place, fold)
    if isinstance(command, SetSection) and command.parent not in (UNSET, fold(SECTION, command.slug).parent):
        require_section(member, command.parent or "", fold)
    if hasattr(command, "edition"):
        require_section(member, command.edition.content.section, fold)


def require_reach(member: StaffMember, staff_id: str, article_id: str, everything: Privilege, fold: Fold) -> None:
    """The article is their own, or theirs to do, unless their role reaches `everything`; and in a section of theirs."""
    article = fold(ARTICLE, article_id)
    if article.content is None:
        return  # There is no such article, as the decision will say.
    if not member.may(everything) and staff_id not in (article.author, fold(TASK, article_id).assignee):
        raise Forbidden("Your role does not reach the articles of others.")
    require_section(member, article.content.section, fold)


def require_section(member: StaffMember, section: str, fold: Fold) -> None:
    """It is one of theirs, or part of one. Empty: the site as a whole, which is nobody's who has sections."""
    if works_for(member, section, fold):
        return
    if not section:
        raise Forbidden("You work for some sections, not for the site as a whole.")
    raise Forbidden(f"You do not work for the section '{section}'.")
