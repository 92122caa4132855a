"""Leaving: erasing somebody who asks for it by text. A sender can be spoofed: a code that only they receive confirms.

The last word cannot be sealed under a key that is destroyed: it waits in one row under the inbox key.
"""

import hmac
import json
import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from intake.erasure import empty_deliveries, erase_reporters, reporters_of, waiting_texts_of
from intake.incoming import Incoming, Means
from intake.sources import Source
from models.conversations import ErasureRequest, LastAnswer
from models.messages import Message
from models.vault import Sealed, Vault

CONFIRM_WITHIN: Final = timedelta(hours=24)
WRONG_CODES: Final = 3
"""So many cancel the request until CONFIRM_WITHIN after it: who spoofs a sender guesses 3 of 10,000 codes a day."""


class Leaving:
    def __init__(self, session: Session, means: Means, now: datetime) -> None:
        self.session = session
        self.now = now
        self._means = means

    def ask(self, source: Source) -> str | None:
        """The code to send; asked for again it is the same, with its wrong answers. None where these were too many."""
        request = self._request_of(source)
        if request is not None:
            if request.wrong >= WRONG_CODES:
                return None
            request.asked_at = self.now
            return source.key.open(_where(source.id), request.code).decode()
        code = f"{secrets.randbelow(10_000):04}"
        self._forget(source)
        sealed = source.key.seal(_where(source.id), code.encode())
        row = {"reporter_id": source.id, "code": sealed, "wrong": 0, "asked_at": self.now}
        self.session.execute(insert(ErasureRequest), [row])
        return code

    def confirm(self, source: Source, code: str) -> str | None:
        """The name of the reply; "erased" where the code is right. None where nobody asked, or too long ago."""
        request = self._request_of(source)
        if request is None or request.wrong >= WRONG_CODES:
            return None
        if hmac.compare_digest(source.key.open(_where(source.id), request.code), code.encode()):
            return "erased"
        request.wrong += 1
        return "delete-wrong" if request.wrong < WRONG_CODES else "delete-cancelled"

    def _request_of(self, source: Source) -> ErasureRequest | None:
        """The last one, unless it was too long ago."""
        request = self.session.get(ErasureRequest, source.id, populate_existing=True, with_for_update=True)
        return request if request is not None and self.now - request.asked_at <= CONFIRM_WITHIN else None

    def _forget(self, source: Source) -> None:
        gone = delete(ErasureRequest).where(ErasureRequest.reporter_id == source.id)
        self.session.execute(gone.execution_options(synchronize_session="fetch"))

    def leave(self, incoming: Incoming) -> None:
        """Everything of the sender is destroyed, with what came of theirs before and could not be understood yet."""
        number = incoming.source.address.e164 or ""
        vault, country = self._means.vault, self._means.settings.country
        before = incoming.delivery.sequence
        empty_deliveries(self.session, waiting_texts_of(self.session, vault, country, number, before=before))
        reporter_ids = self.session.scalars(reporters_of(self.session, vault, number).with_for_update()).all()
        erase_reporters(self.session, self._means.reference, reporter_ids, self.now)

    def say_goodbye(self, incoming: Incoming, text: str, language: str) -> None:
        """After leave: the answer has no reporter any more."""
        message_id = uuid4()
        told = json.dumps([incoming.source.address.e164, text]).encode()
        sealed = self._means.vault.seal_under("inbox", _told_where(message_id), told)
        row = {
            "id": message_id,
            "channel_id": incoming.channel.id,
            "in_reply_to": incoming.delivery.id,
            "direction": "out",
            "created_at": self.now,
            "language": language,
            "protect": "none",
            "purpose": "erased",
            "status": "queued",
            "attempts": 0,
            "due_at": self.now,
        }
        self.session.execute(insert(Message), [row])
        last = {"message_id": message_id, "sealed": sealed.value, "inbox_version": sealed.version}
        self.session.execute(insert(LastAnswer), [last | {"created_at": self.now}])


def opened(vault: Vault, answer: LastAnswer) -> tuple[str, str]:
    """Where a last answer goes, and what it says. Raises DoesNotOpen."""
    sealed = Sealed(answer.inbox_version, answer.sealed)
    number, text = json.loads(vault.open_under("inbox", _told_where(answer.message_id), sealed))
    return number, text


def _where(reporter_id: UUID) -> str:
    return f"erasure_requests.code.{reporter_id}"


def _told_where(message_id: UUID) -> str:
    return f"last_answers.sealed.{message_id}"
