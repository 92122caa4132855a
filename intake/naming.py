"""Naming: an unknown place name becomes another name of a place that is known, and reports that named it are placed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from intake.cases import Case
from intake.corrections import SETTLES, still_missing
from intake.reference import Reference, Spot
from intake.rows import Rows
from models.localities import UNDETERMINED, LocalityName
from models.messages import Message
from models.reference import count_reference_change
from models.reports import Report
from models.unknown_places import UnknownPlace, UnknownPlaceMention


def name_place(  # noqa: PLR0913  a name, its place, and who says so
    session: Session, reference: Reference, unknown: UnknownPlace, name: str, spot: Spot, now: datetime, actor: str
) -> list[UUID]:
    """Reports that are placed by it: those that named it and had no place, or only one that stood for it.

    name: as it was typed; from now on it stands in the gazetteer, readable.
    """
    if session.get(LocalityName, (spot.id, name, UNDETERMINED)) is None:
        session.add(LocalityName(locality_id=spot.id, name=name, language=UNDETERMINED, main=False))
    count_reference_change(session)
    rows = Rows()
    placed = _waiting_for(session, unknown.id)
    for report in placed:
        _place(Case(session, reference, rows, now, actor=actor), report, spot)
    rows.record("place.named", unknown.id, {"locality": spot.code, "reports": len(placed)}, at=now, actor=actor)
    rows.write(session)
    _settle(session, unknown, now)
    return [report.id for report in placed]


def dismiss_place(session: Session, unknown: UnknownPlace, now: datetime, actor: str) -> None:
    """It is no place, or none that matters: it is not shown again, however often it comes."""
    rows = Rows()
    rows.record("place.dismissed", unknown.id, {}, at=now, actor=actor)
    rows.write(session)
    _settle(session, unknown, now)


def _settle(session: Session, unknown: UnknownPlace, now: datetime) -> None:
    """The row stays, so that a text just taken in may still refer to it."""
    session.execute(delete(UnknownPlaceMention).where(UnknownPlaceMention.place_id == unknown.id))
    unknown.dismissed_at = now


def _waiting_for(session: Session, unknown_id: UUID) -> list[Report]:
    """Locked, by id."""
    naming = select(UnknownPlaceMention.message_id).where(UnknownPlaceMention.place_id == unknown_id)
    query = (
        select(Report)
        .where(
            Report.id.in_(select(Message.report_id).where(Message.id.in_(naming))),
            Report.status.in_(["waiting", "open"]),
            or_(Report.locality_id.is_(None), Report.place_basis == "approximate"),
        )
        .order_by(Report.id)
        .with_for_update()
    )
    return list(session.scalars(query))


def _place(case: Case, report: Report, spot: Spot) -> None:
    """A day it has stays what it is, and so does every other reason to look at it."""
    case.take([report])
    report.locality_id, report.place_basis, report.status = spot.id, "said", "open"
    if report.review is None or report.review in SETTLES["locality_id"]:
        report.review = still_missing(report)
    case.record("report.placed")
