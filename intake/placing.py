"""Placing: the answer to "where was it?" completes the report that waited for it, and its figures follow."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.cases import Case
from intake.corrections import SETTLES, still_missing
from intake.reference import Reference
from intake.rows import Rows
from intake.understand.values import Reading
from models.messages import Message
from models.reports import Report

ANSWER_WITHIN: Final = timedelta(hours=24)
"""A place name that comes later is no longer taken for the answer."""


Conversation = tuple[UUID, int]
"""A reporter on a channel."""

PLACE_DOUBTS: Final = SETTLES["locality_id"]
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
    case = Case(session, reference, rows, now).take([report])
    report.locality_id = reference.spot_ids[reading.locality or ""]
    report.status = "open"
    if report.occurred_on is None and reading.day_said:
        report.occurred_on, report.day_basis = reading.occurred_on, "said"
    report.review = _review_of(report)
    case.record("report.placed")
    own = select(Message.language).where(
        Message.report_id == report.id, Message.direction == "in", Message.language.is_not(None)
    )
    return session.scalar(own.order_by(Message.created_at).limit(1))


def _review_of(report: Report) -> str | None:
    """What a person must still look at, now that the place is known."""
    is_settled = report.review is None or report.review in PLACE_DOUBTS
    return still_missing(report) if is_settled else report.review
