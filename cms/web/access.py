"""Who may do what: every route is closed, unless it says that it is open or which privilege it asks for."""

import asyncio
import re
from typing import Any, ClassVar, Protocol

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from cms.sessions import user_of
from domain.permission import require_reach
from domain.role import Privilege

OPEN = {"open": True}
ID = r"^[A-Za-z0-9_-]{1,64}$(?!\n)"
"""Of an article, a staff member, a note: whatever the newsroom names by itself."""
WAYS_IN = "log in by POST /editorial/session, or make a token for a script with `chronicle token`"


class Asked(Protocol):
    """A command that staff may ask for."""

    privilege: ClassVar[Privilege]


def needs(*privileges: Privilege) -> dict[str, frozenset[Privilege]]:
    """For a route's `opt`: any of these opens it. How far they reach is decided with what they are used on."""
    return {"privileges": frozenset(privileges)}


def asks(command: type[Asked]) -> dict[str, frozenset[Privilege]]:
    """For the route of a command."""
    return needs(command.privilege)


READS_DESK: dict[str, Any] = needs(Privilege.READ_OWN, Privilege.READ_DRAFTS)
"""For the `opt` of a route that shows staff what stands on no page of the site."""
ANYBODY_HERE = needs(*Privilege)
"""For the `opt` of a route about oneself: whoever works here passes."""

READS_ARTICLE: dict[str, Any] = {**READS_DESK, "article": True}
"""For the `opt` of a route that shows an article's inside: their own, unless they may read those of others."""
REVISES: dict[str, Any] = {**needs(Privilege.REVISE_OWN), "article": True}
"""For the `opt` of a route that looks at an article's past to revise it."""


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    # OPTIONS tells which methods a route has, as the API's description does.
    if handler.opt.get("open") or connection.scope.get("method") == "OPTIONS":
        return
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthorizedException(f"This needs a bearer token: {WAYS_IN}.")
    state = connection.app.state
    user = await asyncio.to_thread(user_of, state.newsroom, state.secret, token.strip())
    if user is None:
        raise NotAuthorizedException(f"This token is not known, has expired or was ended: {WAYS_IN}.")
    privileges = handler.opt.get("privileges", frozenset())
    if not user.may(*privileges):
        raise PermissionDeniedException(f"Your role does not include: {' or '.join(sorted(privileges))}.")
    # What is no id is for the route to refuse: a database may not even be asked for it.
    if handler.opt.get("article") and re.search(ID, connection.path_params["article_id"]):
        fold, article_id = state.newsroom.state, connection.path_params["article_id"]
        await asyncio.to_thread(require_reach, user.member, user.id, article_id, Privilege.READ_DRAFTS, fold)
    connection.scope["user"] = user
