"""Corrections as a key makes them, without HTTP: plain functions over the fixture `store`, a transaction each."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import select

from intake.cases import Case
from intake.corrections import (
    IncidentChanges,
    ReportChanges,
    correct_incident,
    correct_report,
    merge_incidents,
    move_report,
)
from intake.rows import Rows
from models.reports import Report
from tests.conftest import Store

ACTOR = "key:test"
ZONE = "Africa/Conakry"


@contextmanager
def case_of(store: Store, *report_ids: UUID, incident_ids: tuple[UUID, ...] = ()) -> Iterator[Case]:
    """The case of these reports and incidents; written when the block ends."""
    with store.database.writing() as session:
        rows = Rows()
        locked = select(Report).where(Report.id.in_(report_ids)).order_by(Report.id).with_for_update()
        case = Case(session, store.keeper.current(session), rows, store.clock(), actor=ACTOR)
        yield case.take(session.scalars(locked).all(), incident_ids)
        rows.write(session)


def move(store: Store, report_id: UUID, to: str, **more: Any) -> None:
    """Another status."""
    with case_of(store, report_id) as case:
        move_report(case, case.reports[report_id], to, **more)


def correct(store: Store, report_id: UUID, **changes: Any) -> bool:
    """changes: of ReportChanges; category and locality also as codes."""
    into = changes.get("incident_id")
    with case_of(store, report_id, incident_ids=(into,) if into else ()) as case:
        return correct_report(case, case.reports[report_id], ReportChanges(**_ids(case, changes)), ZONE)  # type: ignore[typeddict-item]


def state(store: Store, incident_id: UUID, **changes: Any) -> bool:
    """changes: of IncidentChanges; category and locality also as codes."""
    with case_of(store, incident_ids=(incident_id,)) as case:
        return correct_incident(case, case.incidents[incident_id], IncidentChanges(**_ids(case, changes)), ZONE)  # type: ignore[typeddict-item]


def merge(store: Store, incident_id: UUID, into: UUID) -> None:
    with store.database.reading() as session:
        moving = session.scalars(select(Report.id).where(Report.incident_id == incident_id)).all()
    with case_of(store, *moving, incident_ids=(incident_id, into)) as case:
        merge_incidents(case, case.incidents[incident_id], case.incidents[into])


def _ids(case: Case, changes: dict[str, Any]) -> dict[str, Any]:
    ids = dict(changes)
    if "category" in ids:
        code = ids.pop("category")
        ids["category_id"] = case.reference.category_ids[code] if code else None
    if "locality" in ids:
        code = ids.pop("locality")
        ids["locality_id"] = case.reference.spot_ids[code] if code else None
    return ids
