"""The API's description tells the truth, and tools that read such descriptions accept it."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Request, Response
from openapi_spec_validator import validate

from cms.web.asker import READ_PATHS
from tests.web.declared import Declared
from tests.web.house import House, problem

Document = dict[str, Any]
Operation = dict[str, Any]


@pytest.fixture
def document(house: House) -> Document:
    return house.read("/schema/openapi.json")


def operations(document: Document) -> Iterator[tuple[str, str, Operation]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def resolved(document: Document, part: Document) -> Document:
    return Declared(document).resolved(part)


def names(operation: Operation, document: Document) -> set[str]:
    return {resolved(document, parameter)["name"] for parameter in operation["parameters"]}


def test_it_is_valid(document: Document) -> None:
    validate(document)


def test_it_says_what_it_is_and_where(document: Document) -> None:
    info = document["info"]
    assert info["contact"] == {"name": "The Ferry Post", "url": "https://post.example"}
    assert info["license"] == {"name": "MIT", "identifier": "MIT"}
    assert document["servers"] == [{"url": "https://post.example"}]


def test_every_tag_is_described(document: Document) -> None:
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    assert {tag for _, _, operation in operations(document) for tag in operation["tags"]} <= described


def test_every_operation_is_named_by_its_address_and_says_in_a_line_what_it_does(document: Document) -> None:
    for method, path, operation in operations(document):
        words = re.findall(r"\w+", path)
        assert operation["operationId"] == re.sub(r"\W", "_", "_".join([method, *words]))
        assert 0 < len(operation["summary"]) <= 120, path
        assert operation["description"].startswith(operation["summary"])


def test_no_two_paths_differ_in_the_names_of_their_parameters_alone(document: Document) -> None:
    shapes = [re.sub(r"\{[^}]*\}", "{}", path) for path in document["paths"]]
    assert len(set(shapes)) == len(shapes)


def test_every_operation_declares_what_its_kind_implies(document: Document) -> None:
    for method, path, operation in operations(document):
        declared, sent = set(operation["responses"]), names(operation, document)
        implied = {"400"}
        if operation["security"]:
            implied |= {"401", "403", "503"}
        if "{" in path:
            implied |= {"404", "503"}
        if "requestBody" in operation:
            implied |= {"413", "503"}
        if "Idempotency-Key" in sent and operation["security"]:
            implied |= {"409", "422"}
        if "If-Match" in sent:
            implied |= {"409", "412"}
        if method == "get" and path.startswith(READ_PATHS):
            # A stream is kept by nobody.
            implied |= {"503"} if streams(operation) else {"304", "503"}
        if path.startswith("/v1/articles/"):
            implied |= {"410"}
        assert implied <= declared, f"{method} {path} lacks {implied - declared}"
        assert any(status.startswith("2") for status in declared)


def test_every_error_is_a_problem(document: Document) -> None:
    for method, path, operation in operations(document):
        for status, response in operation["responses"].items():
            if status >= "400" and path != "/ready":
                assert list(resolved(document, response)["content"]) == ["application/problem+json"], (method, path)


def test_what_is_not_now_says_when_to_ask_again(document: Document) -> None:
    for _, path, operation in operations(document):
        for status in {"429", "503"} & set(operation["responses"]):
            response = resolved(document, operation["responses"][status])
            assert "Retry-After" in response["headers"], (path, status)


def streams(operation: Document) -> bool:
    return "text/event-stream" in operation["responses"]["200"].get("content", {})


def test_every_reading_may_wait_for_a_position_and_ask_what_changed(document: Document) -> None:
    for method, path, operation in operations(document):
        reads = method == "get" and path.startswith(READ_PATHS)
        if reads and streams(operation):
            assert {"min_position", "Last-Event-ID"} <= names(operation, document), path
        else:
            assert ({"min_position", "If-None-Match"} <= names(operation, document)) == reads, path
        if reads:
            headers = set(resolved(document, operation["responses"]["200"])["headers"])
            kept = set() if streams(operation) else {"ETag", "Vary", "Surrogate-Key"}
            assert headers == {"Cache-Control", "Position", *kept}


def test_bodies_that_take_no_unknown_fields_say_so(document: Document) -> None:
    for _, path, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schema = resolved(document, content["schema"])
            assert schema.get("additionalProperties") is False or schema.get("type") != "object", path


def test_no_schema_is_left_that_nobody_refers_to(document: Document) -> None:
    text = json.dumps(document)
    for kind in ("schemas", "responses", "headers", "parameters"):
        for name in document["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text, name


@pytest.mark.parametrize(
    ("tool", "said"),
    [("redocly", ["lint", "--format=json"]), ("spectral", ["lint", "--format=json", "--fail-severity=error", "-q"])],
)
def test_linters_find_no_error(document: Document, tmp_path: Path, tool: str, said: list[str]) -> None:
    """Found on PATH, or named by CHRONICLE_TEST_REDOCLY and CHRONICLE_TEST_SPECTRAL."""
    command = os.environ.get(f"CHRONICLE_TEST_{tool.upper()}") or shutil.which(tool)
    if command is None:
        pytest.skip(f"{tool} is not installed")
    (tmp_path / "openapi.json").write_text(json.dumps(document, indent=1))
    (tmp_path / ".spectral.yaml").write_text('extends: ["spectral:oas"]\n')
    found = subprocess.run([command, *said, "openapi.json"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    "path", ["/schema/unknown", "/schema/unknown.json", "/schema/a/b", "/static/unknown", "/static/swagger/unknown.js"]
)
def test_what_the_page_does_not_have_is_not_found(house: House, path: str) -> None:
    problem(house.get(path), 404)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1/latest", "GET, HEAD, OPTIONS"),
        ("/editorial/articles/x", "GET, HEAD, OPTIONS, PATCH"),
        ("/editorial/articles/x/versions/1/restore", "OPTIONS, POST"),
        ("/health", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_path_names_all_its_methods(house: House, path: str, methods: str) -> None:
    asked = house.client.options(path)
    assert (asked.status_code, asked.headers["allow"]) == (204, methods)
    refused = house.client.request("PROPFIND", path)
    problem(refused, 405)
    assert refused.headers["allow"] == methods


def test_reading_where_one_can_only_write_is_refused(house: House) -> None:
    refused = house.get("/editorial/articles/x/submit")
    problem(refused, 405)
    assert refused.headers["allow"] == "OPTIONS, POST"


def answered(request: str, status: int, body: bytes, content_type: str, **headers: str) -> Response:
    method, _, path = request.partition(" ")
    return Response(
        status,
        headers={"content-type": content_type, **{name.replace("_", "-"): value for name, value in headers.items()}},
        content=body,
        request=Request(method, f"http://testserver.local{path}"),
    )


@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        (418, b"{}", "application/problem+json"),
        (200, b'{"status": "alive"}', "text/plain"),
        (200, b'{"status": 1}', "application/json"),
        (200, b"{}", "application/json"),
    ],
)
def test_the_tests_notice_what_is_not_declared(document: Document, status: int, body: bytes, content_type: str) -> None:
    held = Declared(document)
    held.holds(answered("GET /health", 200, b'{"status": "alive"}', "application/json"))
    with pytest.raises(AssertionError):
        held.holds(answered("GET /health", status, body, content_type))


def test_views_are_no_commands(document: Document) -> None:
    """Their ids are, by the same header, ids of commands elsewhere."""
    for last in ("views", "beacon"):
        responses = document["paths"][f"/v1/articles/{{article_id}}/{last}"]["post"]["responses"]
        assert not {"409", "413", "422"} & responses.keys()
