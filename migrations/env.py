"""Alembic's entrance: which store, which models. Every migration runs in one transaction, on both engines."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection, text

from models import Base
from models.database import Database
from models.settings import read_settings

MIGRATION_LOCK = 0x6B696261726F  # "kibaro": two processes that start at once migrate one after the other


def run() -> None:
    database: Database | None = context.config.attributes.get("database")
    database = database or Database(read_settings().database_url)
    with database.engine.connect() as plain, references_unwatched(plain, database):
        connection = plain.execution_options(kibaro_writes=True)
        with connection.begin():
            if not database.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=database.is_sqlite,
                compare_type=True,
                compare_server_default=False,
                user_module_prefix="models.database.",
            )
            context.run_migrations()
            if database.is_sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
                raise RuntimeError(f"{len(broken)} rows would refer to nothing; nothing was changed")


@contextmanager
def references_unwatched(connection: Connection, database: Database) -> Iterator[None]:
    """SQLite alters a table by making it anew, which others refer to meanwhile: they are checked at the end instead."""
    driver = connection.connection.driver_connection
    if not database.is_sqlite or driver is None:
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


run()
