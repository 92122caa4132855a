"""What every command needs: the store that the settings name, opened; and the screen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from intake.reference import ReferenceKeeper
from jobs.founding import open_vault
from jobs.imports.outcome import Outcome
from models.database import Database
from models.schema import insist_on_newest
from models.settings import Settings, read_settings
from models.vault import Vault

SCREENFUL: Final = 50

console = Console(stderr=True, highlight=False, soft_wrap=True)

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


@contextmanager
def spinning(what: str) -> Iterator[None]:
    with Progress(SpinnerColumn(), TextColumn(what), TimeElapsedColumn(), console=console) as bar:
        bar.add_task(what, total=None)
        yield


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], None]]:
    """For long files: gives what is to be told how many are done."""
    with Progress(
        TextColumn(f"{{task.completed}} {what}"), SpinnerColumn(), TimeElapsedColumn(), console=console
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done: bar.update(task, completed=done)


def tell(outcome: Outcome, noun: str) -> None:
    """What an import did. Ends the command with 1 when lines were left out."""
    console.print(f"{outcome.added} {noun} added, {outcome.changed} changed, {outcome.unchanged} as they were.")
    for note in outcome.notes:
        console.print(f"  {note}", markup=False)
    if outcome.bad:
        console.print(f"{len(outcome.bad)} {outcome.unit}s were left out; mend them and import the file again:")
        for bad in outcome.bad[:SCREENFUL]:
            console.print(f"  {outcome.unit} {bad.line}: {bad.reason}", markup=False)
        if len(outcome.bad) > SCREENFUL:
            console.print(f"  … and {len(outcome.bad) - SCREENFUL} more")
        raise typer.Exit(1)
