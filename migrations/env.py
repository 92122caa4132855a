"""Alembic's entrance: which store, which models. Every migration runs in one transaction, on both engines."""

from alembic import context
from sqlalchemy import text

from models import Base
from models.database import Database
from models.settings import read_settings

MIGRATION_LOCK = 0x6B696261726F  # "kibaro": two processes that start at once migrate one after the other


def run() -> None:
    database: Database | None = context.config.attributes.get("database")
    database = database or Database(read_settings().database_url)
    with database.engine.connect() as plain:
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


run()
