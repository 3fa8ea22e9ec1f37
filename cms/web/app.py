"""The API as one ASGI application, with everything that it runs on."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.static_files import create_static_files_router

from cms import newsroom, purge, settings, signing
from cms.broadcast import Broadcast
from cms.committer import Clock, utc_now
from cms.entrance import Entrance
from cms.follower import Follower, collect_less_garbage
from cms.newsroom import Newsroom
from cms.passwords import HASHER
from cms.reading import Reading, open_store
from cms.scheduler import Scheduler
from cms.search_folder import SearchFolder
from cms.search_follower import SearchFollower
from cms.searching import Searching
from cms.settings import Settings
from cms.site.theme import Theme
from cms.stopping import told_of_the_end
from cms.web import (
    archive,
    audit,
    changes,
    corrections,
    cors,
    editorial,
    feeds,
    formats,
    front,
    navigation,
    previews,
    public,
    running,
    search,
    session,
    sitemaps,
)
from cms.web.access import OPEN, guard
from cms.web.clashes import Clashed, clashed
from cms.web.cors import Cors
from cms.web.description import openapi
from cms.web.door import Door
from cms.web.problems import HANDLERS
from cms.web.reception import Reception
from cms.web.site import routes as site
from domain.views import BUCKET_SECONDS
from projections.cards import Site

BODY_BYTES_MOST = 2 * 1024 * 1024
# A loop beside a busy thread is woken after 0.6 ms instead of 5.
SWITCH_SECONDS = 0.0005
# A start waits so long for read models that are behind; then `/ready` tells how far.
CAUGHT_UP_SECONDS = 5.0


def create() -> Door | Cors:
    """For a server that makes its own workers: settings from the environment."""
    values = settings.from_environment()
    return cors.around(create_app(values), values.origins)


def create_app(
    settings: Settings,
    clock: Clock = utc_now,
    roll_up_seconds: float = BUCKET_SECONDS,
    hasher: PasswordHasher = HASHER,
) -> Door:
    return running_on(router(settings), settings, clock, roll_up_seconds, hasher)


def running_on(app: Litestar, settings: Settings, clock: Clock, roll_up_seconds: float, hasher: PasswordHasher) -> Door:
    """Say what a router runs on when it starts. One that has ended may start again, on something else."""
    app.state = State()
    app.state.parts = lambda: running_parts(app, settings, clock, roll_up_seconds, hasher)
    return Door(app)


def router(settings: Settings) -> Litestar:
    return Litestar(
        route_handlers=[
            public.routes,
            formats.routes,
            front.routes,
            corrections.routes,
            archive.routes,
            navigation.routes,
            feeds.routes,
            sitemaps.routes,
            changes.routes,
            search.routes,
            editorial.routes,
            audit.routes,
            previews.show,
            session.routes,
            running.health,
            running.ready,
            site.routes,
            *statics(),
        ],
        dependencies={"newsroom": Provide(the_newsroom, sync_to_thread=False)},
        guards=[guard],
        exception_handlers={**HANDLERS, Clashed: clashed},
        lifespan=[lambda app: app.state.parts()],
        openapi_config=openapi(settings),
        request_max_body_size=BODY_BYTES_MOST,
    )


def the_newsroom(state: State) -> Newsroom:
    room: Newsroom = state.newsroom
    return room


@asynccontextmanager
async def running_parts(
    app: Litestar, settings: Settings, clock: Clock, roll_up_seconds: float, hasher: PasswordHasher
) -> AsyncIterator[None]:
    """History, committer, read models, the follower if they are embedded, and the scheduler; closed in reverse."""
    sys.setswitchinterval(SWITCH_SECONDS)
    collect_less_garbage()
    followers: list[Follower | SearchFollower] = []

    def committed(head: int) -> None:
        for follower in followers:
            follower.committed(head)

    async with AsyncExitStack() as stack:
        room = stack.enter_context(newsroom.opened(settings.events, clock, committed, roll_up_seconds, settings.zone))
        reading = Reading(open_store(settings.reads))
        app.state.newsroom, app.state.reading = room, reading
        app.state.secret = await asyncio.to_thread(signing.secret, room, settings.secret)
        app.state.reception = Reception(Entrance(room, app.state.secret, hasher))
        stack.callback(app.state.reception.close)
        app.state.trusted_proxies = settings.proxies
        app.state.site = Site(settings.title, settings.base_url, settings.zone, settings.language)
        app.state.theme = Theme(settings)
        hook = settings.purge_hook
        app.state.purged = hook is not None
        await reading.start()
        stack.push_async_callback(reading.stop)
        app.state.broadcast = Broadcast(reading, room.history, app.state.site)
        stack.enter_context(told_of_the_end(app.state.broadcast.close))
        stack.callback(app.state.broadcast.close)
        if settings.embedded:
            follower = Follower(room.history, open_store(settings.reads), settings.reads, reading.heard)
            followers.append(follower)
            follower.start()
            stack.callback(follower.close)
            stack.enter_context(purge.telling(hook, follower))
            reading.follows = follower.active
            await reading.reached(room.history.head(), CAUGHT_UP_SECONDS)
        folder = SearchFolder(settings.search_path, settings.language)
        app.state.searching = Searching(folder)
        search_follower = SearchFollower(room.history, folder)
        followers.append(search_follower)
        search_follower.start()
        stack.callback(search_follower.close)
        # Before the followers end, so that they hear of the last that is recorded.
        stack.callback(room.committer.close)
        scheduler = Scheduler(room)
        scheduler.start()
        stack.callback(scheduler.close)
        yield


def statics() -> list[Any]:
    """Pictures of the example newsroom, and the page to try the API with all that it needs: nothing from elsewhere."""
    swagger = Path(str(files("swagger_ui") / "static"))
    pictures = Path(__file__).parent.parent / "demo" / "pictures"
    return [
        create_static_files_router("/static/demo", [pictures], opt=OPEN, include_in_schema=False),
        create_static_files_router("/static/swagger", [swagger], opt=OPEN, include_in_schema=False),
    ]
