"""Errors, as they leave: RFC 9457 problems, by one table."""

import logging
import re
import sqlite3
from http import HTTPStatus
from typing import Any, TypeVar

from eventsourcing.persistence import PersistenceError
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from msgspec import Struct
from redis.exceptions import RedisError

from cms.asks import KeyReused, Unavailable
from cms.entrance import NotLetIn
from cms.forms import BadField
from cms.login_limits import TooOften
from cms.web.wording import in_words
from domain.permission import Forbidden
from domain.rules import Outdated, Refused, Unknown
from projections.articles import Notice
from projections.store import Moved

Found = TypeVar("Found")

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "1"
SECTION_SAID_MOST = 100

log = logging.getLogger(__name__)


class FieldError(Struct, frozen=True):
    path: str
    message: str


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`errors` is there where fields are at fault."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldError, ...] = ()


class Failed(Exception):
    """A request that cannot be answered as asked; its status says why."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def there(found: Found | Notice | None) -> Found:
    """What readers asked for. Failed: it is nowhere for them, or a notice stands in its place."""
    if isinstance(found, Notice):
        raise Failed(HTTPStatus.GONE, found.notice)
    if found is None:
        raise Failed(HTTPStatus.NOT_FOUND, "There is nothing here, or it is not public.")
    return found


def no_section(name: str) -> Failed:
    """Said by its name only if somebody may have meant it."""
    named = f" '{name}'" if len(name) <= SECTION_SAID_MOST and name.isprintable() else " of this name"
    return Failed(HTTPStatus.NOT_FOUND, f"There is no section{named}.")


STATUS: dict[type[Exception], HTTPStatus] = {
    Unknown: HTTPStatus.NOT_FOUND,
    Forbidden: HTTPStatus.FORBIDDEN,
    Outdated: HTTPStatus.PRECONDITION_FAILED,
    Refused: HTTPStatus.CONFLICT,
    NotLetIn: HTTPStatus.UNAUTHORIZED,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadField: HTTPStatus.BAD_REQUEST,
    UnicodeDecodeError: HTTPStatus.BAD_REQUEST,
    RecursionError: HTTPStatus.BAD_REQUEST,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    PersistenceError: HTTPStatus.SERVICE_UNAVAILABLE,
    sqlite3.Error: HTTPStatus.SERVICE_UNAVAILABLE,
    RedisError: HTTPStatus.SERVICE_UNAVAILABLE,
    Moved: HTTPStatus.SERVICE_UNAVAILABLE,
    TimeoutError: HTTPStatus.SERVICE_UNAVAILABLE,
}
NOT_ANSWERING = (PersistenceError, RedisError, sqlite3.Error)
NOT_ANSWERING_SAID = "This does not answer now; try again."
SAID_IN_FULL = (Refused, NotLetIn, KeyReused, BadField, Unavailable)


def by_table(_: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    # What a database says of itself is for the log alone.
    if isinstance(error, UnicodeDecodeError | RecursionError):
        detail = "The body is not UTF-8." if isinstance(error, UnicodeDecodeError) else "The body is nested too deeply."
    else:
        detail = str(error) if isinstance(error, SAID_IN_FULL) else NOT_ANSWERING_SAID
    if isinstance(error, BadField):
        detail = in_words(detail)
    errors = (FieldError(error.path, detail),) if isinstance(error, BadField) else ()
    return problem(status, detail, errors)


def failed(_: Request[Any, Any, Any], error: Failed) -> Response[Problem]:
    return problem(error.status, str(error))


def too_often(_: Request[Any, Any, Any], error: TooOften) -> Response[Problem]:
    return problem(HTTPStatus.TOO_MANY_REQUESTS, str(error), headers={"Retry-After": str(error.seconds)})


def badly_formed(_: Request[Any, Any, Any], error: ValidationException) -> Response[Problem]:
    extra = error.extra if isinstance(error.extra, list) else []
    found = [FieldError(named(one), str(one.get("message", ""))) for one in extra if isinstance(one, dict)]
    if [one.message for one in found] == ["'data'"]:
        return problem(HTTPStatus.BAD_REQUEST, "A JSON body is needed.")
    if missing := MISSING.fullmatch(str(error.detail)):
        name = NAMES.get(missing[1], missing[1])
        found = [FieldError(name, f"`{name}` is needed.")]
    errors = tuple(map(located, found))
    return problem(HTTPStatus.BAD_REQUEST, "; ".join(e.message for e in errors) or str(error.detail), errors)


# Parameters that cannot be named in Python as clients name them.
NAMES = {
    "since": "from",
    "until": "to",
    "mine_alone": "mine",
    "waiting_for_me": "waiting",
    "idempotency_key": "Idempotency-Key",
}
MISSING = re.compile(r"Missing required \w+ parameter '(.+)' for .*")


def named(found: dict[str, Any]) -> str:
    """As the client names it; fields of a body have one name."""
    key = str(found.get("key", ""))
    return key if found.get("source") == "body" else NAMES.get(key, key)


def located(error: FieldError) -> FieldError:
    """msgspec names the path at the end of its message, and a field that is missing or unknown within it."""
    match = re.fullmatch(r"(.*?)(?: - at `\$?\.?(.*)`)?", error.message, re.DOTALL)
    assert match is not None
    field = re.fullmatch(r"Object (?:missing required|contains unknown) field `(.*)`", match[1])
    parts = [part for part in (error.path, match[2], field and field[1]) if part and part != "data"]
    return FieldError(".".join(parts), in_words(match[1], ".".join(parts)))


def http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    headers = dict(error.headers or {})
    return problem(HTTPStatus(error.status_code), str(error.detail), headers=headers)


def unforeseen(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here; it has been noted.")


def problem(
    status: HTTPStatus, detail: str, errors: tuple[FieldError, ...] = (), headers: dict[str, str] | None = None
) -> Response[Problem]:
    headers = dict(headers or {})
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = RETRY_SECONDS
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    body = Problem(type="about:blank", title=status.phrase, status=status, detail=detail, errors=errors)
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def nothing_here() -> Response[Problem]:
    return problem(HTTPStatus.NOT_FOUND, HTTPStatus.NOT_FOUND.phrase)


HANDLERS: dict[Any, Any] = {
    **dict.fromkeys(STATUS, by_table),
    Failed: failed,
    TooOften: too_often,
    ValidationException: badly_formed,
    HTTPException: http,
    Exception: unforeseen,
}
