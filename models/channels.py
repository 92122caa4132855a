"""Channels: configured ways in and out. Their secrets are sealed under the key file."""

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base

WEB: Final = "web"
"""Name of the channel that POST /v1/reports writes to; every store has it."""
TERMINAL: Final = "terminal"
"""Name of the channel that `kibaro text` writes to; every store has it."""
BUILT_IN: Final = (WEB, TERMINAL)
CHANNEL_STOPPED: Final = "channel-stopped"
"""Why a reply was cancelled."""


class ChannelRow(Base):
    """address: our number there. fault: why the channel cannot send at present (wrong credentials, no credit).
    stopped_at: since then it takes nothing in and sends nothing.
    """

    __tablename__ = "channels"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    provider: Mapped[str] = mapped_column(String(32))
    address: Mapped[str | None] = mapped_column(String(64))
    secrets: Mapped[bytes | None]
    secrets_version: Mapped[int | None] = mapped_column(SmallInteger)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("localities.id"))
    language: Mapped[str | None] = mapped_column(String(8))
    free_to_sender: Mapped[bool] = mapped_column(default=False)
    receipt_only: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    fault: Mapped[str | None] = mapped_column(String(64))
    fault_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
