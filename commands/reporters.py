"""kibaro reporters …: people who were trained, whose codes are read."""

import sys
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from commands.opening import console, opened
from intake.enrolling import KINDS, Wanted, change, enrol, enrolled, enrolled_one
from models.faults import NotFound, Refusal

cli = typer.Typer(no_args_is_help=True, help="Officers, monitors and relays whose codes are read.")

ACTOR = "operator"
Identifier = Annotated[UUID, typer.Argument(metavar="ID", help="As in `kibaro reporters list`.")]


@cli.command("enrol")
def reporters_enrol(
    kind: Annotated[str, typer.Option(help=", ".join(KINDS))],
    unit: Annotated[str, typer.Option(help="Post or group; everybody who reads completeness reads it.")],
    locality: Annotated[str, typer.Option(help="Code of where they work.")],
) -> None:
    """From now on this number's codes are read. The number is asked for, or read from standard input: on the command
    line others could read it, and it would stay in the shell's history. Prints the id.
    """
    known = next((each for each in KINDS if each == kind), None)
    if known is None:
        raise Refusal(f"--kind is one of {', '.join(KINDS)}.")
    asked = sys.stdin.isatty()
    written = typer.prompt("Number, with + and country code", err=True) if asked else sys.stdin.readline()
    with opened() as store, store.database.writing() as session:
        reference, now = store.keeper.current(session), datetime.now(UTC)
        wanted = Wanted(known, unit, locality)
        print(enrol(session, store.vault, reference, written, store.settings.country, wanted, now, ACTOR).id)


@cli.command("list")
def reporters_list() -> None:
    """Id, kind, unit and locality of everybody enrolled. No numbers."""
    with opened() as store, store.database.reading() as session:
        reference = store.keeper.current(session)
        for each in session.scalars(enrolled()):
            state = f"  suspended {each.suspended_at:%Y-%m-%d}" if each.suspended_at else ""
            print(f"{each.id}  {each.kind}  {reference.code_of(each.home_id)}  {each.unit}{state}")


@cli.command("suspend")
def reporters_suspend(identifier: Identifier) -> None:
    """Their texts are kept for a person to look at; their codes are not read."""
    _suspend(identifier, suspended=True)
    console.print("Suspended.")


@cli.command("resume")
def reporters_resume(identifier: Identifier) -> None:
    """Their codes are read again."""
    _suspend(identifier, suspended=False)
    console.print("Their codes are read again.")


def _suspend(identifier: UUID, *, suspended: bool) -> None:
    with opened() as store, store.database.writing() as session:
        found = enrolled_one(session, identifier, to_change=True)
        if found is None:
            raise NotFound("Nobody enrolled has this id; `kibaro reporters list` shows them.")
        reference = store.keeper.current(session)
        change(session, reference, found, datetime.now(UTC), ACTOR, suspended=suspended)
