"""The reference version: one number that counts every change of gazetteer, taxonomy and channels.

Every process compares it before it trusts what it has in memory; it is part of every ETag.
"""

from sqlalchemy import CheckConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.database import Base


class ReferenceVersion(Base):
    __tablename__ = "reference_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]


def reference_version(session: Session) -> int:
    return session.scalar(select(ReferenceVersion.version)) or 0


def count_reference_change(session: Session) -> None:
    session.execute(update(ReferenceVersion).values(version=ReferenceVersion.version + 1))
