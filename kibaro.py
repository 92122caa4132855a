"""The entrance: create_app, serving, and the only place that knows every room."""

import gc
import logging
import os
import signal
import sqlite3
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer
import uvicorn
from fastapi import FastAPI

from api.app import make_app
from api.dependencies import House
from commands import (
    calendar,
    channels,
    erasing,
    exporting,
    forms,
    imports,
    keeping,
    keys,
    lexicon,
    places,
    reporters,
    taxonomy,
    trying,
)
from commands.opening import console, opened
from demo.show import run_demo
from intake.journal import Journal
from intake.reference import ReferenceKeeper
from jobs.engine import Engine
from jobs.founding import found_store, open_vault
from models.clock import Clock, now_utc
from models.database import Database
from models.faults import Fault, Refusal, Unavailable, trace_of
from models.lock_file import SoleProcess
from models.schema import insist_on_newest
from models.settings import Settings, read_settings

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback with its local variables could show a number or a text
    help="Texts from citizens and community police become public-safety figures and answers. Nobody learns who wrote.",
)
for name, group in (
    ("localities", places.cli),
    ("categories", taxonomy.cli),
    ("lexicon", lexicon.cli),
    ("forms", forms.cli),
    ("reporters", reporters.cli),
    ("channels", channels.cli),
    ("keys", keys.cli),
    ("import", imports.cli),
    ("export", exporting.cli),
    (None, trying.cli),
    ("calendar", calendar.cli),
    (None, keeping.cli),
    (None, erasing.cli),
):
    cli.add_typer(group, name=name)


def create_app(settings: Settings | None = None, *, clock: Clock = now_utc, with_jobs: bool = True) -> FastAPI:
    """The whole application for one process; with_jobs: dispatcher, sender and timetable run inside it."""
    settings = settings or read_settings()
    log_to_stderr(settings)
    database = Database(settings.database_url)
    if settings.embedded:
        found_store(database, settings, clock())
    insist_on_newest(database)
    vault = open_vault(database, settings)
    keeper = ReferenceKeeper(vault)
    with database.reading() as session:
        keeper.current(session)  # the first request need not wait for it
    engine = Engine(database, vault, keeper, settings, clock=clock)
    journal = Journal(database, vault, on_commit=engine.wake, clock=clock)
    house = House(settings, database, vault, keeper, journal, clock)
    return make_app(house, (journal, engine) if with_jobs else (journal,))


def serving_app() -> FastAPI:
    """The application of one of several processes."""
    app = create_app()
    calm_collector()
    return app


def calm_collector() -> None:
    """Leaves what was loaded at the start out of garbage collections, and makes these rarer.

    While a commit is under way, dozens of half-done requests outlive the young generation, and Python would walk
    through every module again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def log_to_stderr(settings: Settings) -> None:
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("alembic", "httpx", "httpcore", "twilio", "twilio.http_client", "urllib3", "apscheduler"):
        logging.getLogger(noisy).setLevel(logging.ERROR)  # they print URLs, and a URL can hold a number


# -- serving -----------------------------------------------------------------------------------------------------------


@cli.command()
def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes; more than one needs PostgreSQL.")] = 1,
) -> None:
    """The API, with the jobs inside."""
    settings = read_settings()
    if workers > 1 and settings.embedded:
        raise Refusal("SQLite takes one process; for --workers set KIBARO_DATABASE_URL to a PostgreSQL store.")
    lock = SoleProcess(Database(settings.database_url))
    if workers == 1:
        _run_server(create_app(settings), host, port)
    else:
        uvicorn.run("kibaro:serving_app", factory=True, host=host, port=port, workers=workers, **_SERVER)
    lock.close()


# No access log: it would write the query string of every request.
_SERVER: dict[str, Any] = {
    "access_log": False,
    "log_level": "warning",
    "server_header": False,
    "timeout_graceful_shutdown": 20,
    "timeout_worker_healthcheck": 60,  # 5 s, the default, kill workers that still start on a busy machine, for ever
}


def _run_server(app: FastAPI, host: str, port: int) -> None:
    console.print(f"Kibaro listens on http://{host}:{port} (API description: /docs). Ctrl+C stops it.")
    calm_collector()
    uvicorn.run(app, host=host, port=port, **_SERVER)


@cli.command()
def work() -> None:
    """The jobs alone: dispatching, sending, the timetable."""
    with opened() as store:
        log_to_stderr(store.settings)
        lock = SoleProcess(store.database)
        engine = Engine(store.database, store.vault, store.keeper, store.settings)
        stop = threading.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda *_: stop.set())
        engine.start()
        calm_collector()
        console.print("Kibaro works. Ctrl+C stops it.")
        stop.wait()
        engine.stop()
        lock.close()


@cli.command()
def demo(
    texts: Annotated[int, typer.Option(min=1, max=100_000, help="How many signed texts to send.")] = 600,
    port: int = 8000,
    serve: Annotated[bool, typer.Option(help="Go on serving afterwards.")] = True,
) -> None:
    """Watch signed texts arrive over real HTTP, become reports, and become figures per locality."""
    settings = read_settings()
    run_demo(settings, texts, port, create_app, goes_on=serve)
    if serve:
        _run_server(create_app(settings), "127.0.0.1", port)


@cli.command("migrate")
def migrate_store(
    new_key_file: Annotated[bool, typer.Option("--new-key-file", help="Make the key file of a new store.")] = False,
) -> None:
    """To the newest schema, with what every store has. Again changes nothing."""
    settings = read_settings()
    with closing(Database(settings.database_url)) as database:
        found_store(database, settings, datetime.now(UTC), new_key_file=new_key_file)
    console.print("The store is up to date.")


def main() -> None:
    """Runs a command; what it cannot do is said in a sentence, without a traceback."""
    try:
        cli()
    except Unavailable as fault:
        _fail(_no_answer(fault))
    except Fault as fault:
        _fail(fault.detail)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # an error's own words may quote a text or a number
        _fail(f"Something went wrong that nobody foresaw; please report these lines:\n{trace_of(error)}")


_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRIMARY: Final = 0xFF
"""SQLite's extended codes hold the primary one in their lowest byte."""


def _no_answer(fault: Unavailable) -> str:
    if fault.detail != Unavailable().detail:
        return fault.detail
    error = getattr(fault.__cause__, "orig", None)
    if not isinstance(error, sqlite3.Error):
        return "The store does not answer. Is KIBARO_DATABASE_URL right and the database running?"
    if error.sqlite_errorcode & _PRIMARY in _BUSY:
        return (
            "Another process is writing to the store just now. Run the command again: what was done stays done, and "
            "an import goes on from there."
        )
    return (
        f"The store's file cannot be used ({error.sqlite_errorname}). Is the path in KIBARO_DATABASE_URL right, are "
        "file and folder yours, is there room on the disk?"
    )


def _fail(message: str) -> None:
    console.print(message, markup=False, style="red")
    sys.exit(2)


if __name__ == "__main__":
    main()
