"""Incidents: the things that happened. One or more reports belong to each."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base


class Incident(Base):
    """locality, category, day: those of its first counting report unless staff change them.

    weight: 1, or an imported row's count. stated_category_id, stated_locality_id, stated_on, killed_stated,
    injured_stated: what staff say, None where they say nothing; the others: what counts (what staff say, else the first
    counting report's; of the casualties the highest single report). counts: at least one of its reports counts.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_place_and_day", "locality_id", "occurred_on"),
        Index("ix_incidents_changed_at", "changed_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    locality_id: Mapped[int] = mapped_column(ForeignKey("localities.id"))
    occurred_on: Mapped[date]
    weight: Mapped[int] = mapped_column(default=1)
    killed: Mapped[int] = mapped_column(default=0)
    injured: Mapped[int] = mapped_column(default=0)
    stated_category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    stated_locality_id: Mapped[int | None] = mapped_column(ForeignKey("localities.id"))
    stated_on: Mapped[date | None]
    killed_stated: Mapped[int | None]
    injured_stated: Mapped[int | None]
    counts: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
