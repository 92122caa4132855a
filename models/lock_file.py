"""One process at a time for a SQLite store: a second one would fight the first for the write lock."""

import os
from pathlib import Path
from typing import IO

from models.database import Database
from models.faults import Refusal

try:
    import fcntl
except ImportError:  # Windows has no flock; there SQLite's own lock is all there is
    fcntl = None  # type: ignore[assignment]  # the module is missing there


class SoleProcess:
    """Held from construction until close() or the end of the process, however it ends. Does nothing on PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._file: IO[str] | None = None
        if not database.is_sqlite or fcntl is None or not database.url.database:
            return
        path = Path(f"{database.url.database}.lock")
        self._file = path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.seek(0)
            holder = self._file.read().strip() or "unknown"
            self._file.close()
            raise Refusal(
                f"Another `kibaro serve` or `kibaro work` (process {holder}) is using {database.url.database}. Stop it "
                "first; with PostgreSQL several may run."
            ) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
