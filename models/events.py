"""Events: recorded facts, the audit trail and the source of every rebuild; and the work that follows from them.

A payload holds codes and figures only: no text, no number, no place as typed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, BigId

HANDLED: Final = frozenset({"reporter.stopped", "reply.refused"})
"""Names of the events that something follows from; jobs/handlers.py says what. Their rows are born pending."""

Upcast = Callable[[Mapping[str, Any]], dict[str, Any]]
UPCASTS: Final[dict[tuple[str, int], Upcast]] = {}
"""By name and version, how a payload of that version reads in the next one; nothing has changed its form yet.

Events are never rewritten: new ones are born in the newest version, old ones are brought up to it when they are read.
SQL that looks into payloads (jobs/rebuild.py, api/routes/events.py) sees them as they lie: the keys it uses must stay.
"""


class Event(Base):
    """name: noun.past. subject: what it happened to. position: commit order, given by one publisher; None until then.

    pending: some handler has not done its work yet.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_subject", "subject"),
        Index("ix_events_pending", "sequence", postgresql_where=text("pending"), sqlite_where=text("pending")),
        Index(
            "ix_events_unpublished",
            "sequence",
            postgresql_where=text("position IS NULL"),
            sqlite_where=text("position IS NULL"),
        ),
        Index(
            "ix_events_id",
            "id",
            unique=True,
            postgresql_where=text("position IS NOT NULL"),
            sqlite_where=text("position IS NOT NULL"),
        ),
        Index(
            "ix_events_name",
            "name",
            "position",
            postgresql_where=text("position IS NOT NULL"),
            sqlite_where=text("position IS NOT NULL"),
        ),
        Index(
            "ix_events_reporter_id",
            "reporter_id",
            postgresql_where=text("reporter_id IS NOT NULL"),
            sqlite_where=text("reporter_id IS NOT NULL"),
        ),
    )

    sequence: Mapped[int] = mapped_column(BigId, primary_key=True)
    id: Mapped[UUID]
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    name: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(SmallInteger)
    subject: Mapped[UUID]
    actor: Mapped[str] = mapped_column(String(64))
    reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("reporters.id"))
    recorded_at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]
    pending: Mapped[bool] = mapped_column(default=False)


class EventWork(Base):
    """What a handler did for an event, or still owes it: done_at is None then. The primary key makes it once."""

    __tablename__ = "event_work"
    event_sequence: Mapped[int] = mapped_column(ForeignKey("events.sequence"), primary_key=True)
    handler: Mapped[str] = mapped_column(String(64), primary_key=True)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    error: Mapped[str | None] = mapped_column(String(80))
    done_at: Mapped[datetime | None]


def event_row(  # noqa: PLR0913  an event is these facts
    name: str,
    subject: UUID,
    payload: dict[str, Any],
    *,
    recorded_at: datetime,
    actor: str,
    reporter_id: UUID | None = None,
) -> dict[str, Any]:
    """One row for a bulk insert into events."""
    return {
        "id": uuid4(),
        "name": name,
        "version": newest_version(name),
        "subject": subject,
        "actor": actor,
        "reporter_id": reporter_id,
        "recorded_at": recorded_at,
        "payload": payload,
        "pending": name in HANDLED,
    }


def newest_version(name: str) -> int:
    version = 1
    while (name, version) in UPCASTS:
        version += 1
    return version


def upcast(name: str, version: int, payload: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """The newest version of this kind of event, and the payload as that version has it."""
    while (step := UPCASTS.get((name, version))) is not None:
        version, payload = version + 1, step(payload)
    return version, dict(payload)
