"""Opening a body: what somebody wrote, for a person with a reason. Every opening leaves an event."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.rows import Rows
from models.faults import Fault, Invalid
from models.messages import Message
from models.reporters import DataKeyRow
from models.vault import Sealed, Vault

LONGEST_REASON: Final = 200
_LONG_NUMBER: Final = re.compile(r"(?:\d[\s.()/-]*){7}")
"""Seven digits may be a phone number, and the reason stays in the events for ever."""


class BodyGone(Fault):
    """This text is not kept any more: its reporter was erased, or its time was over."""

    code = "body-gone"
    status = 410


def open_body(session: Session, vault: Vault, message: Message, reason: str, actor: str, now: datetime) -> str:  # noqa: PLR0913
    """The text, as far as it is UTF-8. Raises Invalid for a reason that is none, BodyGone."""
    reason = reason_in(reason)
    body = _opened(session, vault, message)
    rows = Rows()
    payload = {"message": str(message.id), "protect": message.protect, "reason": reason}
    rows.record("body.opened", message.id, payload, at=now, actor=actor)
    rows.write(session)
    return body


def reason_in(given: str) -> str:
    """As events keep it. Raises Invalid."""
    reason = " ".join(given.split())
    if not reason or not reason.isprintable() or len(reason) > LONGEST_REASON or _LONG_NUMBER.search(reason):
        raise Invalid(f"reason must say why, in at most {LONGEST_REASON} characters and without a phone number.")
    return reason


def _opened(session: Session, vault: Vault, message: Message) -> str:
    wrapped = _wrapped_key(session, message.reporter_id)
    if wrapped is None or message.body is None or message.reporter_id is None:
        raise BodyGone
    key = vault.data_key(message.reporter_id, wrapped)
    return key.open(f"messages.body.{message.id}", message.body).decode(errors="replace")


def _wrapped_key(session: Session, reporter_id: UUID | None) -> Sealed | None:
    row = session.scalar(select(DataKeyRow).where(DataKeyRow.reporter_id == reporter_id))
    return Sealed(row.wrapping_version, row.wrapped) if row else None
