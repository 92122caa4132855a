"""Sending: hands queued texts to their providers. Commit `sending`, call, record; after a crash in between, look before
leaping.

At most one text goes out per attempt. Where it cannot be known whether one did, none is sent again and the message says
so.
"""

import json
import logging
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, literal, or_, select, update
from sqlalchemy.orm import Session

from intake.gateways.contract import Accepted, Gateway, Outgoing, Rejected, SendResult, Uncertain, Unknown
from intake.reference import Reference, ReferenceKeeper
from intake.statuses import provider_tag
from jobs.expiring import forget_last_answer
from jobs.leases import Task, claim, is_due
from models.channels import ChannelRow
from models.clock import Clock, now_utc
from models.database import Database
from models.events import Event, event_row
from models.faults import Unavailable, trace_of
from models.job_states import forget_failures, note_failure
from models.messages import Message
from models.settings import Settings
from models.vault import Vault

JOB: Final = "send"
LONGEST_CALL: Final = timedelta(seconds=25)  # gateways promise some 20 s
LOOK_UP_FOR: Final = timedelta(hours=1)
FIRST_RETRY_S: Final = 30.0
LONGEST_RETRY_S: Final = 3600.0
POLL_S: Final = 1.0
MOST_THREADS: Final = 64  # made when they are needed: at most AT_ONCE for each channel

log = logging.getLogger(__name__)


def retry_delay_s(failures: int) -> float:
    """Wait before a text the provider would not take is tried again, in seconds: 30 s, doubling, at most an hour."""
    return min(FIRST_RETRY_S * 2.0 ** min(failures - 1, 30), LONGEST_RETRY_S)


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
        self._failed = True  # as far as we know: an earlier process may have
        self._turn = threading.Lock()
        self._under_way: Counter[int] = Counter()  # texts by channel
        self.woken = threading.Event()

    def run(self, stopping: threading.Event) -> None:
        with ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="send") as pool:
            while not stopping.is_set():
                done = 0
                try:
                    done = self.run_once(pool)
                except Unavailable:
                    log.warning("the store does not answer; trying again")
                    stopping.wait(POLL_S)
                except Exception as error:  # a thread that ends would leave replies lying without a sign
                    self._note(error)
                    stopping.wait(POLL_S)
                if not done:
                    self.woken.wait(POLL_S)
                    self.woken.clear()

    def run_once(self, pool: ThreadPoolExecutor | None = None) -> int:
        """With a pool the texts are handed to it, and a channel has its turn again when it is through with its own:
        one that hangs holds up nobody else.
        """
        now = self._clock()
        with self._turn:
            busy = frozenset(self._under_way)
        with self._database.reading() as session:
            if session.scalar(select(Message.id).where(is_due(now, busy)).limit(1)) is None:
                return 0
        with self._database.writing() as session:
            reference = self._keeper.current(session)
            tasks, dropped = claim(session, self._vault, self._settings, now, busy)
        if pool is None:
            for task in tasks:
                self._carry_out(reference, task)
            self._forget_failures()
        else:
            with self._turn:
                self._under_way.update(task.channel_id for task in tasks)
            for task in tasks:
                pool.submit(self._attend, reference, task)
        return len(tasks) + dropped

    def _attend(self, reference: Reference, task: Task) -> None:
        """In a thread of the pool."""
        try:
            self._carry_out(reference, task)
            self._forget_failures()
        except Unavailable:
            log.warning("the store does not answer; the outcome of %s is looked up later", task.message_id)
        except Exception as error:
            self._note(error)
        finally:
            with self._turn:
                self._under_way -= Counter({task.channel_id: 1})
            self.woken.set()

    def _note(self, error: Exception) -> None:
        log.error("the sender met %s\n%s", type(error).__name__, trace_of(error))
        self._failed = True
        with suppress(Unavailable):
            note_failure(self._database, JOB, error)

    def _forget_failures(self) -> None:
        if self._failed:
            with self._database.writing() as session:
                forget_failures(session, JOB)
            self._failed = False

    # -- the call, outside any transaction ---------------------------------------------------------------------------

    def _carry_out(self, reference: Reference, task: Task) -> None:
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

    def _resolve_crash(self, gateway: Gateway, outgoing: Outgoing, task: Task) -> None:
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

    def _record(self, task: Task, result: SendResult, gateway: Gateway) -> None:
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

    def _record_rejection(self, task: Task, result: Rejected, now: datetime) -> None:
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
        task: Task,
        *,
        refused: bool = False,
        channel_fault: str | None = None,
        **values: Any,
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
            if values.get("status") in {"sent", "failed", "unknown"}:
                forget_last_answer(session, task.message_id)
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

    def _tell_of_refusal(self, session: Session, task: Task, now: datetime) -> None:
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
