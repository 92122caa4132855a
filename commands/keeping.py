"""kibaro rebuild, kibaro jobs run and kibaro doctor: keeping the store well."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from commands.opening import Open, console, opened, spinning
from jobs.doctor import examine
from jobs.expiring import expire_conversations
from jobs.publish import Publisher
from jobs.rebuild import rebuild as rebuild_all
from jobs.signals import raise_signals
from jobs.tallies import fold_tallies
from models.faults import Refusal

cli = typer.Typer()
jobs_cli = typer.Typer(no_args_is_help=True, help="Jobs of the timetable, now.")
cli.add_typer(jobs_cli, name="jobs")


@cli.command()
def rebuild() -> None:
    """All figures anew, from events."""
    with opened() as store, spinning("figures"):
        cells = rebuild_all(store.database)
    console.print(f"{cells} figures, counted anew.")


@jobs_cli.command("run")
def jobs_run(name: Annotated[str, typer.Argument(help="tallies, signals, conversations or events")]) -> None:
    """One job of the timetable, now."""
    jobs: dict[str, Callable[[Open], int]] = {
        "tallies": lambda o: fold_tallies(o.database, o.keeper, o.settings, datetime.now(UTC)),
        "signals": lambda o: raise_signals(o.database, o.keeper, o.settings, datetime.now(UTC)),
        "conversations": lambda o: expire_conversations(o.database, o.keeper, datetime.now(UTC)),
        "events": lambda o: Publisher(o.database).run_once(),
    }
    told = {
        "tallies": "changes brought into the figures",
        "signals": "signals raised",
        "conversations": "questions given up",
        "events": "events published",
    }
    if name not in jobs:
        raise Refusal(f"There is no job {name!r}; there is {', '.join(jobs)}.")
    with opened() as store:
        console.print(f"{jobs[name](store)} {told[name]}.")


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
