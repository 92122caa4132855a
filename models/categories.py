"""Categories: what happened, from a taxonomy. Codes never change, labels may, merges are dated redirects."""

from datetime import date
from typing import Final

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base

PROTECTIONS: Final = ("none", "survivor", "agent", "armed")


class Category(Base):
    """protect: none | survivor | agent | armed. min_level: deepest level others may see it at, 0 is a country.

    min_count, delay_days: thresholds of the public rule. echo: may a reply name it. danger: no | if_now | always.
    """

    __tablename__ = "categories"
    __table_args__ = (
        CheckConstraint("protect IN ('none', 'survivor', 'agent', 'armed')", name="protect"),
        CheckConstraint("danger IN ('no', 'if_now', 'always')", name="danger"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    iccs: Mapped[str | None] = mapped_column(String(16))
    protect: Mapped[str] = mapped_column(String(16))
    desk_kind: Mapped[str] = mapped_column(String(32))
    min_level: Mapped[int] = mapped_column(SmallInteger)
    min_count: Mapped[int] = mapped_column(SmallInteger)
    delay_days: Mapped[int] = mapped_column(SmallInteger)
    echo: Mapped[bool] = mapped_column(Boolean)
    danger: Mapped[str] = mapped_column(String(8))


class CategoryLabel(Base):
    __tablename__ = "category_labels"

    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    label: Mapped[str] = mapped_column(String(200))


class CategoryMerge(Base):
    """From since on, what was category_id counts as into_id."""

    __tablename__ = "category_merges"

    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"), primary_key=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    since: Mapped[date]
