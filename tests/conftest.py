"""What every test may ask for: a store on each engine, built by the migrations; a house over it; the clock in hand."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from intake.reference import ReferenceKeeper
from jobs.founding import found_store
from jobs.imports.localities import import_localities
from models.database import Database
from models.settings import Settings
from models.vault import Vault
from tests.postgres import NoPostgresError, create_database, drop_database, running_postgres

if TYPE_CHECKING:
    from tests.serving import Served

OURS = ("KIBARO_TEST_", "KIBARO_TRY_", "KIBARO_TWILIO_")
for name in [name for name in os.environ if name.startswith("KIBARO_") and not name.startswith(OURS)]:
    del os.environ[name]  # the tests' settings are their own

GUINEA = Path(__file__).parents[1] / "demo" / "guinea.csv"
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass
class HandClock:
    """A clock that goes on only when told to."""

    now: datetime = field(default=START)

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Store:
    """A founded store with Guinea in it."""

    settings: Settings
    database: Database
    vault: Vault
    keeper: ReferenceKeeper
    clock: HandClock


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The maintenance URL of a running PostgreSQL. Without one the tests fail: both engines or nothing."""
    try:
        with running_postgres() as url:
            yield url
    except NoPostgresError as error:
        pytest.fail(f"{error.__doc__}")


def _founded(url: str, key_file: Path) -> None:
    settings = Settings(database_url=url, key_file=key_file)
    database = Database(url)
    found_store(database, settings, START, new_key_file=True)
    import_localities(database, GUINEA, START.date())
    database.close()


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("key") / "kibaro.key"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Path:
    path = tmp_path_factory.mktemp("template") / "kibaro.db"
    _founded(f"sqlite:///{path}", key_file)
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: str, key_file: Path) -> str:
    """The name of a database to copy."""
    url = create_database(postgres)
    _founded(url, key_file)
    return url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Which engine; a test that asks for a store runs on both."""
    name: str = request.param
    return name


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a store without schema."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    maintenance: str = request.getfixturevalue("postgres")
    url = create_database(maintenance)
    yield url
    drop_database(maintenance, url)


@pytest.fixture
def store_url(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a founded store with Guinea in it."""
    if engine == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "kibaro.db")
        yield f"sqlite:///{tmp_path / 'kibaro.db'}"
        return
    maintenance: str = request.getfixturevalue("postgres")
    url = create_database(maintenance, request.getfixturevalue("postgres_template"))
    yield url
    drop_database(maintenance, url)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def settings(store_url: str, key_file: Path) -> Settings:
    return Settings(database_url=store_url, key_file=key_file, timezone="Africa/Conakry")


@pytest.fixture
def store(settings: Settings, clock: HandClock) -> Iterator[Store]:
    database = Database(settings.database_url)
    vault = Vault.read(settings.key_file)
    yield Store(settings, database, vault, ReferenceKeeper(vault), clock)
    database.close()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def served(store: Store) -> AsyncIterator["Served"]:
    """The application over the store, with its lifespan running and its jobs in hand; for tests marked anyio."""
    from tests.serving import Served  # noqa: PLC0415  it needs Store from here

    async with Served(store).running() as running:
        yield running
