"""Forms: what trained reporters' codes mean, one row a version. Versions are never changed: what was said under one is
read under it for ever.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base


class FormRow(Base):
    """definition: as intake/forms/definition.py writes it."""

    __tablename__ = "forms"
    __table_args__ = (UniqueConstraint("code", "version", name="uq_forms_code_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(6))
    version: Mapped[int] = mapped_column(SmallInteger)
    definition: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
