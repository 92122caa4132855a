"""The backlog: what waits, what fails, what is in doubt. For doctor and /metrics; nothing protected is told."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.channels import ChannelRow
from models.deliveries import Delivery
from models.events import EventWork
from models.messages import Message
from models.reports import Report
from models.tallies import TallyChange

_MEANINGS: Final = {
    "deliveries_waiting": "deliveries taken in durably and not yet understood",
    "deliveries_failing": "of those, how many failed at least once",
    "oldest_delivery_s": "age in seconds of the oldest delivery not yet understood",
    "event_work_failing": "pieces of follow-up work that failed and wait for another try",
    "replies_queued": "replies waiting to be sent",
    "replies_in_doubt": "replies of which nobody can tell whether they went out",
    "replies_failed_day": "replies that failed in the last 24 hours",
    "channels_faulty": "channels that cannot send at present",
    "reports_to_review": "unprotected reports a person must look at",
    "texts_to_review": "unprotected texts that are no report for sure and wait for a person",
    "tally_changes_waiting": "changes not yet in the figures",
}


@dataclass(frozen=True, slots=True)
class Backlog:
    deliveries_waiting: int
    deliveries_failing: int
    oldest_delivery_s: float
    event_work_failing: int
    replies_queued: int
    replies_in_doubt: int
    replies_failed_day: int
    channels_faulty: int
    reports_to_review: int
    texts_to_review: int
    tally_changes_waiting: int

    def gauges(self) -> dict[str, tuple[float, str]]:
        """By name, the value and what it means."""
        values = asdict(self)
        return {each.name: (values[each.name], _MEANINGS[each.name]) for each in fields(self)}


def backlog_of(session: Session, now: datetime) -> Backlog:
    def count(model: type, *conditions: object) -> int:
        return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0  # type: ignore[arg-type]

    pending = Delivery.sealed.is_not(None)
    texts = select(Delivery.received_at).where(pending, Delivery.kind == "text")  # a status may wait for its text
    oldest = session.scalar(texts.order_by(Delivery.sequence).limit(1))
    recently = Message.created_at > now - timedelta(days=1)
    return Backlog(
        deliveries_waiting=count(Delivery, pending),
        deliveries_failing=count(Delivery, pending, Delivery.attempts > 0),
        oldest_delivery_s=max((now - oldest).total_seconds(), 0.0) if oldest else 0.0,
        event_work_failing=count(EventWork, EventWork.done_at.is_(None)),
        replies_queued=count(Message, Message.status.in_(["queued", "sending"])),
        replies_in_doubt=count(Message, Message.status == "unknown"),
        replies_failed_day=count(Message, Message.status.in_(["failed", "undelivered"]), recently),
        channels_faulty=count(ChannelRow, ChannelRow.fault.is_not(None)),
        reports_to_review=count(
            Report, Report.review.is_not(None), Report.status != "closed", Report.protect == "none"
        ),
        texts_to_review=count(Message, Message.review.is_not(None), Message.protect == "none"),
        tally_changes_waiting=count(TallyChange),
    )
