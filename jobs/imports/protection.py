"""A category that becomes protected, or no longer is: its reports and texts follow, and whoever saw them learns so."""

from datetime import date, datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import Session

from models.categories import Category
from models.database import insert_rows
from models.events import Event, event_row
from models.localities import Locality
from models.messages import Message
from models.reports import Report, ReportDeparture
from models.tallies import ALL, Measures, TallyChange

REPROTECTED: Final = "category.reprotected"


def protect_anew(session: Session, category: Category, protect: str, now: datetime) -> date | None:
    """The first day of its reports. One that is protected for another reason stays so."""
    own = (Report.category_id == category.id, Report.protect == category.protect)
    first = session.scalar(select(func.min(Report.occurred_on)).where(Report.category_id == category.id))
    left = select(Report.id, literal(now, ReportDeparture.left_at.type), *_SEEN_BY).where(*own)
    columns = ["report_id", "left_at", *(column.key for column in _SEEN_BY)]
    session.execute(insert(ReportDeparture).from_select(columns, left))
    texts = update(Message).where(
        Message.report_id.in_(select(Report.id).where(*own)), Message.protect == category.protect
    )
    unsynchronised: Any = {"synchronize_session": False}
    session.execute(texts.values(protect=protect).execution_options(**unsynchronised))
    reports = update(Report).where(*own).values(protect=protect, changed_at=now)
    session.execute(reports.execution_options(**unsynchronised))
    payload = {"category": category.code, "protect": protect, "was": category.protect}
    subject = uuid5(NAMESPACE_URL, f"kibaro:category:{category.code}")
    insert_rows(session, Event, [event_row(REPROTECTED, subject, payload, recorded_at=now, actor="import")])
    return first


_SEEN_BY: Final = (Report.protect, Report.locality_id, Report.occurred_on)
"""What of a report decides who sees it."""


def note_in_history(session: Session, day: date | None) -> None:
    """A line of zeros in the history of every country: why its figures from that day on are others than before."""
    if day is None:
        return
    line = {"category_id": ALL, "in_all": True, "day": day, "reporter_id": None, "cause": REPROTECTED}
    countries = session.scalars(select(Locality.id).where(Locality.level == 0)).all()
    insert_rows(session, TallyChange, [{"locality_id": each} | line | Measures()._asdict() for each in countries])
