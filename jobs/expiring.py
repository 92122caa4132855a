"""Expiring: questions nobody answered go to the review list; codes nobody sent and last answers given are forgotten."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from intake.cases import Case
from intake.corrections import still_missing
from intake.leaving import CONFIRM_WITHIN
from intake.reference import Reference, ReferenceKeeper
from intake.rows import Rows
from intake.turns import ANSWER_WITHIN
from models.conversations import ErasureRequest, LastAnswer, Question
from models.database import Database
from models.job_states import take_job
from models.messages import Message
from models.reports import Report

JOB: Final = "conversations"
EVERY_S: Final = 300
AT_ONCE: Final = 200
"""Reports of one transaction: SQLite's other writers wait for it."""
KEEP_LAST_ANSWERS: Final = timedelta(days=7)


def expire_conversations(database: Database, keeper: ReferenceKeeper, now: datetime) -> int:
    """How many waiting reports were given to the review list."""
    expired = 0
    while True:
        with database.writing() as session:
            state = take_job(session, JOB)
            if state is None:
                return expired
            ended = _expire_questions(session, keeper.current(session), now)
            expired += ended
            if ended < AT_ONCE:
                _forget(session, now)
                state.finished_at, state.failures, state.error = now, 0, None
                return expired


def _expire_questions(session: Session, reference: Reference, now: datetime) -> int:
    """What waited is open, with what it lacks as the reason to look at it."""
    old = select(Question.report_id).where(Question.ended_at.is_(None), Question.asked_at <= now - ANSWER_WITHIN)
    report_ids = list(session.scalars(old.order_by(Question.asked_at).limit(AT_ONCE)))
    if report_ids:
        rows = Rows()
        _open_again(session, reference, rows, report_ids, now)
        rows.write(session)
        ended = update(Question).where(Question.report_id.in_(report_ids)).values(ended_at=now)
        session.execute(ended.execution_options(synchronize_session=False))
    return len(report_ids)


def _open_again(session: Session, reference: Reference, rows: Rows, report_ids: Sequence[UUID], now: datetime) -> None:
    waiting = select(Report).where(Report.id.in_(report_ids), Report.status == "waiting").order_by(Report.id)
    reports = session.scalars(waiting.with_for_update().execution_options(populate_existing=True)).all()
    case = Case(session, reference, rows, now).take(reports)
    for report in reports:
        report.status = "open"
        report.review = report.review or still_missing(report)
    case.record("report.accepted")


def _forget(session: Session, now: datetime) -> None:
    done = select(Message.id).where(Message.status.not_in(["queued", "sending"]))
    for statement in (
        delete(ErasureRequest).where(ErasureRequest.asked_at <= now - CONFIRM_WITHIN),
        delete(LastAnswer).where(
            or_(LastAnswer.created_at <= now - KEEP_LAST_ANSWERS, LastAnswer.message_id.in_(done))
        ),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})


def forget_last_answer(session: Session, message_id: UUID) -> None:
    gone = delete(LastAnswer).where(LastAnswer.message_id == message_id)
    session.execute(gone, execution_options={"synchronize_session": False})
