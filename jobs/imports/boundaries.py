"""Boundaries from a GeoJSON file: polygons matched to localities by code or name, checked, simplified, stored."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.imports.cells import BadValueError
from jobs.imports.features import Feature, Matching, read_features
from jobs.imports.known_places import KnownPlaces
from jobs.imports.outcome import Outcome
from jobs.imports.shapes import shape_of
from models.database import Database
from models.localities import LocalityBoundary
from models.reference import count_reference_change

LONGEST_SOURCE: Final = 200


def import_boundaries(
    database: Database,
    path: Path,
    level: int | None = None,
    under: str = "",
    progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """A locality has one shape; a later file's takes its place. level, under: where names are sought. Raises Refusal.

    progress: told how many features are done.
    """
    outcome = Outcome(unit="feature")
    features = read_features(path)
    with database.reading() as session:
        matching = Matching(KnownPlaces(session, under), features, level)
    geometries = dict(_geometries(features, matching, outcome, progress))
    outcome.notes.append(matching.told())
    with database.writing() as session:
        _store(session, geometries, path.name[:LONGEST_SOURCE], outcome)
        if outcome.added or outcome.changed:
            count_reference_change(session)
    return outcome


def _geometries(
    features: Iterable[Feature], matching: Matching, outcome: Outcome, progress: Callable[[int], None]
) -> Iterator[tuple[int, str]]:
    taken: dict[int, int] = {}
    for feature in features:
        try:
            place = matching.place_of(feature)
            shape = shape_of(feature.geometry)
        except BadValueError as error:
            outcome.refuse(feature.number, str(error))
            continue
        first = taken.setdefault(place.id, feature.number)
        if first == feature.number:
            yield place.id, shape.simplified().as_geojson()
        else:
            outcome.refuse(feature.number, f"feature {first} is {place.code} {place.name} already, and holds")
        progress(feature.number)


def _store(session: Session, geometries: dict[int, str], source: str, outcome: Outcome) -> None:
    known = {row.locality_id: row for row in session.scalars(select(LocalityBoundary))}
    for locality_id, geometry in geometries.items():
        row = known.get(locality_id)
        if row is None:
            session.add(LocalityBoundary(locality_id=locality_id, geometry=geometry, source=source))
            outcome.added += 1
        elif row.geometry != geometry:
            row.geometry, row.source = geometry, source
            outcome.changed += 1
        else:
            outcome.unchanged += 1
