"""Erasing a reporter: key, number and words are destroyed, what was reported stays without a source, distinct counts
fall.

Not here yet: erasing asked for by text, the provider's copies, and the list beside the key file that makes a restored
backup forget again.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import Select, case, delete, func, select, update
from sqlalchemy.orm import Session

from intake import parcel
from intake.cases import home_counted_at
from intake.gateways.contract import Text
from intake.records import as_row, report_facts, report_payload
from intake.reference import Reference, ReferenceKeeper
from intake.rows import Rows
from intake.sources import address_of
from models.database import Database
from models.deliveries import Delivery
from models.events import Event
from models.faults import Refusal, Unavailable
from models.job_states import take_job
from models.messages import Message
from models.reporters import DataKeyRow, OptOut, Reporter
from models.reports import Report
from models.settings import Settings
from models.tallies import Measures, cells_of_report, change_rows
from models.vault import DoesNotOpen, Sealed, Vault

EVENT: Final = "reporter.erased"
ACTOR: Final = "erasing"
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
        reporters = list(session.scalars(_of_number(session, vault, number)))
        return _known(session, reporters, _pending(session, vault, settings.country, number))


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
                reporters = list(session.scalars(_of_number(session, vault, number).with_for_update()))
                pending = _pending(session, vault, settings.country, number)
                return _erase(session, keeper.current(session), reporters, pending, now)
        time.sleep(PAUSE_S)
    raise Unavailable("Texts are being taken in all the time; stop `kibaro work` and try again.")


def scrub(database: Database) -> bool:
    """Old bytes of what was destroyed: out of SQLite's log, or free to be overwritten in PostgreSQL. False where
    readers never left SQLite's log alone.
    """
    if not database.is_sqlite:
        with database.appending() as connection:
            connection.exec_driver_sql("VACUUM data_keys, reporters, messages, deliveries")
        return True
    plain = database.engine.raw_connection()  # outside any transaction
    try:
        for _ in range(TRIES):
            cursor = plain.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (busy, *_pages) = cursor.fetchone() or (1,)
            if not busy:
                return True
            time.sleep(PAUSE_S)
        return False
    finally:
        plain.close()


# -- finding -----------------------------------------------------------------------------------------------------------


def _of_number(session: Session, vault: Vault, number: str) -> Select[UUID]:
    """Under each version of the index key. Locked, a reporter gets nothing new that refers to them."""
    versions = session.scalars(select(Reporter.index_version).where(Reporter.index_version.is_not(None)).distinct())
    indexes = [vault.number_index(number, version) for version in versions]
    return select(Reporter.id).where(Reporter.number_index.in_(indexes))


def _pending(session: Session, vault: Vault, country: str, number: str) -> list[int]:
    """Texts of the number that wait to be understood: they are sealed under a key that stays, so each is opened."""
    waiting = select(Delivery.sequence, Delivery.id, Delivery.inbox_version, Delivery.sealed).where(
        Delivery.sealed.is_not(None), Delivery.kind == "text"
    )
    return [
        sequence
        for sequence, delivery_id, version, sealed in session.execute(waiting)
        if address_of(_sender(vault, delivery_id, Sealed(version or 0, sealed or b"")), country).e164 == number
    ]


def _sender(vault: Vault, delivery_id: UUID, sealed: Sealed) -> str:
    try:
        delivered = parcel.unseal(vault, delivery_id, sealed)
    except DoesNotOpen:
        return ""  # nobody ever reads it, nor who sent it
    return delivered.sender if isinstance(delivered, Text) else ""


def _known(session: Session, reporters: list[UUID], pending: list[int]) -> Known:
    def count(model: type[Report | Message]) -> int:
        return session.scalar(select(func.count()).select_from(model).where(model.reporter_id.in_(reporters))) or 0

    return Known(len(reporters), count(Report), count(Message), len(pending))


# -- destroying --------------------------------------------------------------------------------------------------------


def _erase(session: Session, reference: Reference, reporters: list[UUID], pending: list[int], now: datetime) -> Known:
    known = _known(session, reporters, pending)
    session.execute(
        update(Delivery)
        .where(Delivery.sequence.in_(pending))
        .values(sealed=None, inbox_version=None, sender_tag=None, error=None)
        .execution_options(synchronize_session=False)
    )
    rows = Rows()
    for reporter_id in reporters:
        _take_from_figures(session, reference, rows, reporter_id, now)
        _destroy(session, reporter_id)
        rows.record(EVENT, uuid4(), {}, at=now, actor=ACTOR)  # not even the identifier that stood for them is kept
    rows.write(session)
    return known


def _take_from_figures(session: Session, reference: Reference, rows: Rows, reporter_id: UUID, now: datetime) -> None:
    """Their reports count on, but as nobody's. One that waits and counts at their home has no place any more."""
    own = select(Report).where(Report.reporter_id == reporter_id).order_by(Report.id).with_for_update()
    for report in session.scalars(own):
        row = as_row(report)
        if report.status == "waiting":
            home_id = home_counted_at(session, reference, report.id)
            was = cells_of_report(report_facts(reference, row, home_id))
            then = cells_of_report(report_facts(reference, row))
            rows.tally_changes += change_rows(was, then, cause=EVENT)
            rows.record("report.corrected", report.id, report_payload(reference, row), at=now, actor=ACTOR)
            continue
        cells = cells_of_report(report_facts(reference, row))
        counted = {cell: Measures(reports=measures.reports) for cell, measures in cells.items()}
        rows.tally_changes += change_rows(counted, {}, reporter_id, cause=EVENT)
        rows.tally_changes += change_rows({}, counted, cause=EVENT)


def _destroy(session: Session, reporter_id: UUID) -> None:
    """A reply that is being handed over at this moment may still go out; its words are gone afterwards all the same."""
    own = Message.reporter_id == reporter_id
    queued = case((Message.status == "queued", "cancelled"), else_=Message.status)
    reason = case((Message.status == "queued", "erased"), else_=Message.error_code)
    emptied = update(Message).where(own)
    for statement in (
        emptied.values(reporter_id=None, body=None, envelope=None, status=queued, error_code=reason),
        update(Report).where(Report.reporter_id == reporter_id).values(reporter_id=None),
        update(Event).where(Event.reporter_id == reporter_id).values(reporter_id=None),
        delete(OptOut).where(OptOut.reporter_id == reporter_id),
        delete(DataKeyRow).where(DataKeyRow.reporter_id == reporter_id),
        delete(Reporter).where(Reporter.id == reporter_id),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})
