"""kibaro calendar …: what moves texting but not crime."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from commands.known import insist_on_locality
from commands.opening import console, opened
from models.calendar_notes import CalendarNote, Kind, WantedNote, add_note, calendar_of, remove_note
from models.faults import NotFound

cli = typer.Typer(no_args_is_help=True, help="The calendar of what moves texting but not crime.")

ACTOR = "operator"


@cli.command("add")
def calendar_add(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, inclusive.")],
    kind: Annotated[Kind, typer.Option(help="What it was.")],
    locality: Annotated[str, typer.Option(help="Code: there and below; default everywhere.")] = "",
    note: Annotated[str, typer.Option(help="Why; everybody who reads figures may read it.")] = "",
) -> None:
    """The periods these days touch are no measure of what is usual, and raise no signal. Prints the note's id."""
    with opened() as store, store.database.writing() as session:
        reference = store.keeper.current(session)
        if locality:
            insist_on_locality(reference, locality)
        place_id = reference.spot_ids.get(locality)
        wanted = WantedNote(place_id, first.date(), last.date(), kind, note)
        print(add_note(session, wanted, reference.code_of(place_id), datetime.now(UTC), ACTOR).id)


@cli.command("list")
def calendar_list() -> None:
    """Every note: its id, days, kind, place and reason."""
    with opened() as store, store.database.reading() as session:
        reference = store.keeper.current(session)
        for each in calendar_of(session):
            place = reference.code_of(each.locality_id) or "everywhere"
            print(f"{each.id}  {each.from_day} to {each.last_day}  {each.kind}  {place}  {each.note}")


@cli.command("remove")
def calendar_remove(identifier: Annotated[UUID, typer.Argument(metavar="ID")]) -> None:
    """As if it had never been noted."""
    with opened() as store, store.database.writing() as session:
        found = session.get(CalendarNote, identifier)
        if found is None:
            raise NotFound("There is no such note; `kibaro calendar list` shows them.")
        code = store.keeper.current(session).code_of(found.locality_id)
        remove_note(session, found, code, datetime.now(UTC), ACTOR)
    console.print("Removed.")
