"""When which status can be met: told by a route's own parameters, body, and what it says of access."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct

from cms.web.asker import READ_PATHS
from cms.web.problems import MEDIA_TYPE, Problem

S = HTTPStatus


class Operation(Struct, frozen=True):
    """`drawn`: what the library says of it, as OpenAPI has it."""

    method: str
    path: str
    handler: HTTPRouteHandler
    drawn: dict[str, Any]

    @property
    def names(self) -> set[str]:
        return {parameter.get("name", "") for parameter in self.drawn.get("parameters", ())} - {""}

    @property
    def declared(self) -> dict[int, Any]:
        """The statuses that the route names itself, with the type that is sent with each."""
        kind = self.handler.parsed_fn_signature.return_type
        kind = kind.inner_types[0] if kind.is_subclass_of(Response) and kind.inner_types else kind
        also = {int(status): spec.data_container for status, spec in (self.handler.responses or {}).items()}
        return {self.handler.status_code: kind.raw, **also}

    @property
    def natural(self) -> set[str]:
        """Parameters that begin at 0, a bound that the library takes for none."""
        fields = self.handler.parsed_fn_signature.parameters.values()
        bound = [(field, field.kwarg_definition) for field in fields if field.kwarg_definition is not None]
        return {getattr(kwarg, "name", None) or field.name for field, kwarg in bound if getattr(kwarg, "ge", None) == 0}

    @property
    def open(self) -> bool:
        return bool(self.handler.opt.get("open"))

    @property
    def reads(self) -> bool:
        """Answered from the read models, behind the door."""
        return self.method == "get" and self.path.startswith(READ_PATHS)

    @property
    def streams(self) -> bool:
        """Its answer does not end, and is kept by nobody."""
        return bool(self.handler.opt.get("streams"))

    @property
    def logs_in(self) -> bool:
        """Open, since who asks is still to be proven."""
        return self.open and self.path.startswith("/editorial/")

    @property
    def commands(self) -> bool:
        """Whoever counts a view commands nothing, by whatever id."""
        return "Idempotency-Key" in self.names and not self.open

    @property
    def versioned(self) -> bool:
        return "If-Match" in self.names

    @property
    def merges(self) -> bool:
        return "base" in self.names

    @property
    def asked_with_body(self) -> bool:
        return "requestBody" in self.drawn or self.commands

    @property
    def of_a_public_article(self) -> bool:
        return self.path.startswith("/v1/articles/")


OCCASIONS: list[tuple[Callable[[Operation], bool], tuple[HTTPStatus, ...]]] = [
    # Even a request without anything may name a host that is none.
    (lambda operation: True, (S.BAD_REQUEST,)),
    (lambda operation: not operation.open, (S.UNAUTHORIZED, S.FORBIDDEN, S.SERVICE_UNAVAILABLE)),
    (lambda operation: "{" in operation.path, (S.NOT_FOUND, S.SERVICE_UNAVAILABLE)),
    (lambda operation: operation.reads, (S.SERVICE_UNAVAILABLE,)),
    (lambda operation: operation.reads and not operation.streams, (S.NOT_MODIFIED,)),
    # A filter names a section or a tag.
    (lambda operation: operation.reads and bool(operation.names), (S.NOT_FOUND,)),
    (lambda operation: operation.logs_in, (S.UNAUTHORIZED, S.TOO_MANY_REQUESTS)),
    (lambda operation: operation.of_a_public_article, (S.GONE,)),
    (lambda operation: operation.asked_with_body, (S.REQUEST_ENTITY_TOO_LARGE, S.SERVICE_UNAVAILABLE)),
    # What a command is about, or names in its body, need not be there.
    (lambda operation: operation.commands, (S.NOT_FOUND, S.CONFLICT, S.UNPROCESSABLE_ENTITY)),
    (lambda operation: operation.versioned, (S.PRECONDITION_FAILED, S.PRECONDITION_REQUIRED)),
]


def statuses(operation: Operation) -> Iterator[HTTPStatus]:
    for occurs, answered in OCCASIONS:
        if occurs(operation):
            yield from answered


def also(*answered: HTTPStatus) -> dict[int, ResponseSpec]:
    """For a route's `responses`: problems that its shape does not tell."""
    return {
        int(status): ResponseSpec(Problem, media_type=MEDIA_TYPE, description=WHEN[status], generate_examples=False)
        for status in answered
    }


WHEN = {
    S.MOVED_PERMANENTLY: "It has another address now, which `Location` names.",
    S.NOT_MODIFIED: "The client has it already: nothing changed since its `If-None-Match`.",
    S.BAD_REQUEST: "A parameter, a header or a field of the body cannot be meant; `errors` names each.",
    S.UNAUTHORIZED: "There is no token, or it is not known, or it has expired.",
    S.FORBIDDEN: "The role does not include this, or does not reach so far.",
    S.NOT_FOUND: "There is nothing here, or it is not for everybody.",
    S.CONFLICT: "The newsroom's rules forbid it now; `detail` says why.",
    S.GONE: "The article was withdrawn; `detail` is the notice to readers.",
    S.PRECONDITION_FAILED: "The working copy changed after the version that `If-Match` names.",
    S.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    S.UNPROCESSABLE_ENTITY: "The same `Idempotency-Key` was used for something else.",
    S.PRECONDITION_REQUIRED: "Neither `If-Match` nor `base` says which version the change was made on.",
    S.TOO_MANY_REQUESTS: "Too often; `Retry-After` says in how many seconds to try again.",
    S.SERVICE_UNAVAILABLE: "Not now; the same may be asked again after `Retry-After` seconds.",
}
CLASH = "The newsroom's rules forbid it now, or somebody else changed the same: then both sides are shown."
