"""Changing reports: POST /v1/reports/{id}/transitions and PATCH /v1/reports/{id}."""

from typing import Annotated, Any, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.caching import headers_of
from api.dependencies import Strict, TheHouse, WriteSession
from api.editing import (
    Casualties,
    Editor,
    JsonBody,
    MayMatch,
    MustMatch,
    category_for,
    insist_on_sight,
    json_request,
    place_for,
)
from api.moments import Day
from api.routes.incidents import seen_incident
from api.routes.reports import Status, etag_of_report, shown_report
from api.security import Caller
from intake.cases import Case
from intake.corrections import ReportChanges, correct_report, move_report
from intake.reference import Reference
from intake.rows import Rows
from models.faults import NotFound
from models.reports import Report

router = APIRouter(prefix="/v1", tags=["reports"], dependencies=[Strict])


class TransitionIn(BaseModel):
    """reason: with `closed`. desk: with `referred`; a kind of desk of the taxonomy, default that of the category."""

    to: Status
    reason: Literal["handled", "no_action", "expired", "duplicate", "test"] | None = None
    desk: str | None = Field(None, max_length=32)


class ReportPatch(BaseModel):
    """Only what is sent is changed. null takes a thing back: of `incident` it gives the report one of its own, of
    `review` it says that a person has looked.
    """

    category: str | None = None
    locality: str | None = None
    occurred_on: Day | None = None
    killed: Casualties | None = None
    injured: Casualties | None = None
    credibility: Literal["unassessed", "confirmed", "doubtful", "false"] | None = None
    incident: UUID | None = None
    review: None = None


@router.post(
    "/reports/{report_id}/transitions",
    openapi_extra=json_request(
        TransitionIn,
        closed={"to": "closed", "reason": "handled"},
        referred={"to": "referred", "desk": "police"},
        reopened={"to": "open"},
    ),
)
def move(  # noqa: PLR0913  who, what, since when, and where it is written
    report_id: UUID,
    caller: Editor,
    held: MayMatch,
    wanted: Annotated[TransitionIn, Depends(JsonBody(TransitionIn), scope="function")],
    house: TheHouse,
    session: WriteSession,
) -> Response:
    """Another status. waiting → open, closed; open → referred, resolved, closed; referred → open, resolved, closed;
    resolved → open; closed → open; anything else is a 409. A report that waits is opened by this and not by a
    correction; from then on it counts if it has category, locality and day.
    """
    reference = house.keeper.current(session)
    report = _locked_report(session, caller, report_id)
    held.insist_on(etag_of_report(reference, report))
    rows = Rows()
    case = Case(session, reference, rows, house.clock(), actor=caller.actor).take([report])
    move_report(case, report, wanted.to, reason=wanted.reason, desk=wanted.desk)
    rows.write(session)
    return _answer(reference, report)


@router.patch(
    "/reports/{report_id}",
    openapi_extra=json_request(
        ReportPatch,
        moved={"locality": "GN-C-DIX"},
        confirmed={"category": "vehicle_theft", "credibility": "confirmed", "review": None},
        joined={"incident": "0b0b7a3e-52c9-4d3a-9d0e-6a1f1f5a6c11"},
    ),
)
def correct(  # noqa: PLR0913  who, what, since when, and where it is written
    report_id: UUID,
    caller: Editor,
    held: MustMatch,
    wanted: Annotated[ReportPatch, Depends(JsonBody(ReportPatch), scope="function")],
    house: TheHouse,
    session: WriteSession,
) -> Response:
    """Corrections; If-Match must hold the ETag of the report as it was read. A correction of the locality never changes
    the day; one of a waiting report does not open it. Naming a category settles the protection. All reports of an
    incident are protected alike: one that no longer is leaves it for an incident of its own. Nobody can correct a
    report out of their own sight.
    """
    reference = house.keeper.current(session)
    report = _locked_report(session, caller, report_id)
    held.insist_on(etag_of_report(reference, report))
    changes = _changes(session, reference, caller, report, wanted)
    rows = Rows()
    case = Case(session, reference, rows, house.clock(), actor=caller.actor)
    case.take([report], [into] if (into := changes.get("incident_id")) else ())
    correct_report(case, report, changes, house.settings.timezone)
    insist_on_sight(session, Report, report.id, caller.sees_report())
    rows.write(session)
    return _answer(reference, report)


def _locked_report(session: Session, caller: Caller, report_id: UUID) -> Report:
    """Nobody else changes it until this transaction ends. Raises NotFound."""
    query = select(Report).where(Report.id == report_id, caller.sees_report()).with_for_update(of=Report)
    report = session.scalar(query)
    if report is None:
        raise NotFound
    return report


def _changes(
    session: Session, reference: Reference, caller: Caller, report: Report, wanted: ReportPatch
) -> ReportChanges:
    """Codes become ids. Raises NotFound, NoSuchCategory or Conflict."""
    given: dict[str, Any] = {name: getattr(wanted, name) for name in wanted.model_fields_set}
    if "category" in given:
        given["category_id"] = category_for(reference, caller, given.pop("category"))
    if "locality" in given:
        day = given.get("occurred_on", report.occurred_on)
        given["locality_id"] = place_for(reference, caller, given.pop("locality"), day)
    if "incident" in given:
        into = given.pop("incident")
        given["incident_id"] = seen_incident(session, reference, caller, into).id if into else None
    if "credibility" in given:
        given["credibility"] = given["credibility"] or "unassessed"
    return cast("ReportChanges", given)


def _answer(reference: Reference, report: Report) -> Response:
    return JSONResponse(shown_report(reference, report), headers=headers_of(etag_of_report(reference, report)))
