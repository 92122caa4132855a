"""The terminal as a way in: texting the system by hand, and asking what it would understand."""

import asyncio
import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select

from intake import leaving
from intake.answering import grounds_of
from intake.gateways.contract import Channel, Text
from intake.incoming import Means
from intake.journal import Journal
from intake.reference import ReferenceKeeper
from intake.replies.choice import choose
from intake.sources import address_of
from intake.understand.values import Reading, Situation
from jobs.dispatcher import Dispatcher
from models.channels import TERMINAL
from models.clock import now_utc
from models.conversations import LastAnswer
from models.database import Database
from models.events import Event
from models.faults import Refusal
from models.messages import Message
from models.reporters import DataKeyRow
from models.settings import Settings
from models.vault import Sealed, Vault

EXAMPLE_REFERENCE: Final = "K7M2QX"
PATIENCE_S: Final = 15.0


def text_from_terminal(  # noqa: PLR0913  the store and one text
    database: Database, vault: Vault, keeper: ReferenceKeeper, settings: Settings, text: str, sender: str, at: str
) -> list[str]:
    """Through the journal and the dispatcher like any text; returns the replies, or a line that says there is none."""
    if address_of(sender, settings.country).e164 is None:
        raise Refusal("--from is no phone number; write it with + and country code, as +12025550123.")
    sent_at = _time(at) if at else None
    if sent_at is not None and sent_at > now_utc():
        raise Refusal(f"--at {at} is still to come; a text has been sent already.")
    with database.reading() as session:
        channel = keeper.current(session).channels[TERMINAL]
    message_id = asyncio.run(_hand_in(database, vault, channel, text, sender, sent_at))
    _dispatch(database, vault, keeper, settings, message_id)
    return _replies(database, vault, message_id) or [_why_none(database, message_id)]


async def _hand_in(  # noqa: PLR0913  one text
    database: Database, vault: Vault, channel: Channel, text: str, sender: str, sent_at: datetime | None
) -> UUID:
    clock = (lambda: sent_at) if sent_at else now_utc
    journal = Journal(database, vault, clock=clock)
    journal.start()
    try:
        body = text.encode("utf-8", "surrogateescape")
        receipt = await journal.append(channel, Text(f"TT{uuid4().hex}", sender, "", body, sent_at))
    finally:
        journal.stop()
    return receipt.message_id


def _dispatch(database: Database, vault: Vault, keeper: ReferenceKeeper, settings: Settings, message_id: UUID) -> None:
    """Until the text is understood, by us or by a `serve` beside us."""
    dispatcher = Dispatcher(database, vault, keeper, settings)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        dispatcher.run_once()
        with database.reading() as session:
            if session.get(Message, message_id) is not None:
                return
        time.sleep(0.1)
    raise Refusal("The text is stored but not understood yet; `kibaro doctor` may say why.")


def _replies(database: Database, vault: Vault, message_id: UUID) -> list[str]:
    with database.reading() as session:
        rows = session.execute(
            select(Message, DataKeyRow)
            .join(DataKeyRow, DataKeyRow.reporter_id == Message.reporter_id)
            .where(Message.in_reply_to == message_id)
        )
        replies = [_opened(vault, message, key) for message, key in rows if message.body is not None]
        last = select(LastAnswer).join(Message, Message.id == LastAnswer.message_id)
        erased = session.scalars(last.where(Message.in_reply_to == message_id))
        return replies + [leaving.opened(vault, answer)[1] for answer in erased]


def _why_none(database: Database, message_id: UUID) -> str:
    query = select(Event.payload).where(Event.subject == message_id, Event.name == "reply.withheld")
    with database.reading() as session:
        payload = session.scalar(query)
    return f"(no reply: {payload['reason']})" if payload else "(no reply)"


def _opened(vault: Vault, message: Message, row: DataKeyRow) -> str:
    key = vault.data_key(row.reporter_id, Sealed(row.wrapping_version, row.wrapped))
    return key.open(f"messages.body.{message.id}", message.body or b"").decode()


def read_lines(path: Path | None) -> Iterator[str]:
    if path is None or str(path) == "-":
        yield from sys.stdin
        return
    try:
        with path.open(encoding="utf-8") as file:
            yield from file
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from None


def read_texts(means: Means, lines: Iterable[str], now: datetime) -> Iterator[str]:
    """One JSON line out per JSON line in. Raises Refusal naming the line that is none."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            text, sent_at, home = str(asked["text"]), asked.get("sent_at"), asked.get("home")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refusal(f'Line {number} is no JSON object with "text".') from None
        situation = Situation(
            sent_at=_time(sent_at) if sent_at else now,
            home=home if home in means.reference.spot_ids else None,
            timezone=means.settings.timezone,
        )
        reading = means.reference.understanding.read(text, situation)
        yield json.dumps({"id": asked.get("id")} | _shown(means, reading), ensure_ascii=False)


def _shown(means: Means, reading: Reading) -> dict[str, Any]:
    reply = choose(grounds_of(means, means.reference.channels[TERMINAL], reading, EXAMPLE_REFERENCE))
    return {
        "kind": reading.kind.value,
        "command": reading.command,
        "argument": reading.argument,
        "category": reading.category,
        "locality": reading.locality,
        "candidates": list(reading.candidates),
        "occurred_on": reading.occurred_on.isoformat() if reading.occurred_on else None,
        "killed": reading.killed,
        "injured": reading.injured,
        "danger": reading.danger,
        "protect": reading.protect,
        "victim": reading.victim,
        "language": reading.language,
        "confidence": reading.confidence,
        "missing": list(reading.missing),
        "review": reading.review,
        "reply": reply.text if reply else None,
    }


def _time(value: str) -> datetime:
    """UTC where no zone is said."""
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise Refusal(f"{value!r} is no time like 2026-11-22T18:30:00+00:00.") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
