"""kibaro erase: a reporter, for ever."""

import sys
from datetime import UTC, datetime

import typer

from commands.opening import Open, console, opened
from jobs import erasing

cli = typer.Typer()


@cli.command()
def erase() -> None:
    """A reporter, for ever: key, number and words are destroyed, what was reported stays without a source.

    The number is asked for, or read from standard input; on the command line others could read it, and it would stay in
    the shell's history.
    """
    asked = sys.stdin.isatty()
    written = typer.prompt("Number, with + and country code", err=True) if asked else sys.stdin.readline()
    with opened() as store:
        known = erasing.known_of(store.database, store.vault, store.settings, written)
        if known.is_nothing:
            console.print("Nothing is known of that number.")
        else:
            console.print(
                f"Of that number there are {known.texts} texts to and from it, {known.reports} reports and "
                f"{known.pending} texts not yet understood."
            )
            if asked:
                typer.confirm("Erase it for ever?", abort=True, err=True)
            _erase(store, written)
        if not erasing.wipe(store.database):
            console.print("Old bytes are still in the store's log, which others are reading: run `kibaro erase` again.")
            raise typer.Exit(1)


def _erase(store: Open, written: str) -> None:
    now = datetime.now(UTC)
    erased = erasing.erase(store.database, store.keeper, store.vault, store.settings, written, now)
    console.print(f"Erased. {erased.reports} reports stay without a source; the figures follow within a moment.")
    console.print("The provider keeps its own copies of the texts: delete them there. Backups of before know it too.")
