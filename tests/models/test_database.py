"""The store's promises read back from the store itself: durable, consistent, unreachable within seconds and said so."""

import socket
import sqlite3
import time
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from models.database import Database
from models.faults import Unavailable
from models.job_states import JobState, take_job
from tests.conftest import Store

WITHIN_S = 3.0

only_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=False)
only_postgres = pytest.mark.parametrize("engine", ["postgresql"], indirect=False)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@only_sqlite
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        pytest.param("synchronous", 2, id="a commit reaches the disk (FULL)"),
        pytest.param("journal_mode", "wal", id="readers and the writer do not wait for each other"),
        pytest.param("foreign_keys", 1, id="no row points at nothing"),
        pytest.param("secure_delete", 1, id="what is emptied leaves no bytes"),
        pytest.param("busy_timeout", 2500, id="a locked store answers within 3 s"),
    ],
)
@pytest.mark.parametrize("way", ["reading", "writing", "appending"])
def test_every_sqlite_connection_is_set_up_to_keep_its_promises(
    store: Store, way: str, pragma: str, value: object
) -> None:
    with getattr(store.database, way)() as transaction:
        assert transaction.execute(text(f"PRAGMA {pragma}")).scalar() == value


@only_postgres
@pytest.mark.parametrize("way", ["reading", "writing", "appending"])
def test_every_postgres_connection_waits_for_the_disk_and_speaks_utc(store: Store, way: str) -> None:
    with getattr(store.database, way)() as transaction:
        shown = {
            name: transaction.execute(text(f"SHOW {name}")).scalar() for name in ("synchronous_commit", "timezone")
        }
    assert shown == {"synchronous_commit": "on", "timezone": "UTC"}


@only_postgres
def test_a_stalled_postgres_transaction_ends_by_itself(store: Store) -> None:
    with store.database.reading() as session:
        stalled = session.scalar(text("SHOW idle_in_transaction_session_timeout"))
        idle = session.scalar(text("SHOW tcp_keepalives_idle"))
    assert stalled == "30s"
    assert idle == "10"


@only_postgres
def test_writing_while_reading_fails(store: Store) -> None:
    with pytest.raises(DBAPIError, match="read-only"), store.database.reading() as session:
        session.execute(insert(JobState).values(name="x", failures=0))


@only_sqlite
def test_what_is_written_while_reading_is_gone(store: Store) -> None:
    with store.database.reading() as session:
        session.execute(insert(JobState).values(name="x", failures=0))
    with store.database.reading() as session:
        assert session.get(JobState, "x") is None


def test_a_reader_sees_one_state_of_the_store(store: Store) -> None:
    with store.database.reading() as session:
        before = session.scalars(select(JobState.name)).all()
        with store.database.writing() as writer:
            take_job(writer, "made-meanwhile")
        assert session.scalars(select(JobState.name)).all() == before


def test_a_block_that_raises_never_happened(store: Store) -> None:
    def half() -> None:
        with store.database.writing() as session:
            take_job(session, "half")
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        half()
    with store.database.reading() as session:
        assert session.get(JobState, "half") is None


def test_a_job_is_one_at_a_time(store: Store) -> None:
    """On SQLite the transaction itself is the lock, so the second one waits; on PostgreSQL it goes without."""
    with store.database.writing() as session:
        assert take_job(session, "x") is not None
        session.flush()
        if not store.database.is_sqlite:
            session.commit()
            assert take_job(session, "x") is not None
            with store.database.writing() as other:
                assert take_job(other, "x") is None


@pytest.mark.parametrize("at", [datetime(2026, 11, 22, 9), datetime.min], ids=["now", "the beginning"])  # noqa: DTZ001, DTZ901
def test_a_time_without_zone_is_refused(store: Store, at: datetime) -> None:
    with pytest.raises(StatementError, match="without a zone"), store.database.writing() as session:
        session.add(JobState(name="x", slot=at))


def test_times_come_back_in_utc(store: Store) -> None:
    at = datetime(2026, 11, 22, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with store.database.writing() as session:
        session.add(JobState(name="x", slot=at))
    with store.database.reading() as session:
        found = session.scalar(select(JobState.slot).where(JobState.name == "x"))
    assert found == at
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize("way", ["reading", "writing", "appending"])
@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://kibaro@127.0.0.1:{port}/kibaro", id="nothing listens"),
        pytest.param("sqlite:////nowhere/at/all/kibaro.db", id="no such folder"),
    ],
)
def test_a_store_that_is_gone_is_unavailable_within_three_seconds(url: str, way: str) -> None:
    database = Database(url.format(port=closed_port()))
    began = time.monotonic()
    with pytest.raises(Unavailable), getattr(database, way)() as transaction:
        transaction.execute(text("SELECT 1"))
    assert time.monotonic() - began < WITHIN_S
    database.close()


def test_a_server_that_takes_connections_and_says_nothing_is_unavailable_within_three_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        database = Database(f"postgresql://kibaro@127.0.0.1:{mute.getsockname()[1]}/kibaro")
        began = time.monotonic()
        with pytest.raises(Unavailable), database.reading() as session:
            session.execute(text("SELECT 1"))
        assert time.monotonic() - began < WITHIN_S
        database.close()


@only_postgres
def test_after_the_server_dropped_its_connections_the_next_transaction_is_new(store: Store) -> None:
    with store.database.reading() as session:
        session.execute(text("SELECT 1"))
    with psycopg.connect(store.settings.database_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with pytest.raises(Unavailable), store.database.reading() as session:
        session.execute(text("SELECT 1"))
    with store.database.reading() as session:
        assert session.scalar(text("SELECT 1")) == 1


@only_sqlite
def test_a_write_lock_held_by_another_process_is_unavailable_within_three_seconds(store: Store) -> None:
    other = sqlite3.connect(store.database.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with pytest.raises(Unavailable), store.database.writing() as session:
        take_job(session, "x")
    assert time.monotonic() - began < WITHIN_S
    other.execute("ROLLBACK")
    other.close()
    with store.database.writing() as session:
        assert take_job(session, "x") is not None


def test_errors_show_no_parameters(store: Store) -> None:
    secret = f"+224{uuid4().int % 10**9:09d}"
    with pytest.raises(DBAPIError) as caught, store.database.writing() as session:
        session.execute(text("SELECT * FROM nowhere WHERE number = :number"), {"number": secret})
    assert secret not in str(caught.value)
    assert secret not in repr(caught.value)


def test_a_mistake_of_ours_is_not_taken_for_a_store_that_is_gone(store: Store) -> None:
    """SQLite reports "no such table" with the same class as "locked"; a 503 would be tried again for ever."""
    with pytest.raises(DBAPIError), store.database.reading() as session:
        session.execute(text("SELECT * FROM nowhere"))
