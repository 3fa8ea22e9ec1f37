"""A view of a reader whose browser runs no scripts: the page has a picture that nobody sees."""

from base64 import b64decode
from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from cms.newsroom import Newsroom
from cms.web.access import OPEN
from cms.web.views import viewed

HERE = "same-origin"
# One pixel, seen through.
GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@get("/static/seen/{article_id:str}", opt=OPEN, media_type="image/gif")
async def get_seen(
    request: Request[Any, Any, State], newsroom: NamedDependency[Newsroom], article_id: FromPath[str]
) -> Response[bytes]:
    """Count a view, as a beacon does; but none of whoever asks for no picture, or shows it on another site."""
    view = await viewed(request, article_id, "")
    if not request.scope.get("bodiless") and request.headers.get("sec-fetch-site", HERE) == HERE:
        newsroom.count_later(view)
    return Response(GIF, status_code=HTTPStatus.OK, headers={"cache-control": "no-store"})


handlers = [get_seen]
