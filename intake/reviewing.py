"""Reviewing: what a person decides about a report, or a text that opened none, which understanding was unsure of.

Each decision is kept as a labelled example. Who may decide about what they see is the API's business.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, cast
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.cases import Case
from intake.corrections import ReportChanges, correct_report, move_report
from intake.records import as_row, report_payload
from intake.reference import Reference
from intake.rows import Rows
from models.database import insert_rows
from models.faults import Conflict
from models.labelled_examples import LabelledExample
from models.messages import Message
from models.readings import ReadingRow
from models.reporters import Reporter
from models.reports import CIRCUMSTANCES, Report

Action = Literal["accept", "correct", "reject"]
NOT_A_REPORT: Final = "no_action"
"""The reason to close with which a report is told to be none: its category is taken back, so that it counts nowhere."""
_NEEDED: Final = {"category_id": "category", "locality_id": "locality", "occurred_on": "occurred_on"}


@dataclass(frozen=True, slots=True)
class Reviewer:
    """timezone: of places that have none."""

    session: Session
    reference: Reference
    now: datetime
    actor: str
    timezone: str

    def accept(self, report: Report, first: ReportChanges) -> None:
        """first: the likeliest category and place, taken where the report has none. Raises Conflict where that is not
        enough for it to count.
        """
        held = as_row(report)
        changes = cast("ReportChanges", {name: value for name, value in first.items() if held[name] is None})
        if lacking := _lacking(report, changes):
            raise Conflict(f"Nothing is known of {' and '.join(lacking)}: correct it, or reject it.")
        self.correct(report, changes)

    def correct(self, report: Report, changes: ReportChanges) -> None:
        """With all that it needs it leaves the list, and waits no more; else it stays there with what is missing."""
        is_whole = not _lacking(report, changes)
        self._correct(report, {**changes, "review": None} if is_whole else changes)
        if is_whole and report.status == "waiting":
            case, rows = self._case(report)
            move_report(case, report, "open")
            rows.write(self.session)

    def reject(self, report: Report, reason: str) -> None:
        """Closes it. reason: no_action where it is no report, duplicate or test; it counts with none of these."""
        case, rows = self._case(report)
        report.review = None
        if reason == NOT_A_REPORT:
            report.category_id = report.confidence = None
        move_report(case, report, "closed", reason=reason)
        rows.write(self.session)

    def open_report(self, message: Message, reading: ReadingRow | None, changes: ReportChanges) -> Report:
        """Makes the text a report: of what is given and, for the rest, what was understood. It is locked until this
        transaction ends.
        """
        row = self._row_of(message, reading)
        rows = Rows()
        rows.reports.append(row)
        payload = report_payload(self.reference, row)
        rows.record("report.opened", row["id"], payload, at=self.now, actor=self.actor, reporter_id=row["reporter_id"])
        rows.write(self.session)
        message.report_id, message.review = row["id"], None
        if reading is not None:
            reading.report_id = row["id"]
        self.session.flush()
        report = self.session.get_one(Report, row["id"])
        self.correct(report, changes)
        return report

    def leave(self, message: Message) -> None:
        """The text is no report, and nobody need look at it any more."""
        rows = Rows()
        payload = {"was": message.review, "protect": message.protect}
        rows.record("message.reviewed", message.id, payload, at=self.now, actor=self.actor)
        rows.write(self.session)
        message.review = None

    def keep_example(self, message_id: UUID, action: Action, report: Report | None) -> None:
        """report: as it is after the decision; None where the text is none."""
        is_report = report is not None and report.close_reason != NOT_A_REPORT
        given: dict[str, Any] = {"kind": "report" if is_report else "none"}
        if report is not None and is_report:
            given |= {
                "category": self.reference.category_codes.get(report.category_id or 0),
                "locality": self.reference.code_of(report.locality_id),
                "occurred_on": report.occurred_on.isoformat() if report.occurred_on else None,
                "killed": report.killed,
                "injured": report.injured,
            }
        row = {"id": uuid4(), "message_id": message_id, "action": action, "given": given, "copied_at": None}
        insert_rows(self.session, LabelledExample, [row | {"actor": self.actor, "decided_at": self.now}])

    def _correct(self, report: Report, changes: ReportChanges) -> None:
        case, rows = self._case(report)
        correct_report(case, report, changes, self.timezone)
        rows.write(self.session)

    def _case(self, report: Report) -> tuple[Case, Rows]:
        """A new one for each change: a case knows only what was before its first."""
        rows = Rows()
        return Case(self.session, self.reference, rows, self.now, actor=self.actor).take([report]), rows

    def _row_of(self, message: Message, reading: ReadingRow | None) -> dict[str, Any]:
        """Without category and place, so that giving it these moves its text and its figures as any correction does."""
        understood: Mapping[str, Any] = reading.understood if reading is not None else {}
        said = understood.get("occurred_on") if understood.get("day_said") else None
        kind = select(Reporter.kind).where(Reporter.id == message.reporter_id)
        empty: dict[str, Any] = {column.key: None for column in Report.__table__.columns}
        return empty | {
            "id": uuid4(),
            "reference": reading.reference if reading is not None else None,
            "reporter_id": message.reporter_id,
            "channel_id": message.channel_id,
            "source": self.session.scalar(kind) or "citizen",
            "status": "open",
            "credibility": "unassessed",
            "protect": message.protect,
            "danger": reading.danger if reading is not None else False,
            "occurred_on": date.fromisoformat(said) if said else message.counted_on,
            "day_basis": "said" if said else "assumed",
            "killed": understood.get("killed"),
            "injured": understood.get("injured"),
            **{name: understood.get(name) for name in CIRCUMSTANCES},
            "weight": 1,
            "review": "no-category",
            "recorded_at": self.now,
            "changed_at": self.now,
            "revision": 1,
        }


def _lacking(report: Report, changes: ReportChanges) -> list[str]:
    """What the report would still need to count, as callers know it."""
    whole = as_row(report) | {name: value for name, value in changes.items() if name in _NEEDED}
    return [word for name, word in _NEEDED.items() if whole[name] is None]


def text_under_review(session: Session, report_id: UUID) -> ReadingRow | None:
    """What was understood of the text that opened the report."""
    found = readings_of(session, [report_id])
    return found.get(report_id)


def readings_of(session: Session, report_ids: Iterable[UUID]) -> dict[UUID, ReadingRow]:
    """By report, of the text that opened it."""
    query = (
        select(ReadingRow)
        .join(Message, Message.id == ReadingRow.message_id)
        .where(ReadingRow.report_id.in_(list(report_ids)))
        .order_by(Message.created_at.desc())
    )
    return {row.report_id: row for row in session.scalars(query) if row.report_id is not None}
