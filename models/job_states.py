"""The state row of every job. Locking the row is what makes a job one at a time, however many processes there are."""

from datetime import datetime

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.database import Base, Database, insert_unless_there


class JobState(Base):
    """slot: start of the last timetable slot the job completed, changed or not; of the tallies some microseconds more
    where it was folded again since, see `moment_after`.
    """

    __tablename__ = "job_states"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    slot: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(80))


def slot_of(session: Session, name: str) -> datetime | None:
    """None where it never ran."""
    return session.scalar(select(JobState.slot).where(JobState.name == name))


def take_job(session: Session, name: str) -> JobState | None:
    """This job's row, locked until the transaction ends; None while another process has it.

    PostgreSQL frees the row when its holder dies or stalls (idle_in_transaction_session_timeout); on SQLite the
    transaction itself is the lock.
    """
    query = select(JobState).where(JobState.name == name).with_for_update(skip_locked=True)
    row = session.scalar(query)
    if row is None:
        insert_unless_there(session, JobState, [{"name": name, "failures": 0}])
        row = session.scalar(query)
    return row


def forget_failures(session: Session, name: str) -> None:
    session.execute(update(JobState).where(JobState.name == name).values(failures=0, error=None))


def note_failure(database: Database, name: str, error: Exception) -> None:
    """For doctor: this job failed; a run that succeeds forgets it."""
    with database.writing() as session:
        state = take_job(session, name)
        if state is not None:
            state.failures += 1
            state.error = type(error).__name__[:80]
