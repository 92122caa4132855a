"""Messages: one text in or out, its body sealed under its reporter's own key."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base


class Message(Base):
    """body, envelope: sealed; envelope is JSON with the provider's id and the media. provider_tag: keyed hash of that
    id.

    protect: of its report, or of the doubt where it opened none; whoever may not see that does not see the message.
    In: kind (what it is), review (why a person must look), counted_at_id and counted_on (the cell it counts in).
    Out: purpose (which reply), status, and what sending needs: attempts, due_at, leased_until, attempted_at.
    """

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("protect IN ('none', 'survivor', 'agent', 'armed')", name="protect"),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'cancelled', 'unknown')",
            name="status",
        ),
        Index("ix_messages_created_at", "created_at", "id"),
        Index("ix_messages_reporter_id", "reporter_id", "created_at"),
        Index("ix_messages_report_id", "report_id"),
        Index(
            "ix_messages_due_at",
            "due_at",
            postgresql_where=text("status IN ('queued', 'sending')"),
            sqlite_where=text("status IN ('queued', 'sending')"),
        ),
        Index(
            "ix_messages_attempted_at",
            "attempted_at",
            postgresql_where=text("attempted_at IS NOT NULL"),
            sqlite_where=text("attempted_at IS NOT NULL"),
        ),
        Index(
            "ix_messages_review",
            "review",
            postgresql_where=text("review IS NOT NULL"),
            sqlite_where=text("review IS NOT NULL"),
        ),
        Index(
            "ix_messages_not_delivered",
            "status",
            "created_at",
            postgresql_where=text("status IN ('unknown', 'failed', 'undelivered')"),
            sqlite_where=text("status IN ('unknown', 'failed', 'undelivered')"),
        ),
        Index(
            "ix_messages_provider_tag",
            "provider_tag",
            postgresql_where=text("provider_tag IS NOT NULL"),
            sqlite_where=text("provider_tag IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("reporters.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("reports.id"))
    in_reply_to: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id"))
    direction: Mapped[str] = mapped_column(String(4))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    body: Mapped[bytes | None]
    envelope: Mapped[bytes | None]
    provider_tag: Mapped[bytes | None]
    media_count: Mapped[int] = mapped_column(SmallInteger, default=0)
    language: Mapped[str | None] = mapped_column(String(8))
    protect: Mapped[str] = mapped_column(String(16), default="none")

    kind: Mapped[str | None] = mapped_column(String(16))
    review: Mapped[str | None] = mapped_column(String(40))
    late: Mapped[bool] = mapped_column(default=False)
    counted_at_id: Mapped[int | None] = mapped_column(ForeignKey("localities.id"))
    counted_on: Mapped[date | None]

    purpose: Mapped[str | None] = mapped_column(String(32))
    status: Mapped[str | None] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    due_at: Mapped[datetime | None]
    attempted_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    error_code: Mapped[str | None] = mapped_column(String(40))
