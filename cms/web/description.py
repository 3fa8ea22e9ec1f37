"""The API's description and the page to try it. The library draws the routes, `operations` completes them."""

import re
from importlib.metadata import version
from typing import Any

from litestar import Request, Response, Router
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, SwaggerRenderPlugin
from litestar.openapi.spec import Components, Contact, License, SecurityScheme, Server, Tag
from litestar.types import Method
from litestar.types.internal_types import PathParameterDefinition

from cms.settings import Settings
from cms.web.access import OPEN
from cms.web.operations import completed
from cms.web.problems import nothing_here

ABOUT = """A newsroom's API: reading, editing, auditing.

`POST /editorial/session` gives a bearer token to people, `chronicle token` one to scripts.

HEAD works wherever GET does, and OPTIONS names the methods of a path. Errors are problems as RFC 9457 has them."""
TAGS = [
    Tag("Reading", "What everybody may read, answered from the read models."),
    Tag("Feeds", "What feed readers and search engines ask for."),
    Tag("Editing", "What staff do. An act names the version that it was made on, and may be repeated safely."),
    Tag("Logging in", "How staff come in, and go."),
    Tag("Previews", "What a link shows of an article that is not published."),
    Tag("Auditing", "The history as it was recorded, for auditors."),
    Tag("Running", "Is the process alive, and do its parts answer?"),
]


class Described:
    """Completed once, for the document and the page alike."""

    def __init__(self) -> None:
        self.completed: dict[str, Any] | None = None

    def __call__(self, drawn: dict[str, Any], request: Request[Any, Any, Any]) -> dict[str, Any]:
        if self.completed is None:
            self.completed = completed(drawn, request.app)
        return self.completed


class Document(JsonRenderPlugin):
    def __init__(self, described: Described) -> None:
        super().__init__()
        self.described = described

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, self.described(openapi_schema, request))


class Page(SwaggerRenderPlugin):
    """With all that it needs from here."""

    def __init__(self, described: Described) -> None:
        super().__init__(
            js_url="/static/swagger/swagger-ui-bundle.js",
            css_url="/static/swagger/swagger-ui.css",
            standalone_preset_js_url="/static/swagger/swagger-ui-standalone-preset.js",
            favicon="",
            path=["/", "/swagger"],
        )
        self.described = described

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, self.described(openapi_schema, request))


def openapi(settings: Settings) -> OpenAPIConfig:
    described = Described()
    bearer = SecurityScheme(type="http", scheme="bearer", description="A token of a staff member.")
    return OpenAPIConfig(
        title=settings.title,
        version=version("chronicle-cms"),
        description=ABOUT,
        contact=Contact(name=settings.title, url=settings.base_url),
        license=License(name="MIT", identifier="MIT"),
        servers=[Server(url=settings.base_url)],
        tags=TAGS,
        render_plugins=[Page(described), Document(described)],
        use_handler_docstrings=True,
        operation_id_creator=operation_id,
        openapi_router=Router(
            "/schema", route_handlers=[], opt=OPEN, include_in_schema=False, after_request=problem_if_nothing
        ),
        components=Components(security_schemes={"bearer": bearer}),
    )


def operation_id(_: HTTPRouteHandler, method: Method, path: list[str | PathParameterDefinition]) -> str:
    """By the address, which stays: `post_editorial_articles_article_id_submit`."""
    words = [part if isinstance(part, str) else part.name for part in path]
    return re.sub(r"\W+", "_", "_".join([method.lower(), *words]))


def problem_if_nothing(response: Response[Any]) -> Response[Any]:
    """The library has an HTML page for an unknown part of the description."""
    return nothing_here() if response.status_code == 404 else response
