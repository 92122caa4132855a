"""/v1/reporters: people who were trained and enrolled. Never a number, and nobody who is not enrolled."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import tuple_

from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheHouse, TheReference, WriteSession
from api.formats.table import instant
from api.paging import ThePage
from api.routes.places import seen_spot
from api.security import Caller, Scoped
from intake.completeness import places_below
from intake.enrolling import LONGEST_UNIT, Wanted, change, enrol, enrolled, enrolled_one
from intake.forms.definition import EnrolledKind
from intake.reference import Reference
from models.faults import Invalid, NotFound
from models.reporters import Reporter

router = APIRouter(prefix="/v1", tags=["forms"], dependencies=[Strict])

Keeper = Annotated[Caller, Depends(Scoped("admin"))]


class EnrolIn(BaseModel):
    """Enrolled again, a number changes kind, unit and locality, and is no longer suspended."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"number": "+12025550123", "kind": "officer", "unit": "CSP Dixinn", "locality": "GN-C-DIX"}]
        },
    )

    number: str = Field(max_length=40, description="With + and country code. Kept sealed; no answer ever holds it.")
    kind: EnrolledKind
    unit: str = Field(max_length=LONGEST_UNIT, description="Post or group; who reads completeness reads it.")
    locality: str = Field(max_length=64)


class ChangeIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"suspended": True}]})

    kind: EnrolledKind | None = None
    unit: str | None = Field(None, max_length=LONGEST_UNIT)
    locality: str | None = Field(None, max_length=64)
    suspended: bool | None = Field(None, description="true: texts are kept for a person to see, codes are not read.")


@router.get("/reporters")
def read_reporters(
    request: Request, session: ReadSession, reference: TheReference, page: ThePage, caller: Keeper
) -> Response:
    """Enrolled people of this key's localities, the longest enrolled first. No numbers."""
    query = enrolled()
    if caller.root_id is not None:
        query = query.where(Reporter.home_id.in_(places_below(reference, reference.spots[caller.root_id])))
    if page.after is not None:
        after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1]))
        query = query.where(tuple_(Reporter.enrolled_at, Reporter.id) > tuple_(*after))
    found = list(session.scalars(query.limit(page.limit + 1)))
    rows = [_shown(reference, each) for each in found[: page.limit]]
    last = found[page.limit - 1] if len(found) > page.limit else None
    going_on = [last.enrolled_at.isoformat(), last.id] if last and last.enrolled_at else None
    etag = etag_of("reporters", rows, identity(caller), going_on)
    return unchanged(request, etag) or page.answer(rows, going_on, headers_of(etag))


@router.post("/reporters", status_code=201)
def write_reporter(wanted: EnrolIn, house: TheHouse, caller: Keeper, session: WriteSession) -> JSONResponse:
    """Enrols whoever has this number: from now on their codes are read."""
    reference = house.keeper.current(session)
    seen_spot(reference, caller, wanted.locality)
    as_what = Wanted(wanted.kind, wanted.unit, wanted.locality)
    country = house.settings.country
    within = places_below(reference, reference.spots.get(caller.root_id or 0))
    reporter = enrol(
        session, house.vault, reference, wanted.number, country, as_what, house.clock(), caller.actor, within=within
    )
    return JSONResponse(_shown(reference, reporter), status_code=201, headers={"Cache-Control": "no-store"})


@router.patch("/reporters/{reporter_id}")
def change_reporter(
    reporter_id: UUID, wanted: ChangeIn, house: TheHouse, caller: Keeper, session: WriteSession
) -> JSONResponse:
    """Changes kind, unit or locality of an enrolled person; suspends them, or lets them go on."""
    reference = house.keeper.current(session)
    reporter = enrolled_one(session, reporter_id, to_change=True)
    home = reference.spots.get(reporter.home_id or 0) if reporter else None
    if reporter is None or (caller.root_id is not None and (home is None or not caller.sees_place(home))):
        raise NotFound
    changes = wanted.model_dump(exclude_none=True)
    if not changes:
        raise Invalid(f"Say what is to change: {', '.join(ChangeIn.model_fields)}.")
    if wanted.locality is not None:
        seen_spot(reference, caller, wanted.locality)
    change(session, reference, reporter, house.clock(), caller.actor, **changes)
    return JSONResponse(_shown(reference, reporter), headers={"Cache-Control": "no-store"})


def _shown(reference: Reference, reporter: Reporter) -> dict[str, Any]:
    return {
        "id": str(reporter.id),
        "kind": reporter.kind,
        "unit": reporter.unit,
        "locality": reference.code_of(reporter.home_id),
        "enrolled_at": instant(reporter.enrolled_at) if reporter.enrolled_at else None,
        "suspended": reporter.suspended_at is not None,
    }
