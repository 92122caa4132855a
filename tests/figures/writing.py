"""Reports and texts as arrival writes them: with events and changes of figures, without words to understand."""

from collections.abc import Mapping, Sequence
from typing import Any
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
from models.reporters import Reporter
from models.reports import Report
from models.tallies import cells_of_incident, cells_of_message, cells_of_report, change_rows, summed
from tests.conftest import Store

Row = dict[str, Any]


def put_reports(store: Store, wanted: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """wanted: category, locality and day, and other columns of the report."""
    with store.database.writing() as session:
        reference, rows = store.keeper.current(session), Rows()
        homes = _homes(session)
        made = [_put_report(reference, store, rows, homes, dict(each)) for each in wanted]
        rows.write(session)
    return made


def _put_report(
    reference: Reference, store: Store, rows: Rows, homes: Mapping[UUID | None, int | None], given: Row
) -> UUID:
    category, locality, day = given.pop("category"), given.pop("locality"), given.pop("day")
    row: Row = {column.key: None for column in Report.__table__.columns} | {
        "id": uuid4(),
        "source": "citizen",
        "status": "open",
        "credibility": "unassessed",
        "protect": reference.categories[category].protect,
        "danger": False,
        "category_id": reference.category_ids[category],
        "confidence": 90,
        "locality_id": reference.spot_ids[locality] if locality else None,
        "occurred_on": day,
        "day_basis": "said",
        "weight": 1,
        "recorded_at": store.clock(),
        "changed_at": store.clock(),
        "revision": 1,
        **given,
    }
    reporter_id: UUID | None = row["reporter_id"]
    home_id = homes.get(reporter_id) if row["status"] == "waiting" else None
    cells = [cells_of_report(report_facts(reference, row, home_id))]
    if row_counts(row):
        incident = incident_of(row, store.clock())
        row["incident_id"] = incident["id"]
        cells.append(cells_of_incident(incident_facts(reference, incident)))
        rows.incidents.append(incident)
        rows.record("incident.opened", incident["id"], incident_payload(reference, incident), at=store.clock())
    rows.reports.append(row)
    payload = report_payload(reference, row, home_id)
    rows.record("report.opened", row["id"], payload, at=store.clock(), reporter_id=reporter_id)
    rows.tally_changes += change_rows({}, summed(cells), reporter_id, cause="report.opened")
    identifier: UUID = row["id"]
    return identifier


def put_texts(store: Store, wanted: Sequence[Mapping[str, Any]]) -> None:
    """wanted: locality and day it counts at, reporter_id, report_id. Without a body."""
    with store.database.writing() as session:
        reference, rows = store.keeper.current(session), Rows()
        channel_id = reference.channels["web"].id
        reports = {row.id: row for row in session.scalars(select(Report))}
        for each in wanted:
            report = reports.get(each["report_id"])
            _put_text(reference, store, rows, dict(each) | {"channel_id": channel_id}, report)
        rows.write(session)


def _put_text(reference: Reference, store: Store, rows: Rows, given: Row, report: Report | None) -> None:
    locality, day = given.pop("locality"), given.pop("day")
    doubt = report.protect if report else "none"
    category_id = report.category_id if report else None
    counts_as = protection(reference, category_id, doubt)
    row = {
        "id": uuid4(),
        "direction": "in",
        "created_at": store.clock(),
        "kind": "report",
        "protect": doubt,
        "counted_at_id": reference.spot_ids[locality],
        "counted_on": day,
        **given,
    }
    rows.received.append(row)
    payload = {
        "locality": locality,
        "day": day.isoformat(),
        "category": reference.category_codes.get(category_id or 0),
        "protect": counts_as,
        "report": str(report.id) if report else None,
    }
    reporter_id: UUID | None = row["reporter_id"]
    rows.record("message.received", row["id"], payload, at=store.clock(), reporter_id=reporter_id)
    cells = cells_of_message(row["counted_at_id"], day, counts_as)
    rows.tally_changes += change_rows({}, cells, reporter_id, cause="message.received")


def _homes(session: Session) -> dict[UUID | None, int | None]:
    return dict(session.execute(select(Reporter.id, Reporter.home_id)).all())
