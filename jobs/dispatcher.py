"""The dispatcher: takes deliveries from the journal, in order, a batch to a transaction, and then the events that call
for work.

One process dispatches at a time (the job's row lock). A delivery that fails is found by halving the batch, noted with
the fault's name and tried again later; it is never dropped.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from intake.arrival import take_in
from intake.incoming import Means
from intake.reference import ReferenceKeeper
from jobs.erasing import empty_log
from jobs.event_work import has_pending_events, work_off_events
from models.clock import Clock, now_utc
from models.database import Database
from models.deliveries import HOLD_BACK_ATTEMPTS, Delivery
from models.faults import Unavailable, trace_of
from models.job_states import note_failure, take_job
from models.settings import Settings
from models.vault import Vault

JOB: Final = "dispatch"
LARGEST_BATCH: Final = 100
SQLITE_BATCH: Final = 25  # the journal's writer waits while a batch holds SQLite's only write lock
POLL_S: Final = 1.0
WIPE_PATIENCE_MS: Final = 100
"""How long the door waits at most while what was destroyed is wiped from SQLite's log; what fails is tried again."""
FIRST_RETRY_S: Final = 5.0
LONGEST_RETRY_S: Final = 3600.0

log = logging.getLogger(__name__)


def retry_delay_s(failures: int) -> float:
    """Wait before a failed delivery or piece of work is tried again, in seconds: 5 s, doubling, at most an hour.

    failures: attempts that already failed, >= 1.
    """
    return min(FIRST_RETRY_S * 2.0 ** min(failures - 1, 30), LONGEST_RETRY_S)


class Dispatcher:
    """run() is the body of a thread; run_once() does one batch and says how much it did."""

    def __init__(  # noqa: PLR0913  what it works with
        self,
        database: Database,
        vault: Vault,
        keeper: ReferenceKeeper,
        settings: Settings,
        *,
        on_replies: Callable[[], None] = lambda: None,
        clock: Clock = now_utc,
    ) -> None:
        self._clock = clock
        self._database = database
        self._vault = vault
        self._keeper = keeper
        self._settings = settings
        self._on_replies = on_replies
        self._largest = SQLITE_BATCH if database.is_sqlite else LARGEST_BATCH
        self._must_wipe = database.is_sqlite  # a process before this one may have died between a leaving and its wiping
        self.woken = threading.Event()

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                done = self.run_once()
            except Unavailable:
                log.warning("the store does not answer; trying again")
                stopping.wait(POLL_S)
            except Exception as error:  # a thread that ends would leave texts lying without a sign
                log.error("the dispatcher met %s\n%s", type(error).__name__, trace_of(error))
                with suppress(Unavailable):
                    note_failure(self._database, JOB, error)
                stopping.wait(POLL_S)
            else:
                if not done:
                    self.woken.wait(POLL_S)
                    self.woken.clear()

    def run_once(self) -> int:
        """How many deliveries and events were taken, failed ones included; 0 also while another process dispatches."""
        self._wipe()
        now = self._clock()
        with self._database.reading() as session:
            if not _is_any_due(session, now) and not has_pending_events(session, now):
                return 0  # an idle poll takes no write lock
        with self._database.writing() as session:
            state = take_job(session, JOB)
            if state is None:
                return 0
            state.failures, state.error = 0, None
            means = Means(self._keeper.current(session), self._vault, self._settings)
            deliveries = session.scalars(_due(now).order_by(Delivery.sequence).limit(self._largest)).all()
            failed_senders: set[bytes] = set()
            left = self._settle(session, means, deliveries, now, failed_senders)
            worked = work_off_events(session, now, retry_delay_s)
        if deliveries:
            self._on_replies()
        self._must_wipe = self._must_wipe or (left and self._database.is_sqlite)
        self._wipe()
        return len(deliveries) + worked

    def _wipe(self) -> None:
        """What somebody who left had here is destroyed, but in SQLite's log its old bytes would stay."""
        if self._must_wipe and empty_log(self._database, WIPE_PATIENCE_MS):
            self._must_wipe = False

    def _settle(
        self, session: Session, means: Means, deliveries: Sequence[Delivery], now: datetime, failed_senders: set[bytes]
    ) -> bool:
        """All in one savepoint; if that fails, each half in its own, so that one bad delivery stands alone. True where
        somebody has left.
        """
        deliveries = [each for each in deliveries if each.sender_tag is None or each.sender_tag not in failed_senders]
        if not deliveries:
            return False
        try:
            with session.begin_nested():
                return take_in(session, means, deliveries, now)
        except Exception as error:
            if isinstance(error, Unavailable) or not session.is_active:
                raise
            if len(deliveries) > 1:
                middle = len(deliveries) // 2
                left = self._settle(session, means, deliveries[:middle], now, failed_senders)
                return self._settle(session, means, deliveries[middle:], now, failed_senders) or left
            (delivery,) = deliveries
            log.warning("delivery %s: %s, attempt %d", delivery.id, type(error).__name__, delivery.attempts + 1)
            self._note_failure(session, delivery, error, now)
            if delivery.sender_tag is not None and delivery.attempts < HOLD_BACK_ATTEMPTS:
                failed_senders.add(delivery.sender_tag)
            return False

    def _note_failure(self, session: Session, delivery: Delivery, error: Exception, now: datetime) -> None:
        attempts = delivery.attempts + 1
        session.execute(
            update(Delivery)
            .where(Delivery.sequence == delivery.sequence)
            .values(
                attempts=min(attempts, 1000),
                due_at=now + timedelta(seconds=retry_delay_s(attempts)),
                error=type(error).__name__[:80],
            )
        )
        session.refresh(delivery)


def _due(now: datetime) -> Select[Delivery]:
    """Pending deliveries whose time has come, but for those that wait behind a failing one of the same sender."""
    waiting = Delivery.sealed.is_not(None)
    held_back = select(Delivery.sender_tag).where(
        waiting,
        Delivery.sender_tag.is_not(None),
        Delivery.due_at > now,
        Delivery.attempts.between(1, HOLD_BACK_ATTEMPTS - 1),
    )
    in_turn = or_(Delivery.sender_tag.is_(None), Delivery.sender_tag.not_in(held_back))
    return select(Delivery).where(waiting, Delivery.due_at <= now, in_turn)


def _is_any_due(session: Session, now: datetime) -> bool:
    return session.scalar(_due(now).with_only_columns(Delivery.sequence).limit(1)) is not None
