"""Presence: who has an article open, and who holds it. Clients say it again before the lease ends."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Annotated, Any

from litestar import Request, delete, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct

from cms import presence
from cms.moments import offset
from cms.newsroom import Newsroom
from cms.presence import Seen, Tab
from cms.staff import User, names
from cms.web.access import needs
from cms.web.desk import ArticleId
from domain.permission import Forbidden, require_reach
from domain.role import Privilege

TAB = r"^[A-Za-z0-9_-]{1,64}$(?!\n)"
TabId = Annotated[str, Meta(pattern=TAB, description="The client's own word for one of its windows.")]

# Auditors read without being seen: whoever is to be seen writes here.
OPENS_ARTICLE: dict[str, Any] = {**needs(Privilege.REVISE_OWN), "article": True}
TAKES_OVER: dict[str, Any] = {**needs(Privilege.UNLOCK, Privilege.REVISE_ANY), "article": True}


class PresenceForm(Struct, frozen=True, forbid_unknown_fields=True):
    """`editing`: whether they want to hold the article."""

    tab: TabId
    editing: bool = False


class TabForm(Struct, frozen=True, forbid_unknown_fields=True):
    tab: TabId


class Colleague(Struct, frozen=True):
    """`name` is null for somebody who was forgotten."""

    staff: str
    name: str | None


class Here(Struct, frozen=True):
    """A colleague who has the article open, in however many tabs."""

    staff: str
    name: str | None
    since: datetime
    editing: bool
    holds: bool


class Presence(Struct, frozen=True):
    """`holds`: this tab does. `taken_by`: who took the article over from it; null once this tab stops editing."""

    here: list[Here]
    holds: bool
    taken_by: Colleague | None


@put("/articles/{article_id:str}/presence", opt=OPENS_ARTICLE, sync_to_thread=True)
def be_present(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    article_id: ArticleId,
    data: JSONBody[PresenceForm],
) -> Presence:
    """Say that the article is open here, for the next 30 seconds."""
    newsroom.article(article_id)
    tab, now = Tab(article_id, request.user.id, data.tab), newsroom.clock()
    if data.editing:
        require_reach(request.user.member, request.user.id, article_id, Privilege.REVISE_ANY, newsroom.state)
    newsroom.note(*(presence.editing(tab, now) if data.editing else presence.reading(tab, now)))
    return seen_from(tab, request, now)


@delete("/articles/{article_id:str}/presence", opt=OPENS_ARTICLE, sync_to_thread=True)
def leave(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    article_id: ArticleId,
    tab: Annotated[str, QueryParameter(pattern=TAB)],
) -> None:
    """Say that the article is no longer open here."""
    newsroom.note(*presence.leaving(Tab(article_id, request.user.id, tab), newsroom.clock()))


@post("/articles/{article_id:str}/presence/take-over", opt=TAKES_OVER, status_code=200, sync_to_thread=True)
def take_over(
    request: Request[Any, Any, State],
    newsroom: NamedDependency[Newsroom],
    article_id: ArticleId,
    data: JSONBody[TabForm],
) -> Presence:
    """Hold the article, though somebody else does."""
    newsroom.article(article_id)
    user: User = request.user
    tab, now = Tab(article_id, user.id, data.tab), newsroom.clock()
    take = presence.taking_over if user.may(Privilege.UNLOCK) else presence.taking_back
    newsroom.note(*take(tab, now))
    seen = seen_from(tab, request, now)
    if not seen.holds:
        raise Forbidden("Somebody else holds this article; your role may not take it from them.")
    return seen


def seen_from(tab: Tab, request: Request[Any, Any, State], now: datetime) -> Presence:
    history, zone = request.app.state.newsroom.history, request.app.state.site.zone
    found = presence.here(history, tab.article_id, now)
    mine = next((seen for seen in found if seen.tab == tab), None)
    taken_by = mine.taken_by if mine else None
    called = names(history, {taken_by or "", *(seen.tab.staff_id for seen in found)})
    return Presence(
        here=people(found, called, zone),
        holds=mine is not None and mine.holds,
        taken_by=Colleague(taken_by, called.get(taken_by)) if taken_by else None,
    )


def people(found: Iterable[Seen], called: dict[str, str], zone: tzinfo) -> list[Here]:
    """Each once, since the first of their tabs."""
    tabs: dict[str, list[Seen]] = {}
    for seen in found:
        tabs.setdefault(seen.tab.staff_id, []).append(seen)
    return [
        Here(
            staff=staff,
            name=called.get(staff),
            since=offset(theirs[0].since, zone),
            editing=any(seen.editing for seen in theirs),
            holds=any(seen.holds for seen in theirs),
        )
        for staff, theirs in tabs.items()
    ]


handlers = [be_present, leave, take_over]
