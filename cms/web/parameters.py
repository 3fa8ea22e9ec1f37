"""Parameters that several reading routes share."""

from typing import Annotated

from litestar.params import QueryParameter

Limit = Annotated[int, QueryParameter(ge=1, le=100)]
Cursor = Annotated[
    str | None,
    QueryParameter(pattern=r"^[0-9a-f]{16}:[A-Za-z0-9_-]{22}$", description="`next` of the page before."),
]
Name = Annotated[str | None, QueryParameter(max_length=200)]
