"""What pages ask for beside themselves: the style sheet, the script, whatever else a theme has."""

from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath, QueryParameter

from cms.site.theme import Theme
from cms.web.access import OPEN
from cms.web.asker import AnotherAddress, moved
from cms.web.problems import Failed
from cms.web.replies import Reply

Digest = Annotated[str, QueryParameter(max_length=40)]


@get("/static/theme/{name:str}", opt=OPEN)
async def get_theme_file(request: Request[Any, Any, State], name: FromPath[str], v: Digest = "") -> Response[bytes]:
    """A file of the theme. A page that somebody kept may ask for one that was before."""
    theme: Theme = request.app.state.theme
    file = theme.files.get(name)
    if file is None:
        raise Failed(HTTPStatus.NOT_FOUND, "The theme has no such file.")
    if v != file.digest:
        raise moved(AnotherAddress(theme.file(name), "theme"))
    return Reply(file, request.app.state.reading.position)


handlers = [get_theme_file]
