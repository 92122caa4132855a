"""Rows a batch will write, collected while it is read and inserted in one go per table."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from models.conversations import Question
from models.database import insert_rows, insert_unless_there
from models.events import Event, event_row
from models.incidents import Incident
from models.messages import Message
from models.readings import ReadingRow
from models.reporters import OptOut, Reporter
from models.reports import Report
from models.tallies import TallyChange
from models.unknown_places import UnknownPlace, UnknownPlaceMention

Row = dict[str, Any]


@dataclass(slots=True)
class Rows:
    """New rows by table, in the order foreign keys need; every list's rows have the same columns."""

    incidents: list[Row] = field(default_factory=list)
    reports: list[Row] = field(default_factory=list)
    questions: list[Row] = field(default_factory=list)
    received: list[Row] = field(default_factory=list)
    queued: list[Row] = field(default_factory=list)
    readings: list[Row] = field(default_factory=list)
    unknown_places: list[Row] = field(default_factory=list)
    mentions: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    tally_changes: list[Row] = field(default_factory=list)
    opt_outs: list[Row] = field(default_factory=list)
    opt_ins: list[tuple[UUID, int]] = field(default_factory=list)
    told: list[Row] = field(default_factory=list)

    def record(  # noqa: PLR0913  an event is these facts
        self,
        name: str,
        subject: UUID,
        payload: Mapping[str, Any],
        *,
        at: datetime,
        actor: str = "system",
        reporter_id: UUID | None = None,
    ) -> None:
        self.events.append(
            event_row(name, subject, dict(payload), recorded_at=at, actor=actor, reporter_id=reporter_id)
        )

    def write(self, session: Session) -> None:
        """Inserts what was collected and begins anew."""
        for table, rows in (
            (Incident, self.incidents),
            (Report, self.reports),
            (Question, self.questions),
            (Message, self.received),
            (Message, self.queued),
            (Event, self.events),
            (TallyChange, self.tally_changes),
        ):
            insert_rows(session, table, rows)
        insert_rows(session, ReadingRow, self.readings)
        insert_unless_there(session, UnknownPlace, self.unknown_places)
        insert_rows(session, UnknownPlaceMention, self.mentions)
        self._write_wishes(session)
        if self.told:
            session.execute(update(Reporter), self.told)
        for each in fields(self):
            getattr(self, each.name).clear()

    def _write_wishes(self, session: Session) -> None:
        """STOP and START in the order they came: the last word of a batch is what stays."""
        for reporter_id, channel_id in self.opt_ins:
            session.execute(delete(OptOut).where(OptOut.reporter_id == reporter_id, OptOut.channel_id == channel_id))
        insert_unless_there(session, OptOut, self.opt_outs)
