"""Reporters: the pseudonymous sources behind numbers, their own keys, and what they do not want to receive."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base


class Reporter(Base):
    """number_index: keyed hash of the E.164 number; None where there is no number to find again (a short code, a name).

    number: the address as given, sealed under the reporter's own key. told_at: when they were last told what this
    number is for. unit: of an enrolled one, the post or group as staff call it. suspended_at: since then what they
    write is kept for a person to look at, and their codes are not read.
    """

    __tablename__ = "reporters"
    __table_args__ = (CheckConstraint("kind IN ('citizen', 'officer', 'monitor', 'relay', 'staff')", name="kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number_index: Mapped[bytes | None] = mapped_column(unique=True)
    index_version: Mapped[int | None] = mapped_column(SmallInteger)
    number: Mapped[bytes | None]
    kind: Mapped[str] = mapped_column(String(16), default="citizen")
    language: Mapped[str | None] = mapped_column(String(8))
    home_id: Mapped[int | None] = mapped_column(ForeignKey("localities.id"))
    created_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    unit: Mapped[str | None] = mapped_column(String(80))
    enrolled_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]


class DataKeyRow(Base):
    """A reporter's key, wrapped. In a table of its own, so that its backups can be short-lived."""

    __tablename__ = "data_keys"

    reporter_id: Mapped[UUID] = mapped_column(ForeignKey("reporters.id"), primary_key=True)
    wrapped: Mapped[bytes]
    wrapping_version: Mapped[int] = mapped_column(SmallInteger)


class OptOut(Base):
    """This reporter wants nothing more from this channel."""

    __tablename__ = "opt_outs"

    reporter_id: Mapped[UUID] = mapped_column(ForeignKey("reporters.id"), primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"), primary_key=True)
    since: Mapped[datetime]
