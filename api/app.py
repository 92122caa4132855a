"""The application: routes, problem documents, and what starts and stops with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api.dependencies import READERS, House
from api.problems import speak_problems
from api.routes import aggregates, door, health, messages, places, reports

DESCRIPTION = """
Texts from citizens and community police, as figures per locality. Every figure counts **texts received, not crimes
committed**.

Send `Authorization: Bearer <key>`; `kibaro keys create` makes one. Lists come as `{"rows": […]}` with `limit` and
`cursor`, the next page stands in the `Link` header. Errors are problem documents (RFC 9457) with a stable `code`.
"""


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
    app.state.turns = asyncio.Semaphore(READERS)
    for each in (door, aggregates, places, reports, messages, health):
        app.include_router(each.router)
    speak_problems(app)
    return app
