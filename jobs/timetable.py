"""The timetable: what happens when. APScheduler is only the clock; that a job runs once is its state row's lock."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from intake.reference import ReferenceKeeper
from jobs.expiring import EVERY_S as CONVERSATIONS_EVERY_S
from jobs.expiring import expire_conversations
from jobs.signals import EVERY_S as SIGNALS_EVERY_S
from jobs.signals import raise_signals
from jobs.tallies import fold_tallies
from models.clock import Clock
from models.database import Database
from models.faults import Unavailable, trace_of
from models.job_states import note_failure
from models.settings import Settings

EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Every interval begins here, so that the slots of all processes fall together."""
REFERENCE_EVERY_S: Final = 5

log = logging.getLogger(__name__)


def timetable_of(database: Database, keeper: ReferenceKeeper, settings: Settings, clock: Clock) -> BackgroundScheduler:
    def tallies() -> None:
        fold_tallies(database, keeper, settings, clock(), once_a_slot=True)

    def signals() -> None:
        raise_signals(database, keeper, settings, clock(), only_touched=True)

    def conversations() -> None:
        expire_conversations(database, keeper, clock())

    def reference() -> None:
        with database.reading() as session:
            keeper.current(session)

    scheduler = BackgroundScheduler(timezone=UTC)
    _every(database, scheduler, settings.tallies_every_s, tallies)
    _every(database, scheduler, SIGNALS_EVERY_S, signals)
    _every(database, scheduler, CONVERSATIONS_EVERY_S, conversations)
    _every(database, scheduler, REFERENCE_EVERY_S, reference)
    return scheduler


def _every(database: Database, scheduler: BackgroundScheduler, seconds: int, job: Callable[[], None]) -> None:
    def run() -> None:
        try:
            job()
        except Unavailable:
            log.warning("%s: the store does not answer; next time again", job.__name__)
        except Exception as error:  # APScheduler would log the error's own words
            log.error("%s met %s\n%s", job.__name__, type(error).__name__, trace_of(error))
            with suppress(Unavailable):
                note_failure(database, job.__name__, error)

    scheduler.add_job(
        run,
        IntervalTrigger(seconds=seconds, start_date=EPOCH),
        id=job.__name__,
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,  # late is better than never: every job catches up by itself
    )
