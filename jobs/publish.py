"""Publishing: gives every event its position, so that a reader who goes on from a position misses nothing.

Sequences are drawn when a row is inserted, so a transaction that commits late shows up under small ones, behind
readers who have gone on. Positions are given to events that are committed already, by one publisher at a time, each
batch above all before it and visible at once: whoever saw a position can see every smaller one, and what commits late
gets a late position. A publisher that dies or stalls in between leaves its batch without positions, for the next.
"""

import logging
import threading
from contextlib import suppress
from typing import Final

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from models.database import Database, table_of
from models.events import Event
from models.faults import Unavailable, trace_of
from models.job_states import note_failure, take_job

JOB: Final = "publish"
LARGEST_BATCH: Final = 5_000
SQLITE_BATCH: Final = 1_000  # the journal's writer waits while a batch holds SQLite's only write lock
POLL_S: Final = 1.0
GATHER_S: Final = 0.2
"""From waking to publishing: what several batches of the dispatcher wrote is published by one commit."""

log = logging.getLogger(__name__)


class Publisher:
    """run() is the body of a thread; run_once() publishes one batch and says how many events were in it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._largest = SQLITE_BATCH if database.is_sqlite else LARGEST_BATCH
        self.woken = threading.Event()

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                done = self.run_once()
            except Unavailable:
                log.warning("the store does not answer; trying again")
                stopping.wait(POLL_S)
            except Exception as error:  # a thread that ends would leave the feed at rest without a sign
                log.error("the publisher met %s\n%s", type(error).__name__, trace_of(error))
                with suppress(Unavailable):
                    note_failure(self._database, JOB, error)
                stopping.wait(POLL_S)
            else:
                if done < self._largest:
                    self.woken.wait(POLL_S)
                    self.woken.clear()
                    stopping.wait(GATHER_S)

    def run_once(self) -> int:
        """How many events were published; 0 also while another process publishes."""
        with self._database.reading() as session:
            if session.scalar(_unpublished(1)) is None:
                return 0  # an idle poll takes no write lock
        with self._database.writing() as session:
            state = take_job(session, JOB)
            if state is None:
                return 0
            state.failures, state.error = 0, None
            return number_events(session, self._largest)


def number_events(session: Session, largest: int) -> int:
    """The transaction must hold the job. Events that somebody is changing are waited for, in the order of their
    sequence, in which everybody changes them: skipped ones would come behind later events of the same subject.
    """
    highest = session.scalar(select(func.max(Event.position))) or 0
    taken = _unpublished(largest).with_for_update().subquery()
    place = func.row_number().over(order_by=taken.c.sequence)
    numbered = select(taken.c.sequence, (highest + place).label("position")).subquery()
    statement = update(table_of(Event)).where(Event.sequence == numbered.c.sequence)
    return session.connection().execute(statement.values(position=numbered.c.position)).rowcount


def _unpublished(limit: int) -> Select[int]:
    return select(Event.sequence).where(Event.position.is_(None)).order_by(Event.sequence).limit(limit)
