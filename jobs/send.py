"""Sending: hands queued texts to their providers. Commit `sending`, call, record; after a crash in between, look before
leaping.

At most one text goes out per attempt. Where it cannot be known whether one did, none is sent again and the message says
so.
"""

import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from intake.gateways.contract import Accepted, Gateway, Outgoing, Rejected, SendResult, Uncertain, Unknown
from intake.incoming import LATE_AFTER
from intake.reference import Reference, ReferenceKeeper
from intake.sources import number_of
from intake.statuses import provider_tag
from models.channels import ChannelRow
from models.clock import Clock, now_utc
from models.database import Database
from models.events import Event, event_row
from models.faults import Unavailable, trace_of
from models.messages import Message
from models.reporters import DataKeyRow, OptOut, Reporter
from models.settings import Settings
from models.vault import DataKey, DoesNotOpen, Sealed, Vault

AT_ONCE: Final = 8
LEASE: Final = timedelta(seconds=60)
LONGEST_CALL: Final = timedelta(seconds=25)  # gateways promise some 20 s
LOOK_UP_FOR: Final = timedelta(hours=1)
CHANNEL_REST: Final = timedelta(minutes=1)  # a channel with wrong credentials or no credit is tried again after this
FIRST_RETRY_S: Final = 30.0
LONGEST_RETRY_S: Final = 3600.0
POLL_S: Final = 1.0

log = logging.getLogger(__name__)


def retry_delay_s(failures: int) -> float:
    """Wait before a text the provider would not take is tried again, in seconds: 30 s, doubling, at most an hour."""
    return min(FIRST_RETRY_S * 2.0 ** min(failures - 1, 30), LONGEST_RETRY_S)


@dataclass(frozen=True, slots=True)
class _Task:
    """One attempt that this process holds the lease of. crashed: an earlier attempt's outcome is not known."""

    message_id: UUID
    channel_id: int
    attempt: int
    attempted_at: datetime
    leased_until: datetime
    crashed: bool
    outgoing: Outgoing
    key: DataKey


class Sender:
    """run() is the body of a thread; run_once() works off what is due and says how many texts it dealt with."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        keeper: ReferenceKeeper,
        settings: Settings,
        *,
        clock: Clock = now_utc,
    ) -> None:
        self._clock = clock
        self._database = database
        self._vault = vault
        self._keeper = keeper
        self._settings = settings
        self.woken = threading.Event()

    def run(self, stopping: threading.Event) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="send") as pool:
            while not stopping.is_set():
                done = 0
                try:
                    done = self.run_once(pool)
                except Unavailable:
                    log.warning("the store does not answer; trying again")
                    stopping.wait(POLL_S)
                except Exception as error:  # a thread that ends would leave replies lying without a sign
                    log.error("the sender met %s\n%s", type(error).__name__, trace_of(error))
                    stopping.wait(POLL_S)
                if not done:
                    self.woken.wait(POLL_S)
                    self.woken.clear()

    def run_once(self, pool: ThreadPoolExecutor | None = None) -> int:
        now = self._clock()
        with self._database.reading() as session:
            if session.scalar(select(Message.id).where(_is_due(now)).limit(1)) is None:
                return 0
        with self._database.writing() as session:
            reference = self._keeper.current(session)
            tasks, dropped = self._claim(session, now)
        list((pool.map if pool else map)(lambda task: self._carry_out(reference, task), tasks))
        return len(tasks) + dropped

    # -- before the call ---------------------------------------------------------------------------------------------

    def _claim(self, session: Session, now: datetime) -> tuple[list[_Task], int]:
        """Takes leases on what is due; cancels what must not go out any more. Commits before any provider is called."""
        resting = select(ChannelRow.id).where(ChannelRow.fault_at > now - CHANNEL_REST)
        danger_first = Message.purpose.startswith("danger").desc()
        query = (
            select(Message, Reporter, DataKeyRow)
            .outerjoin(Reporter, Reporter.id == Message.reporter_id)
            .outerjoin(DataKeyRow, DataKeyRow.reporter_id == Message.reporter_id)
            .where(_is_due(now), Message.channel_id.not_in(resting))
            .order_by(danger_first, Message.due_at, Message.id)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True, of=Message)
        )
        tasks: list[_Task] = []
        dropped = 0
        spent = self._spent_today(session, now)
        for message, reporter, key_row in session.execute(query):
            if reason := self._forbidden(session, message, reporter, now):
                message.status, message.error_code, message.leased_until = "cancelled", reason, None
                dropped += 1
            elif message.status == "queued" and spent[_is_danger(message)] >= self._settings.replies_per_day:
                message.due_at = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
                dropped += 1
            elif task := self._lease(message, reporter, key_row, now):
                tasks.append(task)
                spent[_is_danger(message)] += 1
            else:
                dropped += 1
        return tasks, dropped

    def _forbidden(self, session: Session, message: Message, reporter: Reporter | None, now: datetime) -> str | None:
        if message.status != "queued":
            return None  # it may be out already: only a look-up can tell
        if reporter is None or message.body is None:
            return "erased"
        waits_at_most = LATE_AFTER if _is_danger(message) else timedelta(hours=self._settings.reply_expires_h)
        if now - message.created_at > waits_at_most:
            return "expired"
        stopped = session.get(OptOut, (reporter.id, message.channel_id))
        if stopped is not None and message.purpose != "stopped":
            return "opted-out"
        return None

    def _spent_today(self, session: Session, now: datetime) -> dict[bool, int]:
        """Texts handed over since midnight UTC; danger replies have the day's budget again for themselves."""
        midnight = datetime.combine(now.date(), datetime.min.time(), UTC)
        is_danger = Message.purpose.startswith("danger")
        query = select(is_danger, func.count()).where(Message.attempted_at >= midnight).group_by(is_danger)
        return {False: 0, True: 0} | {bool(danger): count for danger, count in session.execute(query)}

    def _lease(
        self, message: Message, reporter: Reporter | None, key_row: DataKeyRow | None, now: datetime
    ) -> _Task | None:
        crashed = message.status == "sending"
        if not crashed:
            message.status, message.attempts, message.attempted_at = "sending", message.attempts + 1, now
        message.leased_until = now + LEASE
        opened = self._open(message, reporter, key_row)
        if opened is None:
            message.status, message.error_code, message.leased_until = "failed", "does-not-open", None
            return None
        key, recipient, body = opened
        return _Task(
            message_id=message.id,
            channel_id=message.channel_id,
            attempt=message.attempts,
            attempted_at=message.attempted_at or now,
            leased_until=message.leased_until,
            crashed=crashed,
            outgoing=Outgoing(str(message.id), recipient, body, None),
            key=key,
        )

    def _open(
        self, message: Message, reporter: Reporter | None, key_row: DataKeyRow | None
    ) -> tuple[DataKey, str, str] | None:
        """The reporter's key, address, and what is to be said; None where any of it is gone or does not open."""
        if reporter is None or key_row is None or message.body is None:
            return None
        try:
            key = self._vault.data_key(reporter.id, Sealed(key_row.wrapping_version, key_row.wrapped))
            return key, number_of(key, reporter) or "", key.open(f"messages.body.{message.id}", message.body).decode()
        except DoesNotOpen:
            return None

    # -- the call, outside any transaction ---------------------------------------------------------------------------

    def _carry_out(self, reference: Reference, task: _Task) -> None:
        channel, gateway = reference.channels_by_id.get(task.channel_id), reference.gateways.get(task.channel_id)
        if channel is None or gateway is None:
            return  # the channel cannot be used at present, which the log says; the lease runs out and is taken again
        callback = f"{self._settings.public_url}/intake/{channel.name}/status"
        outgoing = Outgoing(task.outgoing.id, task.outgoing.recipient, task.outgoing.body, callback)
        if task.crashed:
            self._resolve_crash(gateway, outgoing, task)
        elif self._clock() + LONGEST_CALL <= task.leased_until:  # who slept must not send into somebody else's lease
            self._record(task, gateway.send(outgoing), gateway)
        else:
            self._update(task, status="queued", leased_until=None, due_at=self._clock(), attempts=task.attempt - 1)

    def _resolve_crash(self, gateway: Gateway, outgoing: Outgoing, task: _Task) -> None:
        found = gateway.look_up(outgoing, task.attempted_at)
        age = self._clock() - task.attempted_at
        if isinstance(found, Accepted):
            self._record(task, found, gateway)
        elif found is None and age >= timedelta(seconds=gateway.settle_s):
            self._update(task, status="queued", leased_until=None, due_at=self._clock(), error_code="not-there")
        elif isinstance(found, Unknown) and age > LOOK_UP_FOR:
            self._update(task, status="unknown", leased_until=None, error_code=found.reason[:40])
        else:
            self._update(task, error_code=found.reason[:40] if isinstance(found, Unknown) else "settling")

    # -- after the call ----------------------------------------------------------------------------------------------

    def _record(self, task: _Task, result: SendResult, gateway: Gateway) -> None:
        now = self._clock()
        if isinstance(result, Accepted):
            envelope = json.dumps({"provider_id": result.provider_id, "media": []}).encode()
            self._update(
                task,
                status="sent",
                sent_at=now,
                leased_until=None,
                error_code=None,
                provider_tag=provider_tag(self._vault, task.channel_id, result.provider_id),
                envelope=task.key.seal(f"messages.envelope.{task.message_id}", envelope),
            )
        elif isinstance(result, Uncertain):
            settled = now + timedelta(seconds=gateway.settle_s)
            self._update(task, leased_until=settled, error_code=result.error_code[:40])
        else:
            self._record_rejection(task, result, now)

    def _record_rejection(self, task: _Task, result: Rejected, now: datetime) -> None:
        code = result.error_code[:40]
        if not result.retry:
            self._update(task, refused=result.opted_out, status="failed", leased_until=None, error_code=code)
            return
        delay = result.retry_after_s if result.retry_after_s is not None else retry_delay_s(task.attempt)
        delay = min(max(delay, 1.0), LONGEST_RETRY_S)
        self._update(
            task,
            channel_fault=code if result.channel_down else None,
            status="queued",
            leased_until=None,
            due_at=now + timedelta(seconds=delay),
            error_code=code,
        )

    def _update(
        self,
        task: _Task,
        *,
        refused: bool = False,
        channel_fault: str | None = None,
        **values: Any,  # noqa: ANN401  column values
    ) -> None:
        """Notes the outcome unless somebody else has taken the attempt over in the meantime."""
        now = self._clock()
        with self._database.writing() as session:
            done = session.execute(
                update(Message)
                .where(Message.id == task.message_id, Message.attempts == task.attempt, Message.status == "sending")
                .values(**values)
                .execution_options(synchronize_session=False)
            )
            if done.rowcount == 0:  # type: ignore[attr-defined]  # a cursor result at run time
                log.warning("the outcome of %s came too late: another process had taken it over", task.message_id)
                return
            if refused:
                self._tell_of_refusal(session, task, now)
            if channel_fault or values.get("status") == "sent":
                session.execute(
                    update(ChannelRow)
                    .where(
                        ChannelRow.id == task.channel_id,
                        or_(ChannelRow.fault.is_not(None), literal(channel_fault is not None)),
                    )
                    .values(fault=channel_fault, fault_at=now if channel_fault else None)
                )

    def _tell_of_refusal(self, session: Session, task: _Task, now: datetime) -> None:
        name = session.scalar(select(ChannelRow.name).where(ChannelRow.id == task.channel_id))
        reporter_id = session.scalar(select(Message.reporter_id).where(Message.id == task.message_id))
        row = event_row(
            "reply.refused",
            task.message_id,
            {"channel": name},
            recorded_at=now,
            actor="provider",
            reporter_id=reporter_id,
        )
        session.execute(insert(Event), [row])


def _is_danger(message: Message) -> bool:
    return (message.purpose or "").startswith("danger")


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Message.status == "queued", Message.due_at <= now),
        and_(Message.status == "sending", Message.leased_until <= now),
    )
