"""What the library draws of a route, completed: its answers and their headers, who may pass, exact schemas."""

import re
from collections.abc import Iterator
from copy import deepcopy
from http import HTTPStatus
from types import NoneType
from typing import Any

from litestar import Litestar
from litestar.routes import HTTPRoute

from cms.web import shapes
from cms.web.clashes import ClashProblem
from cms.web.occasions import CLASH, WHEN, Operation, statuses
from cms.web.problems import MEDIA_TYPE, Problem
from cms.web.shapes import Schema

JSON = "application/json"
TEXT = {"type": "string"}
NATURAL = {"type": "integer", "minimum": 0}

HEADERS: dict[str, Schema] = {
    "Position": {"description": "How far in the history the read models are.", "schema": NATURAL},
    "ETag": {"description": "Names this very answer, for `If-None-Match`.", "schema": TEXT},
    "Cache-Control": {"description": "Who may keep the answer, and for how long.", "schema": TEXT},
    "Vary": {"description": "What the answer depends on.", "schema": TEXT},
    "Surrogate-Key": {"description": "What the answer shows, for purging.", "schema": TEXT},
    "Location": {"description": "Where it is now.", "schema": TEXT},
    "Retry-After": {"description": "In seconds.", "schema": NATURAL},
    "WWW-Authenticate": {"description": "How to come in.", "schema": TEXT},
}
KEPT = ("ETag", "Cache-Control", "Vary", "Surrogate-Key")
TOLD_WITH: dict[int, tuple[str, ...]] = {
    HTTPStatus.MOVED_PERMANENTLY: ("Location",),
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate",),
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After",),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Retry-After",),
}
PARAMETERS: dict[str, Schema] = {
    "min_position": {
        "name": "min_position",
        "in": "query",
        "description": "Wait, two seconds at most, until the read models have come to this position of the history.",
        "schema": {**NATURAL, "maximum": 10**18 - 1},
    },
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The `ETag` of an answer that the client has: 304 if it still holds.",
        "schema": TEXT,
    },
}
PROBLEM = {"$ref": "#/components/schemas/Problem"}
CLASHED = {"anyOf": [{"$ref": "#/components/schemas/ClashProblem"}, PROBLEM]}

Drawn = dict[str, Any]


def completed(drawn: Drawn, app: Litestar) -> Drawn:
    document = deepcopy(drawn)
    operations = list(drawn_operations(document, app))
    for operation in operations:
        complete(operation, document["components"].get("schemas", {}))
    contents = [one for operation in operations for one in typed(operation)]
    schemas, components = shapes.schemas([Problem, ClashProblem, *(kind for _, kind in contents)])
    for (content, _), schema in zip(contents, schemas[2:], strict=True):
        content["schema"] = schema
    document["components"] |= {
        "schemas": components,
        "headers": {name: {"required": True, **header} for name, header in HEADERS.items()},
        "parameters": PARAMETERS,
        "responses": {name(one, status): shared(one, status) for one in operations for status in undeclared(one)},
    }
    return document


def drawn_operations(document: Drawn, app: Litestar) -> Iterator[Operation]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in sorted(str(method).lower() for method in handler.http_methods):
                    drawn = document["paths"].get(route.path_format, {}).get(method)
                    if drawn is not None:
                        yield Operation(method, route.path_format, handler, drawn)


def complete(operation: Operation, library: dict[str, Schema]) -> None:
    """`library`: its own schemas, for what parameters refer to."""
    drawn = operation.drawn
    drawn["summary"] = re.split(r"[.:;](?:\s|$)", drawn.get("description", ""), maxsplit=1)[0]
    drawn["security"] = [] if operation.open else drawn.get("security", [{"bearer": []}])
    drawn["parameters"] = [plain(parameter, library) for parameter in drawn.get("parameters", ())]
    for name in operation.natural & operation.names:
        parameter = next(one for one in drawn["parameters"] if one["name"] == name)
        parameter["schema"]["minimum"] = 0
    if operation.reads:
        names = [name for name in PARAMETERS if not (operation.streams and name == "If-None-Match")]
        drawn["parameters"] += [{"$ref": f"#/components/parameters/{name}"} for name in names]
    drawn["responses"] = dict(sorted(answers(operation)))
    drawn.pop("deprecated", None)


def plain(parameter: Schema, library: dict[str, Schema]) -> Schema:
    """One that may be left out is never sent as null; what it refers to stands in its place."""
    bounds = {key: whole(value) for key, value in parameter["schema"].items() if key not in ("description", "oneOf")}
    sides = [side for side in parameter["schema"].get("oneOf", ()) if side != {"type": "null"}]
    schema = {**(sides[0] if len(sides) == 1 else {"oneOf": sides} if sides else {}), **bounds}
    if "$ref" in schema:
        schema |= library[schema.pop("$ref").rpartition("/")[2]]
    return {key: parameter[key] for key in ("name", "in", "required", "description") if key in parameter} | {
        "schema": schema
    }


def whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def answers(operation: Operation) -> Iterator[tuple[str, Schema]]:
    for status, kind in operation.declared.items():
        response = operation.drawn["responses"][str(status)]
        if kind in (None, NoneType):
            response.pop("content", None)
        if status == operation.handler.status_code:
            also_as = {media_type: {"schema": TEXT} for media_type in operation.handler.opt.get("also_as", ())}
            response.setdefault("content", {}).update(also_as)
        response["headers"] = {**response.get("headers", {}), **headers(operation, status)}
        yield str(status), {key: value for key, value in response.items() if value}
    for implied in undeclared(operation):
        yield f"{implied:d}", {"$ref": f"#/components/responses/{name(operation, implied)}"}


def typed(operation: Operation) -> Iterator[tuple[Schema, Any]]:
    """What is sent as JSON, in and out, with its type."""
    signature, drawn = operation.handler.parsed_fn_signature, operation.drawn
    if "requestBody" in drawn:
        yield drawn["requestBody"]["content"][JSON], signature.parameters["data"].raw
    for status, kind in operation.declared.items():
        for media_type, content in drawn["responses"][str(status)].get("content", {}).items():
            if media_type == JSON or media_type.endswith("+json"):
                yield content, kind


def undeclared(operation: Operation) -> Iterator[HTTPStatus]:
    yield from (status for status in dict.fromkeys(statuses(operation)) if status not in operation.declared)


def name(operation: Operation, status: HTTPStatus) -> str:
    told = "Clash" if status == HTTPStatus.CONFLICT and operation.merges else "Answer"
    return f"{told}{status:d}{'AtPosition' if operation.reads else ''}"


def shared(operation: Operation, status: HTTPStatus) -> Schema:
    response: Schema = {"description": WHEN[status], "headers": headers(operation, status)}
    if status == HTTPStatus.NOT_MODIFIED:
        return response
    if status == HTTPStatus.CONFLICT and operation.merges:
        return {"description": CLASH, "content": {MEDIA_TYPE: {"schema": CLASHED}}}
    response["content"] = {MEDIA_TYPE: {"schema": PROBLEM}}
    return {key: value for key, value in response.items() if value}


def headers(operation: Operation, status: int) -> dict[str, Schema]:
    names = list(TOLD_WITH.get(status, ()))
    if operation.reads:
        kept = ("Cache-Control",) if operation.streams else KEPT
        names += [*(kept if status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED) else ()), "Position"]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
