"""Labelled examples: what a person said a text means. The text itself is the message's body, and goes with it; only a
scrubbed copy, which staff make, stays.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base


class LabelledExample(Base):
    """given: kind, category, locality, occurred_on, killed, injured as they were after the decision. copied_at: when a
    scrubbed copy was made.
    """

    __tablename__ = "labelled_examples"
    __table_args__ = (
        CheckConstraint("action IN ('accept', 'correct', 'reject')", name="action"),
        Index("ix_labelled_examples_message_id", "message_id", "decided_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"))
    action: Mapped[str] = mapped_column(String(8))
    given: Mapped[dict[str, Any]]
    actor: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime]
    copied_at: Mapped[datetime | None]


class TrainingExample(Base):
    """A scrubbed copy, which outlives the text: nothing here leads back to it. sealed: JSON {"text", "kind",
    "category", "dead", "hurt"} under the inbox key.
    """

    __tablename__ = "training_examples"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    made_on: Mapped[date]
    language: Mapped[str | None] = mapped_column(String(8))
    sealed: Mapped[bytes]
    key_version: Mapped[int] = mapped_column(SmallInteger)
