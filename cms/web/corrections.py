"""The public log of corrections and withdrawals."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from cms.web.access import OPEN
from cms.web.asker import Asker
from cms.web.parameters import Limit, Name
from projections import corrections
from projections.corrections import Corrections

Cursor = Annotated[
    str | None,
    QueryParameter(
        pattern=r"^[0-9a-f]{16}:[A-Za-z0-9_-]{1,64}~[0-9]{1,18}$(?!\n)", description="`next` of the page before."
    ),
]


@get("/corrections", opt=OPEN)
async def get_corrections(
    asker: NamedDependency[Asker], section: Name = None, limit: Limit = 20, after: Cursor = None
) -> Response[Corrections]:
    """Every correction and every withdrawal, newest first: what was said stays said."""
    return await asker.answer(
        lambda reads: corrections.read(reads, asker.site, section=section, limit=limit, after=after)
    )


routes = Router(
    "/v1",
    tags=["Reading"],
    dependencies={"asker": Provide(Asker, sync_to_thread=False)},
    route_handlers=[get_corrections],
)
