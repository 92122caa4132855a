"""kibaro categories …: the taxonomy."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands.opening import ExistingFile, console, opened, spinning, tell
from jobs.imports.categories import import_categories
from jobs.merging import merge_categories

cli = typer.Typer(no_args_is_help=True, help="The taxonomy.")


@cli.command("import")
def categories_import(file: ExistingFile) -> None:
    """A taxonomy with the columns of models/categories.csv."""
    with opened() as store:
        outcome = import_categories(store.database, file)
    tell(outcome, "categories")


@cli.command("list")
def categories_list() -> None:
    """Code, English label, how it is protected, and what it counts as since a merge."""
    with opened() as store, store.database.reading() as session:
        reference = store.keeper.current(session)
    for code, category in sorted(reference.categories.items()):
        into = reference.rules[reference.category_ids[code]].into_id
        merged = f"  counts as {reference.category_codes[into]}" if into is not None else ""
        print(f"{code}  {category.labels.get('en', code)}  {category.protect}{merged}")


@cli.command("merge")
def categories_merge(
    code: str,
    into: str,
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day it counts as the other.")],
) -> None:
    """From a day on, what is reported as CODE counts as INTO. What happened before stays where it was."""
    with opened() as store, spinning("figures"):
        merge_categories(store.database, code, into, since.date(), datetime.now(UTC))
    console.print(f"From {since.date()} on, {code} counts as {into}.")
