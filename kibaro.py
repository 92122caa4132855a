"""The entrance: the command line, create_app, and the only place that knows every room."""

import gc
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from fastapi import FastAPI
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.app import make_app
from api.dependencies import House
from demo.show import run_demo
from intake.incoming import Means
from intake.journal import Journal
from intake.reference import ReferenceKeeper
from jobs import issuing
from jobs.doctor import examine
from jobs.engine import Engine
from jobs.founding import found_store, open_vault
from jobs.imports.categories import import_categories
from jobs.imports.emergency_numbers import import_emergency_numbers
from jobs.imports.incidents import dataset_name, import_incidents
from jobs.imports.localities import import_localities
from jobs.imports.outcome import Outcome
from jobs.rebuild import rebuild as rebuild_all
from jobs.tallies import fold_tallies
from jobs.terminal import read_lines, read_texts, text_from_terminal
from models.clock import Clock, now_utc
from models.database import Database
from models.faults import Fault, Refusal, Unavailable, trace_of
from models.lock_file import SoleProcess
from models.schema import insist_on_newest
from models.settings import Settings, read_settings
from models.vault import Vault

console = Console(stderr=True, highlight=False, soft_wrap=True)
cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback with its local variables could show a number or a text
    help="Texts from citizens and community police become public-safety figures and answers. Nobody learns who wrote.",
)
localities_cli = typer.Typer(no_args_is_help=True, help="The gazetteer.")
categories_cli = typer.Typer(no_args_is_help=True, help="The taxonomy.")
channels_cli = typer.Typer(no_args_is_help=True, help="Ways in and out.")
keys_cli = typer.Typer(no_args_is_help=True, help="Keys of the API.")
import_cli = typer.Typer(no_args_is_help=True, help="What others have counted already.")
jobs_cli = typer.Typer(no_args_is_help=True, help="Jobs of the timetable, now.")
for name, part in (
    ("localities", localities_cli),
    ("categories", categories_cli),
    ("channels", channels_cli),
    ("keys", keys_cli),
    ("import", import_cli),
    ("jobs", jobs_cli),
):
    cli.add_typer(part, name=name)

ExistingFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


@dataclass(frozen=True, slots=True)
class Open:
    """An opened store."""

    settings: Settings
    database: Database
    vault: Vault
    keeper: ReferenceKeeper


@contextmanager
def opened() -> Iterator[Open]:
    """The founded store that the settings name. Raises Refusal."""
    settings = read_settings()
    database = Database(settings.database_url)
    try:
        insist_on_newest(database)
        vault = open_vault(database, settings)
        yield Open(settings, database, vault, ReferenceKeeper(vault))
    finally:
        database.close()


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


# -- gazetteer, taxonomy, imports --------------------------------------------------------------------------------------


@localities_cli.command("import")
def localities_import(file: ExistingFile) -> None:
    """OCHA's P-code list, or CSV code,name,parent,level,population,lat,lon,aliases. A later date opens a new parent
    row.
    """
    with opened() as store, _spinning("localities"):
        outcome = import_localities(store.database, file, datetime.now(UTC).date())
    _tell(outcome, "localities")


@localities_cli.command("emergency")
def localities_emergency(file: ExistingFile) -> None:
    """locality,number,tested_on: inherited by every locality below that has none of its own."""
    with opened() as store:
        outcome = import_emergency_numbers(store.database, file)
    _tell(outcome, "emergency numbers")


@categories_cli.command("import")
def categories_import(file: ExistingFile) -> None:
    """A taxonomy with the columns of models/categories.csv."""
    with opened() as store:
        outcome = import_categories(store.database, file)
    _tell(outcome, "categories")


@import_cli.command("incidents")
def incidents_import(
    file: ExistingFile,
    dataset: Annotated[str, typer.Option(help="What its rows are known by; default the file's base name.")] = "",
) -> None:
    """occurred_on,locality,category,count (CSV or .gz). Again changes nothing; a changed count is a correction."""
    name = dataset or dataset_name(file)
    with opened() as store:
        with Progress(
            TextColumn("{task.completed} rows"), SpinnerColumn(), TimeElapsedColumn(), console=console
        ) as bar:
            task = bar.add_task("rows", total=None)
            outcome = import_incidents(
                store.database,
                store.keeper,
                file,
                name,
                datetime.now(UTC),
                lambda done: bar.update(task, completed=done),
            )
        with _spinning("figures"):
            fold_tallies(store.database, store.keeper, datetime.now(UTC), store.settings.tallies_every_s)
    _tell(outcome, "rows")


def _tell(outcome: Outcome, noun: str) -> None:
    console.print(f"{outcome.added} {noun} added, {outcome.changed} changed, {outcome.unchanged} as they were.")
    if outcome.bad:
        console.print(f"{len(outcome.bad)} lines were left out; mend them and import the file again:")
        for bad in outcome.bad[:50]:
            console.print(f"  line {bad.line}: {bad.reason}", markup=False)
        if len(outcome.bad) > 50:  # noqa: PLR2004  a screenful
            console.print(f"  … and {len(outcome.bad) - 50} more")
        raise typer.Exit(1)


@contextmanager
def _spinning(what: str) -> Iterator[None]:
    with Progress(SpinnerColumn(), TextColumn(what), TimeElapsedColumn(), console=console) as bar:
        bar.add_task(what, total=None)
        yield


# -- channels and keys -------------------------------------------------------------------------------------------------


@channels_cli.command("add")
def channels_add(  # noqa: PLR0913  the command's own options
    name: str,
    provider: Annotated[str, typer.Option(help="twilio or android-sms-gateway.")],
    address: Annotated[str, typer.Option(help="Our number there, as +224…; whatsapp:+… for WhatsApp.")] = "",
    secret: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE, or NAME=@FILE to keep it off the screen.")
    ] = None,
    area: Annotated[str, typer.Option(help="Code of the locality it serves.")] = "",
    language: Annotated[str, typer.Option(help="fr or en.")] = "",
    free_to_sender: Annotated[
        bool, typer.Option("--free-to-sender", help="Texting it costs the sender nothing.")
    ] = False,
    receipt_only: Annotated[bool, typer.Option("--receipt-only", help='Say only "received".')] = False,
) -> None:
    """A way in and out. Prints what to set at the provider."""
    wanted = issuing.WantedChannel(
        name, provider, address, tuple(secret or ()), area, language, free_to_sender, receipt_only
    )
    with opened() as store:
        print(issuing.add_channel(store.database, store.vault, store.settings, wanted, datetime.now(UTC)))


@keys_cli.command("create")
def keys_create(
    name: str,
    scope: Annotated[list[str], typer.Option(help="One of the scopes; repeat it for more.")],
    locality: Annotated[str, typer.Option(help="Code of the root of what the key sees; default everything.")] = "",
    body: Annotated[str, typer.Option(help="police, administration or other.")] = "other",
) -> None:
    """Prints the key, alone on the last line, once."""
    with opened() as store:
        secret = issuing.create_key(store.database, name, scope, locality, body, datetime.now(UTC))
    console.print("Keep it now: it is stored as a hash and never shown again.")
    print(secret)


@keys_cli.command("list")
def keys_list() -> None:
    """Names, scopes and reach of the keys; the keys themselves nobody can show."""
    with opened() as store:
        for line in issuing.keys_of(store.database):
            print(line)


@keys_cli.command("revoke")
def keys_revoke(name: str) -> None:
    """From now on this key opens nothing."""
    with opened() as store:
        issuing.revoke_key(store.database, name, datetime.now(UTC))
    console.print(f"{name} is revoked.")


# -- trying it out -----------------------------------------------------------------------------------------------------


@cli.command()
def text(
    text: str,
    sender: Annotated[str, typer.Option("--from", help="The number it comes from.")],
    at: Annotated[str, typer.Option(help="When it was sent, ISO 8601; default now.")] = "",
) -> None:
    """Text the system from the terminal and see the answers."""
    with opened() as store:
        for line in text_from_terminal(store.database, store.vault, store.keeper, store.settings, text, sender, at):
            print(line)


@cli.command()
def understand(
    text: Annotated[str | None, typer.Argument(help="One text; without it, or with --jsonl, many.")] = None,
    jsonl: Annotated[
        Path | None, typer.Option(help='Lines {"id","text","sent_at","home"}; - is standard input.')
    ] = None,
) -> None:
    """What would be understood, one JSON line a text. Writes nothing."""
    lines: Iterable[str] = [json.dumps({"text": text})] if text is not None else read_lines(jsonl)
    with opened() as store:
        with store.database.reading() as session:
            reference = store.keeper.current(session)
        for line in read_texts(Means(reference, store.vault, store.settings), lines, datetime.now(UTC)):
            print(line)


# -- keeping it well ---------------------------------------------------------------------------------------------------


@cli.command()
def rebuild() -> None:
    """All figures anew, from events."""
    with opened() as store, _spinning("figures"):
        cells = rebuild_all(store.database)
    console.print(f"{cells} figures, counted anew.")


@jobs_cli.command("run")
def jobs_run(name: Annotated[str, typer.Argument(help="tallies")]) -> None:
    """One job of the timetable, now."""
    jobs: dict[str, Callable[[Open], int]] = {
        "tallies": lambda o: fold_tallies(o.database, o.keeper, datetime.now(UTC), o.settings.tallies_every_s)
    }
    if name not in jobs:
        raise Refusal(f"There is no job {name!r}; there is {', '.join(jobs)}.")
    with opened() as store:
        console.print(f"{jobs[name](store)} changes brought into the figures.")


@cli.command()
def doctor() -> None:
    """What is wrong and what to do. Ends with 1 when something is."""
    with opened() as store, store.database.reading() as session:
        store.keeper.current(session)
        findings = examine(session, store.settings, datetime.now(UTC))
    for finding in findings:
        console.print(f"{'✗' if finding.grade == 'wrong' else '·'} {finding.says}", markup=False)
    if any(finding.grade == "wrong" for finding in findings):
        raise typer.Exit(1)
    console.print("Nothing is wrong.")


def main() -> None:
    """Runs a command; what it cannot do is said in a sentence, without a traceback."""
    try:
        cli()
    except Unavailable:
        _fail("The store does not answer. Is KIBARO_DATABASE_URL right and the database running?")
    except Fault as fault:
        _fail(fault.detail)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # an error's own words may quote a text or a number
        _fail(f"Something went wrong that nobody foresaw; please report these lines:\n{trace_of(error)}")


def _fail(message: str) -> None:
    console.print(message, markup=False, style="red")
    sys.exit(2)


if __name__ == "__main__":
    main()
