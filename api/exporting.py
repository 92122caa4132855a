"""Answers about figures as files: the same rows as JSON gives, with names, labels and facts beside them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.asking import Asked
from api.formats.figures import COUNTS, FIGURES_CUBE, figure_columns
from api.formats.table import Geometry, Table, instant
from figures.question import Figure, Question
from intake.reference import Reference
from models.localities import Locality, LocalityBoundary
from models.periods import Period


def figures_table(  # noqa: PLR0913  rows, and what is said beside them
    session: Session,
    reference: Reference,
    asked: Asked,
    rows: Iterable[Figure],
    closes_after_days: int,
    facts: Mapping[str, str],
) -> Table:
    """rows are read as the file is written."""
    question = asked.question
    levels = {reference.spots[each].level for each in question.places} if question.by_locality else set()
    return Table(
        name="figures",
        title="Kibaro: figures per locality, category and period",
        columns=figure_columns(levels.pop() if len(levels) == 1 else None),
        rows=_cells(reference, question, rows, closes_after_days, exact=asked.exact),
        facts={**COUNTS, **facts},
        cube=FIGURES_CUBE,
        geometries=Shapes(session, question.places),
    )


def facts_of(query: str, as_of: str | None, now: datetime) -> dict[str, str]:
    """query: as it was asked, without a key in it."""
    return {"as_of": as_of or "nothing counted yet", "query": query or "(all defaults)", "generated_at": instant(now)}


def _cells(
    reference: Reference, question: Question, rows: Iterable[Figure], closes_after_days: int, *, exact: bool
) -> Iterator[tuple[Any, ...]]:
    names = {spot.code: spot.name for spot in reference.spots.values()}
    labels = {code: each.labels.get("en", code) for code, each in reference.categories.items()}
    periods: dict[date, tuple[str | None, date | None, date | None, bool]] = {}
    for locality, start, category, measures, reporters, band in rows:
        if start not in periods:
            periods[start] = _period(question, start, closes_after_days)
        label, first, end, final = periods[start]
        yield (
            locality or None,
            names.get(locality),
            category or None,
            labels.get(category),
            label,
            first,
            end,
            *measures,
            reporters if exact else None,
            band,
            final,
        )


def _period(question: Question, start: date, closing: int) -> tuple[str | None, date | None, date | None, bool]:
    if not question.by_period:
        return None, None, None, Period(question.last, question.grain).is_final(question.today, closing)
    period = Period(start, question.grain)
    return period.label, period.start, period.end, period.is_final(question.today, closing)


class Shapes(Mapping[str, Geometry | None]):
    """Geometries by code: the boundary where one was imported, else the point, else None. Read when first asked for."""

    def __init__(self, session: Session, places: Mapping[int, str]) -> None:
        self._session = session
        self._places = places
        self._read: dict[str, Geometry | None] | None = None

    def __getitem__(self, code: str) -> Geometry | None:
        return self._shapes()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places.values())

    def __len__(self) -> int:
        return len(self._places)

    def _shapes(self) -> dict[str, Geometry | None]:
        if self._read is None:
            rows: Any = self._session.execute(
                select(Locality.code, Locality.lat, Locality.lon, LocalityBoundary.geometry)
                .join(LocalityBoundary, LocalityBoundary.locality_id == Locality.id, isouter=True)
                .where(Locality.id.in_(sorted(self._places)))
            )
            self._read = {code: _shape(lat, lon, geometry) for code, lat, lon, geometry in rows}
        return self._read


def _shape(lat: float | None, lon: float | None, geometry: str | None) -> Geometry | None:
    if geometry is not None:
        shape: Geometry = json.loads(geometry)
        return shape
    return {"type": "Point", "coordinates": [lon, lat]} if lat is not None and lon is not None else None
