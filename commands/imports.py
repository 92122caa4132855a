"""kibaro import …: what others have counted or collected already."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands.opening import ExistingFile, counting, opened, spinning, tell
from jobs.imports.day_cells import Order
from jobs.imports.incidents import dataset_name, import_incidents
from jobs.imports.ushahidi import Wanted, categories_to_map, import_ushahidi, write_unplaced
from jobs.tallies import fold_tallies

cli = typer.Typer(no_args_is_help=True, help="What others have counted or collected already.")


@cli.command("incidents")
def incidents_import(
    file: ExistingFile,
    dataset: Annotated[str, typer.Option(help="What its rows are known by; default the file's base name.")] = "",
) -> None:
    """occurred_on,locality,category,count (CSV or .gz). Again changes nothing; a changed count is a correction."""
    name = dataset or dataset_name(file)
    with opened() as store:
        with counting("rows") as done:
            outcome = import_incidents(store.database, store.keeper, file, name, datetime.now(UTC), done)
        with spinning("figures"):
            fold_tallies(store.database, store.keeper, store.settings, datetime.now(UTC))
    tell(outcome, "rows")


@cli.command("ushahidi")
def ushahidi_import(  # noqa: PLR0913  the command's own options
    file: ExistingFile,
    country: Annotated[str, typer.Option(help="Code of the country the reports are from; default the only one.")] = "",
    dataset: Annotated[str, typer.Option(help="What its rows are known by; default the file's base name.")] = "",
    category_map: Annotated[
        Path | None, typer.Option("--map", help="ushahidi_category,category; default our own.", exists=True)
    ] = None,
    dates: Annotated[
        Order | None, typer.Option(help="Which comes first in 01/02/2024; default what the file itself shows.")
    ] = None,
    list_categories: Annotated[
        bool, typer.Option("--list-categories", help="Only print the file's categories, as a map to edit.")
    ] = False,
    unplaced: Annotated[
        Path | None, typer.Option(help="A CSV to write with the rows that count under the country.")
    ] = None,
) -> None:
    """An Ushahidi export: one report a row. Again changes nothing; a later file corrects what its earlier one said."""
    with opened() as store:
        if list_categories:
            print(categories_to_map(store.database, store.keeper, file, category_map), end="")
            return
        wanted = Wanted(file, dataset or dataset_name(file), country, category_map, dates)
        timezone, now = store.settings.timezone, datetime.now(UTC)
        with counting("reports") as done:
            outcome = import_ushahidi(store.database, store.keeper, wanted, timezone, now, done)
        with spinning("figures"):
            fold_tallies(store.database, store.keeper, store.settings, datetime.now(UTC))
    if unplaced is not None:
        write_unplaced(unplaced, outcome)
    tell(outcome, "reports")
