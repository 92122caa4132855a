"""Lexicon terms: words and phrases that the operator gave a category, beside those that come with the languages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.database import Base

LONGEST_PHRASE: Final = 80


class LexiconTerm(Base):
    """phrase: in the normal form of understanding, so that one phrase means one category. language: for the list."""

    __tablename__ = "lexicon_terms"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    phrase: Mapped[str] = mapped_column(String(LONGEST_PHRASE), unique=True)
    language: Mapped[str | None] = mapped_column(String(8))
    created_at: Mapped[datetime]


def terms_of(session: Session) -> Sequence[LexiconTerm]:
    return session.scalars(select(LexiconTerm).order_by(LexiconTerm.phrase)).all()
