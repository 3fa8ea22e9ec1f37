"""A clash as HTTP tells it: 409, with both sides of two changes of the same, and where they began."""

from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from msgspec import Struct

from cms.audit import Entry
from cms.web.problems import MEDIA_TYPE, FieldError, Problem
from domain.content import Content
from domain.merging import Clash


class Sides(Struct, frozen=True):
    """A clash, as whoever resolves it needs it: where both began, what each made of it, and what came between."""

    base: Content
    theirs: Content
    yours: Content
    events: list[Entry]


class Clashed(Exception):
    """Two changes of the same; `sides` show both."""

    def __init__(self, clash: Clash, sides: Sides) -> None:
        super().__init__(str(clash))
        self.paths = clash.paths
        self.sides = sides


class ClashProblem(Problem, frozen=True, kw_only=True):
    base: Content
    theirs: Content
    yours: Content
    events: list[Entry]


def clashed(_: Request[Any, Any, Any], error: Clashed) -> Response[ClashProblem]:
    status, sides = HTTPStatus.CONFLICT, error.sides
    body = ClashProblem(
        type="about:blank",
        title=status.phrase,
        status=status,
        detail=str(error),
        errors=tuple(FieldError(path, "Somebody else changed this too.") for path in error.paths),
        base=sides.base,
        theirs=sides.theirs,
        yours=sides.yours,
        events=sides.events,
    )
    return Response(body, status_code=status, media_type=MEDIA_TYPE)
