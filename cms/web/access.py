"""Who may do what: every route is closed, unless it says that it is open or which privilege it asks for."""

import asyncio
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from cms.staff import user_of
from domain.staff import Privilege

OPEN = {"open": True}


def needs(privilege: Privilege) -> dict[str, Privilege]:
    """For a route's `opt`."""
    return {"privilege": privilege}


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    # OPTIONS tells which methods a route has, as the API's description does.
    if handler.opt.get("open") or connection.scope.get("method") == "OPTIONS":
        return
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthorizedException("This needs a bearer token; `chronicle token` makes one.")
    user = await asyncio.to_thread(user_of, connection.app.state.newsroom, token.strip())
    if user is None:
        raise NotAuthorizedException("This token is not known, or has expired.")
    privilege = handler.opt.get("privilege")
    if privilege is None or not user.may(privilege):
        raise PermissionDeniedException(f"Your role does not include: {privilege or 'this route'}.")
    connection.scope["user"] = user
