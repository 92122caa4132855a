"""Cases: reports that are about to change, with their incidents and texts, and all that follows when they have changed.

Whoever changes a report or an incident takes its case, changes the rows, and lets `record` write what follows, in the
same transaction: revisions, events with whole snapshots, departures, and the differences of the figures. What may be
changed is decided in corrections.py.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import select
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
    settled,
)
from intake.reference import Reference
from intake.rows import Rows
from models.database import insert_rows
from models.events import Event
from models.incidents import Incident
from models.messages import Message
from models.reporters import Reporter
from models.reports import Report, ReportDeparture
from models.tallies import cells_of_incident, cells_of_message, cells_of_report, change_rows

_SEEN_BY: Final = ("protect", "locality_id", "occurred_on")
"""What of a report decides who sees it."""


class Case:
    """reports, incidents: by id, as they are to become. Only those taken, and what belongs to their incidents.

    rows: where events and differences of figures are put; whoever made it writes it.
    """

    def __init__(
        self, session: Session, reference: Reference, rows: Rows, now: datetime, *, actor: str = "system"
    ) -> None:
        self.session = session
        self.reference = reference
        self.now = now
        self.reports: dict[UUID, Report] = {}
        self.incidents: dict[UUID, Incident] = {}
        self._rows = rows
        self._actor = actor
        self._before: dict[UUID, dict[str, Any]] = {}

    def take(self, reports: Iterable[Report], incident_ids: Iterable[UUID] = ()) -> Self:
        """reports: locked by the caller, who then locks no more of them: reports first, incidents after them, each by
        id, is the order in which nobody waits for anybody in a circle.
        """
        taken = {report.id: report for report in reports}
        wanted = list({report.incident_id for report in taken.values() if report.incident_id} | set(incident_ids))
        incidents = select(Incident).where(Incident.id.in_(wanted)).order_by(Incident.id).with_for_update()
        others = select(Report).where(Report.incident_id.in_(wanted))
        anew = {"populate_existing": True}  # what was read before the lock may be out of date
        self.incidents |= {each.id: each for each in self.session.scalars(incidents.execution_options(**anew))}
        self.reports |= taken | {each.id: each for each in self.session.scalars(others.execution_options(**anew))}
        records: list[Report | Incident] = [*self.reports.values(), *self.incidents.values()]
        self._before = {record.id: as_row(record) for record in records} | self._before
        return self

    def members(self, incident_id: UUID | None) -> list[Report]:
        """The reports that belong to this incident, the first first."""
        return self._by_incident().get(incident_id, []) if incident_id else []

    def _by_incident(self) -> dict[UUID | None, list[Report]]:
        found: dict[UUID | None, list[Report]] = {}
        for report in sorted(self.reports.values(), key=lambda report: (report.recorded_at, report.id)):
            found.setdefault(report.incident_id, []).append(report)
        return found

    def protection_of(self, record: Report | Incident) -> str:
        """What decides who sees its figures."""
        doubt = record.protect if isinstance(record, Report) else "none"
        return protection(self.reference, record.category_id, doubt)

    def record(self, cause: str) -> bool:
        """Writes what follows from the changes; False where there are none.

        cause: name of the event that tells why: of the reports that changed if it is one of a report, else of an
        incident.
        """
        for report in list(self.reports.values()):
            self._leave_what_is_protected_otherwise(report)
            if report.incident_id is None and row_counts(as_row(report)):
                self._open_incident(report)
        self._settle_incidents()
        incidents = [incident for incident in self.incidents.values() if self._is_changed(incident)]
        reports = [report for report in self.reports.values() if self._is_changed(report)]
        changed: list[Report | Incident] = [*incidents, *reports]
        for record in changed:
            if record.id in self._before:
                record.changed_at, record.revision = self.now, record.revision + 1
        for incident in incidents:
            self._record_incident(incident, cause)
        for report in reports:
            self._record_report(report, cause)
        self._move_texts(reports, cause)
        insert_rows(self.session, ReportDeparture, list(self._departures(reports)))
        return bool(incidents or reports)

    def _is_changed(self, record: Report | Incident) -> bool:
        before = self._before.get(record.id)
        return before is None or any(before[name] != value for name, value in as_row(record).items())

    # -- incidents ---------------------------------------------------------------------------------------------------

    def _leave_what_is_protected_otherwise(self, report: Report) -> None:
        """All reports of an incident are protected alike, or the incident would tell of what is hidden."""
        before = self._before[report.id]
        if report.incident_id is None or before["incident_id"] != report.incident_id:
            return
        if protection(self.reference, before["category_id"], before["protect"]) == self.protection_of(report):
            return
        incident = self.incidents[report.incident_id]
        stated = {protection(self.reference, incident.stated_category_id, "")} if incident.stated_category_id else set()
        others = {self.protection_of(other) for other in self.members(incident.id) if other is not report}
        if (stated or others) - {self.protection_of(report)}:
            report.incident_id = None

    def _open_incident(self, report: Report) -> None:
        incident = Incident(**incident_of(as_row(report), self.now))
        self.session.add(incident)
        self.session.flush()  # before the report that refers to it
        self.incidents[incident.id] = incident
        report.incident_id = incident.id

    def _settle_incidents(self) -> None:
        members = self._by_incident()
        for incident in self.incidents.values():
            counting = [row for report in members.get(incident.id, ()) if row_counts(row := as_row(report))]
            for name, value in settled(as_row(incident), counting).items():
                setattr(incident, name, value)

    def _record_incident(self, incident: Incident, cause: str) -> None:
        row, before = as_row(incident), self._before.get(incident.id)
        name, payload = "incident.opened", incident_payload(self.reference, row)
        if before is not None:
            name = "incident.corrected"
            went_to = {report.incident_id for report in self.reports.values() if self._came_from(report, incident)}
            if went_to and incident.id not in went_to:
                name, payload = "incident.merged", payload | {"into": sorted(map(str, went_to))}
        self._record(name, incident.id, payload)
        was = cells_of_incident(incident_facts(self.reference, before) if before else None)
        now = cells_of_incident(incident_facts(self.reference, row))
        self._rows.tally_changes += change_rows(was, now, cause=cause)

    def _came_from(self, report: Report, incident: Incident) -> bool:
        return bool(self._before[report.id]["incident_id"] == incident.id)

    # -- reports -----------------------------------------------------------------------------------------------------

    def _record_report(self, report: Report, cause: str) -> None:
        row, before = as_row(report), self._before[report.id]
        home_id = None
        if before["status"] == "waiting":
            home_id = home_counted_at(self.session, self.reference, report.id)
        name = cause if cause.startswith("report.") else "report.moved"
        self._record(name, report.id, report_payload(self.reference, row, home_id), report.reporter_id)
        was = cells_of_report(report_facts(self.reference, before, home_id))
        now = cells_of_report(report_facts(self.reference, row, home_id))
        self._rows.tally_changes += change_rows(was, now, report.reporter_id, cause=cause)

    def _departures(self, reports: Iterable[Report]) -> Iterator[dict[str, Any]]:
        """Who saw it by its old place, day and protection may not see it now. Without a place only keys that are bound
        to none see it, and those go on to, wherever it is put.
        """
        for report in reports:
            before, row = self._before[report.id], as_row(report)
            left = any(before[name] != row[name] for name in _SEEN_BY)
            if left and (before["locality_id"] or before["protect"] != row["protect"]):
                yield {"report_id": report.id, "left_at": self.now} | {name: before[name] for name in _SEEN_BY}

    # -- texts -------------------------------------------------------------------------------------------------------

    def _move_texts(self, reports: Iterable[Report], cause: str) -> None:
        """The texts of a report are protected as it is, and count where it happened, else at the reporter's home."""
        moved = {report.id: report for report in reports if self._moves_texts(report)}
        if not moved:
            return
        texts = select(Message).where(Message.report_id.in_(list(moved)))
        texts = texts.order_by(Message.created_at, Message.id).execution_options(populate_existing=True)
        reporters = {report.reporter_id for report in moved.values() if report.reporter_id}
        homes = dict(
            self.session.execute(select(Reporter.id, Reporter.home_id).where(Reporter.id.in_(reporters))).all()
        )
        for text in self.session.scalars(texts).all():
            report = moved[text.report_id]  # type: ignore[index]  # the query asks for theirs only
            text.protect = report.protect
            if text.direction == "in":
                home_id = homes.get(report.reporter_id) if report.reporter_id else None
                self._count_text(text, report, home_id, cause)

    def _moves_texts(self, report: Report) -> bool:
        before = self._before[report.id]
        return any(before[name] != getattr(report, name) for name in ("category_id", "locality_id", "protect"))

    def _count_text(self, text: Message, report: Report, home_id: int | None, cause: str) -> None:
        before = self._before[report.id]
        protected_before = protection(self.reference, before["category_id"], before["protect"])
        was = cells_of_message(text.counted_at_id, text.counted_on, protected_before)
        if before["locality_id"] != report.locality_id:
            text.counted_at_id = report.locality_id or home_id
        payload = {
            "locality": self.reference.code_of(text.counted_at_id),
            "day": text.counted_on.isoformat() if text.counted_on else None,
            "category": self.reference.category_codes.get(report.category_id or 0),
            "protect": self.protection_of(report),
            "report": str(report.id),
        }
        self._record("message.placed", text.id, payload, text.reporter_id)
        now = cells_of_message(text.counted_at_id, text.counted_on, self.protection_of(report))
        self._rows.tally_changes += change_rows(was, now, cause=cause)

    def _record(self, name: str, subject: UUID, payload: dict[str, Any], reporter_id: UUID | None = None) -> None:
        self._rows.record(name, subject, payload, at=self.now, actor=self._actor, reporter_id=reporter_id)


def home_counted_at(session: Session, reference: Reference, report_id: UUID) -> int | None:
    """Where a waiting report without a place counts: its reporter's home when its last event was written."""
    told = select(Event.payload).where(Event.subject == report_id, Event.name.startswith("report."))
    payload = session.scalar(told.order_by(Event.sequence.desc()).limit(1)) or {}
    return reference.spot_ids.get(payload.get("home") or "")
