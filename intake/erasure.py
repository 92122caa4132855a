"""Erasure: a reporter's key, number and words are destroyed, what was reported stays without a source, distinct counts
fall.

Whoever calls it holds the job `dispatch`, so that no text of theirs is just becoming a report.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import Select, case, delete, select, update
from sqlalchemy.orm import Session

from intake import parcel
from intake.cases import home_counted_at
from intake.gateways.contract import Text
from intake.readings import forget_fragments
from intake.records import as_row, report_facts, report_payload
from intake.reference import Reference
from intake.rows import Rows
from intake.sources import address_of
from models.conversations import ErasureRequest, Question
from models.deliveries import Delivery
from models.events import Event
from models.messages import Message
from models.observations import Observation
from models.reporters import DataKeyRow, OptOut, Reporter
from models.reports import Report
from models.tallies import Measures, cells_of_report, change_rows
from models.vault import DoesNotOpen, Sealed, Vault

EVENT: Final = "reporter.erased"
ACTOR: Final = "erasing"


def reporters_of(session: Session, vault: Vault, number: str) -> Select[UUID]:
    """Their ids, under each version of the index key. Locked, a reporter gets nothing new that refers to them."""
    versions = session.scalars(select(Reporter.index_version).where(Reporter.index_version.is_not(None)).distinct())
    indexes = [vault.number_index(number, version) for version in versions]
    return select(Reporter.id).where(Reporter.number_index.in_(indexes))


def waiting_texts_of(
    session: Session, vault: Vault, country: str, number: str, *, before: int | None = None
) -> list[int]:
    """Sequences of the number's texts that wait to be understood: sealed under a key that stays, so each is opened.

    number: in E.164. country: ISO alpha-2 of senders written without +. before: a sequence; only those that came first.
    """
    waiting = select(Delivery.sequence, Delivery.id, Delivery.inbox_version, Delivery.sealed).where(
        Delivery.sealed.is_not(None), Delivery.kind == "text"
    )
    if before is not None:
        waiting = waiting.where(Delivery.sequence < before)
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


def erase_reporters(session: Session, reference: Reference, reporter_ids: Sequence[UUID], now: datetime) -> None:
    rows = Rows()
    for reporter_id in reporter_ids:
        _take_from_figures(session, reference, rows, reporter_id, now)
        _destroy(session, reporter_id)
        rows.record(EVENT, uuid4(), {}, at=now, actor=ACTOR)  # not even the identifier that stood for them is kept
    rows.write(session)


def empty_deliveries(session: Session, sequences: Sequence[int]) -> None:
    """What they delivered is gone; their tags stay and say that it came."""
    session.execute(
        update(Delivery)
        .where(Delivery.sequence.in_(sequences))
        .values(sealed=None, inbox_version=None, sender_tag=None, error=None)
        .execution_options(synchronize_session=False)
    )


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
    forget_fragments(session, reporter_id)
    emptied = update(Message).where(own)
    for statement in (
        emptied.values(reporter_id=None, body=None, envelope=None, status=queued, error_code=reason),
        update(Report).where(Report.reporter_id == reporter_id).values(reporter_id=None),
        update(Event).where(Event.reporter_id == reporter_id).values(reporter_id=None),
        update(Observation).where(Observation.reporter_id == reporter_id).values(reporter_id=None, words=None),
        delete(Question).where(Question.reporter_id == reporter_id),
        delete(ErasureRequest).where(ErasureRequest.reporter_id == reporter_id),
        delete(OptOut).where(OptOut.reporter_id == reporter_id),
        delete(DataKeyRow).where(DataKeyRow.reporter_id == reporter_id),
        delete(Reporter).where(Reporter.id == reporter_id),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})
