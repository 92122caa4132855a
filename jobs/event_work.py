"""Event work: runs the handlers of pending events, each once, and keeps what fails for later."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from jobs.handlers import HANDLERS, Handler
from models.events import Event, EventWork

LARGEST_BATCH: Final = 100

log = logging.getLogger(__name__)


def has_pending_events(session: Session, now: datetime) -> bool:
    return session.scalar(_pending(now).limit(1)) is not None


def _pending(now: datetime) -> Select[Event]:
    not_yet = select(EventWork.event_sequence).where(EventWork.done_at.is_(None), EventWork.due_at > now)
    return select(Event).where(Event.pending, Event.sequence.not_in(not_yet))


def work_off_events(session: Session, now: datetime, retry_delay_s: Callable[[int], float]) -> int:
    """How many pieces of work were tried. An event stops pending when all its handlers have done their work."""
    tried = 0
    for event in session.scalars(_pending(now).order_by(Event.sequence).limit(LARGEST_BATCH)).all():
        done = [_work_off(session, event, handler, now, retry_delay_s) for handler in HANDLERS.get(event.name, ())]
        event.pending = not all(done)
        tried += len(done)
    return tried


def _work_off(
    session: Session, event: Event, handler: Handler, now: datetime, retry_delay_s: Callable[[int], float]
) -> bool:
    work = session.get(EventWork, (event.sequence, handler.__name__))
    if work is None:
        work = EventWork(event_sequence=event.sequence, handler=handler.__name__, due_at=now, attempts=0)
        session.add(work)
        session.flush()
    if work.done_at is not None:
        return True
    try:
        with session.begin_nested():
            handler(session, event, now)
    except Exception as error:
        if not session.is_active:
            raise
        log.warning("%s for %s: %s", handler.__name__, event.name, type(error).__name__)
        work.attempts += 1
        work.error = type(error).__name__[:80]
        work.due_at = now + timedelta(seconds=retry_delay_s(work.attempts))
        return False
    work.done_at, work.error = now, None
    return True
