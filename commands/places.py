"""kibaro localities …: the gazetteer."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands.opening import ExistingFile, counting, opened, spinning, tell
from jobs.imports.aliases import import_aliases
from jobs.imports.boundaries import import_boundaries
from jobs.imports.emergency_numbers import import_emergency_numbers
from jobs.imports.localities import import_localities
from jobs.imports.populations import import_populations
from models.localities import DEEPEST_LEVEL

cli = typer.Typer(no_args_is_help=True, help="The gazetteer.")


@cli.command("import")
def localities_import(file: ExistingFile) -> None:
    """OCHA's P-code list, or CSV code,name,parent,level,population,lat,lon,aliases. A later date opens a new parent
    row.
    """
    with opened() as store, spinning("localities"):
        outcome = import_localities(store.database, file, datetime.now(UTC).date())
    tell(outcome, "localities")


@cli.command("list")
def localities_list(
    part: Annotated[str, typer.Argument(help="Only names and codes that hold this.")] = "",
) -> None:
    """Code, level, name and parent of today."""
    with opened() as store, store.database.reading() as session:
        reference = store.keeper.current(session)
    for spot in sorted(reference.spots.values(), key=lambda spot: spot.code):
        if part.casefold() in f"{spot.code}\n{spot.name}".casefold():
            print(f"{spot.code}  {spot.level}  {spot.name}  {reference.code_of(spot.parent_on(None)) or ''}".rstrip())


@cli.command("emergency")
def localities_emergency(file: ExistingFile) -> None:
    """locality,number,tested_on: inherited by every locality below that has none of its own."""
    with opened() as store:
        outcome = import_emergency_numbers(store.database, file)
    tell(outcome, "emergency numbers")


@cli.command("aliases")
def localities_aliases(file: ExistingFile) -> None:
    """locality,name,language: more names that texts may use. Names are only ever added."""
    with opened() as store, spinning("names"):
        outcome = import_aliases(store.database, file)
    tell(outcome, "names")


@cli.command("populations")
def localities_populations(file: ExistingFile) -> None:
    """locality,year,population: another figure for the same year is a correction."""
    with opened() as store, spinning("populations"):
        outcome = import_populations(store.database, file)
    tell(outcome, "populations")


@cli.command("boundaries")
def localities_boundaries(
    file: ExistingFile,
    level: Annotated[
        int | None, typer.Option(min=0, max=DEEPEST_LEVEL, help="Seek names among localities of this level only.")
    ] = None,
    under: Annotated[str, typer.Option(help="Seek codes and names below this locality only.")] = "",
) -> None:
    """GeoJSON polygons, matched by the code they carry, else by name. A later shape takes an earlier one's place."""
    with opened() as store, counting("shapes") as done:
        outcome = import_boundaries(store.database, file, level, under, done)
    tell(outcome, "shapes")
