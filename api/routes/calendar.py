"""/v1/calendar: what moves texting but not crime, so that its periods are no measure of what is usual."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.asking import Reader
from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheHouse, TheReference, WriteSession
from api.moments import Day
from api.paging import ThePage
from api.routes.places import seen_spot
from api.security import Caller, Scoped
from figures.usual import bears_on
from intake.reference import Reference
from models.calendar_notes import LONGEST_NOTE, CalendarNote, Kind, WantedNote, add_note, calendar_of, remove_note
from models.faults import NotFound

router = APIRouter(prefix="/v1", tags=["signals"], dependencies=[Strict])

Keeper = Annotated[Caller, Depends(Scoped("admin"))]


class NoteIn(BaseModel):
    """locality: a code, there and below; default the key's root, else everywhere. from, to: days, both inclusive."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "locality": "GN-C",
                    "from": "2026-11-02",
                    "to": "2026-11-06",
                    "kind": "radio",
                    "note": "Daily call-in show about the service",
                }
            ]
        },
    )

    locality: str | None = None
    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    kind: Kind
    note: str = Field("", max_length=LONGEST_NOTE, description="Why; everybody who reads figures may read it.")


@router.get("/calendar")
def read_calendar(
    request: Request, session: ReadSession, reference: TheReference, page: ThePage, caller: Reader
) -> Response:
    """Notes that bear on what this key sees, by first day. locality null: everywhere that this key sees."""
    found = [
        note
        for note in calendar_of(session)
        if _is_seen(reference, caller, note)
        and (page.after is None or (note.from_day, note.id) > (date.fromisoformat(page.after[0]), UUID(page.after[1])))
    ]
    rows = found[: page.limit]
    going_on = [rows[-1].from_day, rows[-1].id] if len(found) > page.limit else None
    etag = etag_of("calendar", [note.id for note in rows], identity(caller), reference.version, going_on)
    shown = [_row(reference, caller, note) for note in rows]
    return unchanged(request, etag) or page.answer(shown, going_on, headers_of(etag))


@router.post("/calendar", status_code=201)
def write_calendar(wanted: NoteIn, house: TheHouse, caller: Keeper, session: WriteSession) -> JSONResponse:
    """From now on the periods these days touch are left out of what is usual, there and below, and raise no signal."""
    reference = house.keeper.current(session)
    locality_id = seen_spot(reference, caller, wanted.locality).id if wanted.locality is not None else caller.root_id
    note = add_note(
        session,
        WantedNote(locality_id, wanted.first, wanted.last, wanted.kind, wanted.note),
        reference.code_of(locality_id),
        house.clock(),
        caller.actor,
    )
    return JSONResponse(_row(reference, caller, note), status_code=201, headers={"Cache-Control": "no-store"})


@router.delete("/calendar/{note_id}", status_code=204)
def delete_calendar(note_id: UUID, house: TheHouse, caller: Keeper, session: WriteSession) -> Response:
    """As if it had never been noted. Signals stay as they were raised."""
    reference, note = house.keeper.current(session), session.get(CalendarNote, note_id)
    if note is None or not _is_own(reference, caller, note):
        raise NotFound
    remove_note(session, note, reference.code_of(note.locality_id), house.clock(), caller.actor)
    return Response(status_code=204)


def _is_own(reference: Reference, caller: Caller, note: CalendarNote) -> bool:
    """Inside the key's subtree; for one without a locality everything is."""
    if note.locality_id is None:
        return caller.root_id is None
    return caller.sees_place(reference.spots[note.locality_id])


def _is_seen(reference: Reference, caller: Caller, note: CalendarNote) -> bool:
    return (
        caller.root_id is None
        or _is_own(reference, caller, note)
        or bears_on(reference.spots[caller.root_id], note)  # noted above, inherited here
    )


def _row(reference: Reference, caller: Caller, note: CalendarNote) -> dict[str, Any]:
    return {
        "id": str(note.id),
        "locality": reference.code_of(note.locality_id) if _is_own(reference, caller, note) else None,
        "from": note.from_day.isoformat(),
        "to": note.last_day.isoformat(),
        "kind": note.kind,
        "note": note.note,
    }
