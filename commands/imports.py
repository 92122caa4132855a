"""kibaro import …: what others have counted or collected already."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from commands.opening import ExistingFile, console, opened, spinning, tell
from jobs.imports.incidents import dataset_name, import_incidents
from jobs.tallies import fold_tallies

cli = typer.Typer(no_args_is_help=True, help="What others have counted already.")


@cli.command("incidents")
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
        with spinning("figures"):
            fold_tallies(store.database, store.keeper, store.settings, datetime.now(UTC))
    tell(outcome, "rows")
