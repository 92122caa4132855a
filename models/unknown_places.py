"""Unknown places: names that texts use and the gazetteer does not know. The names themselves lie with the texts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base


class UnknownPlace(Base):
    """id: a keyed hash of the name in its normal form, so that one name is one row and the row does not tell it.
    dismissed_at: staff do not want to be shown it again.
    """

    __tablename__ = "unknown_places"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dismissed_at: Mapped[datetime | None]


class UnknownPlaceMention(Base):
    """name: as typed, sealed under the key of the text's reporter and gone with the text's body. near_id: another place
    that the text names, else the reporter's home, else the channel's area.
    """

    __tablename__ = "unknown_place_mentions"
    __table_args__ = (Index("ix_unknown_place_mentions_message_id", "message_id"),)

    place_id: Mapped[UUID] = mapped_column(ForeignKey("unknown_places.id"), primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    near_id: Mapped[int | None] = mapped_column(ForeignKey("localities.id"))
    name: Mapped[bytes]
