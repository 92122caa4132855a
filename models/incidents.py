"""Incidents: the things that happened. One or more reports belong to each."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base


class Incident(Base):
    """locality, category, day: those of its first counting report unless staff change them.

    weight: 1, or an imported row's count. killed_stated, injured_stated: the desk's figure; killed, injured: what
    counts (the desk's figure, else the highest single report). counts: at least one of its reports counts.
    """

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_place_and_day", "locality_id", "occurred_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    locality_id: Mapped[int] = mapped_column(ForeignKey("localities.id"))
    occurred_on: Mapped[date]
    weight: Mapped[int] = mapped_column(default=1)
    killed: Mapped[int] = mapped_column(default=0)
    injured: Mapped[int] = mapped_column(default=0)
    killed_stated: Mapped[int | None]
    injured_stated: Mapped[int | None]
    counts: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
