"""Localities: the administrative tree with its names, its dated parents, populations, shapes and emergency numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.database import ALWAYS, FOREVER, Base

UNDETERMINED: Final = "und"  # ISO 639: a name whose language nobody said
DEEPEST_LEVEL: Final = 9


class Locality(Base):
    """code: ours and immutable (a P-code where OCHA gave one). level: 0 is a country. timezone: None inherits."""

    __tablename__ = "localities"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    level: Mapped[int] = mapped_column(SmallInteger)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    timezone: Mapped[str | None] = mapped_column(String(64))


class LocalityName(Base):
    """One name in one language; exactly one per locality is the main one, the others are aliases."""

    __tablename__ = "locality_names"

    locality_id: Mapped[int] = mapped_column(ForeignKey("localities.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True, default=UNDETERMINED)
    main: Mapped[bool]


class LocalityParent(Base):
    """Who was the parent when: from_day inclusive, until_day exclusive. The first row is open to the past."""

    __tablename__ = "locality_parents"
    __table_args__ = (Index("ix_locality_parents_parent_id", "parent_id"),)

    locality_id: Mapped[int] = mapped_column(ForeignKey("localities.id"), primary_key=True)
    from_day: Mapped[date] = mapped_column(primary_key=True)
    until_day: Mapped[date]
    parent_id: Mapped[int] = mapped_column(ForeignKey("localities.id"))


class ParentStatement(Base):
    """What a list of that day said: this was the parent then. locality_parents follows from these rows, in whatever
    order the lists came; day is ALWAYS where a list without dates said it first.
    """

    __tablename__ = "parent_statements"

    locality_id: Mapped[int] = mapped_column(ForeignKey("localities.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("localities.id"))


class LocalityAncestor(Base):
    """The transitive closure of the parents, the locality itself included at distance 0. Made anew from them."""

    __tablename__ = "locality_ancestors"
    __table_args__ = (Index("ix_locality_ancestors_ancestor_id", "ancestor_id"),)

    locality_id: Mapped[int] = mapped_column(ForeignKey("localities.id"), primary_key=True)
    ancestor_id: Mapped[int] = mapped_column(ForeignKey("localities.id"), primary_key=True)
    from_day: Mapped[date] = mapped_column(primary_key=True)
    until_day: Mapped[date]
    distance: Mapped[int] = mapped_column(SmallInteger)


class LocalityPopulation(Base):
    __tablename__ = "locality_populations"

    locality_id: Mapped[int] = mapped_column(ForeignKey("localities.id"), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    population: Mapped[int]


class LocalityBoundary(Base):
    """geometry: a GeoJSON Polygon or MultiPolygon in WGS 84, simplified. source: the file it came from."""

    __tablename__ = "locality_boundaries"

    locality_id: Mapped[int] = mapped_column(ForeignKey("localities.id"), primary_key=True)
    geometry: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(200))


class EmergencyNumber(Base):
    """The number to call there, inherited downwards. tested_on: the day somebody last tried it."""

    __tablename__ = "emergency_numbers"

    locality_id: Mapped[int] = mapped_column(ForeignKey("localities.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(20))
    tested_on: Mapped[date | None]


@dataclass(frozen=True, slots=True)
class Span:
    """An ancestor and the days it is one: from_day inclusive, until_day exclusive."""

    ancestor_id: int
    from_day: date
    until_day: date
    distance: int = 0


def parents_from(statements: Mapping[date, int]) -> list[tuple[date, date, int]]:
    """from_day, until_day and parent of each row: the first is open to the past, each other one begins with the first
    list that says so.
    """
    rows: list[tuple[date, date, int]] = []
    for day, parent_id in sorted(statements.items()):
        if not rows:
            rows.append((ALWAYS, FOREVER, parent_id))
        elif rows[-1][2] != parent_id:
            rows[-1] = (rows[-1][0], day, rows[-1][2])
            rows.append((day, FOREVER, parent_id))
    return rows


def spans_of(parents: Iterable[LocalityParent], locality_ids: Iterable[int]) -> dict[int, list[Span]]:
    """Every locality's ancestors with the days they are ancestors, itself first.

    Raises ValueError naming a locality that is its own ancestor.
    """
    above: dict[int, list[LocalityParent]] = {}
    for row in parents:
        above.setdefault(row.locality_id, []).append(row)
    return {locality_id: _climb(above, Span(locality_id, ALWAYS, FOREVER)) for locality_id in locality_ids}


def _climb(above: dict[int, list[LocalityParent]], start: Span) -> list[Span]:
    found = [start]
    for span in found:  # grows while it is walked: each span found is climbed in its turn
        if span.distance > DEEPEST_LEVEL:
            message = f"locality {start.ancestor_id} is its own ancestor"
            raise ValueError(message)
        for row in above.get(span.ancestor_id, ()):
            first, end = max(span.from_day, row.from_day), min(span.until_day, row.until_day)
            if first < end:
                found.append(Span(row.parent_id, first, end, span.distance + 1))
    return found


def renew_ancestors(session: Session) -> None:
    """Make locality_ancestors anew from the dated parents."""
    spans = spans_of(session.scalars(select(LocalityParent)), session.scalars(select(Locality.id)))
    session.execute(delete(LocalityAncestor))
    rows = [
        {
            "locality_id": locality_id,
            "ancestor_id": span.ancestor_id,
            "from_day": span.from_day,
            "until_day": span.until_day,
            "distance": span.distance,
        }
        for locality_id, found in spans.items()
        for span in found
    ]
    if rows:
        session.execute(insert(LocalityAncestor), rows)


def ancestor_spans(session: Session) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {}
    columns = select(
        LocalityAncestor.locality_id,
        LocalityAncestor.ancestor_id,
        LocalityAncestor.from_day,
        LocalityAncestor.until_day,
        LocalityAncestor.distance,
    )
    for locality_id, ancestor_id, from_day, until_day, distance in session.execute(columns):
        found.setdefault(locality_id, []).append(Span(ancestor_id, from_day, until_day, distance))
    return found
