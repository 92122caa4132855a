"""Observations: what a trained reporter said with a form's code, in one text or several."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base

STATUSES: Final = ("complete", "partial", "contradiction")


class Observation(Base):
    """number: as the reporter counts them. day: the one said, else the local day of the first text. said_values: by
    tag, as JSON; free text is not among them: words holds it, sealed under the reporter's key. problems: by tag, what
    was wrong with what was last said of it. protect: of the report it means, or of those it may come to mean.

    message_id: the last text that said it; no foreign key, because the message is written after it.
    """

    __tablename__ = "observations"
    __table_args__ = (
        CheckConstraint("status IN ('complete', 'partial', 'contradiction')", name="status"),
        CheckConstraint("protect IN ('none', 'survivor', 'agent', 'armed')", name="protect"),
        Index("ix_observations_reporter_id", "reporter_id", "changed_at"),
        Index("ix_observations_changed_at", "changed_at", "id"),
        Index("ix_observations_form_id", "form_id", "day"),
        Index("ix_observations_report_id", "report_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("forms.id"))
    reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("reporters.id"))
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("reports.id"))
    message_id: Mapped[UUID]
    source: Mapped[str] = mapped_column(String(16))
    on_behalf: Mapped[bool]
    number: Mapped[int | None]
    locality_id: Mapped[int | None] = mapped_column(ForeignKey("localities.id"))
    day: Mapped[date]
    status: Mapped[str] = mapped_column(String(16))
    said_values: Mapped[dict[str, Any]]
    problems: Mapped[dict[str, Any]]
    words: Mapped[bytes | None]
    protect: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
