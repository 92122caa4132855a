"""Signals: a count left its usual interval. Each is raised once, for ever, whatever becomes of the count."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.database import Base, inserting

Direction = Literal["more", "less"]
SignalKey = tuple[int, int, str, date, str]
"""Locality, category, grain, first day, direction."""
ROWS_AT_ONCE: Final = 500  # eleven values each, and a statement takes 32,766
_KEY: Final = ("locality_id", "category_id", "grain", "start", "direction")


class Signal(Base):
    """category_id 0 is all categories. incidents: the count as it was raised; low, high: what would have been usual."""

    __tablename__ = "signals"
    __table_args__ = (
        CheckConstraint("grain IN ('week', 'month', 'quarter')", name="grain"),
        CheckConstraint("direction IN ('more', 'less')", name="direction"),
        UniqueConstraint(*_KEY, name="uq_signals_key"),
        Index("ix_signals_raised_at", "raised_at", "id"),
        Index("ix_signals_start", "grain", "start"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    locality_id: Mapped[int] = mapped_column(ForeignKey("localities.id"))
    category_id: Mapped[int]
    grain: Mapped[str] = mapped_column(String(8))
    start: Mapped[date]
    direction: Mapped[str] = mapped_column(String(4))
    incidents: Mapped[int]
    expected: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    raised_at: Mapped[datetime]


def raise_once(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """Ids of those that were not raised before; the others stay as they were raised."""
    new: list[UUID] = []
    session.flush()
    for begin in range(0, len(rows), ROWS_AT_ONCE):
        statement = inserting(session, Signal).values(list(rows[begin : begin + ROWS_AT_ONCE]))
        new += session.scalars(statement.on_conflict_do_nothing(index_elements=_KEY).returning(Signal.id))
    return new


def raised(session: Session, grain: str, starts: Collection[date]) -> set[SignalKey]:
    """What has been raised for these periods."""
    columns = (getattr(Signal, name) for name in _KEY)
    rows = session.execute(select(*columns).where(Signal.grain == grain, Signal.start.in_(sorted(starts))))
    return {(row[0], row[1], row[2], row[3], row[4]) for row in rows}
