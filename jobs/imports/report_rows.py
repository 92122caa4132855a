"""Imported rows into the store: each becomes a report and, where it counts, an incident, with events and figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.records import (
    incident_facts,
    incident_of,
    incident_payload,
    protection,
    report_facts,
    report_payload,
    row_counts,
)
from intake.reference import Reference
from intake.rows import Rows
from models.faults import Refusal
from models.reports import Report
from models.tallies import cells_of_incident, cells_of_report, change_rows, summed

ACTOR: Final = "import"
IMPORTED: Final = "report.imported"
CORRECTED: Final = "report.corrected"
LONGEST_DATASET: Final = 120


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """key: what it is known by in its dataset. It is protected as its category is: one that were hidden beyond it would
    still stand in the figures of the category.
    """

    key: str
    occurred_on: date
    locality_id: int
    category_id: int | None
    weight: int = 1
    credibility: str = "unassessed"
    review: str | None = None


def insist_on_dataset(name: str) -> None:
    if not 0 < len(name) <= LONGEST_DATASET:
        raise Refusal(f"A dataset's name has 1 to {LONGEST_DATASET} characters; give one with --dataset.")


def known_reports(session: Session, dataset: str, keys: Iterable[str]) -> dict[str, Report]:
    """By key, locked in the order in which everybody locks reports."""
    query = select(Report).where(Report.dataset == dataset, Report.dataset_key.in_(list(keys)))
    return {report.dataset_key or "": report for report in session.scalars(query.order_by(Report.id).with_for_update())}


def add_report(reference: Reference, rows: Rows, dataset: str, row: ImportedRow, now: datetime) -> UUID:
    """Nobody sent it, so it has no reporter and no words."""
    report: dict[str, Any] = {
        "id": uuid4(),
        "incident_id": None,
        "source": ACTOR,
        "status": "open",
        "close_reason": None,
        "credibility": row.credibility,
        "protect": protection(reference, row.category_id, "none"),
        "danger": False,
        "category_id": row.category_id,
        "locality_id": row.locality_id,
        "occurred_on": row.occurred_on,
        "place_basis": "said",
        "day_basis": "said",
        "killed": None,
        "injured": None,
        "weight": row.weight,
        "review": row.review,
        "dataset": dataset,
        "dataset_key": row.key,
        "recorded_at": now,
        "changed_at": now,
        "revision": 1,
    }
    cells = []
    if row_counts(report):
        incident = incident_of(report, now)
        report["incident_id"] = incident["id"]
        rows.incidents.append(incident)
        payload = incident_payload(reference, incident)
        rows.record("incident.imported", incident["id"], payload, at=now, actor=ACTOR)
        cells.append(cells_of_incident(incident_facts(reference, incident)))
    rows.reports.append(report)
    rows.record(IMPORTED, report["id"], report_payload(reference, report), at=now, actor=ACTOR)
    cells.append(cells_of_report(report_facts(reference, report)))
    rows.tally_changes += change_rows({}, summed(cells), cause=IMPORTED)
    return UUID(str(report["id"]))
