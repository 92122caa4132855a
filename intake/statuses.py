"""Statuses: what a provider says became of a text we sent. Taken in any order; a text's status only moves forward."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import insert, select, tuple_
from sqlalchemy.orm import Session

from intake.gateways.contract import Progress, Status
from models.deliveries import Delivery
from models.events import Event, event_row
from models.messages import Message
from models.vault import Vault

_RANK: Final = {
    "queued": 0,
    "sending": 0,
    "unknown": 0,
    "cancelled": 0,
    "sent": 1,
    "undelivered": 2,
    "failed": 2,
    "delivered": 3,
}
WAIT_FOR_TEXT: Final = timedelta(hours=1)
"""A status may overtake our own note of the text's id. So long it is tried again; later it is kept as an event of its
own.
"""
TRY_AGAIN_AFTER: Final = timedelta(seconds=5)


def provider_tag(vault: Vault, channel_id: int, provider_id: str) -> bytes:
    return vault.tag(channel_id, f"sent\0{provider_id}")


def apply_statuses(
    session: Session, vault: Vault, statuses: Sequence[tuple[Delivery, Status]], now: datetime
) -> list[Delivery]:
    """Returns the deliveries that must wait: their text is not known yet, though it may soon be."""
    if not statuses:
        return []
    tags = {
        delivery.sequence: (delivery.channel_id, provider_tag(vault, delivery.channel_id, status.provider_id))
        for delivery, status in statuses
    }
    key = tuple_(Message.channel_id, Message.provider_tag)
    found = session.scalars(select(Message).where(key.in_(list(set(tags.values())))).with_for_update())
    messages = {(message.channel_id, bytes(message.provider_tag or b"")): message for message in found}
    events, early = [], []
    for delivery, status in statuses:
        message = messages.get(tags[delivery.sequence])
        if message is None and now - delivery.received_at < WAIT_FOR_TEXT:
            delivery.due_at = now + TRY_AGAIN_AFTER
            early.append(delivery)
            continue
        if message is not None and status.progress is not None:
            _move_forward(message, status.progress, status.error_code)
        payload = {"stated": status.stated, "error_code": status.error_code, "known": message is not None}
        subject = message.id if message is not None else delivery.id
        reporter_id = message.reporter_id if message is not None else None
        events.append(
            event_row("status.received", subject, payload, recorded_at=now, actor="provider", reporter_id=reporter_id)
        )
    if events:
        session.execute(insert(Event), events)
    return early


def _move_forward(message: Message, progress: Progress, error_code: str | None) -> None:
    if _RANK[progress.value] > _RANK[message.status or "queued"]:
        message.status = progress.value
        message.error_code = error_code
        message.leased_until = None
