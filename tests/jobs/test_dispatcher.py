"""The dispatcher: one bad delivery stands alone, a sender's texts keep their order, two dispatchers double nothing."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake.reference import ReferenceKeeper
from jobs.dispatcher import LONGEST_RETRY_S, Dispatcher, retry_delay_s
from jobs.doctor import examine
from jobs.handlers import HANDLERS
from models.database import Database
from models.deliveries import HOLD_BACK_ATTEMPTS, Delivery
from models.events import HANDLED, Event, EventWork
from models.incidents import Incident
from models.job_states import take_job
from models.messages import Message
from models.reporters import DataKeyRow, Reporter
from models.reports import Report
from models.tallies import TallyChange
from tests.conftest import START, Store
from tests.intake.factories import (
    AMINATA,
    BOUBACAR,
    CIRE,
    Sms,
    all_of,
    dispatch,
    dispatcher_of,
    events_of,
    hand_in,
    message_of,
    one_of,
    replies_to,
    report_of,
    write_down,
)

ROOT = Path(__file__).parents[2]


def corrupt(store: Store, delivery_id: UUID) -> bytes:
    """Flips a bit of what is sealed; returns what it was."""
    with store.database.writing() as session:
        row = session.scalars(select(Delivery).where(Delivery.id == delivery_id)).one()
        whole = row.sealed or b""
        row.sealed = whole[:-1] + bytes([whole[-1] ^ 1])
    return whole


def mend(store: Store, delivery_id: UUID, whole: bytes) -> None:
    with store.database.writing() as session:
        session.execute(update(Delivery).where(Delivery.id == delivery_id).values(sealed=whole))


def delivery_of(store: Store, delivery_id: UUID) -> Delivery:
    return one_of(store, Delivery, Delivery.id == delivery_id)


def received(store: Store) -> list[UUID]:
    """Messages in the order they were understood."""
    return [event.subject for event in events_of(store, "message.received")]


# -- one bad delivery --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [0, 42, 99], ids=["the first", "one in the middle", "the last"])
def test_one_bad_delivery_stands_alone(store: Store, bad: int) -> None:
    ids = write_down(store, *(Sms("vol à Dixinn", sender=f"+2249200{n:05d}") for n in range(100)))
    corrupt(store, ids[bad])
    dispatch(store)
    landed = [message.id for message in all_of(store, Message, Message.direction == "in")]
    assert set(landed) == set(ids) - {ids[bad]}
    assert len(all_of(store, Report)) == len(all_of(store, Incident)) == len(all_of(store, Reporter)) == 99
    failed = delivery_of(store, ids[bad])
    assert (failed.attempts, failed.error, failed.sealed is None) == (1, "DoesNotOpen", False)


def test_a_failing_delivery_is_kept_and_lands_when_it_can(store: Store) -> None:
    (delivery_id,) = write_down(store, Sms("vol à Dixinn"))
    whole = corrupt(store, delivery_id)
    dispatch(store)
    assert not all_of(store, Message)
    mend(store, delivery_id, whole)
    store.clock.go_on(seconds=retry_delay_s(1))
    dispatch(store)
    assert report_of(store, delivery_id).status == "open"
    assert (delivery_of(store, delivery_id).sealed, delivery_of(store, delivery_id).error) == (None, None)


def test_a_failing_delivery_is_tried_with_growing_delay(store: Store) -> None:
    (delivery_id,) = write_down(store, Sms("vol à Dixinn"))
    corrupt(store, delivery_id)
    waits = []
    for _ in range(4):
        dispatch(store)
        row = delivery_of(store, delivery_id)
        waits.append((row.due_at - store.clock()).total_seconds())
        store.clock.now = row.due_at
    assert waits == [5, 10, 20, 40]
    assert delivery_of(store, delivery_id).attempts == 4


@pytest.mark.parametrize(("failures", "delay_s"), [(1, 5), (2, 10), (11, LONGEST_RETRY_S), (10_000, LONGEST_RETRY_S)])
def test_the_delay_doubles_up_to_an_hour(failures: int, delay_s: float) -> None:
    assert retry_delay_s(failures) == delay_s


def test_it_is_not_tried_before_its_time(store: Store) -> None:
    (delivery_id,) = write_down(store, Sms("vol à Dixinn"))
    corrupt(store, delivery_id)
    dispatch(store)
    store.clock.go_on(seconds=4)
    assert dispatcher_of(store).run_once() == 0
    assert delivery_of(store, delivery_id).attempts == 1


def test_doctor_shows_a_failing_delivery(store: Store) -> None:
    (delivery_id,) = write_down(store, Sms("vol à Dixinn"))
    corrupt(store, delivery_id)
    dispatch(store)
    with store.database.reading() as session:
        said = [finding.says for finding in examine(session, store.settings, store.clock())]
    assert [line for line in said if str(delivery_id) in line and "DoesNotOpen" in line]


# -- order -------------------------------------------------------------------------------------------------------------


def test_the_texts_of_one_sender_are_understood_in_order(store: Store) -> None:
    senders = [AMINATA, BOUBACAR, CIRE]
    ids = write_down(store, *(Sms("vol à Dixinn", sender=senders[n % 3]) for n in range(60)))
    dispatch(store)
    assert received(store) == ids


def test_later_texts_of_a_failing_one_wait_and_others_do_not(store: Store) -> None:
    first, second, other = write_down(store, Sms("STOP"), Sms("START"), Sms("vol à Dixinn", sender=BOUBACAR))
    whole = corrupt(store, first)
    dispatch(store)
    (later,) = write_down(store, Sms("vol à Dixinn"))
    dispatch(store)
    assert received(store) == [other]
    mend(store, first, whole)
    store.clock.go_on(seconds=5)
    dispatch(store)
    assert received(store) == [other, first, second, later]
    assert replies_to(store, later) == ["understood"]


def test_after_enough_failures_the_later_texts_go_ahead(store: Store) -> None:
    first, second = write_down(store, Sms("vol à Dixinn"), Sms("vol à Matoto"))
    corrupt(store, first)
    for attempt in range(1, HOLD_BACK_ATTEMPTS + 1):
        assert received(store) == []
        dispatch(store)
        assert delivery_of(store, first).attempts == attempt
        store.clock.now = delivery_of(store, first).due_at
    dispatch(store)
    assert received(store) == [second]


# -- two at once -------------------------------------------------------------------------------------------------------

_DISPATCH = """
import sys, threading
from datetime import datetime
from sqlalchemy import select
from intake.reference import ReferenceKeeper
from jobs.dispatcher import Dispatcher
from models.database import Database
from models.deliveries import Delivery
from models.settings import read_settings
from models.vault import Vault

settings = read_settings()
database, vault = Database(settings.database_url), Vault.read(settings.key_file)
now = datetime.fromisoformat(sys.argv[1])
dispatcher = Dispatcher(database, vault, ReferenceKeeper(vault), settings, clock=lambda: now)
print("ready", flush=True)
sys.stdin.readline()
stopping = threading.Event()
thread = threading.Thread(target=dispatcher.run, args=(stopping,))
thread.start()
while True:
    with database.reading() as session:
        if session.scalar(select(Delivery.sequence).where(Delivery.sealed.is_not(None)).limit(1)) is None:
            break
    stopping.wait(0.05)
stopping.set()
dispatcher.woken.set()
thread.join()
database.close()
"""


def doubled(store: Store) -> dict[str, int]:
    models = (Message, Report, Incident, Reporter, DataKeyRow)
    counts = {model.__tablename__: len(all_of(store, model)) for model in models}
    return counts | {"changes": sum(change.reports for change in all_of(store, TallyChange))}


def expected(texts: int, numbers: int) -> dict[str, int]:
    """Every text one message, one reply, one report, one incident; every number one reporter and one key."""
    return {
        "messages": 2 * texts,
        "reports": texts,
        "incidents": texts,
        "reporters": numbers,
        "data_keys": numbers,
        "changes": texts,
    }


def test_two_processes_double_nothing(store: Store) -> None:
    ids = write_down(store, *(Sms("vol à Dixinn", sender=f"+2249200{n % 40:05d}") for n in range(160)))
    environment = os.environ | {
        "KIBARO_DATABASE_URL": store.settings.database_url,
        "KIBARO_KEY_FILE": str(store.settings.key_file),
    }
    command = [sys.executable, "-c", _DISPATCH, START.isoformat()]
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    outputs = [process.communicate("go\n", timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert doubled(store) == expected(160, 40)
    assert sorted(received(store)) == sorted(ids)
    by_sender = {n: [each for each in received(store) if each in ids[n::40]] for n in range(40)}
    assert all(by_sender[n] == ids[n::40] for n in range(40))


def test_two_threads_double_nothing(store: Store) -> None:
    write_down(store, *(Sms("vol à Dixinn", sender=f"+2249200{n % 30:05d}") for n in range(120)))
    together = threading.Barrier(2)
    faults: list[BaseException] = []

    def work() -> None:
        database = Database(store.settings.database_url)
        dispatcher = Dispatcher(database, store.vault, ReferenceKeeper(store.vault), store.settings, clock=store.clock)
        together.wait()
        try:
            for _ in range(20):
                dispatcher.run_once()
        except BaseException as fault:
            faults.append(fault)
        database.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults
    assert doubled(store) == expected(120, 30)


@pytest.mark.parametrize("engine", ["postgresql"])  # on SQLite the second waits at the store's only write lock
def test_while_one_dispatches_another_does_nothing(store: Store) -> None:
    hand_in(store, "bonjour", sender=BOUBACAR)  # the job's row is made on first use
    write_down(store, Sms("vol à Dixinn"))
    with store.database.writing() as session:
        assert take_job(session, "dispatch") is not None
        assert dispatcher_of(store).run_once() == 0
    assert dispatcher_of(store).run_once() == 1


# -- what follows from events ------------------------------------------------------------------------------------------


def test_every_handled_event_is_born_pending() -> None:
    assert set(HANDLERS) == HANDLED


def spy(seen: list[str], name: str = "spy", fails: int = 0) -> Callable[[Session, Event, datetime], None]:
    left = [fails]

    def handler(session: Session, event: Event, now: datetime) -> None:
        del session, now
        seen.append(event.name)
        if left[0]:
            left[0] -= 1
            raise RuntimeError

    handler.__name__ = name
    return handler


def test_a_handler_runs_once_for_an_event(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setitem(HANDLERS, "reporter.stopped", (spy(seen),))
    hand_in(store, "STOP")
    for _ in range(3):
        dispatch(store)
    assert seen == ["reporter.stopped"]
    assert one_of(store, EventWork).done_at == store.clock()
    assert not one_of(store, Event, Event.name == "reporter.stopped").pending


def test_a_failing_handler_is_shown_and_tried_again_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    bad: list[str] = []
    good: list[str] = []
    monkeypatch.setitem(HANDLERS, "reporter.stopped", (spy(bad, "bad", fails=2), spy(good, "good")))
    hand_in(store, "STOP")
    hand_in(store, "vol à Dixinn", sender=BOUBACAR)
    assert len(all_of(store, Report)) == 1
    failing = one_of(store, EventWork, EventWork.handler == "bad")
    assert (failing.attempts, failing.error, failing.done_at) == (1, "RuntimeError", None)
    assert failing.due_at == store.clock() + timedelta(seconds=5)
    with store.database.reading() as session:
        findings = examine(session, store.settings, store.clock())
    assert [finding for finding in findings if "1 pieces of follow-up work fail" in finding.says]

    dispatch(store)
    assert len(bad) == 1
    store.clock.go_on(seconds=5)
    dispatch(store)
    store.clock.go_on(seconds=10)
    dispatch(store)
    assert (len(bad), len(good)) == (3, 1)
    assert not one_of(store, Event, Event.name == "reporter.stopped").pending


def test_what_a_failing_handler_wrote_is_undone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def half_done(session: Session, event: Event, now: datetime) -> None:
        del now
        session.execute(update(Reporter).where(Reporter.id == event.reporter_id).values(language="xx"))
        raise RuntimeError

    monkeypatch.setitem(HANDLERS, "reporter.stopped", (half_done,))
    message = message_of(store, hand_in(store, "STOP"))
    assert one_of(store, Reporter, Reporter.id == message.reporter_id).language is None
