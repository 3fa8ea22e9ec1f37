"""An article in the formats that others read: ninjs for newsrooms and agencies, schema.org for search engines."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter

from cms import published, structured_data
from cms.ninjs.mapping import NEWEST, VERSIONS, ninjs
from cms.ninjs.version_3 import Ninjs
from cms.structured_data import NewsArticle
from cms.web.access import OPEN
from cms.web.asker import Asker
from projections.articles import Notice
from projections.store import Reads

Version = Annotated[
    str,
    QueryParameter(
        pattern=f"^({'|'.join(version.replace('.', '[.]') for version in VERSIONS)})$(?!\n)",
        description=f"Of ninjs: {', '.join(VERSIONS)}.",
    ),
]


@get("/articles/{article_id:str}/ninjs", opt=OPEN)
async def get_article_as_ninjs(
    asker: NamedDependency[Asker], article_id: FromPath[str], version: Version = NEWEST
) -> Response[Ninjs]:
    """An article as IPTC ninjs."""

    def question(reads: Reads) -> Ninjs | Notice | None:
        found = published.read(reads, article_id, asker.site)
        return ninjs(found, asker.site, version) if isinstance(found, published.Published) else found

    return await asker.answer(question)


@get("/articles/{article_id:str}/jsonld", opt=OPEN, media_type=structured_data.MEDIA_TYPE)
async def get_article_as_structured_data(
    asker: NamedDependency[Asker], article_id: FromPath[str]
) -> Response[NewsArticle]:
    """An article as schema.org's NewsArticle, in JSON-LD that may be put into a page as it is."""

    def question(reads: Reads) -> NewsArticle | Notice | None:
        found = published.read(reads, article_id, asker.site)
        return structured_data.structured_data(found, asker.site) if isinstance(found, published.Published) else found

    return await asker.answer(question, render=structured_data.rendered, media_type=structured_data.MEDIA_TYPE)


routes = Router(
    "/v1",
    tags=["Reading"],
    dependencies={"asker": Provide(Asker, sync_to_thread=False)},
    route_handlers=[get_article_as_ninjs, get_article_as_structured_data],
)
