"""Publishing: every committed event gets one position, in one row without gaps, whoever else is at work."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, text, update

from jobs import publish
from jobs.engine import Engine
from jobs.publish import JOB, Publisher, number_events
from models.database import Database
from models.events import Event, event_row
from models.job_states import JobState, take_job
from tests.conftest import START, Store
from tests.intake.factories import Sms, all_of, hand_in, one_of, write_down

SOON_S = 20.0
only_postgres = pytest.mark.parametrize("engine", ["postgresql"])


def record(store: Store, many: int = 1) -> list[UUID]:
    """Events in one transaction; their ids in order."""
    rows = [event_row("incident.opened", uuid4(), {}, recorded_at=START, actor="system") for _ in range(many)]
    with store.database.writing() as session:
        session.execute(insert(Event), rows)
    return [row["id"] for row in rows]


def published(store: Store) -> list[tuple[int | None, UUID]]:
    """Position and id of all events, by position."""
    with store.database.reading() as session:
        return [(row.position, row.id) for row in session.scalars(select(Event).order_by(Event.position))]


def wait_until(is_so: Callable[[], object]) -> None:
    until = time.monotonic() + SOON_S
    while not is_so():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)


@contextmanager
def running(publisher: Publisher) -> Iterator[None]:
    stopping = threading.Event()
    thread = threading.Thread(target=publisher.run, args=(stopping,))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        publisher.woken.set()
        thread.join(SOON_S)
        assert not thread.is_alive()


# -- positions ---------------------------------------------------------------------------------------------------------


def test_events_are_numbered_from_one_in_the_order_they_were_written(store: Store) -> None:
    ids = record(store, 7)
    assert Publisher(store.database).run_once() == 7
    assert published(store) == list(enumerate(ids, 1))


def test_publishing_again_changes_no_position_and_goes_on_from_the_highest(store: Store) -> None:
    publisher = Publisher(store.database)
    first = record(store, 3)
    publisher.run_once()
    assert publisher.run_once() == 0
    second = record(store, 2)
    assert Publisher(store.database).run_once() == 2
    assert published(store) == list(enumerate(first + second, 1))


def test_more_than_a_batch_is_published_batch_by_batch(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "LARGEST_BATCH", 4)
    monkeypatch.setattr(publish, "SQLITE_BATCH", 4)
    ids = record(store, 10)
    publisher = Publisher(store.database)
    assert [publisher.run_once() for _ in range(4)] == [4, 4, 2, 0]
    assert published(store) == list(enumerate(ids, 1))


def test_an_event_that_shows_up_under_a_smaller_sequence_comes_last(store: Store) -> None:
    """As after a transaction that drew its sequence early and committed late."""
    publisher = Publisher(store.database)
    row = event_row("incident.opened", uuid4(), {}, recorded_at=START, actor="system")
    with store.database.writing() as session:
        session.execute(insert(Event), [row | {"id": uuid4(), "sequence": 1000}])
    publisher.run_once()
    with store.database.writing() as session:
        session.execute(insert(Event), [row | {"sequence": 1}])
    publisher.run_once()
    assert published(store)[1] == (2, row["id"])


def test_a_publisher_that_ends_before_its_commit_leaves_all_to_the_next(store: Store) -> None:
    ids = record(store, 5)

    def broken_off() -> None:
        with store.database.writing() as session:
            take_job(session, JOB)
            assert number_events(session, 3) == 3
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        broken_off()
    assert {position for position, _ in published(store)} == {None}
    assert Publisher(store.database).run_once() == 5
    assert published(store) == list(enumerate(ids, 1))


# -- beside others -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["sqlite"])
def test_an_idle_poll_takes_no_write_lock(store: Store) -> None:
    record(store)
    publisher = Publisher(store.database)
    publisher.run_once()
    with closing(Database(store.settings.database_url)) as other, other.writing():
        begun = time.monotonic()
        assert publisher.run_once() == 0
        assert time.monotonic() - begun < 1, "it waited for the lock"


@only_postgres
def test_while_one_publishes_no_other_does(store: Store) -> None:
    record(store)
    publisher = Publisher(store.database)
    publisher.run_once()
    record(store, 2)
    with store.database.writing() as session:
        assert take_job(session, JOB) is not None
        assert publisher.run_once() == 0
    assert publisher.run_once() == 2


@only_postgres
@pytest.mark.parametrize("many", [3, 3000])
def test_an_event_that_somebody_is_changing_is_waited_for_and_keeps_its_place(store: Store, many: int) -> None:
    ids = record(store, many)
    done: list[int] = []
    thread = threading.Thread(target=lambda: done.append(Publisher(store.database).run_once()))
    with store.database.writing() as session:
        session.execute(update(Event).where(Event.id == ids[1]).values(actor="import"))
        thread.start()
        waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        wait_until(lambda: session.scalar(waits))
        session.execute(update(Event).where(Event.id == ids[-1]).values(actor="import"))  # no deadlock either
    thread.join(SOON_S)
    assert done == [many]
    assert published(store) == list(enumerate(ids, 1))
    assert {each.id for each in all_of(store, Event, Event.actor == "import")} == {ids[1], ids[-1]}


# -- by itself ---------------------------------------------------------------------------------------------------------


def test_what_is_dispatched_is_published_by_itself(store: Store) -> None:
    engine = Engine(store.database, store.vault, store.keeper, store.settings, clock=store.clock)
    engine.start()
    try:
        hand_in(store, "vol de moto à Dixinn")
        wait_until(lambda: {event.position for event in all_of(store, Event)} == {1, 2, 3})
    finally:
        engine.stop()
    names = [event.name for event in sorted(all_of(store, Event), key=lambda event: event.position or 0)][:3]
    assert sorted(names) == ["incident.opened", "message.received", "report.opened"]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_dispatcher_wakes_the_publisher(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sooner than its next look would be."""
    monkeypatch.setattr(publish, "POLL_S", 60.0)
    engine = Engine(store.database, store.vault, store.keeper, store.settings, clock=store.clock)
    engine.start()
    try:
        write_down(store, Sms("vol de moto à Dixinn"))
        engine.wake()
        wait_until(lambda: {event.position for event in all_of(store, Event)} == {1, 2, 3})
    finally:
        engine.stop()


def test_a_publisher_that_fails_says_so_and_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    numbers, calls = publish.number_events, count()

    def fails_once(*given: object) -> int:
        if next(calls) == 0:
            raise ValueError("+12025550123")
        return numbers(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(publish, "number_events", fails_once)
    monkeypatch.setattr(publish, "POLL_S", 0.5)
    record(store)
    with caplog.at_level(logging.ERROR), running(Publisher(store.database)):
        wait_until(lambda: [each.error for each in all_of(store, JobState, JobState.name == JOB)] == ["ValueError"])
        wait_until(lambda: published(store)[0][0] == 1)
    assert one_of(store, JobState, JobState.name == JOB).error is None
    assert "the publisher met ValueError" in caplog.text
    assert "5550123" not in caplog.text
