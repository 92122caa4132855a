"""What a route may ask for: the house (store, vault, reference, journal), a read session, the query's strictness."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from sqlalchemy.orm import Session

from intake.journal import Journal
from intake.reference import Reference, ReferenceKeeper
from models.database import Database
from models.faults import Invalid
from models.settings import Settings
from models.vault import Vault


@dataclass(frozen=True, slots=True)
class House:
    """Everything the routes share, made once by the entrance."""

    settings: Settings
    database: Database
    vault: Vault
    keeper: ReferenceKeeper
    journal: Journal


async def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house


TheHouse = Annotated[House, Depends(_house)]


def _reading(house: TheHouse) -> Iterator[Session]:
    with house.database.reading() as session:
        yield session


ReadSession = Annotated[Session, Depends(_reading, scope="function")]


def _reference(house: TheHouse, session: ReadSession) -> Reference:
    return house.keeper.current(session)


TheReference = Annotated[Reference, Depends(_reference, scope="function")]


async def refuse_unknown_parameters(request: Request) -> None:
    """A misspelt filter must not silently mean "no filter": unknown or repeated query parameters are a 422."""
    dependant: Dependant = request.scope["route"].dependant
    known = _query_names(dependant)
    given = [name for name, _ in request.query_params.multi_items()]
    unknown = sorted(set(given) - known)
    if unknown:
        raise Invalid(
            f"Unknown query parameter {', '.join(unknown)}; known here: {', '.join(sorted(known)) or 'none'}."
        )
    repeated = sorted({name for name in given if given.count(name) > 1})
    if repeated:
        raise Invalid(f"Query parameter {', '.join(repeated)} is given twice.")


def _query_names(dependant: Dependant) -> set[str]:
    names = {field.alias for field in dependant.query_params}
    for inner in dependant.dependencies:
        names |= _query_names(inner)
    return names


Strict = Depends(refuse_unknown_parameters)
