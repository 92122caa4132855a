"""The application: routes, problem documents, and what starts and stops with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Protocol

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline

from api.dependencies import READERS, House
from api.description import describe
from api.problems import speak_problems
from api.remembering import Remembered
from api.routes import (
    aggregates,
    bodies,
    calendar,
    corrections,
    door,
    events,
    forms,
    health,
    incidents,
    indicators,
    lexicon,
    messages,
    observations,
    participation,
    places,
    reporters,
    reports,
    reports_in,
    review,
    revisions,
    signals,
    training,
    unknown_places,
)

DESCRIPTION = """
Texts from citizens and community police, as figures per locality. Every figure counts **texts received, not crimes
committed**.

Send `Authorization: Bearer <key>`; `kibaro keys create` makes one. Lists come as `{"rows": […]}` with `limit` and
`cursor`, the next page stands in the `Link` header. Errors are problem documents (RFC 9457) with a stable `code`.
"""

ROUTES: Final = (
    door,
    aggregates,
    participation,
    revisions,
    indicators,
    signals,
    calendar,
    places,
    reports,
    reports_in,
    corrections,
    review,
    training,
    unknown_places,
    incidents,
    messages,
    bodies,
    lexicon,
    forms,
    observations,
    reporters,
    events,
    health,
)


class Part(Protocol):
    """Something that runs beside the routes."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


def make_app(house: House, parts: tuple[Part, ...] = ()) -> FastAPI:
    """parts are started in order before the first request and stopped in reverse order after the last."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        started: list[Part] = []
        try:
            for part in parts:
                part.start()
                started.append(part)
            yield
        finally:
            for part in reversed(started):
                part.stop()
            house.database.close()

    # /docs with its scripts from here: an office without internet has it too, and no third party learns who reads it.
    app = FastAPIOffline(title="Kibaro", version="1", description=DESCRIPTION, lifespan=lifespan, redoc_url=None)
    app.state.house = house
    app.state.door = door.Door(house)
    app.state.remembered = Remembered()
    app.state.turns = asyncio.Semaphore(READERS)
    for each in ROUTES:
        app.include_router(each.router)
    speak_problems(app)
    routes = [route for each in ROUTES for route in each.router.routes if isinstance(route, APIRoute)]
    app.state.paths = [(route.path_regex, route.methods or ()) for route in routes]
    describe(app, routes)
    return app
