"""Populations from a file: locality,year,population. Rates are reckoned with the year's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import select

from jobs.imports.cells import BadValueError, whole_of
from jobs.imports.known_places import KnownPlaces
from jobs.imports.outcome import Outcome, last_of_each, opened_table, shown
from models.database import Database, insert_rows
from models.localities import LocalityPopulation
from models.reference import count_reference_change

YEARS: Final = range(1900, 2201)  # forecasts too


def import_populations(database: Database, path: Path) -> Outcome:
    """Another figure for a year that is known is a correction."""
    outcome = Outcome()
    with opened_table(path, ("locality", "year", "population"), outcome) as lines:
        rows = last_of_each(list(lines), lambda row: (row["locality"], row["year"]), outcome)
    with database.writing() as session:
        places = KnownPlaces(session)
        known = {(each.locality_id, each.year): each for each in session.scalars(select(LocalityPopulation))}
        new = []
        for line, row in rows:
            try:
                locality_id, year, population = _read(row, places)
            except BadValueError as error:
                outcome.refuse(line, str(error))
                continue
            there = known.get((locality_id, year))
            if there is None:
                new.append({"locality_id": locality_id, "year": year, "population": population})
                outcome.added += 1
            elif there.population != population:
                there.population = population
                outcome.changed += 1
            else:
                outcome.unchanged += 1
        insert_rows(session, LocalityPopulation, new)
        if outcome.added or outcome.changed:
            count_reference_change(session)
    return outcome


def _read(row: Mapping[str, str], places: KnownPlaces) -> tuple[int, int, int]:
    place = places.at(row["locality"])
    year, population = whole_of(row["year"], "year"), whole_of(row["population"], "population")
    if year is None or year not in YEARS:
        raise BadValueError(f"year {shown(row['year'])} is not from {YEARS[0]} to {YEARS[-1]}")
    if population is None:
        raise BadValueError("population is empty")
    return place.id, year, population
