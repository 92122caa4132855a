"""Reports: what messages claim happened."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    SmallInteger,
    String,
    UniqueConstraint,
    and_,
    case,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, BigId

STATUSES: Final = ("waiting", "open", "referred", "resolved", "closed")
CLOSE_REASONS: Final = ("handled", "no_action", "expired", "duplicate", "test")
UNCOUNTED_REASONS: Final = ("duplicate", "test")
CIRCUMSTANCES: Final = ("victim", "setting", "part_of_day", "by")
"""What a text told of how it happened: it cannot be had again once the text is gone."""
CREDIBILITIES: Final = ("unassessed", "confirmed", "doubtful", "false")


class Report(Base):
    """protect: decides who sees it: of its category or, where a doubt goes beyond that or there is none, of the doubt.
    Its figures go by the category's alone. day_basis: said | assumed. place_basis: said |
    approximate, which is the sender's home or the channel's area. weight: an imported count.

    source: kind of reporter at the time, or import. confidence: 0..100 for the category. victim, setting, part_of_day,
    by: in the words of Reading, as a text told it. review: why a person must look. desk: kind of desk it was referred
    to. dataset, dataset_key: where an imported row came from and what it is known by there.
    """

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'open', 'referred', 'resolved', 'closed')", name="status"),
        CheckConstraint("credibility IN ('unassessed', 'confirmed', 'doubtful', 'false')", name="credibility"),
        CheckConstraint("(status = 'closed') = (close_reason IS NOT NULL)", name="close_reason"),
        CheckConstraint("protect IN ('none', 'survivor', 'agent', 'armed')", name="protect"),
        UniqueConstraint("dataset", "dataset_key", name="uq_reports_dataset_dataset_key"),
        Index("ix_reports_changed_at", "changed_at", "id"),
        Index("ix_reports_place_and_day", "locality_id", "occurred_on"),
        Index("ix_reports_reporter_id", "reporter_id"),
        Index("ix_reports_incident_id", "incident_id"),
        Index(
            "ix_reports_review",
            "review",
            postgresql_where=text("review IS NOT NULL"),
            sqlite_where=text("review IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str | None] = mapped_column(String(8), unique=True)
    reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("reporters.id"))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channels.id"))
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.id"))
    source: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    close_reason: Mapped[str | None] = mapped_column(String(16))
    credibility: Mapped[str] = mapped_column(String(16), default="unassessed")
    protect: Mapped[str] = mapped_column(String(16))
    danger: Mapped[bool] = mapped_column(default=False)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    confidence: Mapped[int | None] = mapped_column(SmallInteger)
    locality_id: Mapped[int | None] = mapped_column(ForeignKey("localities.id"))
    occurred_on: Mapped[date | None]
    place_basis: Mapped[str | None] = mapped_column(String(12))
    day_basis: Mapped[str | None] = mapped_column(String(8))
    killed: Mapped[int | None]
    injured: Mapped[int | None]
    victim: Mapped[str | None] = mapped_column(String(8))
    setting: Mapped[str | None] = mapped_column(String(12))
    part_of_day: Mapped[str | None] = mapped_column(String(12))
    by: Mapped[str | None] = mapped_column(String(8))
    weight: Mapped[int] = mapped_column(default=1)
    desk: Mapped[str | None] = mapped_column(String(32))
    review: Mapped[str | None] = mapped_column(String(40))
    dataset: Mapped[str | None] = mapped_column(String(120))
    dataset_key: Mapped[str | None] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)


class ReportDeparture(Base):
    """Until left_at the report was here, with this protection: who could see it then learns that it is gone."""

    __tablename__ = "report_departures"
    __table_args__ = (Index("ix_report_departures_left_at", "left_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"))
    left_at: Mapped[datetime]
    protect: Mapped[str] = mapped_column(String(16))
    locality_id: Mapped[int | None] = mapped_column(ForeignKey("localities.id"))
    occurred_on: Mapped[date | None]


def departed(
    seen_then: ColumnElement[bool], seen_now: ColumnElement[bool], since: datetime
) -> Select[*tuple[Any, ...]]:
    """When they left and their ids: reports that were seen, by a condition on departures, and by that on reports are
    seen no more. Of each the newest departure that was seen; what became of it later is hidden.
    """
    newest = (
        select(ReportDeparture.report_id.label("id"), func.max(ReportDeparture.left_at).label("left_at"))
        .where(ReportDeparture.left_at >= since, seen_then)
        .group_by(ReportDeparture.report_id)
        .subquery()
    )
    still_there = select(Report.id).where(Report.id == newest.c.id, seen_now).exists()
    return select(newest.c.left_at, newest.c.id).where(~still_there)


def no_longer_wanted(
    seen: ColumnElement[bool], wanted: Sequence[ColumnElement[bool]], since: datetime
) -> Select[*tuple[Any, ...]]:
    """When they changed and their ids: reports that are not what was wanted but, changed as they are, may have been."""
    unwanted = case((and_(*wanted), 0), else_=1) == 1  # a plain NOT would leave out what has no category
    return select(Report.changed_at, Report.id).where(seen, Report.changed_at >= since, Report.revision > 1, unwanted)


def counts(  # noqa: PLR0913  the six things the rule names
    *,
    status: str,
    close_reason: str | None,
    credibility: str,
    category: object | None,
    locality: object | None,
    occurred_on: date | None,
) -> bool:
    """A report counts when it has locality, category and day, is not waiting, not false, not closed as duplicate or
    test.
    """
    return (
        category is not None
        and locality is not None
        and occurred_on is not None
        and status != "waiting"
        and credibility != "false"
        and close_reason not in UNCOUNTED_REASONS
    )


COUNTING: Final = and_(
    Report.category_id.is_not(None),
    Report.locality_id.is_not(None),
    Report.occurred_on.is_not(None),
    Report.status != "waiting",
    Report.credibility != "false",
    or_(Report.close_reason.is_(None), Report.close_reason.not_in(UNCOUNTED_REASONS)),
)
"""The same as a condition on reports."""
