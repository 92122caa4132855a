"""kibaro localities …: the gazetteer."""

from datetime import UTC, datetime

import typer

from commands.opening import ExistingFile, opened, spinning, tell
from jobs.imports.emergency_numbers import import_emergency_numbers
from jobs.imports.localities import import_localities

cli = typer.Typer(no_args_is_help=True, help="The gazetteer.")


@cli.command("import")
def localities_import(file: ExistingFile) -> None:
    """OCHA's P-code list, or CSV code,name,parent,level,population,lat,lon,aliases. A later date opens a new parent
    row.
    """
    with opened() as store, spinning("localities"):
        outcome = import_localities(store.database, file, datetime.now(UTC).date())
    tell(outcome, "localities")


@cli.command("emergency")
def localities_emergency(file: ExistingFile) -> None:
    """locality,number,tested_on: inherited by every locality below that has none of its own."""
    with opened() as store:
        outcome = import_emergency_numbers(store.database, file)
    tell(outcome, "emergency numbers")
