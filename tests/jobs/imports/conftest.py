"""A store with nothing in its gazetteer, for lists that bring one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.reference import ReferenceKeeper
from jobs.founding import found_store
from models.database import Database
from models.settings import Settings
from tests.conftest import START, HandClock, Store


@pytest.fixture
def bare(empty_url: str, tmp_path: Path) -> Iterator[Store]:
    """A founded store without any locality."""
    settings = Settings(database_url=empty_url, key_file=tmp_path / "kibaro.key", timezone="UTC")
    database = Database(empty_url)
    vault = found_store(database, settings, START, new_key_file=True)
    yield Store(settings, database, vault, ReferenceKeeper(vault), HandClock())
    database.close()
