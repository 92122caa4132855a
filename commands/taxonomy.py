"""kibaro categories …: the taxonomy."""

import typer

from commands.opening import ExistingFile, opened, tell
from jobs.imports.categories import import_categories

cli = typer.Typer(no_args_is_help=True, help="The taxonomy.")


@cli.command("import")
def categories_import(file: ExistingFile) -> None:
    """A taxonomy with the columns of models/categories.csv."""
    with opened() as store:
        outcome = import_categories(store.database, file)
    tell(outcome, "categories")
