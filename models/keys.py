"""Keys of the API: stored hashed, shown once; what they may do and where."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.database import Base
from models.vault import digest_of_secret

SCOPES: Final = (
    "aggregates:read",
    "protected:read",
    "reports:read",
    "reports:write",
    "messages:read",
    "bodies:read",
    "events:read",
    "admin",
)
UNBOUND_ONLY: Final = ("events:read",)
BODIES: Final = ("police", "administration", "other")


class Key(Base):
    """locality_id: the root of what it sees, None is everything. body: whose key it is; police and administration see
    no agent report.
    """

    __tablename__ = "keys"
    __table_args__ = (CheckConstraint("body IN ('police', 'administration', 'other')", name="body"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    locality_id: Mapped[int | None] = mapped_column(ForeignKey("localities.id"))
    body: Mapped[str] = mapped_column(String(16), default="other")
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


def key_of(session: Session, secret: str) -> Key | None:
    """The key this secret belongs to, unless revoked. The hash is what is compared, so timing tells nothing of the
    secret.
    """
    return session.scalar(select(Key).where(Key.digest == digest_of_secret(secret), Key.revoked_at.is_(None)))
