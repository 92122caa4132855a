"""Placing: the answer to "where was it?" completes the report that waited for it, and its figures follow."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from intake.records import (
    as_row,
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
from intake.understand.values import Reading
from models.incidents import Incident
from models.messages import Message
from models.reporters import Reporter
from models.reports import Report
from models.tallies import cells_of_incident, cells_of_message, cells_of_report, change_rows, summed

ANSWER_WITHIN: Final = timedelta(hours=24)
"""A place name that comes later is no longer taken for the answer."""


Conversation = tuple[UUID, int]
"""A reporter on a channel."""

PLACE_DOUBTS: Final = frozenset({"no-locality", "several-places", "place-unsure"})
"""Reasons for review that a place named in an answer settles."""


def load_waiting(session: Session, reporter_ids: Sequence[UUID], now: datetime) -> dict[Conversation, list[Report]]:
    """By conversation, the reports that lack their place, asked for or not, the newest last."""
    query = (
        select(Report)
        .where(
            Report.reporter_id.in_(reporter_ids),
            Report.status.in_(["waiting", "open"]),
            Report.locality_id.is_(None),
            Report.recorded_at > now - ANSWER_WITHIN,
        )
        .order_by(Report.recorded_at)
        .with_for_update()
    )
    waiting: dict[Conversation, list[Report]] = {}
    for report in session.scalars(query):
        if report.reporter_id is not None and report.channel_id is not None:
            waiting.setdefault((report.reporter_id, report.channel_id), []).append(report)
    return waiting


def place_report(  # noqa: PLR0913  the report, its place, and where the rows go
    session: Session, reference: Reference, rows: Rows, report: Report, reading: Reading, now: datetime
) -> str | None:
    """Opens the report at the place named; returns the language its texts are in.

    A day it has stays what it is: correcting a locality never changes the day.
    """
    home_id = session.scalar(select(Reporter.home_id).where(Reporter.id == report.reporter_id))
    before = cells_of_report(report_facts(reference, as_row(report), home_id))
    report.locality_id = reference.spot_ids[reading.locality or ""]
    report.status = "open"
    if report.occurred_on is None and reading.day_said:
        report.occurred_on, report.day_basis = reading.occurred_on, "said"
    report.review = _review_of(report)
    report.changed_at = now
    report.revision += 1
    after = [cells_of_report(report_facts(reference, as_row(report), home_id))]
    if row_counts(as_row(report)) and report.incident_id is None:
        incident = incident_of(as_row(report), now)
        session.execute(insert(Incident).values(**incident))
        report.incident_id = incident["id"]
        after.append(cells_of_incident(incident_facts(reference, incident)))
        rows.record("incident.opened", incident["id"], incident_payload(reference, incident), at=now)
    payload = report_payload(reference, as_row(report), home_id)
    rows.record("report.placed", report.id, payload, at=now, reporter_id=report.reporter_id)
    rows.tally_changes += change_rows(before, summed(after), report.reporter_id, cause="report.placed")
    return _move_messages(session, reference, rows, report, now)


def _review_of(report: Report) -> str | None:
    """What a person must still look at, now that the place is known."""
    if report.review not in PLACE_DOUBTS and report.review is not None:
        return report.review
    if report.category_id is None:
        return "no-category"
    return "no-day" if report.occurred_on is None else None


def _move_messages(session: Session, reference: Reference, rows: Rows, report: Report, now: datetime) -> str | None:
    """Its texts count where it happened, no longer at the reporter's home. Returns their language."""
    own = select(Message).where(Message.report_id == report.id, Message.direction == "in")
    messages = session.scalars(own.order_by(Message.created_at)).all()
    for message in messages:
        protect = protection(reference, report.category_id, report.protect)
        before = cells_of_message(message.counted_at_id, message.counted_on, protect)
        message.counted_at_id = report.locality_id
        after = cells_of_message(message.counted_at_id, message.counted_on, protect)
        payload = {
            "locality": reference.code_of(report.locality_id),
            "day": message.counted_on.isoformat() if message.counted_on else None,
            "category": reference.category_codes.get(report.category_id or 0),
            "protect": protect,
            "report": str(report.id),
        }
        rows.record("message.placed", message.id, payload, at=now, reporter_id=message.reporter_id)
        rows.tally_changes += change_rows(before, after, message.reporter_id, cause="message.placed")
    return next((message.language for message in messages if message.language), None)
