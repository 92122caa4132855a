"""Erasing by number from the command line, and wiping off the disk what was erased. What is destroyed is in
intake/erasure.py; asked for by text, it is done by intake/leaving.py.

Not here yet: the provider's copies, and the list beside the key file that makes a restored backup forget again.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.erasure import empty_deliveries, erase_reporters, reporters_of, waiting_texts_of
from intake.reference import Reference, ReferenceKeeper
from intake.sources import address_of
from models.database import BUSY_TIMEOUT_MS, Database
from models.faults import Refusal, Unavailable
from models.job_states import take_job
from models.messages import Message
from models.reports import Report
from models.settings import Settings
from models.vault import Vault

TRIES: Final = 60
PAUSE_S: Final = 0.5
"""A batch of the dispatcher takes a moment, a reader of SQLite's log too."""


@dataclass(frozen=True, slots=True)
class Known:
    """What there is of a number. pending: texts taken in and not yet understood."""

    reporters: int
    reports: int
    texts: int
    pending: int

    @property
    def is_nothing(self) -> bool:
        return not self.reporters and not self.pending


def number_in(written: str, country: str) -> str:
    """In E.164. country: ISO alpha-2 of a number written without +. Raises Refusal, which does not quote it."""
    number = address_of(written.strip(), country).e164
    if number is None:
        raise Refusal("That is no phone number: write it with + and country code.")
    return number


def known_of(database: Database, vault: Vault, settings: Settings, written: str) -> Known:
    """Raises Refusal for what is no number."""
    number = number_in(written, settings.country)
    with database.reading() as session:
        reporters = list(session.scalars(reporters_of(session, vault, number)))
        return _known(session, reporters, waiting_texts_of(session, vault, settings.country, number))


def erase(  # noqa: PLR0913  what it works with, and whom
    database: Database, keeper: ReferenceKeeper, vault: Vault, settings: Settings, written: str, now: datetime
) -> Known:
    """What there was of the number, and is no more. Raises Refusal for what is no number, and Unavailable when the
    dispatcher is never at rest.
    """
    number = number_in(written, settings.country)
    for _ in range(TRIES):
        with suppress(Unavailable), database.writing() as session:  # SQLite's other writers do not wait their turn
            if take_job(session, "dispatch") is not None:  # so that no text of theirs is just becoming a report
                reporters = list(session.scalars(reporters_of(session, vault, number).with_for_update()))
                pending = waiting_texts_of(session, vault, settings.country, number)
                return _erase(session, keeper.current(session), reporters, pending, now)
        time.sleep(PAUSE_S)
    raise Unavailable("Texts are being taken in all the time; stop `kibaro work` and try again.")


def wipe(database: Database, *, tries: int = TRIES) -> bool:
    """Old bytes of what was destroyed: out of SQLite's log, or free to be overwritten in PostgreSQL. False where
    readers did not leave SQLite's log alone.
    """
    if not database.is_sqlite:
        with database.appending() as connection:
            connection.exec_driver_sql("VACUUM data_keys, reporters, messages, deliveries")
        return True
    for attempt in range(tries):
        if attempt:
            time.sleep(PAUSE_S)
        if empty_log(database, BUSY_TIMEOUT_MS):
            return True
    return False


def empty_log(database: Database, patience_ms: int) -> bool:
    """One try to empty SQLite's log. False where others read or wrote it all that time; writers wait meanwhile."""
    plain = database.engine.raw_connection()  # outside any transaction
    try:
        cursor = plain.cursor()
        cursor.execute(f"PRAGMA busy_timeout={patience_ms}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (busy, *_pages) = cursor.fetchone() or (1,)
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        return not busy
    finally:
        plain.close()


# -- finding and destroying --------------------------------------------------------------------------------------------


def _known(session: Session, reporters: list[UUID], pending: list[int]) -> Known:
    def count(model: type[Report | Message]) -> int:
        return session.scalar(select(func.count()).select_from(model).where(model.reporter_id.in_(reporters))) or 0

    return Known(len(reporters), count(Report), count(Message), len(pending))


def _erase(session: Session, reference: Reference, reporters: list[UUID], pending: list[int], now: datetime) -> Known:
    known = _known(session, reporters, pending)
    empty_deliveries(session, pending)
    erase_reporters(session, reference, reporters, now)
    return known
