"""Kibaro as the operator runs it: a process of its own with its own process group, so that it can be killed whole."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from models.settings import Settings

ROOT: Final = Path(__file__).parents[2]
READY_WITHIN_S: Final = 60.0  # on two cores beside other tests

# A stalled transaction is ended after 30 s; the test of it shall not take so long.
_IMPATIENT: Final = (
    "import sys; import models.database as d; d.STALLED_TRANSACTION_MS = 2000; import kibaro; kibaro.main()"
)
SERVE: Final = ("-m", "kibaro", "serve", "--port")
WORK: Final = ("-m", "kibaro", "work")
WORK_IMPATIENTLY: Final = ("-c", _IMPATIENT, "work")


class Kibaro:
    """log: where its standard error goes, appended life after life."""

    def __init__(self, settings: Settings, command: Sequence[str], log: Path, **environment: str) -> None:
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=_environment(settings) | environment,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def wait_until_ready(self, port: int) -> None:
        until = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.02)
            else:
                return

    def tell(self, number: signal.Signals) -> None:
        """To the whole process group."""
        os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """kill -9, without warning."""
        if self._process.poll() is None:
            self.tell(signal.SIGKILL)
        self._process.wait()

    def end(self) -> int:
        """As an operator stops it; returns its exit code."""
        self.tell(signal.SIGTERM)
        return self._process.wait(60)

    @property
    def processes(self) -> int:
        """How many there are in its group, itself included."""
        groups = (stat.read_text().rpartition(")")[2].split()[2] for stat in Path("/proc").glob("[0-9]*/stat"))
        return sum(group == str(self._process.pid) for group in groups)

    @property
    def lives(self) -> bool:
        return self._process.poll() is None


def _environment(settings: Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KIBARO_")}
    return kept | {f"KIBARO_{name.upper()}": str(value) for name, value in settings.model_dump().items()}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
