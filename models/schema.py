"""The schema: bringing a store to the newest one, and refusing to work on any other."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from models.database import Database, faults_named
from models.faults import Refusal

_ROOT = Path(__file__).parents[1]


def _config(database: Database | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["database"] = database
    return config


@cache
def newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def present(database: Database) -> str | None:
    """The store's revision; None where there is no schema yet."""
    with faults_named(), database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(database: Database, to: str = "head") -> None:
    with faults_named():
        command.upgrade(_config(database), to)


def migrate_down(database: Database, to: str) -> None:
    command.downgrade(_config(database), to)


def insist_on_newest(database: Database) -> None:
    if (revision := present(database)) != newest():
        raise Refusal(
            f"The store's schema is {revision or 'not there yet'}, this release needs {newest()}. Run `kibaro migrate`."
        )
