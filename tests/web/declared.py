"""Holds every answer against the API's description: its status, its headers, its content type, its body."""

import re
from collections.abc import Callable
from typing import Any

from httpx import Response
from jsonschema_rs import Draft202012Validator

from cms.web.asker import first_word, is_page
from cms.web.site.errors import ALSO_PAGES
from cms.web.site.pages import HTML

Document = dict[str, Any]
BESIDE = ("/schema", "/static")
PROBLEM = "application/problem+json"


def shows_page(path: str, response: Response) -> bool:
    """The description is of the API: pages are for people, and so is what went wrong on the way to one."""
    return is_page(path) or (first_word(path) in ALSO_PAGES and response.headers.get("content-type") == HTML)


class Declared:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.validators: dict[str, Draft202012Validator] = {}
        # Of two that fit, the one with more words is meant: /v1/articles/by-slug/{slug}.
        paths = sorted(document["paths"], key=lambda path: path.count("{"))
        self.paths = [(re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path)), path) for path in paths]

    def holds(self, response: Response) -> None:
        """For a client's `event_hooks`."""
        path, method = response.request.url.path.rstrip("/") or "/", response.request.method.lower()
        described = self.document["paths"].get(self.place(path), {}).get("get" if method == "head" else method)
        if path.startswith(BESIDE) or method == "options" or shows_page(path, response):
            return
        where = f"{method.upper()} {path}: {response.status_code}"
        if described is None or response.status_code == 500:
            assert response.status_code in (400, 404, 405, 500), where
            assert response.headers["content-type"] == PROBLEM, where
            return
        assert str(response.status_code) in described["responses"], f"{where} is not declared"
        declared = self.resolved(described["responses"][str(response.status_code)])
        for name, header in declared.get("headers", {}).items():
            assert name in response.headers or not self.resolved(header).get("required"), f"{where} lacks {name}"
        if method != "head":
            response.read()
            self.body_holds(response, declared.get("content", {}), where)

    def place(self, path: str) -> str | None:
        path = re.sub(r"/+", "/", path)
        return next((place for pattern, place in self.paths if pattern.fullmatch(path)), None)

    def resolved(self, part: Document) -> Document:
        found = part
        while "$ref" in found:
            reference = found["$ref"]
            found = self.document
            for word in reference.removeprefix("#/").split("/"):
                found = found[word]
        return found

    def body_holds(self, response: Response, content: Document, where: str) -> None:
        media_type = response.headers.get("content-type", "").partition(";")[0]
        if not content:
            assert not response.content, f"{where} has a body that is not declared"
            return
        assert media_type in content, f"{where} is {media_type}, declared are {list(content)}"
        if media_type.endswith("json") and not media_type.endswith("ndjson"):
            error = next(self.validator(content[media_type]["schema"]).iter_errors(response.json()), None)
            assert error is None, f"{where}: {error}"

    def validator(self, schema: Document) -> Draft202012Validator:
        key = str(schema)
        if key not in self.validators:
            whole = {**schema, "components": self.document["components"]}
            self.validators[key] = Draft202012Validator(whole, validate_formats=True)
        return self.validators[key]


KNOWN: list[Declared] = []


def declared(document: Callable[[], Document]) -> Declared:
    """One for all tests of a process: drawing the description takes a moment."""
    if not KNOWN:
        KNOWN.append(Declared(document()))
    return KNOWN[0]
