"""Founding a store and opening it again: the right key file, the newest schema, one process on SQLite."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.founding import found_store, open_vault
from models.categories import Category
from models.channels import ChannelRow
from models.database import Database
from models.faults import Refusal
from models.lock_file import SoleProcess
from models.reference import reference_version
from models.schema import insist_on_newest
from models.settings import Settings
from models.vault import Vault
from tests.conftest import START, Store
from tests.intake.factories import all_of

ROOT = Path(__file__).parents[2]


def settings_of(url: str, folder: Path) -> Settings:
    return Settings(database_url=url, key_file=folder / "kibaro.key")


def test_a_founded_store_has_taxonomy_channels_and_a_private_key_file(empty_url: str, tmp_path: Path) -> None:
    settings, database = settings_of(empty_url, tmp_path), Database(empty_url)
    with pytest.raises(Refusal, match="Run `kibaro migrate`"):
        insist_on_newest(database)
    found_store(database, settings, START, new_key_file=True)
    insist_on_newest(database)
    with database.reading() as session:
        assert session.query(Category).count() > 40
        assert {row.name for row in session.query(ChannelRow)} == {"web", "terminal"}
    assert settings.key_file.stat().st_mode & 0o777 == 0o600
    database.close()


def test_founding_again_changes_nothing(store: Store) -> None:
    with store.database.reading() as session:
        before = reference_version(session)
    key = store.settings.key_file.read_bytes()
    found_store(store.database, store.settings, START)
    assert len(all_of(store, ChannelRow)) == 2
    with store.database.reading() as session:
        assert reference_version(session) == before
    assert store.settings.key_file.read_bytes() == key


@pytest.mark.parametrize("opens", [found_store, open_vault], ids=["founding", "opening"])
def test_another_stores_key_file_is_refused(store: Store, tmp_path: Path, opens: object) -> None:
    Vault.made_new().write(tmp_path / "other.key")
    settings = store.settings.model_copy(update={"key_file": tmp_path / "other.key"})
    arguments = (store.database, settings, START) if opens is found_store else (store.database, settings)
    with pytest.raises(Refusal, match="does not belong to this store"):
        opens(*arguments)  # type: ignore[operator]


@pytest.mark.parametrize("opens", [found_store, open_vault], ids=["founding", "opening"])
def test_a_missing_key_file_is_never_replaced(store: Store, tmp_path: Path, opens: object) -> None:
    settings = store.settings.model_copy(update={"key_file": tmp_path / "gone.key"})
    arguments = (store.database, settings, START) if opens is found_store else (store.database, settings)
    with pytest.raises(Refusal, match="is not there"):
        opens(*arguments)  # type: ignore[operator]
    assert not settings.key_file.exists()


@pytest.mark.parametrize("engine", ["postgresql"])
def test_on_postgresql_a_new_key_file_must_be_asked_for(empty_url: str, tmp_path: Path) -> None:
    database = Database(empty_url)
    with pytest.raises(Refusal, match="migrate --new-key-file"):
        found_store(database, settings_of(empty_url, tmp_path), START)
    database.close()


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("command", ["serve", "work"])
def test_a_second_process_on_a_sqlite_store_is_refused(store: Store, command: str) -> None:
    lock = SoleProcess(store.database)
    environment = os.environ | {
        "KIBARO_DATABASE_URL": store.settings.database_url,
        "KIBARO_KEY_FILE": str(store.settings.key_file),
    }
    arguments = [sys.executable, "kibaro.py", command]
    second = subprocess.run(
        arguments, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    lock.close()
    assert second.returncode == 2
    said = " ".join(second.stderr.split())
    assert f"process {os.getpid()}" in said
    assert "Stop it first" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_lock_goes_with_its_process(store: Store) -> None:
    script = f"""
from models.database import Database
from models.lock_file import SoleProcess
lock = SoleProcess(Database({store.settings.database_url!r}))
import os, signal
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=60, check=False)
    SoleProcess(store.database).close()
