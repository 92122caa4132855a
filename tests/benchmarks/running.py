"""Stores, servers and clients of the benchmarks: founding, starting, pausing, ending."""

import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final
from uuid import uuid4

from intake.reference import ReferenceKeeper
from jobs.founding import found_store, open_vault
from jobs.imports.localities import import_localities
from jobs.issuing import WantedChannel, add_channel, create_key
from models.database import Database
from models.settings import Settings
from models.vault import Vault
from tests.benchmarks.load import CONNECTIONS, Job, Load
from tests.benchmarks.material import CHANNEL, PUBLIC_URL, SECRETS, write_gazetteer
from tests.fakes.twilio_signer import NUMBER
from tests.postgres import create_database

START_WITHIN_S: Final = 60.0
LOAD_WITHIN_S: Final = 120.0
ROOT: Final = Path(__file__).parents[2]


class Server:
    """One process, or several workers, on a port of its own. Paused it uses no processor, so that several can take
    turns; one with workers would miss them, and must not be paused.
    """

    def __init__(self, settings: Settings, without: Sequence[str], workers: int) -> None:
        self.port = free_port()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.server", str(self.port), str(workers), *without],
            cwd=ROOT,
            env=_environment(settings),
            start_new_session=True,  # its workers come and go with it
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Answers, that is: with several workers the port is open before any of them is there."""
        until = time.monotonic() + START_WITHIN_S
        while True:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=START_WITHIN_S)
            try:
                connection.request("GET", "/healthz")
                connection.getresponse().read()
            except (OSError, HTTPException):
                if self._process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return
            finally:
                connection.close()

    def pause(self) -> None:
        os.killpg(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.killpg(self.pid, signal.SIGCONT)

    def end(self) -> None:
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


@dataclass(frozen=True)
class Workshop:
    """A folder, a PostgreSQL with fsync, and a founded store with 2,559 places to copy, on both engines."""

    folder: Path
    maintenance_url: str
    places: Sequence[str]
    templates: dict[str, str]

    def store(self, engine: str) -> Settings:
        """A fresh copy."""
        template = self.templates[engine]
        if engine == "postgresql":
            return self._settings(create_database(self.maintenance_url, template.rpartition("/")[2]))
        path = self.folder / f"{time.monotonic_ns()}.db"
        shutil.copy(template.removeprefix("sqlite:///"), path)
        return self._settings(f"sqlite:///{path}")

    def _settings(self, url: str) -> Settings:
        return _settings_of(url, self.folder)

    @contextmanager
    def serving(self, settings: Settings, *without: str, workers: int = 1) -> Iterator[Server]:
        """without: parts left out, see server.py."""
        server = Server(settings, without, workers)
        try:
            server.wait_until_ready()
            yield server
        finally:
            server.end()

    def load(self, server: Server, requests: Sequence[bytes], connections: int = CONNECTIONS) -> Load:
        """Drives it from a process of its own. Raises RuntimeError when anything but 2xx or a 304 comes back."""
        job, result = self.folder / "job", self.folder / "load"
        job.write_bytes(pickle.dumps(asdict(Job(server.port, requests, connections))))
        subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.load", job, result], cwd=ROOT, check=True, timeout=LOAD_WITHIN_S
        )
        load = Load(**pickle.loads(result.read_bytes()))  # noqa: S301  our own child wrote it
        if set(load.statuses) - {200, 202, 304}:
            raise RuntimeError(f"the server answered {dict(load.statuses)}")
        return load


def _settings_of(url: str, folder: Path) -> Settings:
    return Settings(
        database_url=url, key_file=folder / "kibaro.key", public_url=PUBLIC_URL, tallies_every_s=1, log_level="WARNING"
    )


def _environment(settings: Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KIBARO_")}
    return kept | {f"KIBARO_{name.upper()}": str(value) for name, value in settings.model_dump().items()}


def open_workshop(folder: Path, maintenance_url: str) -> Workshop:
    gazetteer = folder / "gazetteer.csv"
    places = write_gazetteer(gazetteer)
    templates = {"sqlite": f"sqlite:///{folder / 'template.db'}", "postgresql": create_database(maintenance_url)}
    for url in templates.values():
        _found(_settings_of(url, folder), gazetteer)
    return Workshop(folder, maintenance_url, places, templates)


def _found(settings: Settings, gazetteer: Path) -> None:
    database, now = Database(settings.database_url), datetime.now(UTC)
    vault = found_store(database, settings, now, new_key_file=True)
    import_localities(database, gazetteer, now.date())
    add_channel(database, vault, settings, WantedChannel(CHANNEL, "twilio", NUMBER, SECRETS), now)
    database.close()


@dataclass(frozen=True, slots=True)
class Opened:
    """A store opened in this process."""

    settings: Settings
    database: Database
    vault: Vault
    keeper: ReferenceKeeper


@contextmanager
def opened(settings: Settings) -> Iterator[Opened]:
    database = Database(settings.database_url)
    vault = open_vault(database, settings)
    try:
        yield Opened(settings, database, vault, ReferenceKeeper(vault))
    finally:
        database.close()


def key_for(settings: Settings, *scopes: str) -> str:
    database = Database(settings.database_url)
    try:
        return create_key(database, f"bench {uuid4()}", scopes, "", "other", datetime.now(UTC))
    finally:
        database.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
