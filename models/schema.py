"""The schema: bringing a store to the newest one, and refusing to work on any other."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from models.database import Database
from models.faults import Refusal

_ROOT = Path(__file__).parents[1]


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["database"] = database
    return config


def newest() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(_ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config).get_current_head()


def present(database: Database) -> str | None:
    """The store's revision; None where there is no schema yet."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(database: Database, to: str = "head") -> None:
    command.upgrade(_config(database), to)


def migrate_down(database: Database, to: str) -> None:
    command.downgrade(_config(database), to)


def insist_on_newest(database: Database) -> None:
    if (revision := present(database)) != newest():
        raise Refusal(
            f"The store's schema is {revision or 'not there yet'}, this release needs {newest()}. Run `kibaro migrate`."
        )
