"""What is wrong and what to do about it, in sentences for a tired operator."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.backlog import Backlog, backlog_of
from models.channels import BUILT_IN, ChannelRow
from models.deliveries import Delivery
from models.job_states import JobState
from models.localities import EmergencyNumber, Locality
from models.messages import Message
from models.settings import Settings

MINUTE: Final = timedelta(minutes=1)
STALE_AFTER: Final = timedelta(minutes=5)
NUMBER_TRIED_WITHIN: Final = timedelta(days=30)
DOUBT_TOLD_FOR: Final = timedelta(days=7)
"""Later nobody waits for that answer any more, and a finding that never goes away is not read."""
SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """wrong: something is not done that should be. advice: it works, but."""

    grade: Literal["wrong", "advice"]
    says: str


def examine(session: Session, settings: Settings, now: datetime) -> list[Finding]:
    backlog = backlog_of(session, now)
    return [
        *_deliveries(session, backlog),
        *_replies(session, settings, backlog, now),
        *_channels(session),
        *_jobs(session),
        *_tallies(session, backlog, now),
        *_emergency_numbers(session, now),
        *_key_file(settings),
    ]


def _deliveries(session: Session, backlog: Backlog) -> Iterator[Finding]:
    if backlog.oldest_delivery_s > STALE_AFTER.total_seconds():
        yield Finding(
            "wrong",
            f"{backlog.deliveries_waiting} deliveries wait, the oldest for {backlog.oldest_delivery_s / 60:.0f} "
            "minutes. They are safe. Is `kibaro serve` or `kibaro work` running?",
        )
    failing = session.execute(
        select(Delivery.id, Delivery.error, Delivery.attempts, Delivery.due_at)
        .where(Delivery.sealed.is_not(None), Delivery.attempts > 0)
        .order_by(Delivery.sequence)
        .limit(SHOWN)
    )
    for delivery_id, error, attempts, due_at in failing:
        yield Finding(
            "wrong",
            f"Delivery {delivery_id} failed {attempts} times ({error}); it is kept and tried again at "
            f"{due_at:%H:%M} UTC. If it goes on, report the error's name to the maintainers.",
        )
    if backlog.event_work_failing:
        yield Finding(
            "wrong", f"{backlog.event_work_failing} pieces of follow-up work fail; they are tried again by themselves."
        )


def _replies(session: Session, settings: Settings, backlog: Backlog, now: datetime) -> Iterator[Finding]:
    waiting = select(func.min(Message.created_at)).where(Message.status.in_(["queued", "sending"]))
    oldest = session.scalar(waiting)
    if oldest is not None and now - oldest > STALE_AFTER:
        yield Finding(
            "wrong",
            f"{backlog.replies_queued} replies wait to be sent, the oldest for {(now - oldest) / MINUTE:.0f} minutes. "
            "Is `kibaro serve` or `kibaro work` running, can the channel send, is KIBARO_REPLIES_PER_DAY used "
            f"up? After {settings.reply_expires_h} hours a reply is given up.",
        )

    def count(since: datetime, *conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).where(Message.created_at > since, *conditions)) or 0

    expirable = now - timedelta(days=1, hours=settings.reply_expires_h)  # when it was given up is not noted
    expired = count(expirable, Message.status == "cancelled", Message.error_code == "expired")
    if expired:
        yield Finding(
            "wrong",
            f"{expired} replies of {expirable:%Y-%m-%d} and later could not be sent in time and were given up: those "
            "people got no answer. The channel or the sender stood still; what is said of them here comes first.",
        )
    if in_doubt := count(now - DOUBT_TOLD_FOR, Message.status == "unknown"):
        yield Finding(
            "wrong",
            f"Of {in_doubt} replies of the last seven days nobody can tell whether they went out; they are not sent "
            "again. Look them up at the provider: GET /v1/messages?direction=out shows them with status unknown.",
        )
    if backlog.replies_failed_day:
        yield Finding("advice", f"{backlog.replies_failed_day} replies failed in the last 24 hours.")


def _channels(session: Session) -> Iterator[Finding]:
    channels = session.scalars(select(ChannelRow)).all()
    if all(channel.name in BUILT_IN for channel in channels):
        yield Finding("advice", "No channel brings texts yet. `kibaro channels add --help` shows how to connect one.")
    for channel in channels:
        if channel.stopped_at:
            yield Finding(
                "advice",
                f"Channel {channel.name} is stopped since {channel.stopped_at:%Y-%m-%d}: nothing comes in or goes out. "
                f"`kibaro channels start {channel.name}` opens it again.",
            )
        if channel.fault:
            yield Finding(
                "wrong",
                f"Channel {channel.name} cannot send ({channel.fault}): check its credentials and credit there. "
                "Texts still come in; replies wait and are tried every minute.",
            )


def _jobs(session: Session) -> Iterator[Finding]:
    for state in session.scalars(select(JobState).where(JobState.failures > 0)):
        yield Finding(
            "wrong", f"The job {state.name} failed {state.failures} times ({state.error}); the log says where."
        )


def _tallies(session: Session, backlog: Backlog, now: datetime) -> Iterator[Finding]:
    state = session.get(JobState, "tallies")
    waiting = backlog.tally_changes_waiting
    if waiting and (state is None or state.finished_at is None or now - state.finished_at > STALE_AFTER):
        yield Finding(
            "wrong", f"{waiting} changes are not in the figures yet. `kibaro jobs run tallies` brings them in now."
        )


def _emergency_numbers(session: Session, now: datetime) -> Iterator[Finding]:
    rows = session.execute(
        select(Locality.code, EmergencyNumber.tested_on).join(Locality, Locality.id == EmergencyNumber.locality_id)
    ).all()
    if not rows:
        yield Finding(
            "wrong",
            "No emergency number is set, so danger replies can name none. Bring a file locality,number,tested_on: "
            "`kibaro localities emergency FILE`.",
        )
    for code, tested_on in rows:
        if tested_on is None or now.date() - tested_on > NUMBER_TRIED_WITHIN:
            since = f"since {tested_on}" if tested_on else "ever"
            yield Finding(
                "advice", f"Nobody has tried the emergency number of {code} {since}: call it, then note the day."
            )


def _key_file(settings: Settings) -> Iterator[Finding]:
    path: Path = settings.key_file
    if path.exists() and path.stat().st_mode & 0o077:
        yield Finding("advice", f"{path} can be read by others on this machine: chmod 600 {path}")
    if path.exists() and settings.embedded:
        yield Finding(
            "advice",
            f"{path} is all that opens this store. Keep a copy in another building, never beside the backups.",
        )
