"""Conversations: what we asked about a report, who asked to be erased, and the last word to somebody who was."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base


class Question(Base):
    """The one question a report may raise: its key is the report, so that nobody is asked twice.

    about: locality | category. options: codes in the order in which they were numbered; empty where none were offered.
    ended_at: when it was answered or given up.
    """

    __tablename__ = "questions"
    __table_args__ = (
        CheckConstraint("about IN ('locality', 'category')", name="about"),
        Index("ix_questions_reporter_id", "reporter_id"),
        Index(
            "ix_questions_asked_at",
            "asked_at",
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    reporter_id: Mapped[UUID] = mapped_column(ForeignKey("reporters.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    about: Mapped[str] = mapped_column(String(16))
    options: Mapped[list[str]]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ErasureRequest(Base):
    """Somebody asked to be erased and has not confirmed it yet. code: sealed under their own key. wrong: how often."""

    __tablename__ = "erasure_requests"

    reporter_id: Mapped[UUID] = mapped_column(ForeignKey("reporters.id"), primary_key=True)
    code: Mapped[bytes]
    wrong: Mapped[int] = mapped_column(SmallInteger, default=0)
    asked_at: Mapped[datetime]


class LastAnswer(Base):
    """Where to send the word that somebody is erased, and that word: sealed under the inbox key, JSON of two strings.

    Gone once it was handed over or given up, and after seven days in any case.
    """

    __tablename__ = "last_answers"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    sealed: Mapped[bytes]
    inbox_version: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime]
