"""All pages of the site, as one router."""

from litestar import Router
from litestar.di import Provide

from cms.web.search import Seeker
from cms.web.site import archive, article, files, fronts, search, seen, standing, topics
from cms.web.site.pages import PageAsker

routes = Router(
    "/",
    include_in_schema=False,
    dependencies={
        "asker": Provide(PageAsker, sync_to_thread=False),
        "seeker": Provide(Seeker, sync_to_thread=False),
    },
    route_handlers=[
        *fronts.handlers,
        *article.handlers,
        *topics.handlers,
        *archive.handlers,
        *search.handlers,
        *standing.handlers,
        *files.handlers,
        *seen.handlers,
    ],
)
