"""Readings: what a text was understood to say, kept for whoever looks at it again; codes in clear, its words sealed."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, Json


class ReadingRow(Base):
    """Of a text that opened a report (report_id) or that a person must look at. category_id: the likeliest.

    understood: kind, category, locality, occurred_on, day_said, killed, injured, confidence, victim, setting,
    part_of_day, by. scores: [code of a category, percent or null], likeliest first; whoever shows them leaves out what
    is hidden. places: codes that a place named may be. fragments: words of the text, sealed like its body and gone
    with it, as JSON {"because", "unknown_places"}.
    """

    __tablename__ = "readings"
    __table_args__ = (Index("ix_readings_report_id", "report_id"),)

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("reports.id"))
    reference: Mapped[str | None] = mapped_column(String(8))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    danger: Mapped[bool]
    understood: Mapped[dict[str, Any]]
    scores: Mapped[list[tuple[str, int | None]]] = mapped_column(Json)
    places: Mapped[list[str]]
    fragments: Mapped[bytes | None]
