"""Whatever is sent, by whom ever: each operation answers as it is described."""

import os
from collections import defaultdict
from contextlib import nullcontext, suppress
from functools import cache
from random import Random
from typing import Any, cast

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cms.settings import Settings
from cms.web.app import create_app
from cms.web.asker import READ_PATHS
from cms.web.door import without_empty
from cms.web.operations import completed
from domain.role import Role
from tests.web.deadline import until
from tests.web.house import House

# Well formed and ill formed ones for each operation, each sent by everybody; CHRONICLE_TEST_EXAMPLES asks for more.
EXAMPLES = int(os.environ.get("CHRONICLE_TEST_EXAMPLES", "4"))
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,  # The last: it does not hold for all.
]
Known = dict[str, list[str]]
# Its answer does not end; tests/web/test_changes.py and test_description.py hold it to what is described.
ENDLESS = "/v1/changes"
# Says 503 until there is an index.
SEARCH = "/v1/search"


@cache
def schema() -> Any:
    """Without what it says of access: each case is sent by everybody, with tokens that are known."""
    app = create_app(Settings()).app
    document = completed(app.openapi_schema.to_schema(), app)
    del document["components"]["securitySchemes"], document["paths"][ENDLESS]
    for methods in document["paths"].values():
        for operation in methods.values():
            del operation["security"]
    return schemathesis.openapi.from_dict(document)


def operations() -> list[str]:
    # Several paths of one route stand in another order in every process.
    return sorted(result.ok().label for result in schema().get_all_operations())


def known(house: House) -> Known:
    """Articles in several statuses, and the names of all that is there."""
    names: Known = defaultdict(list)
    drafts = [house.draft()["id"] for _ in range(3)]
    editions = [house.published(tags=["Trade"], writers=["ann"]) for _ in range(3)]
    acts = dict(zip(("submit", "discard", "unpublish", "withdraw"), drafts[:2] + editions[:2], strict=True))
    for act, id in acts.items():
        body = {"notice": "It was wrong."} if act == "withdraw" else None
        assert house.ask("POST", f"/editorial/articles/{id}/{act}", body, role=Role.ADMIN).status_code == 200
    for recorded in house.newsroom.history.after(0, 1_000):
        kind, _, id = recorded.stream.partition(":")
        names[kind] += [] if id in names[kind] else [id]
    return names


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("label", operations())
def test_an_operation_answers_as_it_is_described(house: House, label: str, mode: GenerationMode) -> None:
    operation: APIOperation[Any, Any, Any, Any] = schema().find_operation_by_label(label)
    names = known(house)
    if operation.path.startswith(SEARCH):
        until(lambda: house.get(f"{SEARCH}?q=ferry").status_code == 200)

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(mode), random=st.randoms(use_true_random=False))
    def answers(case: Any, random: Random) -> None:
        meant(case, names, random)
        for role in (None, *Role):
            response = sent(house, case, role)
            case.validate_response(response, CHECKS[:-1] if says_nothing(response) else CHECKS)
            # Documented, but in a house in which everything works only one thing may have to be waited for.
            assert response.status_code < 500 or "min_position" in str(response.url), response.text

    with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
        answers()


def says_nothing(response: httpx.Response) -> bool:
    """In one of its parameters, which then counts as not given, whatever is described of its values."""
    query = response.request.url.query
    return response.request.url.path.startswith(READ_PATHS) and without_empty(query) != query


def meant(case: Any, names: Known, random: Random) -> None:
    """Names of what is there in the place of most that are made up, where the case is to be well formed."""
    if "If-Match" in (case.headers or {}) and case.meta.generation.mode is GenerationMode.POSITIVE:
        case.headers["If-Match"] = f'"{random.randint(1, 4)}"'
        (case.query or {}).pop("base", None)
    if random.random() < 0.9:
        # A position to which no history comes would be all that most cases tell.
        (case.query or {}).pop("min_position", None)
    for location, values in (
        (ParameterLocation.PATH, case.path_parameters),
        (ParameterLocation.QUERY, case.query),
        (ParameterLocation.BODY, case.body),
    ):
        component = case.meta.components.get(location)
        if component is None or component.mode is GenerationMode.NEGATIVE or not isinstance(values, dict):
            continue
        for name, value in values.items():
            there = names.get(name.removesuffix("_id").removesuffix("s"), ["ann", "nation"] if name == "slug" else [])
            if there and random.random() < 0.7:
                chosen = random.choice(there)
                values[name] = [chosen] if isinstance(value, list) else chosen


def sent(house: House, case: Any, role: Role | None) -> httpx.Response:
    said = {} if role is None else {"Authorization": f"Bearer {house.tokens[role]}"}
    request = requests.Request(**case.as_transport_kwargs("http://testserver.local")).prepare()
    headers = {**request.headers, **said}
    return house.client.request(
        str(request.method),
        str(request.url),
        headers=[(name.encode("latin-1"), str(value).encode("latin-1")) for name, value in headers.items()],
        content=cast(str | bytes | None, request.body),
        follow_redirects=False,
    )
