"""The way to the store: engine, transactions, column types. Commit stands here and nowhere else."""

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    DateTime,
    Dialect,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    create_engine,
    event,
    insert,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from models.faults import Refusal, Unavailable

ALWAYS: Final = date(1, 1, 1)
"""Start of a dated row that is open to the past."""
FOREVER: Final = date(9999, 12, 31)
"""End (exclusive) of a dated row that is still valid."""

BUSY_TIMEOUT_MS = 2500  # a gateway is told 503 within 3 s when the store does not answer
CONNECT_TIMEOUT_S = 2
STALLED_TRANSACTION_MS = 30_000  # a stopped process must not hold the dispatcher's lock longer than this
_CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in and out, UTC in the store."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without a zone cannot be stored"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up by itself only for INTEGER
Json = JSON().with_variant(JSONB, "postgresql")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_CONSTRAINT_NAMES)
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads it off the class
        datetime: UtcDateTime,
        date: Date,
        bytes: LargeBinary,
        UUID: Uuid,
        dict[str, Any]: Json,
        list[str]: Json,
    }


class Database:
    """One store. Reading and writing transactions begin differently, because SQLite needs it so.

    On SQLite the writers of this process queue at a lock of our own: SQLite's own waiting is polling and unfair, and
    the door's journal would starve behind the dispatcher.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        try:
            self.url = _with_driver(url)
        except ArgumentError:
            raise Refusal(
                "KIBARO_DATABASE_URL is no database's address; write sqlite:///file.db or postgresql://user@host/name."
            ) from None
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine: Engine = (
            _sqlite_engine(self.url, pool_size) if self.is_sqlite else _postgres_engine(self.url, pool_size)
        )
        self._writing = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees one state of the store and changes nothing. Raises Unavailable."""
        with faults_named(), Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            if not self.is_sqlite:
                session.connection(
                    execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                )
            yield session
            session.rollback()

    @contextmanager
    def writing(self, *, snapshot: bool = False) -> Iterator[Session]:
        """A transaction that is durable when the block ends, and never happened when the block raises. Raises
        Unavailable.

        snapshot: every statement sees the same state of the store (on SQLite they always do).
        """
        options: dict[str, Any] = {"kibaro_writes": True}
        if snapshot and not self.is_sqlite:
            options["isolation_level"] = "REPEATABLE READ"
        with faults_named(), self._turn(), Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options=options)
            yield session
            session.commit()

    @contextmanager
    def appending(self) -> Iterator[Connection]:
        """For the journal, without the ORM. On PostgreSQL each statement commits itself: one round trip a batch."""
        with faults_named(), self._turn(), self.engine.connect() as plain:
            if not self.is_sqlite:
                yield plain.execution_options(isolation_level="AUTOCOMMIT")
                return
            connection = plain.execution_options(kibaro_writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        with self._writing:
            yield

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def faults_named() -> Iterator[None]:
    """A store that cannot be reached is Unavailable; every other database error stays what it is."""
    try:
        yield
    except (InterfaceError, PoolTimeout) as error:
        raise Unavailable from error
    except DBAPIError as error:
        if error.connection_invalidated or (isinstance(error, OperationalError) and not _is_our_mistake(error)):
            raise Unavailable from error
        raise


def _is_our_mistake(error: OperationalError) -> bool:
    """SQLite uses one class for "locked" and for "no such table"; only its error code tells them apart."""
    return getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def insert_rows(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Many new rows at once, past the ORM's own bookkeeping, which costs as much as the insert."""
    if rows:
        session.flush()
        session.connection().execute(insert(table_of(table)), list(rows))


def insert_unless_there(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows that are there already, by any unique key, stay as they are."""
    if rows:
        session.flush()
        session.connection().execute(inserting(session, table).on_conflict_do_nothing(), list(rows))


def inserting(session: Session, table: type[Base]) -> "sqlite.Insert | postgresql.Insert":
    """An insert that knows ON CONFLICT, which both engines have and SQLAlchemy spells once for each."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table_of(table))
    return postgresql.insert(table_of(table))


def table_of(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


def _with_driver(url: str) -> URL:
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise ArgumentError
    return parsed


def _postgres_engine(url: URL, pool_size: int) -> Engine:
    options = (
        f"-c timezone=UTC -c synchronous_commit=on -c idle_in_transaction_session_timeout={STALLED_TRANSACTION_MS}"
        " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
        " -c jit=off"  # compiling a short statement takes longer than running it
    )
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=20,  # readers, eight senders, the journal and the jobs at the same time
        pool_timeout=BUSY_TIMEOUT_MS / 1000,
        pool_pre_ping=False,  # one round trip a transaction; a broken connection is a 503 and the next one is new
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "options": options,
        },
    )


def _sqlite_engine(url: URL, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=20,
        pool_timeout=BUSY_TIMEOUT_MS / 1000,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # a 2xx promises that a power cut loses nothing
        "foreign_keys=ON",
        "secure_delete=ON",  # what is emptied leaves no old bytes in its page
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("kibaro_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
