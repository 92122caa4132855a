"""What a route may ask for: the house (store, vault, reference, journal), a read session, the query's strictness."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from sqlalchemy.orm import Session

from intake.journal import Journal
from intake.reference import Reference, ReferenceKeeper
from models.clock import Clock, now_utc
from models.database import Database
from models.faults import Invalid, Unavailable
from models.settings import Settings
from models.vault import Vault

READERS: Final = 12
"""Requests with a session at a time. Fewer than the store's connections, so that the journal and the jobs always find
one; fewer than the server's threads, or those who wait for a connection would keep those who have one from going on.
"""
WAIT_FOR_TURN_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class House:
    """Everything the routes share, made once by the entrance."""

    settings: Settings
    database: Database
    vault: Vault
    keeper: ReferenceKeeper
    journal: Journal
    clock: Clock = now_utc


async def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house


TheHouse = Annotated[House, Depends(_house)]


def today_of(house: House) -> date:
    """Of the programme's own time zone."""
    return house.clock().astimezone(ZoneInfo(house.settings.timezone)).date()


async def _today(house: TheHouse) -> date:
    return today_of(house)


Today = Annotated[date, Depends(_today)]


@asynccontextmanager
async def a_turn(app: FastAPI) -> AsyncIterator[None]:
    """Raises Unavailable when too many are asking."""
    turns: asyncio.Semaphore = app.state.turns
    try:
        await asyncio.wait_for(turns.acquire(), WAIT_FOR_TURN_S)
    except TimeoutError:
        raise Unavailable("Too many are asking at once; try again shortly.") from None
    try:
        yield
    finally:
        turns.release()


async def _turn(request: Request) -> AsyncIterator[None]:
    async with a_turn(request.app):
        yield


def _reading(house: TheHouse, _turn: Annotated[None, Depends(_turn, scope="function")]) -> Iterator[Session]:
    with house.database.reading() as session:
        yield session


ReadSession = Annotated[Session, Depends(_reading, scope="function")]


def _writing(house: TheHouse, _turn: Annotated[None, Depends(_turn, scope="function")]) -> Iterator[Session]:
    with house.database.writing() as session:
        yield session


WriteSession = Annotated[Session, Depends(_writing, scope="function")]
"""Committed before the answer leaves: a commit that fails is an error, not a thank-you. Ask for it last, when who asks
and what they want are known: on SQLite nobody else writes meanwhile.
"""


def _reference(house: TheHouse, session: ReadSession) -> Reference:
    return house.keeper.current(session)


TheReference = Annotated[Reference, Depends(_reference, scope="function")]


async def refuse_unknown_parameters(request: Request) -> None:
    """A misspelt filter must not silently mean "no filter": unknown or repeated query parameters are a 422."""
    dependant: Dependant = request.scope["route"].dependant
    known = _query_names(dependant)
    given = [name for name, _ in request.query_params.multi_items()]
    if unknown := len(set(given) - known):
        raise Invalid(f"{unknown} unknown query parameter(s); known here: {', '.join(sorted(known)) or 'none'}.")
    repeated = sorted({name for name in given if given.count(name) > 1})
    if repeated:
        raise Invalid(f"Query parameter {', '.join(repeated)} is given twice.")


def _query_names(dependant: Dependant) -> set[str]:
    names = {field.alias for field in dependant.query_params}
    for inner in dependant.dependencies:
        names |= _query_names(inner)
    return names


Strict = Depends(refuse_unknown_parameters)
