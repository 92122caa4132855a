"""Leases: which queued texts this process hands over next, and which must not go out any more. Calls no provider."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from intake import leaving
from intake.gateways.contract import Outgoing
from intake.incoming import LATE_AFTER
from intake.replies.choice import EVEN_IF_STOPPED
from intake.sources import number_of
from models.channels import CHANNEL_STOPPED, ChannelRow
from models.conversations import LastAnswer
from models.messages import Message
from models.reporters import DataKeyRow, OptOut, Reporter
from models.settings import Settings
from models.vault import DataKey, DoesNotOpen, Sealed, Vault

AT_ONCE: Final = 8
LEASE: Final = timedelta(seconds=60)
CHANNEL_REST: Final = timedelta(minutes=1)  # a channel with wrong credentials or no credit is tried again after this


@dataclass(frozen=True, slots=True)
class Task:
    """One attempt that this process holds the lease of. crashed: an earlier attempt's outcome is not known."""

    message_id: UUID
    channel_id: int
    attempt: int
    attempted_at: datetime
    leased_until: datetime
    crashed: bool
    outgoing: Outgoing
    key: DataKey


def _is_danger(message: Message) -> bool:
    return (message.purpose or "").startswith("danger")


def is_due(now: datetime, busy: Collection[int] = ()) -> ColumnElement[bool]:
    """busy: ids of channels whose texts have to wait."""
    due = or_(
        and_(Message.status == "queued", Message.due_at <= now),
        and_(Message.status == "sending", Message.leased_until <= now),
    )
    return and_(due, Message.channel_id.not_in(busy)) if busy else due


def claim(
    session: Session, vault: Vault, settings: Settings, now: datetime, busy: Collection[int] = ()
) -> tuple[list[Task], int]:
    """Takes leases on what is due, cancels what must not go out any more. Commit before a provider is called."""
    resting = select(ChannelRow.id).where(ChannelRow.fault_at > now - CHANNEL_REST)
    danger_first = Message.purpose.startswith("danger").desc()
    query = (
        select(Message, Reporter, DataKeyRow, LastAnswer)
        .outerjoin(LastAnswer, LastAnswer.message_id == Message.id)
        .outerjoin(Reporter, Reporter.id == Message.reporter_id)
        .outerjoin(DataKeyRow, DataKeyRow.reporter_id == Message.reporter_id)
        .where(is_due(now, busy), Message.channel_id.not_in(resting))
        .order_by(danger_first, Message.due_at, Message.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=Message)
    )
    tasks: list[Task] = []
    dropped = 0
    spent = _spent_today(session, now)
    for message, reporter, key_row, last in session.execute(query):
        if reason := _forbidden(session, settings, message, reporter, last, now):
            message.status, message.error_code, message.leased_until = "cancelled", reason, None
            dropped += 1
        elif message.status == "queued" and spent[_is_danger(message)] >= settings.replies_per_day:
            message.due_at = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
            dropped += 1
        elif task := _lease(vault, message, reporter, key_row, last, now):
            tasks.append(task)
            spent[_is_danger(message)] += 1
        else:
            dropped += 1
    return tasks, dropped


def _forbidden(  # noqa: PLR0913  what a text may depend on
    session: Session,
    settings: Settings,
    message: Message,
    reporter: Reporter | None,
    last: LastAnswer | None,
    now: datetime,
) -> str | None:
    if message.status != "queued":
        return None  # it may be out already: only a look-up can tell
    if last is None and (reporter is None or message.body is None):
        return "erased"
    if session.get_one(ChannelRow, message.channel_id).stopped_at is not None:
        return CHANNEL_STOPPED
    waits_at_most = LATE_AFTER if _is_danger(message) else timedelta(hours=settings.reply_expires_h)
    if now - message.created_at > waits_at_most:
        return "expired"
    stopped = session.get(OptOut, (reporter.id, message.channel_id)) if reporter is not None else None
    if stopped is not None and message.purpose not in EVEN_IF_STOPPED:
        return "opted-out"
    return None


def _spent_today(session: Session, now: datetime) -> dict[bool, int]:
    """Texts handed over since midnight UTC; danger replies have the day's budget again for themselves."""
    midnight = datetime.combine(now.date(), datetime.min.time(), UTC)
    is_danger = Message.purpose.startswith("danger")
    query = select(is_danger, func.count()).where(Message.attempted_at >= midnight).group_by(is_danger)
    return {False: 0, True: 0} | {bool(danger): count for danger, count in session.execute(query)}


def _lease(  # noqa: PLR0913  one text and all that is known of it
    vault: Vault,
    message: Message,
    reporter: Reporter | None,
    key_row: DataKeyRow | None,
    last: LastAnswer | None,
    now: datetime,
) -> Task | None:
    crashed = message.status == "sending"
    if not crashed:
        message.status, message.attempts, message.attempted_at = "sending", message.attempts + 1, now
    message.leased_until = now + LEASE
    opened = _open_last(vault, last) if last is not None else _open(vault, message, reporter, key_row)
    if opened is None:
        message.status, message.error_code, message.leased_until = "failed", "does-not-open", None
        return None
    key, recipient, body = opened
    return Task(
        message_id=message.id,
        channel_id=message.channel_id,
        attempt=message.attempts,
        attempted_at=message.attempted_at or now,
        leased_until=message.leased_until,
        crashed=crashed,
        outgoing=Outgoing(str(message.id), recipient, body, None),
        key=key,
    )


def _open(
    vault: Vault, message: Message, reporter: Reporter | None, key_row: DataKeyRow | None
) -> tuple[DataKey, str, str] | None:
    """The reporter's key, address, and what is to be said; None where any of it is gone or does not open."""
    if reporter is None or key_row is None or message.body is None:
        return None
    try:
        key = vault.data_key(reporter.id, Sealed(key_row.wrapping_version, key_row.wrapped))
        return key, number_of(key, reporter) or "", key.open(f"messages.body.{message.id}", message.body).decode()
    except DoesNotOpen:
        return None


def _open_last(vault: Vault, last: LastAnswer) -> tuple[DataKey, str, str] | None:
    """To somebody who is erased: under a key that nobody keeps, what the provider says of it cannot be opened again."""
    try:
        return DataKey(secrets.token_bytes(32)), *leaving.opened(vault, last)
    except DoesNotOpen:
        return None
