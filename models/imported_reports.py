"""Imported reports: what their file last said of them, and its further categories. A report's words are not kept."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base


class ImportedReport(Base):
    """As the file had it. Where the report itself says something else by now, staff have changed it, and it stays."""

    __tablename__ = "imported_reports"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    locality_id: Mapped[int] = mapped_column(ForeignKey("localities.id"))
    occurred_on: Mapped[date]
    credibility: Mapped[str] = mapped_column(String(16))
    review: Mapped[str | None] = mapped_column(String(40))


class ReportTag(Base):
    """A further category its file gave a report, in the words of the category map; those that are ours with their
    code's id.
    """

    __tablename__ = "report_tags"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(120), primary_key=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
