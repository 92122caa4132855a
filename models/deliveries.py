"""Deliveries: what gateways handed us, sealed, not yet looked at. Their tag stays for ever and says "seen before"."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, BigId

HOLD_BACK_ATTEMPTS: Final = 5
"""So often a failing delivery makes the later ones of its sender wait; then they go ahead (some two minutes)."""


class Delivery(Base):
    """A delivery is pending while sealed holds something; taken in, sealed and sender_tag are emptied.

    kind: text | status. tag: keyed hash of the provider's id. content_tag: keyed hash of a web report's content, so
    that an idempotency key used for something else is noticed. sender_tag: keyed hash of the sender, keeps one sender's
    texts in order. reference: what a person may quote. error: the fault's name, never its text.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("channel_id", "tag", name="uq_deliveries_channel_id_tag"),
        CheckConstraint("kind IN ('text', 'status')", name="kind"),
        Index(
            "ix_deliveries_pending",
            "sequence",
            postgresql_where=text("sealed IS NOT NULL"),
            sqlite_where=text("sealed IS NOT NULL"),
        ),
    )

    sequence: Mapped[int] = mapped_column(BigId, primary_key=True)
    id: Mapped[UUID]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    kind: Mapped[str] = mapped_column(String(8))
    tag: Mapped[bytes]
    tag_version: Mapped[int] = mapped_column(SmallInteger)
    content_tag: Mapped[bytes | None]
    sender_tag: Mapped[bytes | None]
    reference: Mapped[str | None] = mapped_column(String(8), unique=True)
    received_at: Mapped[datetime]
    sealed: Mapped[bytes | None]
    inbox_version: Mapped[int | None] = mapped_column(SmallInteger)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    due_at: Mapped[datetime]
    error: Mapped[str | None] = mapped_column(String(80))
